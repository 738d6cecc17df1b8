"""What is pulled and how readings are counted from it: loaded, every rule broken, any damage."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.case import Counting, EventSource, check_case, init_case, load_case, partial_case
from forecast.case.tables import COLUMNS, SOURCE, WHERE
from forecast.case.tables import COUNTING as COUNTING_KEYS
from forecast.case.ucdp import version_days
from forecast.errors import CaseError
from tests.case.broken import II, IR, S
from tests.case.broken_sources import BROKEN, COUNTING, RHETORIC, SO, SOURCES
from tests.case.editing import edit, said

ROOT = Path(__file__).parents[2]
SEEDED = settings(derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def root(root: Path) -> Path:
    (root / SO).write_text(SOURCES, "utf-8")
    edit(root, II, '["monitor", "press"]', '["monitor", "press", "acled", "ucdp", "feed"]')
    with (root / II).open("a", encoding="utf-8") as file:
        file.write(COUNTING)
    return root


def test_what_is_written_is_what_is_loaded(root: Path) -> None:
    case = load_case(root)
    assert case.sources == (
        EventSource(
            "acled", "acled", country=("Syria",), since=date(2025, 1, 1), until=date(2025, 12, 31)
        ),
        EventSource("ucdp", "ucdp", version="25.0.3", country=("Syria", "Turkey")),
        EventSource(
            "feed",
            "table",
            at="https://example.org/feed.csv",
            columns={
                "id": "nr",
                "date": "begin",
                "admin1": "Region",
                "text": "what",
                "deaths": "dead",
            },
        ),
    )
    incidents, rhetoric = case.indicators
    assert incidents.counted == (
        Counting(
            "acled",
            "B2",
            "events",
            where={"type": ("Air/drone strike",), "actor": ("Military Forces of Syria",)},
        ),
        Counting("ucdp", "A2", "sum", column="civilians"),
        Counting(
            "feed", "C3", "days", where={"admin1": ("Idlib", "Aleppo")}, words=("strike", "غارة")
        ),
    )
    assert rhetoric.counted == ()


def test_a_case_needs_no_sources(root: Path) -> None:
    edit(root, II, COUNTING, "")
    (root / SO).unlink()
    assert said(root) == []
    assert load_case(root).sources == ()


def test_nothing_is_counted_without_sources(root: Path) -> None:
    (root / SO).unlink()
    assert said(root) == [
        f"{II}, [counted.{name}]: must be a source of {SO}" for name in ("acled", "ucdp", "feed")
    ]


def test_sources_that_cannot_be_read_do_not_blame_what_is_counted(root: Path) -> None:
    (root / SO).write_text("[acled\n")
    assert [sentence.partition(",")[0] for sentence in said(root)] == [SO]


@pytest.mark.parametrize("at", ["feeds/a file.csv", "/data/feed.json", "HTTP://example.org/a"])
def test_a_table_is_at_a_path_or_an_address(root: Path, at: str) -> None:
    edit(root, SO, "https://example.org/feed.csv", at)
    assert load_case(root).sources[2].at == at


def test_a_file_of_ucdp_needs_no_version_and_may_have_one(root: Path) -> None:
    edit(root, SO, 'country = ["Syria", "Turkey"]', 'at = "ged.csv"')
    assert load_case(root).sources[1].version == "25.0.3"
    edit(root, SO, 'version = "25.0.3"', "")
    assert load_case(root).sources[1].at == "ged.csv"


@pytest.mark.parametrize(
    ("version", "days"),
    [
        ("25.1", ("1989-01-01", "2024-12-31")),
        ("24.0.2", ("2024-02-01", "2024-02-29")),
        ("24.0.11", ("2024-11-01", "2024-11-30")),
        ("24.01.24.12", ("2024-01-01", "2024-12-31")),
        ("23.11.24.02", ("2023-11-01", "2024-02-29")),
        ("24.02.24.01", None),
        ("24.0.0", None),
        ("24.0.01", None),
        ("25.0", None),
        ("25", None),
        ("٢٥.1", None),
        ("25.1\n", None),
    ],
)
def test_a_version_of_ucdp_speaks_for_days(version: str, days: tuple[str, str] | None) -> None:
    found = version_days(version)
    assert (found and tuple(map(str, found))) == days


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    BROKEN.values(),
    ids=BROKEN.keys(),
)
def test_a_broken_rule_is_said(
    root: Path, name: str, old: str, new: str, expected: str | list[str]
) -> None:
    edit(root, name, old, new)
    assert said(root) == ([expected] if isinstance(expected, str) else expected)
    with pytest.raises(CaseError):
        load_case(root)


def test_broken_rules_of_both_files_are_said_together(root: Path) -> None:
    edit(root, SO, '"25.0.3"', '"25"')
    edit(root, SO, "2025-12-31", "2024-12-31")
    edit(root, II, '"days"', '"weeks"')
    assert len(said(root)) == 3


def test_an_id_of_several_columns_and_numbers_of_ones_own(root: Path) -> None:
    edit(root, SO, '"nr"', '["nr", "begin"]')
    edit(root, SO, 'deaths = "dead"', 'values = { air_craft = "Air craft", deaths-2 = "dead" }')
    edit(
        root, SO, "columns =", 'decimal = ","\nlonger = "apart"\nwas = ["old", "older"]\ncolumns ='
    )
    edit(root, II, '"days"', '"sum"\ncolumn = "deaths-2"')
    case = load_case(root)
    feed = case.sources[2]
    assert (feed.key, feed.columns["id"]) == (("nr", "begin"), "nr")
    assert feed.numbers == {"air_craft": "Air craft", "deaths-2": "dead"}
    assert (feed.decimal, feed.longer, feed.was) == (",", "apart", ("old", "older"))
    assert case.indicators[0].counted[2].column == "deaths-2"


@pytest.mark.parametrize(
    ("word", "good"),
    [("हमला", True), ("โจมตี", True), ("ဗုံး", True), ("e\u0301", False), ("\u0301ab", False)],
)
def test_a_word_may_have_vowel_signs(root: Path, word: str, good: bool) -> None:
    edit(root, II, '"strike"', f'"{word}"')
    assert (said(root) == []) is good


@pytest.mark.parametrize("family", ["ordinal", "binary"])
def test_only_a_count_is_counted(root: Path, family: str) -> None:
    edit(root, IR, '["press"]', '["press", "acled"]')
    with (root / IR).open("a") as file:
        file.write(RHETORIC)
    edit(root, IR, '"ordinal"', f'"{family}"')
    assert f"{IR}, counted: must be left out: the family is {family}" in said(root)


def test_a_case_broken_elsewhere_keeps_its_sources_until_they_are_broken(root: Path) -> None:
    whole = load_case(root)
    edit(root, S, "start    = 0.70", "start    = nan")
    case = partial_case(root)
    assert case is not None
    assert (case.sources, case.indicators) == (whole.sources, whole.indicators)
    edit(root, SO, '"25.0.3"', '"25"')
    case = partial_case(root)
    assert case is not None
    assert (case.sources, case.indicators[0].counted) == ((), ())


@SEEDED
@given(data=st.binary(min_size=1) | st.text(min_size=1).map(str.encode))
def test_any_bytes_are_problems(root: Path, data: bytes) -> None:
    (root / SO).write_bytes(data)
    problems = check_case(root)
    assert problems
    assert all(str(problem).isprintable() for problem in problems)


@SEEDED
@given(name=st.sampled_from([SO, II]), data=st.data())
def test_any_damage_is_found_or_harmless(root: Path, name: str, data: st.DataObject) -> None:
    before = (root / name).read_bytes()
    at = data.draw(st.integers(0, len(before)))
    length = data.draw(st.integers(0, 20))
    piece = data.draw(
        st.binary(max_size=8)
        | st.sampled_from([b"[", b"=", b"nan", b"1e308", b"[x]\n", b"'", b"{}", b"[[x]]\n"])
    )
    try:
        (root / name).write_bytes(before[:at] + piece + before[at + length :])
        problems = check_case(root)
        assert all(str(problem).isprintable() for problem in problems)
        if not problems:
            case = load_case(root)
            known = {source.id for source in case.sources}
            for indicator in case.indicators:
                assert {c.source for c in indicator.counted} <= known & {*indicator.sources}
    finally:
        (root / name).write_bytes(before)


def test_the_examples_of_the_format_page_are_in_order(root: Path) -> None:
    page = (ROOT / "docs" / "case-format.md").read_text("utf-8")
    pulled, counted = (
        page.split(f"## `{title}")[1].split("```toml\n")[1].split("```")[0]
        for title in ("indicators/sources.toml`", "[counted.<source>]`")
    )
    edit(root, II, COUNTING, counted)
    edit(root, II, '"feed"]', '"incidents-feed"]')
    (root / SO).write_text(pulled, "utf-8")
    case = load_case(root)
    assert [source.kind for source in case.sources] == ["acled", "ucdp", "table", "table"]
    assert case.sources[3] == EventSource(
        "air-and-sea",
        "table",
        at="counts.csv",
        since=date(2024, 7, 1),
        columns={"id": "Day", "date": "Day"},
        numbers={"aircraft": "Aircraft", "vessels": "Vessels"},
        day_rows=True,
        dates="dmy",
        missing=("n/a",),
        delay=1,
    )
    (counting,) = case.indicators[0].counted
    assert (counting.source, counting.words) == ("incidents-feed", ("airstrike", "shell"))


def test_every_key_is_on_the_format_page() -> None:
    page = (
        (ROOT / "docs" / "case-format.md").read_text("utf-8").split("## `indicators/sources.toml`")
    )
    for key in (*SOURCE, *COUNTING_KEYS, *WHERE, *COLUMNS):
        assert f"`{key.name}`" in page[1]


def test_the_sources_of_syria_travel_with_the_example(tmp_path: Path) -> None:
    case = load_case(ROOT)
    assert {source.kind for source in case.sources} == {"acled", "ucdp"}
    assert {c.source for i in case.indicators for c in i.counted} == {s.id for s in case.sources}
    init_case(tmp_path, example=True)
    assert load_case(tmp_path).sources == case.sources
    assert f'"{SO}" = "forecast/case/example/{SO}"' in (ROOT / "pyproject.toml").read_text("utf-8")
