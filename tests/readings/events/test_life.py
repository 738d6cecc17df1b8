"""Where an event counts by the days it may lie on, and what is not known of a period."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from forecast.case import Case, Counting, EventSource
from forecast.errors import CaseError
from forecast.periods import Cadence, Period
from forecast.readings import Reading, known_as_of
from forecast.readings.events import LeftOut, Stored, counted_readings, coverage, store
from tests.readings.events.pulls import acled, counting, ucdp

SUM = Counting("events", "B2", "sum", "value")
EVENTS = Counting("events", "B2", "events")
COLUMNS = {"id": "id", "date": "date", "last_day": "end", "value": "value"}
DAYS = {"id": "id", "date": "date", "value": "value"}
NOON = datetime(2024, 12, 9, 12, tzinfo=UTC)  # a Monday


def table(**fields: object) -> EventSource:
    return EventSource("events", "table", at="x.csv", **{"columns": COLUMNS} | fields)  # type: ignore[arg-type]


def cased(case: Case, how: Counting, at: EventSource, cadence: Cadence = "week") -> Case:
    case = counting(case, how, at=at)
    first = "2024-W27" if cadence == "week" else "2024-07"
    return replace(case, cadence=cadence, first=Period.parse(first))


def put(case: Case, rows: list[dict[str, str]], known: datetime = NOON) -> Stored:
    """Store rows, each with all columns of the first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), restval="")
    writer.writeheader()
    writer.writerows(rows)
    raw = case.root.parent / "raw.csv"
    raw.write_text(text.getvalue(), "utf-8", newline="")
    return store(case, case.sources[0], raw, known=known, accept=True)


def rows(*spans: tuple[str, str, str]) -> list[dict[str, str]]:
    """Return rows of a first day, a last day and a value."""
    return [
        {"id": str(n), "date": first, "end": last, "value": value}
        for n, (first, last, value) in enumerate(spans)
    ]


def shown(case: Case) -> dict[str, tuple[float, int]]:
    """Return value and days of each period or span, as last known."""
    return {
        f"{r.period}" + f"+{r.span - 1}" * (r.span > 1): (r.value, r.days)
        for r in counted_readings(case)
    }


MONTHS = rows(("2024-09-01", "2024-09-30", "6"), ("2024-10-01", "2024-10-31", "10"))


def test_a_month_in_a_case_of_months_is_that_month(case: Case) -> None:
    case = cased(case, SUM, table(), "month")
    put(case, MONTHS)
    assert shown(case) == {"2024-09": (6, 30), "2024-10": (10, 31)}


# What a row that lasts as long as a period is refused for, and the remedies that are named.
REFUSED = {
    "months in a case of weeks": (
        SUM, "week", MONTHS,
        "2 rows of 30 to 31 days, the first from 2024-09-01 to 2024-09-30", 'cadence = "month"',
    ),
    "weeks from Saturday to Friday": (
        SUM, "week", rows(("2024-11-02", "2024-11-08", "4"), ("2024-11-09", "2024-11-15", "5")),
        "2 rows of 7 days, the first from 2024-11-02 to 2024-11-08", 'longer = "apart"',
    ),
    "ten days": (
        SUM, "week", rows(("2024-11-01", "2024-11-10", "4")),
        "1 row of 10 days, the first from 2024-11-01 to 2024-11-10", 'longer = "apart"',
    ),
    "one month among days": (
        SUM, "week", rows(("2024-11-04", "2024-11-04", "1"), ("2024-11-01", "2024-11-30", "9")),
        "1 row of 30 days, the first from 2024-11-01 to 2024-11-30, beside 1 within a week",
        'longer = "apart"',
    ),
    "a fortnight of whole weeks among days": (
        SUM, "week", rows(("2024-11-04", "2024-11-04", "1"), ("2024-11-11", "2024-11-24", "9")),
        "1 row of 14 days, the first from 2024-11-11 to 2024-11-24, beside 1 within a week",
        'longer = "apart"',
    ),
    "whole weeks counted as events": (
        EVENTS, "week", rows(("2024-11-11", "2024-11-24", "9")),
        "1 row of 14 days, the first from 2024-11-11 to 2024-11-24", 'measure = "sum"',
    ),
    "a month that straddles months": (
        SUM, "month", rows(("2024-09-15", "2024-10-14", "9")),
        "1 row of 30 days, the first from 2024-09-15 to 2024-10-14", 'longer = "apart"',
    ),
    "a last day in another century": (
        SUM, "week", rows(("2024-11-04", "2124-11-04", "1")),
        "1 row of 36525 days, the first from 2024-11-04 to 2124-11-04", 'longer = "apart"',
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("how", "cadence", "made", "found", "remedy"), REFUSED.values(), ids=REFUSED.keys()
)
def test_what_fits_no_period_is_refused_with_rows_days_and_a_remedy(
    case: Case,
    how: Counting,
    cadence: Cadence,
    made: list[dict[str, str]],
    found: str,
    remedy: str,
) -> None:
    case = cased(case, how, table(), cadence)
    with pytest.raises(CaseError) as caught:
        put(case, made)
    [problem] = caught.value.problems
    assert problem.where == "indicators/sources.toml, [events]"
    assert problem.found == found
    assert remedy in problem.hint
    assert not (case.root / "indicators" / "vintages").exists()


def test_rows_that_no_counting_lets_through_refuse_nothing(case: Case) -> None:
    where = replace(SUM, where={"type": ("raid",)})
    case = cased(case, where, table(columns=COLUMNS | {"type": "type"}))
    made = rows(("2024-11-04", "2024-11-10", "2"), ("2024-11-01", "2024-11-30", "9"))
    put(case, [made[0] | {"type": "raid"}, made[1] | {"type": "sum of the month"}])
    assert shown(case)["2024-W45"] == (2, 7)


# What counts in the period of its first day: it ends in it, or is shorter than a period.
SHORT = {
    "three days within a week": (("2024-11-05", "2024-11-07", "3"), {"2024-W45": (3, 3)}),
    "Sunday and Monday": (
        ("2024-11-10", "2024-11-11", "3"), {"2024-W45": (3, 1), "2024-W46": (0, 1)},
    ),
    "six days over two weeks": (
        ("2024-11-08", "2024-11-13", "3"), {"2024-W45": (3, 3), "2024-W46": (0, 3)},
    ),
    "a whole week": (("2024-11-04", "2024-11-10", "3"), {"2024-W45": (3, 7)}),
}  # fmt: skip


@pytest.mark.parametrize(("made", "expected"), SHORT.values(), ids=SHORT.keys())
def test_what_is_shorter_than_a_period_counts_on_its_first_day(
    case: Case, made: tuple[str, str, str], expected: dict[str, tuple[float, int]]
) -> None:
    case = cased(case, SUM, table())
    put(case, rows(made))
    assert shown(case) == expected


def test_rows_of_whole_periods_are_totals(case: Case) -> None:
    case = cased(case, SUM, table())
    fortnights = rows(
        ("2024-11-04", "2024-11-17", "6"),
        ("2024-11-04", "2024-11-17", "1"),
        ("2024-11-18", "2024-12-01", "10"),
    )
    put(case, fortnights)
    assert shown(case) == {"2024-W45+1": (7, 14), "2024-W47+1": (10, 14)}
    known = known_as_of(case, counted_readings(case), date(2024, 12, 9))
    assert [(str(r.period), r.span, r.value) for r in known.spans] == [
        ("2024-W45", 2, 7), ("2024-W47", 2, 10),
    ]  # fmt: skip
    assert known.speaking == {}
    # A later pull corrects one and adds another that is not over: it does not exist yet.
    put(
        case,
        [
            *fortnights[1:],
            {"id": "x", "date": "2024-11-18", "end": "2024-12-01", "value": "3"},
            {"id": "y", "date": "2024-12-02", "end": "2024-12-15", "value": "99"},
        ],
        NOON + timedelta(days=1),
    )
    assert shown(case) == {"2024-W45+1": (1, 14), "2024-W47+1": (13, 14)}


def test_quarters_in_a_case_of_months(case: Case) -> None:
    case = cased(case, SUM, table(), "month")
    put(case, rows(("2024-07-01", "2024-09-30", "12")))
    assert shown(case) == {"2024-07+2": (12, 92)}


def test_left_apart_a_period_it_may_lie_in_is_not_zero(case: Case) -> None:
    case = cased(case, SUM, table(longer="apart", since=date(2024, 10, 28)))
    made = rows(
        ("2024-11-01", "2024-11-30", "9"),
        ("2024-11-05", "2024-11-05", "2"),
    )
    stored = put(case, made)
    # W45 has an event of its own, W44 and W46 to W48 may have the long one, W49 has nothing.
    assert shown(case) == {"2024-W45": (2, 7), "2024-W49": (0, 7)}
    [long] = [part for part in stored.left_out if part.reason == "longer"]
    assert long == LeftOut("longer", "strikes-0", 1, 2, date(2024, 11, 1), date(2024, 11, 30))
    [note] = [r.note for r in counted_readings(case) if r.value == 2]
    assert note.endswith("; 1 more may lie in it and are left out")
    # Gone from a later pull, the weeks are what they were: without events.
    put(case, made[1:], NOON + timedelta(days=1))
    assert shown(case)["2024-W46"] == (0, 7)


PROVIDERS = {
    "UCDP, a month": (
        "ucdp", ucdp(id="9", date_prec="4", date_start="2024-11-01", date_end="2024-11-30"),
        ("2024-11-01", "2024-11-30"),
    ),
    "UCDP, a month on one day": (
        "ucdp", ucdp(id="9", date_prec="4", date_start="2024-11-15", date_end="2024-11-15"),
        ("2024-11-01", "2024-11-30"),
    ),
    "UCDP, a year on one day": (
        "ucdp", ucdp(id="9", date_prec="5", date_start="2024-11-15", date_end="2024-11-15"),
        ("2024-01-01", "2024-12-31"),
    ),
    "UCDP, a week over two": (
        "ucdp", ucdp(id="9", date_prec="3", date_start="2024-11-06", date_end="2024-11-12"),
        ("2024-11-06", "2024-11-12"),
    ),
    "ACLED, a month": (
        "acled", acled(event_id_cnty="SYR9", time_precision="3", event_date="2024-11-15"),
        ("2024-11-01", "2024-11-30"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "long", "days"), PROVIDERS.values(), ids=PROVIDERS.keys())
@pytest.mark.parametrize("how", [EVENTS, Counting("events", "B2", "sum", "deaths")])
def test_an_event_of_an_unknown_week_is_counted_apart(
    case: Case, kind: str, long: dict[str, str], days: tuple[str, str], how: Counting
) -> None:
    day = {"date_start": "2024-11-06", "date_end": "2024-11-06", "event_date": "2024-11-06"}
    one = long | {name: day[name] for name in day if name in long}
    one |= {"date_prec": "1"} if kind == "ucdp" else {"time_precision": "1"}
    one |= {"id": "1"} if kind == "ucdp" else {"event_id_cnty": "SYR1"}
    declared = EventSource("events", kind, at="x.csv", since=date(2024, 10, 28))
    case = cased(case, how, declared)
    stored = put(case, [one, long])
    each = 1 if how is EVENTS else {"ucdp": 3, "acled": 2}[kind]
    assert shown(case)["2024-W45"] == (each, 7)
    assert "2024-W46" not in shown(case)
    [apart] = stored.left_out
    assert (apart.reason, apart.number, apart.among) == ("longer", 1, 2)
    assert (str(apart.first), str(apart.last)) == days


@pytest.mark.parametrize("kind", ["ucdp", "acled"])
def test_an_event_of_a_known_month_counts_in_a_case_of_months(case: Case, kind: str) -> None:
    made = PROVIDERS["UCDP, a month on one day" if kind == "ucdp" else "ACLED, a month"][1]
    declared = EventSource("events", kind, at="x.csv", since=date(2024, 11, 1))
    case = cased(case, EVENTS, declared, "month")
    assert put(case, [made]).left_out == ()
    assert shown(case) == {"2024-11": (1, 30), "2024-12": (0, 8)}


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2024-09-01", "2024-10-01", "2024-11-01"), True),
        (("2024-11-02", "2024-11-09", "2024-11-16", "2024-11-23"), True),  # Saturdays
        (("2024-11-04", "2024-11-11", "2024-11-18"), False),  # Mondays: weeks of ours
        (("2024-09-01", "2024-10-01"), False),
        (("2024-11-02", "2024-11-09", "2024-11-17"), False),
    ],
)
def test_rows_that_may_be_totals_without_an_end_are_named(
    case: Case, days: tuple[str, ...], said: bool
) -> None:
    case = cased(case, SUM, table(columns=DAYS))
    stored = put(case, [{"id": day, "date": day, "value": "1"} for day in days])
    assert ("regular" in [part.reason for part in stored.left_out]) is said


def test_a_file_whose_events_are_all_longer_says_nothing_of_where_they_end(case: Case) -> None:
    case = cased(case, EVENTS, EventSource("events", "ucdp", at="x.csv"))
    with pytest.raises(Exception, match="must hold an event within a week, or declare since"):
        put(case, [PROVIDERS["UCDP, a month"][1]])


# Deaths of two events in each of three weeks; empty: nobody knows how many.
UNKNOWN = {
    "all": (["", "", "", "", "", ""], {}),
    "one of two": (["1", "", "2", "3", "0", "0"], {"2024-W46": (5, 7), "2024-W47": (0, 7)}),
    "none": (["1", "1", "2", "3", "0", "4"],
             {"2024-W45": (2, 7), "2024-W46": (5, 7), "2024-W47": (4, 7)}),
}  # fmt: skip
WEEKS = {"since": date(2024, 11, 4), "until": date(2024, 11, 24)}


@pytest.mark.parametrize(("values", "expected"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_a_sum_with_an_unknown_number_in_it_is_missing(
    case: Case, values: list[str], expected: dict[str, tuple[float, int]]
) -> None:
    case = cased(case, SUM, table(**WEEKS))
    days = [f"2024-11-{day:02}" for day in (4, 4, 11, 11, 18, 18)]
    stored = put(case, rows(*((day, "", v) for day, v in zip(days, values, strict=True))))
    assert shown(case) == expected
    unknown = [(part.number, part.among) for part in stored.left_out if part.reason == "unknown"]
    assert unknown == ([(values.count(""), 6)] if "" in values else [])
    # Events and days are counted whatever is known of their numbers.
    for how, each in ((EVENTS, 2), (Counting("events", "B2", "days"), 1)):
        assert {value for value, _ in shown(cased(case, how, table(**WEEKS))).values()} == {each}


def test_a_number_that_becomes_known_later(case: Case) -> None:
    case = cased(case, SUM, table(**WEEKS))
    put(case, rows(("2024-11-04", "", "")))
    assert "2024-W45" not in shown(case)
    put(case, rows(("2024-11-04", "", "7")), NOON + timedelta(days=7))
    [reading] = [r for r in counted_readings(case) if str(r.period) == "2024-W45"]
    assert (reading.value, reading.published) == (7, date(2024, 12, 16))


def test_a_number_that_is_taken_back_is_withdrawn_from_then_on(case: Case) -> None:
    case = cased(case, SUM, table(**WEEKS))
    put(case, rows(("2024-11-04", "", "7")))
    assert shown(case)["2024-W45"] == (7, 7)
    taken = put(case, rows(("2024-11-04", "", "")), NOON + timedelta(days=1))
    [change] = taken.changes
    assert change.old is not None
    assert (change.old.value, change.new.withdrawn) == (7, True)
    made = counted_readings(case)
    speaking = [
        {str(p): r.value for (_, p), r in known_as_of(case, made, day).speaking.items()}
        for day in (NOON.date(), NOON.date() + timedelta(days=1))
    ]
    assert speaking == [
        {"2024-W45": 7, "2024-W46": 0, "2024-W47": 0}, {"2024-W46": 0, "2024-W47": 0},
    ]  # fmt: skip
    # What comes after changes nothing of that, and nothing is withdrawn twice.
    later = put(case, rows(("2024-11-04", "", ""), ("2024-11-12", "", "5")), NOON + timedelta(2))
    assert [str(change.period) for change in later.changes] == ["2024-W46"]
    put(case, rows(("2024-11-04", "", "7"), ("2024-11-12", "", "5")), NOON + timedelta(3))
    assert shown(case) == {"2024-W45": (7, 7), "2024-W46": (5, 7), "2024-W47": (0, 7)}


def test_acled_says_of_each_event_whether_civilians_died(case: Case) -> None:
    how = Counting("events", "B2", "sum", "civilians")
    case = cased(case, how, EventSource("events", "acled", at="x.csv"))
    made = [
        acled(fatalities="3"),
        acled(event_id_cnty="SYR2", fatalities="2", civilian_targeting="Civilian targeting"),
    ]
    assert put(case, made).left_out == ()
    assert shown(case) == {"2024-W48": (2, 1)}


def august(**other: str) -> list[dict[str, str]]:
    """Return one row for each day of August, some of them with another value or none."""
    values = {str(day): "1" for day in range(1, 32)} | other
    return [
        {"id": day, "date": f"2024-08-{int(day):02}", "value": value}
        for day, value in values.items()
        if value != "absent"
    ]


GAPPED = ("2024-W33", "2024-W34")


@pytest.mark.parametrize("declared", [None, True])
def test_a_day_without_a_row_or_a_number_is_not_covered(case: Case, declared: bool | None) -> None:
    case = cased(case, SUM, table(columns=DAYS, day_rows=declared))
    stored = put(case, august(**{"16": "", "23": "absent"}))
    expected = dict.fromkeys((*GAPPED, "2024-W35"), (6.0, 6))  # to the last row, a Saturday
    assert shown(case).items() >= expected.items()
    assert stored.left_out == (
        LeftOut("gaps", "strikes-0", 2, 31, date(2024, 8, 16), date(2024, 8, 23)),
    )
    covered = coverage(case, date(2024, 12, 9))["strikes-0", "events"]
    assert [covered.of(Period.parse(week)) for week in GAPPED] == [6, 6]
    # Filled in later, and one taken away again.
    put(case, august(**{"23": "9"}), NOON + timedelta(days=1))
    assert shown(case)["2024-W34"] == (15, 7)
    put(case, august(**{"23": "absent"}), NOON + timedelta(days=2))
    assert shown(case)["2024-W34"] == (6, 6)


def test_declared_not_to_be_days_a_day_without_a_row_had_nothing(case: Case) -> None:
    case = cased(case, SUM, table(columns=DAYS, day_rows=False))
    put(case, august(**{"23": "absent"}))
    assert shown(case)["2024-W34"] == (6, 7)


@pytest.mark.parametrize(
    "made",
    [august()[:13], august()[::2], [*august(), {"id": "x", "date": "2024-08-01", "value": "1"}]],
    ids=["few", "every other day", "two on one day"],
)
def test_events_are_not_taken_for_days(case: Case, made: list[dict[str, str]]) -> None:
    case = cased(case, SUM, table(columns=DAYS, since=date(2024, 8, 1), until=date(2024, 9, 8)))
    put(case, made)
    assert shown(case)["2024-W36"] == (0, 7)


def test_whether_rows_are_days_is_settled_by_the_first_pull(case: Case) -> None:
    case = cased(case, SUM, table(columns=DAYS))
    put(case, august())
    before = counted_readings(case)
    put(case, august()[::3], NOON + timedelta(days=1))
    after = counted_readings(case)
    assert [r for r in after if r.published <= NOON.date()] == list(before)
    assert shown(case)["2024-W34"] == (3, 3)


def test_an_area_with_a_number_for_each_day_is_one_of_days(case: Case) -> None:
    how = replace(SUM, where={"admin1": ("North",)})
    case = cased(case, how, table(columns=DAYS | {"admin1": "area"}))
    north = [row | {"area": "North"} for row in august(**{"16": ""})]
    south = [row | {"id": f"s{row['id']}", "area": "South"} for row in august()]
    put(case, north + south)
    assert shown(case)["2024-W33"] == (6, 6)


PUBLISHED = COLUMNS | {"published": "seen"}


def seen(*made: tuple[str, str, str]) -> list[dict[str, str]]:
    """Return rows of a day, a day of publication and a value."""
    return [
        {"id": str(n), "date": day, "end": "", "value": value, "seen": published}
        for n, (day, published, value) in enumerate(made)
    ]


def then(readings: tuple[Reading, ...]) -> list[tuple[str, str, float, int]]:
    return [(str(r.published), str(r.period), r.value, r.days) for r in readings]


def test_a_table_that_says_when_it_was_published_has_a_history(case: Case) -> None:
    case = cased(case, SUM, table(columns=PUBLISHED, since=date(2024, 11, 4)))
    put(
        case,
        seen(
            ("2024-11-05", "2024-11-06", "1"),
            ("2024-11-07", "2024-11-20", "2"),  # late
            ("2024-11-12", "2024-11-13", "4"),
            ("2024-11-28", "", "8"),  # nobody knows when
        ),
    )
    history = [
        ("2024-11-11", "2024-W45", 1, 7),
        ("2024-11-18", "2024-W46", 4, 7),
        ("2024-11-25", "2024-W45", 3, 7),
        ("2024-11-25", "2024-W47", 0, 7),
        ("2024-12-02", "2024-W48", 0, 7),
        ("2024-12-09", "2024-W48", 8, 7),
        ("2024-12-09", "2024-W49", 0, 7),
    ]
    readings = counted_readings(case)
    assert then(readings) == history
    assert readings[0].note.startswith("not openable: counted from 1 events, by dates of")
    known = known_as_of(case, readings, date(2024, 11, 18))
    assert {str(p): r.value for (_, p), r in known.speaking.items()} == {
        "2024-W45": 1, "2024-W46": 4,
    }  # fmt: skip
    before = coverage(case, date(2024, 11, 18))["strikes-0", "events"]
    assert before.of(Period.parse("2024-W46")) == 7
    assert before.of(Period.parse("2024-W47")) == 0
    # Later pulls change nothing of what was known before them, whatever they say of it.
    put(
        case,
        seen(("2024-11-05", "2024-11-05", "100"), ("2024-12-10", "2024-12-10", "3")),
        NOON + timedelta(days=7),
    )
    assert then(counted_readings(case))[: len(history)] == history


def test_a_delay_is_a_date_of_publication(case: Case) -> None:
    case = cased(case, SUM, table(columns=DAYS, since=date(2024, 11, 4), delay=3))
    put(case, [{"id": "1", "date": "2024-11-08", "value": "5"},
               {"id": "2", "date": "2024-11-17", "value": "6"}])  # fmt: skip
    assert then(counted_readings(case))[:5] == [
        ("2024-11-11", "2024-W45", 5, 5),
        ("2024-11-18", "2024-W45", 5, 7),
        ("2024-11-18", "2024-W46", 0, 5),
        ("2024-11-25", "2024-W46", 6, 7),
        ("2024-11-25", "2024-W47", 0, 5),
    ]


def test_a_history_of_days_and_of_totals(case: Case) -> None:
    days = cased(case, SUM, table(columns=DAYS, delay=2))
    put(days, august())
    assert then(counted_readings(days))[:3] == [
        ("2024-08-05", "2024-W31", 3, 3),
        ("2024-08-12", "2024-W31", 4, 4),
        ("2024-08-12", "2024-W32", 6, 6),
    ]


def test_totals_have_a_history(case: Case) -> None:
    case = cased(case, SUM, table(delay=5))
    put(case, rows(("2024-11-04", "2024-11-17", "6"), ("2024-11-18", "2024-12-01", "10")))
    made = counted_readings(case)
    assert then(made) == [
        ("2024-11-25", "2024-W45", 6, 14),
        ("2024-12-09", "2024-W47", 10, 14),
    ]
    assert [reading.span for reading in made] == [2, 2]


@pytest.mark.parametrize(
    ("published", "rule"),
    [("2024-11-04", "must not be before date"), ("2062-11-30", "must not be after the day of")],
)
def test_a_date_of_publication_that_cannot_be(case: Case, published: str, rule: str) -> None:
    case = cased(case, SUM, table(columns=PUBLISHED))
    with pytest.raises(Exception, match=f"events, record 1, seen: {rule}"):
        put(case, seen(("2024-11-05", published, "1")))


def test_several_numbers_of_a_row(case: Case) -> None:
    own = table(
        columns={"id": "day", "date": "day"}, numbers={"aircraft": "Air", "vessels": "Sea's"}
    )
    made = [{"day": f"2024-11-{day:02}", "Air": str(day), "Sea's": "1"} for day in range(4, 11)]
    values = []
    for column in ("aircraft", "vessels"):
        counted = cased(case, replace(SUM, column=column), own)
        if column == "aircraft":
            put(counted, made)
        values.append(shown(counted))
    assert values == [{"2024-W45": (49, 7)}, {"2024-W45": (7, 7)}]
    both = cased(case, replace(SUM, column="vessels"), own)
    assert [r.value for r in counted_readings(both)] == [7]


def test_old_vintages_have_no_numbers_of_ones_own(case: Case, tmp_path: Path) -> None:
    del tmp_path
    case = cased(case, replace(SUM, column="aircraft"), table(**WEEKS))
    put(case, rows(("2024-11-05", "", "3")))
    assert shown(case) == {"2024-W46": (0, 7), "2024-W47": (0, 7)}
