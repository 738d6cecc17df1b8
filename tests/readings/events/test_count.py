"""Readings counted from vintages: as the definition says, and never by what came later."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.case import Case, Counting
from forecast.periods import Cadence, Period
from forecast.readings import Reading, known_as_of
from forecast.readings.events import Coverage, count, counted_readings, coverage, store, vintages_of
from tests.factories import make_case
from tests.readings.events import plain
from tests.readings.events.plain import Pull, Row
from tests.readings.events.pulls import CIVILIANS, counting, event, pull, source, write

FIRST = date(2024, 9, 23)  # a week before the case's first
MEASURES = ("sum", "events", "days")
COUNTINGS = (
    CIVILIANS,
    Counting("events", "B2", "events"),
    Counting("events", "B2", "days"),
)


def day(number: int) -> date:
    return FIRST + timedelta(number)


_DAY = st.integers(0, 40).map(day)
_NUMBER = st.sampled_from(["0", "0.1", "2"])
_DAYS_MORE = st.sampled_from([0, 0, 0, 1, 5, 6, 7, 13, 29, 40])
_ROW = st.builds(Row, st.sampled_from("abcdefg"), _DAY, _NUMBER | st.just(""), _DAYS_MORE)
_DAY_ROW = st.builds(Row, st.sampled_from("abcdefg"), _DAY, _NUMBER | st.just(""))


@st.composite
def _pulls(draw: st.DrawFn, row: st.SearchStrategy[Row] = _ROW) -> list[Pull]:
    made, known = [], day(5)
    for _ in range(draw(st.integers(1, 5))):
        known += timedelta(draw(st.sampled_from([0, 1, 2, 7])))
        ends = draw(st.lists(st.integers(0, (known - FIRST).days - 1), min_size=2, max_size=2))
        rows = draw(st.lists(row, max_size=8, unique_by=lambda row: row.id))
        if rows:  # pulls repeat rows of those before
            row |= st.sampled_from(rows)
        made.append(Pull(known, day(min(ends)), day(max(ends)), tuple(rows)))
    return made


def put(case: Case, pulls: list[Pull]) -> list[Pull]:
    """Store pulls, a minute apart if on one day; return those that said anything new."""
    said = []
    for number, made in enumerate(pulls):
        asked = replace(case.sources[0], at="", since=made.since, until=made.until)
        raw = write(case.root.parent / "raw.csv", [row.cells for row in made.rows])
        moment = datetime.combine(made.known, time(12, number), UTC)
        if not store(case, asked, raw, known=moment, accept=True).unchanged:
            said.append(made)
    return said


def told(
    readings: tuple[Reading, ...], number: int
) -> list[tuple[date, Period, float | None, int]]:
    mine = [r for r in readings if r.indicator == f"strikes-{number}"]
    return [(r.published, r.period, None if r.withdrawn else r.value, r.days) for r in mine]


def without_cache(case: Case) -> tuple[Reading, ...]:
    shutil.rmtree(case.root.parent.parent / "cache", ignore_errors=True)
    return counted_readings(case)


@pytest.mark.slow
@settings(max_examples=15)
@given(pulls=_pulls(_DAY_ROW), cadence=st.sampled_from(["week", "month"]))
def test_sums_of_days_are_those_of_the_definition(pulls: list[Pull], cadence: Cadence) -> None:
    with TemporaryDirectory() as folder:
        case = new_case(Path(folder) / "one", cadence, day_rows=True)
        said = put(case, pulls)
        expected = plain.readings(said, case.first, "sum", of_days=True)
        assert told(without_cache(case), 0) == expected


def new_case(folder: Path, cadence: Cadence, **fields: object) -> Case:
    case = counting(make_case(folder / "case"), *COUNTINGS, at=source("table", **fields))
    return replace(case, cadence=cadence, first=Period.containing(day(9), cadence))


@pytest.mark.slow
@settings(max_examples=20)
@given(pulls=_pulls(), cadence=st.sampled_from(["week", "month"]), as_of=st.integers(0, 45))
def test_counts_are_those_of_the_definition_and_of_what_was_known(
    pulls: list[Pull], cadence: Cadence, as_of: int
) -> None:
    with TemporaryDirectory() as folder:
        case = new_case(Path(folder) / "one", cadence, longer="apart")
        said = put(case, pulls)
        readings = without_cache(case)
        for number, measure in enumerate(MEASURES):
            expected = plain.readings(said, case.first, measure)
            assert told(readings, number) == expected
        # A case in which the later pulls never were, its files made in another order.
        other = replace(case, root=Path(folder) / "two" / "case")
        for vintage in reversed(vintages_of(case, "events")):
            if vintage.known.date() <= day(as_of):
                copy = other.root / vintage.path.relative_to(case.root.resolve())
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(vintage.path, copy)
        then = [repr(replace(r, line=0)) for r in readings if r.published <= day(as_of)]
        assert [repr(replace(r, line=0)) for r in without_cache(other)] == then
        spans = coverage(case, day(as_of))["strikes-0", "events"].days
        covered = set().union(*(made.days for made in said if made.known <= day(as_of)))
        assert {a + timedelta(n) for a, b in spans for n in range((b - a).days + 1)} == covered


def values(case: Case, indicator: str = "strikes-0") -> dict[str, tuple[float, int]]:
    """Return value and days of each period, as last known."""
    readings = [r for r in counted_readings(case) if r.indicator == indicator]
    return {str(r.period): (r.value, r.days) for r in readings}


A, B, C = (event(i, f"2024-11-{d}", civilians=c) for i, d, c in
           (("a", 18, "2"), ("b", 20, "3"), ("c", 26, "1")))  # fmt: skip


def test_a_covered_period_without_events_is_zero_and_any_other_is_missing(case: Case) -> None:
    pull(case, [A, event("z", "2024-12-04", civilians="1")], "2024-12-09")
    assert values(case) == {"2024-W47": (2, 7), "2024-W48": (0, 7), "2024-W49": (1, 3)}


def test_nothing_pulled_is_no_reading_and_no_day_covered(case: Case) -> None:
    assert counted_readings(case) == ()
    assert coverage(case, date(2024, 12, 2)) == {("strikes-0", "events"): Coverage(None, ())}


def test_coverage_is_what_was_known(case: Case) -> None:
    pull(case, [A, B], "2024-12-02")
    pull(case, [C], "2024-12-03", source(since=date(2024, 11, 25)))
    then, later = (
        coverage(case, date(2024, 12, number))["strikes-0", "events"] for number in (2, 9)
    )
    weeks = [Period.parse("2024-W47"), Period.parse("2024-W48")]
    assert [then.pulled, *map(then.of, weeks)] == [date(2024, 12, 2), 3, 0]
    assert [later.pulled, *map(later.of, weeks)] == [date(2024, 12, 3), 3, 7]


def test_a_deleted_event_disappears_from_then_on_and_not_before(case: Case) -> None:
    pull(case, [A, B], "2024-12-02")
    pull(case, [A, event("n", "2024-11-21", civilians="0")], "2024-12-03")
    assert [(r.published.day, r.value, r.days) for r in counted_readings(case)] == [
        (2, 5, 3),
        (3, 2, 4),
    ]


def test_overlapping_pulls_count_an_event_once_and_the_newest_version(case: Case) -> None:
    pull(case, [A, B], "2024-12-02")
    # Not covered again, but a moves into the days of the second pull.
    moved = A | {"date": "2024-11-26", "civilians": "7"}
    pull(case, [moved, C], "2024-12-03", source(since=date(2024, 11, 25), until=date(2024, 12, 1)))
    assert values(case) == {"2024-W47": (3, 3), "2024-W48": (8, 7)}


def test_a_text_that_is_revised_and_restored_counts_as_each_pull_has_it(case: Case) -> None:
    asked = counting(case, Counting("events", "B2", "events", words=("air",)))
    end = event("end", "2024-11-24", text="clashes")
    for number, told in enumerate(("air-strike", "air-strike", "shelling", "air-strike", "")):
        pull(
            asked,
            [A | {"text": told}, end, event(str(number), "2024-11-19")],
            f"2024-12-0{number + 2}",
        )
    values = [(r.published.day, r.value) for r in counted_readings(asked)]
    assert values == [(2, 1), (4, 0), (5, 1), (6, 0)]


def test_an_event_on_a_day_nobody_covers_is_not_counted(case: Case) -> None:
    declared = source(since=date(2024, 11, 19), until=date(2024, 11, 24))
    pull(case, [A, B, C], "2024-12-02", declared)
    assert values(case) == {"2024-W47": (3, 6)}


def test_an_event_counts_from_the_first_pull_that_covers_its_day(case: Case) -> None:
    for number, since in enumerate((19, 18, 18, 18)):
        days = source(since=date(2024, 11, since), until=date(2024, 11, 24))
        pull(case, [A, B, event(str(number), "2024-11-19", civilians="0")],
             f"2024-12-0{number + 2}", days)  # fmt: skip
    readings = [(r.published.day, r.value, r.days) for r in counted_readings(case)]
    assert readings == [(2, 3, 6), (3, 5, 7)]


def test_an_event_before_a_pulls_days_counts_if_an_earlier_pull_covers_its_day(case: Case) -> None:
    pull(case, [A], "2024-12-02", source(since=date(2024, 11, 18), until=date(2024, 11, 24)))
    pull(case, [B, C], "2024-12-03", source(since=date(2024, 11, 25), until=date(2024, 12, 1)))
    assert values(case) == {"2024-W47": (5, 7), "2024-W48": (1, 7)}


def test_the_day_of_the_pull_is_not_over(case: Case) -> None:
    pull(case, [A, event("t", "2024-12-02", civilians="9")], "2024-12-02")
    assert values(case) == {"2024-W47": (2, 7), "2024-W48": (0, 7)}


def test_events_before_the_first_period_are_ignored(case: Case) -> None:
    pull(case, [event("o", "2024-09-29", civilians="9"), event("p", "2024-10-01", civilians="0")],
         "2024-12-02")  # fmt: skip
    assert values(case) == {"2024-W40": (0, 2)}


def test_absurd_later_pulls_change_no_earlier_reading(case: Case) -> None:
    pull(case, [A, B, C], "2024-12-02")
    before = counted_readings(case)
    known = known_as_of(case, before, date(2024, 12, 2))
    absurd = [event(f"x{n}", f"2024-11-{n}", civilians="99999999999") for n in range(10, 30)]
    pull(case, [*absurd, event("a", "2199-01-01", civilians="5")], "2024-12-09", accept=True)
    after = counted_readings(case)
    assert len(after) > len(before)
    assert tuple(r for r in after if r.published <= date(2024, 12, 2)) == before
    assert known_as_of(case, after, date(2024, 12, 2)) == known


def test_sums_leave_no_residue(case: Case) -> None:
    tenths = [event(str(n), "2024-11-18", civilians=f"0.{n % 9 + 1}") for n in range(19)]
    end = event("end", "2024-11-24", civilians="0")
    pull(case, [*tenths, end], "2024-12-02")
    pull(case, [end, event("s", "2024-11-18", civilians="0")], "2024-12-03", accept=True)
    assert values(case) == {"2024-W47": (0, 7)}
    assert counted_readings(case)[0].value == 9.1


@pytest.mark.parametrize(
    ("how", "value"),
    [
        (Counting("events", "B2", "events", where={"country": ("syria",)}), 3),
        (Counting("events", "B2", "events", where={"country": ("Syria",), "type": ("Raid",)}), 1),
        (Counting("events", "B2", "days", words=("air", "bomb")), 2),
        (Counting("events", "B2", "sum", "deaths", where={"actor": ("russia", "Iran")}), 4),
        (Counting("events", "B2", "events", where={"country": ("'; DROP TABLE life; --",)}), 0),
    ],
)
def test_filters_and_measures(case: Case, how: Counting, value: float) -> None:
    rows = [
        event("a", "2024-11-18", country="Syria", type="Raid", text="air-strike", deaths="1"),
        event("b", "2024-11-18", country="SYRIA", actor="Forces of Russia\nX", deaths="4"),
        event("c", "2024-11-19", country="Syria", text="Bom*bed, then left"),
        event("d", "2024-11-20", country="Iraq", type="Raid", text="on air", actor="Rus"),
        event("e", "2024-11-20", country="Iraq", text="a chair", deaths="2"),
    ]
    rows[3]["text"] = "in the bazaar"
    rows[2]["country"] = "syria"
    asked = counting(case, how)
    pull(asked, rows, "2024-12-02")
    assert [r.value for r in counted_readings(asked)] == [value]


@pytest.mark.parametrize(
    ("kind", "at", "url", "note"),
    [
        ("ucdp", "", "https://ucdp.uu.se/", ""),
        ("acled", "acled.csv", "https://acleddata.com/", ""),
        ("table", "https://example.org/x.csv", "https://example.org/x.csv", ""),
        ("table", "x.csv", "", "not openable: "),
    ],
)
def test_a_reading_says_where_it_is_from(
    case: Case, kind: str, at: str, url: str, note: str
) -> None:
    pull(case, [A, B], "2024-12-02T10:15")
    asked = replace(case, sources=(source(kind, at=at),))
    assert counted_readings(asked) == (
        Reading(
            indicator="strikes-0",
            period=Period.parse("2024-W47"),
            value=5,
            published=date(2024, 12, 2),
            source="events",
            grade="B2",
            days=3,
            span=1,
            scope="north-west",
            url=url,
            note=f"{note}counted from 2 events, pulled 2024-12-02T101500Z",
            line=0,
        ),
    )


ROWS = [event("a", "2024-11-18", civilians="2"), event("b", "2024-11-26", civilians="1")]
AS_OF = date(2024, 12, 2)


@pytest.fixture
def pulled(case: Case) -> Case:
    pull(case, ROWS, "2024-12-02")
    return case


def kept(tmp_path: Path) -> Path:
    [path] = (tmp_path / "cache" / "counted").iterdir()
    return path


def test_the_second_time_nothing_is_counted(pulled: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    first = counted_readings(pulled), coverage(pulled, AS_OF)
    monkeypatch.setattr(count, "tallies", None)
    monkeypatch.setattr(count, "vintages_of", None)
    assert (counted_readings(pulled), coverage(pulled, AS_OF)) == first


@pytest.mark.parametrize("data", [b"", b"x", b"\xff\n", b"x\n{}", b"[]\n[]"])
def test_a_bad_cache_is_made_anew(pulled: Case, tmp_path: Path, data: bytes) -> None:
    first = counted_readings(pulled)
    good = kept(tmp_path).read_bytes()
    kept(tmp_path).write_bytes(data)
    assert counted_readings(pulled) == first
    assert kept(tmp_path).read_bytes() == good


def test_an_edited_or_cut_cache_is_not_believed(pulled: Case, tmp_path: Path) -> None:
    first = counted_readings(pulled)
    good = kept(tmp_path).read_bytes()
    for bad in (good.replace(pack(">d", 2.0), pack(">d", 3.0)), good[:-9]):
        assert bad != good
        kept(tmp_path).write_bytes(bad)
        assert counted_readings(pulled) == first


def test_where_no_cache_can_be_it_is_counted_every_time(pulled: Case, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", "utf-8")
    assert len(counted_readings(pulled)) == 2


def test_another_definition_another_vintage_or_case_is_counted_anew(
    pulled: Case, tmp_path: Path
) -> None:
    assert [r.value for r in counted_readings(pulled)] == [2, 1]
    other = counting(pulled, Counting("events", "B2", "events"))
    assert [r.value for r in counted_readings(other)] == [1, 1]
    assert [r.value for r in counted_readings(replace(pulled, first=pulled.first + 8))] == [1]
    pull(pulled, [ROWS[0], ROWS[1] | {"civilians": "4"}], "2024-12-03")
    assert [r.value for r in counted_readings(pulled)] == [2, 1, 4]
    assert counted_readings(replace(pulled, root=tmp_path)) == ()
