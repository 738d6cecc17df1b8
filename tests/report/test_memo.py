"""The memo, and that nothing in it can become markup."""

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec import structs

from forecast.report.memo import build_memo, escape, link, markdown
from forecast.report.view.build import build_view
from forecast.report.view.explain import build_explain
from forecast.report.view.types import View

from .drawn import moved
from .hostile import HOSTILE, hostile
from .sample import ENTRY, indicators, view

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def memo_markdown(shown: View, chart: str | None = None) -> str:
    return markdown(build_memo(shown), {"scenarios": chart} if chart else {})


def test_says_what_a_reader_needs() -> None:
    memo = memo_markdown(view(), chart="charts/scenarios.png")
    lines = memo.splitlines()
    assert lines[0] == "# North-western Syria, autumn 2024: week 48 (25 Nov-1 Dec 2024)"
    said = "Sustained air campaign roughly even (52 %); Opposition breakthrough unlikely (38 %)."
    assert f"**2-8 Dec: {said} In 25 Nov-1 Dec: {said}**" in lines
    assert (
        "| Limited interdiction | 7 % | down 69 | 7 % | very unlikely | 5-10 | 7 % | 18 % |"
        in lines
    )
    assert (
        "| Scenario | Week to 1 Dec | Since 25 Nov, points | Week to 8 Dec | In words | "
        "80 % on 9 Dec | Week to 29 Dec | Once by 29 Dec |\n"
        "| --- | --: | --: | --: | --- | --: | --: | --: |\n"
    ) in memo
    assert "](charts/scenarios.png)" in memo
    assert "- Iran footprint: missing for week 48, overdue;" in memo
    assert (
        "[sohr, B2, published Mon 2 Dec 2024 (0 d old)](https://example.org/report?a=1&amp;b=2)"
        in memo
    )
    assert "Fingerprint b7e2" in memo
    assert "Entry 9, 3fa9c1d2, replayed." in memo
    assert len(view().method) == 5


def test_alerts_come_before_the_watch_list_if_there_are_any() -> None:
    memo = memo_markdown(view())
    assert (
        "## What to watch\n\n"
        "Alerts for week 49: Sorties critical (52 %), Civilian deaths critical (41 %).\n\n"
        "| Indicator |"
    ) in memo
    assert "## What to watch\n\n| Indicator |" in memo_markdown(view(alerts=[]))


def test_without_a_chart_or_an_earlier_forecast() -> None:
    memo = memo_markdown(view(change_since=None))
    assert "![" not in memo
    assert "Since" not in memo


def test_a_failed_fit_is_the_first_line() -> None:
    memo = memo_markdown(build_view(hostile("bad"), entry=None, live_scored=0))
    assert memo.startswith("**FIT NOT OK: bad.")


def test_hostile_text_is_inert() -> None:
    found = dataclasses.replace(moved(hostile()), failures=(HOSTILE,), ess=1.0)
    said = build_memo(build_view(hostile(), entry=ENTRY, live_scored=0), moved=build_explain(found))
    memo = markdown(said, {"scenarios": "c.png", "waterfall": "w.png"})
    tokens = MARKDOWN.parse(memo)
    inline = [child for token in tokens for child in token.children or []]
    inline += [child for image in inline for child in image.children or []]
    assert not [t for t in [*tokens, *inline] if t.type in ("html_block", "html_inline")]
    assert not [t for t in inline if t.type in ("code_inline", "s_open")]
    assert [t.attrs["src"] for t in inline if t.type == "image"] == ["c.png", "w.png"]
    rows = [line for line in memo.splitlines() if line.startswith("| ")]
    cells = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
    assert set(cells) == {3, 9}  # two columns of surprises, eight of scenarios and of indicators


@given(st.text(alphabet=st.sampled_from("ab1 \\`*_[]()<>|~#$&;!.)-+=\"'")))
def test_escaped_text_reads_as_it_was(text: str) -> None:
    text = " ".join(text.split())
    tokens = MARKDOWN.parse(f"- {escape(text)}")
    types = {t.type for t in tokens} - {"text"}
    assert types <= {
        "bullet_list_open",
        "list_item_open",
        "paragraph_open",
        "inline",
        "paragraph_close",
        "list_item_close",
        "bullet_list_close",
    }
    shown = [c.content for t in tokens for c in t.children or []]
    assert "".join(shown) == text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "//example.org",
        "http://[",
        "https:",
        "not openable",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    inline = MARKDOWN.parseInline(link("source", url))[0].children or []
    assert {child.type for child in inline} <= {"text", "text_special"}


def test_no_address_no_brackets() -> None:
    assert link("source", "") == "source"


@given(st.text(alphabet=st.sampled_from("ab()[]<>|\\ \"'`*&;_%"), max_size=30))
def test_an_address_cannot_leave_its_brackets(tail: str) -> None:
    text = link("source", f"https://example.org/{tail}")
    inline = MARKDOWN.parseInline(text)[0].children or []
    assert [child.type for child in inline] == ["link_open", "text", "link_close"]
    assert "|" not in text


def test_a_reading_that_cannot_be_opened_is_no_link() -> None:
    unopenable = structs.replace(indicators()[0], url="javascript:alert(1)")
    memo = memo_markdown(view(indicators=[unopenable]))
    assert "](javascript" not in memo
