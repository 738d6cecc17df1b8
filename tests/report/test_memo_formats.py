"""The memo as page, Word document and PDF: the same figures, the same bytes, and inert text."""

from __future__ import annotations

import dataclasses
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from forecast.record import Forecast
from forecast.report.charts.inline import bytes_of, inlined
from forecast.report.charts.style import fonts_folder
from forecast.report.memo import Memo, build_memo, escape, markdown, parsed
from forecast.report.memo.document import Column, Run, Table, together
from forecast.report.memo.docx import document
from forecast.report.memo.html import page
from forecast.report.memo.pdf import data_of, pdf
from forecast.report.terminal.explain import render_explain
from forecast.report.terminal.firstscreen import render_first_screen
from forecast.report.view.build import build_view
from forecast.report.view.explain import build_explain

from .drawn import CHARTS, moved, written
from .hostile import HOSTILE, hostile
from .sample import ENTRY, make
from .test_terminal import printed

EVIL = (
    f'{HOSTILE} <img src=x onerror=alert(1)> "><script>alert(2)</script> [x](javascript:alert(3)) '
    '=cmd|"/c calc"!A1 {{ HYPERLINK "http://evil.example" }} {DDEAUTO c:\\\\x} #panic("y") $x$ '
    "</title></style></svg>--> &lt;b&gt;"
)
WEB = re.compile(r"https?://example\.org/")


def evil() -> tuple[Forecast, Memo]:
    """A forecast with hostile text everywhere, and its memo with hostile notes."""
    forecast = hostile(EVIL)
    url = "javascript:alert(1)//https://example.org/"
    forecast = dataclasses.replace(
        forecast, indicators=[dataclasses.replace(i, url=url) for i in forecast.indicators]
    )
    view = build_view(forecast, entry=ENTRY, live_scored=0)
    notes = parsed(f"{EVIL}\n\n- {EVIL}\n\n# **{EVIL}**")
    found = dataclasses.replace(moved(forecast), failures=(EVIL,))
    return forecast, build_memo(view, notes=notes, moved=build_explain(found))


def memo(forecast: Forecast) -> Memo:
    view = build_view(forecast, entry=ENTRY, live_scored=0)
    return build_memo(view, moved=build_explain(moved(forecast)))


def drawn(forecast: Forecast, ending: str) -> dict[str, bytes]:
    """Return the charts of a memo; those of the sample are drawn once."""
    return sample_charts(ending) if forecast == make() else charts_of(forecast, ending)


@cache
def sample_charts(ending: str) -> dict[str, bytes]:
    return charts_of(make(), ending)


def charts_of(forecast: Forecast, ending: str) -> dict[str, bytes]:
    def bytes_as(draw: Callable[[Forecast, Path], None]) -> bytes:
        return bytes_of(lambda path: draw(forecast, path), ending)

    return {name: bytes_as(CHARTS[name]) for name in ("scenarios", "waterfall", "watch")}


def as_page(forecast: Forecast, said: Memo) -> str:
    return page(said, {name: inlined(name, svg) for name, svg in drawn(forecast, "svg").items()})


def as_word(forecast: Forecast, said: Memo) -> bytes:
    return document(said, drawn(forecast, "png"))


def as_pdf(forecast: Forecast, said: Memo) -> bytes:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    return pdf(said, drawn(forecast, "svg"), fonts_folder())


class Page(HTMLParser):
    """Elements with their attributes, and the text outside style sheets."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("p", "li", "th", "td"):
            self.text += " "  # what stands apart on the page is apart as text
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag  # every element is closed, in order

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def figures(text: str) -> set[str]:
    """Every per cent that a text holds."""
    return set(re.findall(r"[<>]?\d+ %", text.replace("\u00a0", " ")))


def word_text(data: bytes) -> str:
    return " ".join(
        node.text or ""
        for node in Document(io.BytesIO(data)).element.iter()
        if (node.tag.endswith("}t"))
    )


def test_terminal_memo_and_chart_show_the_same_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    forecast = make()
    view, said = build_view(forecast, entry=ENTRY, live_scored=0), memo(forecast)
    now = {row.now for row in view.scenarios}
    alts = [each["aria-label"] or "" for each in Page(as_page(forecast, said)).named("svg")]
    alt = alts[0]
    screen = figures(printed(lambda console: render_first_screen(view, console), 80))
    plain, web = figures(markdown(said).replace("&lt;", "<")), Page(as_page(forecast, said)).text
    assert len(now) >= 5
    assert now <= figures(alt)
    assert figures(alt) - {"90 %"} == now
    assert now <= screen
    assert plain == figures(web)
    assert plain == figures(word_text(as_word(forecast, said)))
    assert screen - plain <= {"100 %"}
    set_from = figures(" ".join(texts(data_of(said))))  # of the PDF
    assert plain <= set_from <= plain | figures(" ".join(alts))
    chart, fan, watch = (
        figures(" ".join(text for text, _ in written(monkeypatch, CHARTS[name], forecast)))
        for name in ("scenarios", "horizon", "watch")
    )
    axis = {"0 %", "50 %", "100 %", "90 %"}
    assert now <= chart
    assert chart - axis <= plain
    ahead = {row.horizons[-1] for row in view.scenarios} | {row.ever[-1] for row in view.scenarios}
    assert now | ahead <= fan
    assert {row.warning for row in view.watch} <= watch <= plain | axis


def test_terminal_memo_and_waterfall_show_the_same_points(monkeypatch: pytest.MonkeyPatch) -> None:
    forecast = make()
    view, found = build_view(forecast, entry=ENTRY, live_scored=0), build_explain(moved(forecast))
    [row] = [row for row in view.scenarios if row.name == found.headings[0]]
    steps = [(cause.name, cause.points[0]) for cause in found.causes]
    told = "; ".join(" ".join(step) for step in steps)
    assert row.change.replace("down ", "-") == found.total[0] == "-69"
    assert sum(int(points) for _, points in steps) == -69
    alt = {figure.name: figure.alt for figure in memo(forecast).figures()}["waterfall"]
    assert f"to {row.now}, in points: {told}; in all -69." in alt
    said = memo(forecast)
    assert escape(alt) in markdown(said, {"waterfall": "waterfall.png"})
    shown = [each["aria-label"] for each in Page(as_page(forecast, said)).named("svg")]
    assert together(alt) in shown
    word = Document(io.BytesIO(as_word(forecast, said)))
    assert together(alt) in word.element.xpath("//wp:docPr/@descr")
    assert together(alt) in texts(data_of(said))
    screen = printed(lambda console: render_explain(found, console), 120)
    drawn = [text for text, _ in written(monkeypatch, CHARTS["waterfall"], forecast)]
    for name, points in steps:
        assert re.search(rf"^ *{re.escape(name)} +{re.escape(points)} ", screen, re.MULTILINE)
        assert {name, points} <= set(drawn)
    assert f"{row.now}\n-69 in all" in drawn


def test_what_is_odd_of_an_explanation_is_said_below_it() -> None:
    view = build_view(make(), entry=ENTRY, live_scored=0)
    odd = build_explain(dataclasses.replace(moved(make()), ess=41.2, failures=("R-hat 1.02",)))
    text = markdown(build_memo(view, moved=odd), {"waterfall": "charts/waterfall.png"})
    section = text.split("## What moved, and why\n\n")[1].split("\n\n## ")[0]
    before, after = re.split(r"\n\n!\[Waterfall .*\]\(charts/waterfall.png\)\n\n", section)
    assert before.count("Change against entry ") == section.count("Change against entry ")
    assert after.startswith("- FIT NOT OK: R-hat 1.02.")
    assert "\n- Of 40 combinations of causes" in after


def test_equal_memos_give_equal_bytes() -> None:
    forecast = make()
    assert as_page(forecast, memo(forecast)) == as_page(forecast, memo(forecast))
    assert as_word(forecast, memo(forecast)) == as_word(forecast, memo(forecast))


def test_equal_memos_give_equal_pdfs() -> None:
    forecast = make()
    made = as_pdf(forecast, memo(forecast))
    assert made.startswith(b"%PDF")
    assert made == as_pdf(forecast, memo(forecast))


def test_page_is_built_for_keyboard_and_screen_reader() -> None:
    shown = Page(as_page(make(), memo(make())))
    assert shown.open == []
    assert len(shown.named("figure")) == len(shown.named("svg")) == 3
    assert shown.named("html") == [{"lang": "en"}]
    assert len(shown.named("h1")) == len(shown.named("main")) == len(shown.named("nav")) == 1
    assert {th.get("scope") for th in shown.named("th")} == {"col", "row"}
    assert len(shown.named("caption")) == len(shown.named("table")) == 3
    ids = [attributes["id"] for _, attributes in shown.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {str(a["href"])[1:] for a in shown.named("a") if str(a["href"]).startswith("#")}
    assert targets <= set(ids)
    assert (
        shown.elements[[tag for tag, _ in shown.elements].index("body") + 1][1]["class"] == "skip"
    )


def test_page_asks_for_nothing_from_elsewhere() -> None:
    text = as_page(make(), memo(make()))
    shown = Page(text)
    policy = next(m["content"] for m in shown.named("meta") if "http-equiv" in m)
    assert str(policy).startswith("default-src 'none'")
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in shown.elements}
    assert not re.search(r"url\((?!#)|@import", text)
    assert all("src" not in attributes for _, attributes in shown.elements)


def test_page_keeps_hostile_text_inert() -> None:
    shown = Page(as_page(*evil()))
    tags = {tag for tag, _ in shown.elements}
    assert not tags & {"script", "img", "b", "iframe"}
    assert not [k for _, attributes in shown.elements for k in attributes if k.startswith("on")]
    assert all(str(a["href"]).startswith(("#", "https://")) for a in shown.named("a"))
    assert "<script>alert(1)</script>" in shown.text
    assert clean_everywhere(shown.text)


def test_word_document_has_headings_tables_and_a_described_picture() -> None:
    made = Document(io.BytesIO(as_word(make(), memo(make()))))
    styles = [paragraph.style.name for paragraph in made.paragraphs if paragraph.style]
    assert styles.count("Heading 1") == 1
    assert styles.count("Heading 2") == len(memo(make()).sections)
    assert [len(table.columns) for table in made.tables] == [7, 2, 8]
    assert all(table.rows[0]._tr.xpath("w:trPr/w:tblHeader") for table in made.tables)
    assert "Sustained air campaign 52" in made.element.xpath("//wp:docPr/@descr")[0]


def test_a_short_table_of_the_word_document_stays_on_one_page() -> None:
    def kept(rows: int) -> list[bool | None]:
        line = (Run("a"),)
        table = Table("One", (Column("A"), Column("B")), ((line, line),) * rows)
        said = dataclasses.replace(memo(make()), opening=(table,), sections=())
        [drawn] = Document(io.BytesIO(document(said, {}))).tables
        return [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in drawn.rows]

    assert kept(12) == [True] * 12 + [None]
    assert kept(13) == [None] * 14


def test_no_line_ends_where_it_should_not() -> None:
    assert together("At week 48 by 5 % of a week or 4 weeks") == (
        "At week\u00a048 by 5\u00a0% of a week or 4 weeks"
    )


def test_word_document_says_nothing_of_who_made_it_and_when() -> None:
    data = as_word(make(), memo(make()))
    about = Document(io.BytesIO(data)).core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert str(about.created)[:10] == str(about.modified)[:10] == "2024-12-02"
    with zipfile.ZipFile(io.BytesIO(data)) as members:
        assert {member.date_time[0] for member in members.infolist()} == {1980}


def test_word_document_keeps_hostile_text_inert() -> None:
    data = as_word(*evil())
    with zipfile.ZipFile(io.BytesIO(data)) as members:
        body = members.read("word/document.xml").decode()
        related = members.read("word/_rels/document.xml.rels").decode()
    assert not re.search(r"<w:(instrText|fldSimple|fldChar|object|script)", body)
    outside = re.findall(r'Target="([^"]*)"[^>]*TargetMode="External"', related)
    assert all(target.startswith("https://") for target in outside)
    assert "javascript:alert(3)" in word_text(data)
    assert clean_everywhere(word_text(data))


def test_pdf_keeps_hostile_text_inert() -> None:
    forecast, said = evil()
    made = as_pdf(forecast, said)
    assert not re.search(rb"/JavaScript|/JS\b|/Launch|/EmbeddedFile", made)
    assert not [
        uri for uri in re.findall(rb"/URI\s*\(([^)]*)", made) if not uri.startswith(b"http")
    ]
    assert clean_everywhere(str(texts(data_of(said))))


def test_pdf_without_typst_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from forecast.errors import UsageError

    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(UsageError, match=r"pip install 'watchlist-forecast\[pdf\]'"):
        pdf(memo(make()), {}, fonts_folder())


def texts(data: Any) -> list[str]:
    match data:
        case str():
            return [data]
        case dict():
            return [text for value in data.values() for text in texts(value)]
        case list():
            return [text for value in data for text in texts(value)]
        case _:
            return []


def clean_everywhere(text: str) -> bool:
    """Tell whether no escape, control or bidirectional override is left in a text."""
    text = text.replace("\n", " ")
    return not [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")]
