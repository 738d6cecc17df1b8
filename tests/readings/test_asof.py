"""What was known on a date: vintages, scopes, sources, totals, and what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case import Case, Evidence
from forecast.periods import Period
from forecast.readings import (
    Reading,
    due,
    due_of,
    evidence_known,
    known_as_of,
    load_readings,
    usual_cells,
)
from forecast.readings.row import parse_row
from tests.factories import HEADER, make_case

MONDAY = date(2024, 12, 2)  # its forecast period is 2024-W48
SCOPE = {"strikes": "north-west", "border": "country"}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("asof") / "case")


def reading(
    period: str,
    value: float = 1.0,
    *,
    indicator: str = "strikes",
    published: date = MONDAY,
    source: str = "sohr",
    span: int = 1,
    scope: str | None = None,
    line: int = 2,
) -> Reading:
    return Reading(
        indicator=indicator,
        period=Period.parse(period),
        value=value,
        published=published,
        source=source if indicator == "strikes" else "desk",
        grade="B2",
        days=7 * span,
        span=span,
        scope=scope or SCOPE[indicator],
        url="https://example.org",
        note="",
        line=line,
    )


def spoken(case: Case, *readings: Reading, as_of: date = MONDAY) -> list[float]:
    return [r.value for r in known_as_of(case, readings, as_of).speaking.values()]


def test_the_forecast_period_is_the_last_that_ended_before_the_as_of(case: Case) -> None:
    assert str(known_as_of(case, [], MONDAY).period) == "2024-W48"
    assert str(known_as_of(case, [], MONDAY - timedelta(days=1)).period) == "2024-W47"


def test_a_correction_speaks_from_the_day_it_is_published(case: Case) -> None:
    rows = (
        reading("2024-W47", 10, published=date(2024, 11, 25)),
        reading("2024-W47", 12, published=date(2024, 12, 2)),
    )
    assert spoken(case, *rows, as_of=date(2024, 12, 1)) == [10]
    assert spoken(case, *rows, as_of=date(2024, 12, 2)) == [12]
    known = known_as_of(case, rows, MONDAY)
    assert (known.silent, known.replaced) == ((), rows[:1])
    assert known_as_of(case, rows, date(2024, 12, 1)).replaced == ()


def test_a_correction_replaces_its_own_source_only(case: Case) -> None:
    first = reading("2024-W47", 10, source="sohr", published=date(2024, 11, 25))
    other = reading("2024-W47", 20, source="acled", published=MONDAY)
    known = known_as_of(case, [other, first], MONDAY)
    assert list(known.speaking.values()) == [first]
    assert known.silent == (other,)


def test_the_first_source_speaks_whatever_its_date_or_place(case: Case) -> None:
    late = reading("2024-W47", 10, source="sohr", published=MONDAY, line=9)
    early = reading("2024-W47", 20, source="acled", published=date(2024, 11, 25), line=2)
    assert spoken(case, early, late) == [10]
    assert spoken(case, early, late, as_of=date(2024, 11, 26)) == [20]


def test_another_scope_is_silent_and_replaces_nothing(case: Case) -> None:
    used = reading("2024-W47", 10, published=date(2024, 11, 25))
    wide = reading("2024-W47", 99, scope="country")
    early_wide = reading("2024-W49", 99, scope="country")
    known = known_as_of(case, [wide, used, early_wide], MONDAY)
    assert list(known.speaking.values()) == [used]
    assert known.silent == (wide, early_wide)
    assert known.held == ()


def test_readings_about_later_periods_are_held(case: Case) -> None:
    early = reading("2024-W49", 3)
    total = reading("2024-W47", 30, span=3)
    known = known_as_of(case, [early, total], MONDAY)
    assert known.held == (total, early)
    assert (known.speaking, known.spans, known.silent) == ({}, (), ())
    later = known_as_of(case, [early, total], date(2024, 12, 9))
    assert list(later.speaking.values()) == [early]
    assert later.silent == (total,)


def test_a_total_speaks_where_no_single_reading_does(case: Case) -> None:
    total = reading("2024-W45", 30, span=2)
    single = reading("2024-W47", 5)
    known = known_as_of(case, [total, single], MONDAY)
    assert known.spans == (total,)
    assert known.silent == ()


@pytest.mark.parametrize("source", ["sohr", "acled"])
@pytest.mark.parametrize("period", ["2024-W45", "2024-W46", "2024-W47"])
def test_one_single_reading_inside_silences_the_total(case: Case, period: str, source: str) -> None:
    total = reading("2024-W45", 30, span=3, source="sohr")
    single = reading(period, 5, source=source)
    known = known_as_of(case, [total, single], MONDAY)
    assert (known.spans, known.silent) == ((), (total,))


def test_a_single_reading_of_another_scope_or_indicator_silences_no_total(case: Case) -> None:
    total = reading("2024-W45", 30, span=2)
    elsewhere = reading("2024-W45", 5, scope="country")
    level = reading("2024-W45", 1, indicator="border")
    assert known_as_of(case, [total, elsewhere, level], MONDAY).spans == (total,)


def test_of_totals_that_overlap_the_first_source_then_the_latest_speaks(case: Case) -> None:
    acled = reading("2024-W44", 1, span=2, source="acled", published=MONDAY)
    older = reading("2024-W45", 2, span=2, published=date(2024, 11, 25))
    newer = reading("2024-W46", 3, span=2, published=date(2024, 11, 27))
    apart = reading("2024-W41", 4, span=2, source="acled")
    known = known_as_of(case, [acled, older, newer, apart], MONDAY)
    assert known.spans == (apart, acled, newer)
    assert known.silent == (older,)
    assert known_as_of(case, [acled, older], MONDAY).spans == (older,)


def test_of_totals_that_agree_in_source_and_date_the_earliest_then_shortest_speaks(
    case: Case,
) -> None:
    long, short = reading("2024-W44", 1, span=3), reading("2024-W44", 2, span=2)
    later = reading("2024-W45", 3, span=2)
    assert known_as_of(case, [later, long, short], MONDAY).spans == (short,)


def rows() -> st.SearchStrategy[Reading]:
    weeks = st.integers(40, 52).map(lambda week: f"2024-W{week}")
    days = st.integers(0, 90).map(lambda day: date(2024, 10, 1) + timedelta(days=day))
    singles = st.builds(
        reading,
        weeks,
        st.integers(0, 99).map(float),
        indicator=st.sampled_from(["strikes", "border"]),
        published=days,
        source=st.sampled_from(["sohr", "acled"]),
        scope=st.sampled_from([None, None, "elsewhere"]),
        line=st.integers(2, 400),
    )
    totals = st.builds(
        reading,
        weeks,
        st.integers(0, 99).map(float),
        published=days,
        source=st.sampled_from(["sohr", "acled"]),
        span=st.integers(2, 4),
        line=st.integers(2, 400),
    )
    return st.one_of(singles, totals)


def unique(readings: list[Reading]) -> list[Reading]:
    return list({(r.claim, r.published): r for r in readings}.values())


@given(st.lists(rows(), max_size=25).map(unique), st.data())
def test_later_rows_and_the_order_of_rows_change_nothing(
    case: Case, readings: list[Reading], data: st.DataObject
) -> None:
    known = known_as_of(case, readings, MONDAY)
    then = [r for r in readings if r.published <= MONDAY]
    assert known == known_as_of(case, then, MONDAY)
    shuffled = known_as_of(case, data.draw(st.permutations(readings)), MONDAY)
    assert shuffled == known
    assert list(shuffled.speaking) == list(known.speaking)


@given(st.lists(rows(), max_size=25).map(unique))
def test_every_known_row_is_in_one_place_and_no_period_is_spoken_for_twice(
    case: Case, readings: list[Reading]
) -> None:
    known = known_as_of(case, readings, MONDAY)
    listed = [*known.speaking.values(), *known.spans, *known.silent, *known.held]
    published = {r for r in readings if r.published <= MONDAY}
    assert len({r.claim for r in listed}) == len(listed)
    assert sorted(map(repr, [*listed, *known.replaced])) == sorted(map(repr, published))
    in_force = {r.claim: r.published for r in listed}
    assert all(r.published < in_force[r.claim] for r in known.replaced)
    covered = list(known.speaking)
    covered += [(span.indicator, period) for span in known.spans for period in span.periods]
    assert len(covered) == len(set(covered))
    assert all(period <= known.period for _, period in covered)


def test_what_has_no_reading_for_the_forecast_period_is_due(case: Case) -> None:
    rows = [reading("2024-W48"), reading("2024-W47", 1, indicator="border")]
    (waiting,) = due(case, rows, MONDAY)
    assert (waiting.indicator.id, str(waiting.period), str(waiting.since)) == (
        "border",
        "2024-W48",
        "2024-W48",
    )
    assert not waiting.overdue
    assert due(case, rows, date(2024, 12, 8))[0].overdue


def test_a_period_missed_before_makes_it_overdue_at_once(case: Case) -> None:
    rows = [reading("2024-W48"), reading("2024-W45", 1, indicator="border")]
    (waiting,) = due(case, rows, MONDAY)
    assert (str(waiting.since), waiting.overdue) == ("2024-W46", True)


def test_a_total_that_speaks_leaves_nothing_due_and_a_held_or_silent_reading_does(
    case: Case,
) -> None:
    level = reading("2024-W48", 1, indicator="border")
    assert due(case, [level, reading("2024-W47", span=2)], MONDAY) == []
    held, wide = reading("2024-W48", span=2), reading("2024-W48", scope="country")
    assert [d.indicator.id for d in due(case, [level, held, wide], MONDAY)] == ["strikes"]


def test_without_any_reading_it_is_due_since_the_case_began(case: Case) -> None:
    assert {str(waiting.since) for waiting in due(case, [], MONDAY)} == {"2024-W40"}
    assert due(case, [], date(2024, 10, 6)) == []


@pytest.mark.parametrize(
    ("last", "as_of", "state"),
    [
        ("2024-W48", MONDAY, None),
        ("2024-W47", MONDAY, False),  # due_days is 7: of the week that ended yesterday
        ("2024-W47", date(2024, 12, 7), False),
        ("2024-W47", date(2024, 12, 8), True),
        ("2024-W46", MONDAY, True),  # of the week before a week has passed
    ],
)
def test_overdue_counts_from_the_first_period_that_is_missing(
    case: Case, last: str, as_of: date, state: bool | None
) -> None:
    rows = [
        reading(str(Period.parse("2024-W40") + n), published=date(2024, 11, 30)) for n in range(9)
    ]
    rows = [row for row in rows if row.period <= Period.parse(last)]
    waiting = {each.indicator.id: each for each in due(case, rows, as_of)}
    assert (waiting["strikes"].overdue if "strikes" in waiting else None) == state
    known = known_as_of(case, rows, as_of)
    assert due_of(case, known) == due(case, rows, as_of)


W48 = Period.parse("2024-W48")


@pytest.fixture(scope="module")
def evidence_case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("evidence") / "evidence_case")


def item(name: str, period: Period, published: date) -> Evidence:
    return Evidence(
        id=name,
        name=name,
        period=period,
        published=published,
        grade="B2",
        url="https://example.org",
        note="",
        group=None,
        because="Judged",
        likelihoods={"desk": {"war": 0.5, "other": 0.1}},
        weights={"desk": 1.0},
    )


def known(
    evidence_case: Case, *items: Evidence, as_of: date = MONDAY, period: Period = W48
) -> list[str]:
    return [e.id for e in evidence_known(replace(evidence_case, evidence=items), as_of, period)]


def test_items_are_in_the_order_of_their_periods_then_ids(evidence_case: Case) -> None:
    items = [item(name, W48 - back, MONDAY) for name, back in [("b", 0), ("a", 0), ("z", 1)]]
    assert known(evidence_case, *items) == ["z", "a", "b"]


def test_an_item_is_known_from_the_day_it_is_published(evidence_case: Case) -> None:
    event = item("a", W48, MONDAY)
    assert known(evidence_case, event, as_of=MONDAY - timedelta(days=1)) == []
    assert known(evidence_case, event) == ["a"]


def test_an_item_about_a_later_period_is_held_until_that_is_the_forecast_period(
    evidence_case: Case,
) -> None:
    early = item("a", W48 + 1, MONDAY)
    assert known(evidence_case, early) == []
    assert known(evidence_case, early, as_of=MONDAY + timedelta(weeks=1), period=W48 + 1) == ["a"]


def test_a_case_without_evidence_has_none(evidence_case: Case) -> None:
    assert known(evidence_case) == []


def items() -> st.SearchStrategy[list[Evidence]]:
    days = st.integers(0, 90).map(lambda day: date(2024, 10, 1) + timedelta(days=day))
    periods = st.integers(-8, 4).map(lambda step: W48 + step)
    names = st.sampled_from("abcdefgh")
    return st.lists(st.builds(item, names, periods, days), max_size=8, unique_by=lambda e: e.id)


@given(items(), st.data())
def test_later_items_and_their_order_change_nothing(
    evidence_case: Case, given_items: list[Evidence], data: st.DataObject
) -> None:
    before = known(evidence_case, *given_items)
    later = [
        item("planted", W48, MONDAY + timedelta(days=1)),
        item("planted-early", W48 + 1, MONDAY),
    ]
    shuffled = data.draw(st.permutations([*given_items, *later]))
    assert known(evidence_case, *shuffled) == before


AS_OF = date(2024, 11, 11)
ROW = "2024-W{week},4,2024-11-11,sohr,{grade},,,north-west,https://example.org,\n"


@pytest.fixture
def usual_case(tmp_path: Path) -> Case:
    return make_case(tmp_path)


def usual(usual_case: Case, indicator: int, *grades: str) -> dict[str, str]:
    rows = "".join(ROW.format(week=40 + n, grade=grade) for n, grade in enumerate(grades))
    (usual_case.root / "indicators" / "strikes.csv").write_text(HEADER + rows, "utf-8")
    known = known_as_of(usual_case, load_readings(usual_case), AS_OF)
    return usual_cells(usual_case, known, usual_case.indicators[indicator])


def test_it_is_of_the_whole_next_period_by_the_first_source(usual_case: Case) -> None:
    cells = usual(usual_case, 1, "B2")
    assert (cells["period"], cells["published"]) == ("2024-W46", "2024-11-18")
    assert (cells["source"], cells["days"], cells["span"]) == ("sohr", "", "")
    reading = parse_row(
        usual_case, usual_case.indicators[1], cells | {"value": "7"}, where="", line=0
    )
    assert isinstance(reading, Reading)
    assert (reading.value, reading.days, reading.scope) == (7.0, 7, "north-west")


@pytest.mark.parametrize(
    ("grades", "expected"),
    [(["C3", "B2", "C3", "B2", "D4"], "B2"), (["C3", "C3", "B2"], "C3"), (["C3", "B2"], "B2")],
)
def test_the_grade_is_that_of_most_the_later_of_as_many(
    usual_case: Case, grades: list[str], expected: str
) -> None:
    assert usual(usual_case, 1, *grades)["grade"] == expected


def test_of_what_was_never_read_the_best(usual_case: Case) -> None:
    assert usual(usual_case, 0, "C3")["grade"] == "A1"
