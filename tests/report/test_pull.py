"""A pull in words and as a screen: every number kept, whatever the width and the names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from forecast.case import Case, Counting, EventSource
from forecast.periods import Period
from forecast.readings import Reading
from forecast.readings.events import Changed, LeftOut, Stored, Unmatched, Vintage
from forecast.report.terminal.pull import render_pull
from forecast.report.view.pull import Pulled, build_pull, fetched_so_far, left_out_notes
from tests.factories import make_case
from tests.report.test_terminal import printed

WEEK = Period.parse("2024-W48")
KNOWN = datetime(2024, 12, 2, 10, 15, tzinfo=UTC)
FEED = EventSource("feed", "table", at="events.csv")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = make_case(tmp_path / "case")
    strikes = next(i for i in made.indicators if i.id == "strikes")
    return replace(
        made, indicators=(replace(strikes, counted=(Counting("feed", "B2", "events"),)),)
    )


def reading(value: float, days: int = 7, source: str = "feed") -> Reading:
    return Reading(
        "strikes", WEEK, value, date(2024, 12, 2), source, "B2", days, 1, "north-west", "", "", 0
    )


def pulled(case: Case, *changes: Changed, **fields: object) -> Pulled:
    path = case.root.resolve() / "indicators/vintages/feed/x.parquet"
    days = date(2024, 11, 25), date(2024, 12, 1)
    vintage = Vintage("feed", KNOWN, *days, 1204, "", "", "", path, KNOWN.date(), "2")
    stored = Stored(vintage, unchanged=False, changes=changes)
    made = Pulled(FEED, KNOWN, KNOWN.date(), stored, last=None, kept=True, coded={})
    return replace(made, **fields)  # type: ignore[arg-type]


def change(old: Reading | None, new: Reading) -> Changed:
    return Changed("strikes", WEEK, "feed", old, new)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (None, reading(12, 5), ("-", "12", "new", "5")),
        (reading(12, 5), reading(15), ("12", "15", "+3", "5 -> 7")),
        (reading(15), reading(12.5), ("15", "12.5", "-2.5", "7")),
        (reading(15, 6), reading(15), ("15", "15", "0", "6 -> 7")),
    ],
)
def test_a_changed_reading(
    case: Case, old: Reading | None, new: Reading, shown: tuple[str, ...]
) -> None:
    [row] = build_pull(case, pulled(case, change(old, new)), date(2024, 12, 2)).rows
    assert (row.old, row.new, row.difference, row.days, row.coded) == (*shown, "-")


def test_the_coded_reading_beside_it_and_who_coded_it(case: Case) -> None:
    coded = {("strikes", WEEK): reading(52, 4, "so\x1b[31mhr")}
    made = pulled(case, change(None, reading(12)), coded=coded)
    [row] = build_pull(case, made, date(2024, 12, 2)).rows
    assert (row.coded, row.coder) == ("52 in 4 d", "sohr")


@pytest.mark.parametrize(("day", "said"), [(1, True), (2, False), (9, False)])
def test_an_earlier_as_of_does_not_use_them(case: Case, day: int, said: bool) -> None:
    view = build_pull(case, pulled(case, change(None, reading(1))), date(2024, 12, day))
    assert (view.later != "") is said


def test_nothing_changes_or_nothing_is_counted(case: Case) -> None:
    view = build_pull(case, pulled(case), date(2024, 12, 2))
    assert (view.summary, view.rows) == ("No reading changes.", ())
    elsewhere = replace(case, indicators=())
    assert build_pull(elsewhere, pulled(case), date(2024, 12, 2)).summary == (
        "No indicator counts from it: none has [counted.feed]."
    )


@pytest.mark.parametrize("width", [80, 30])
def test_nothing_is_cut(case: Case, width: int) -> None:
    made = pulled(case, change(reading(48_500, 5), reading(1_048_500)))
    view = build_pull(case, made, date(2024, 12, 1))
    text = printed(lambda console: render_pull(view, console), width)
    for shown in ("1,204", "indicators/vintages/feed/x.parquet", "48,500", "1,048,500",
                  "+1,000,000", "5 -> 7", "2024-W48"):  # fmt: skip
        assert shown in text


def test_names_that_no_event_has_are_said_once_for_all_that_ask(case: Case) -> None:
    made = pulled(case)
    absent = [
        Unmatched("strikes", "admin1", "Idlib", "Idl\u202eeb"),
        Unmatched("strikes", "admin1", "Idlib", "Idl\u202eeb"),
        Unmatched("strikes", "actor", "Nobody", ""),
    ]
    stored = replace(made.stored, unmatched=tuple(absent))
    assert [*map(str, left_out_notes(case, replace(made, stored=stored)))] == [
        'feed: no event of this pull has the admin1 "Idlib" asked for by Strikes and Strikes '
        "(did you mean Idleb?)",
        'feed: no event of this pull has the actor "Nobody" asked for by Strikes',
    ]


DAY, LAST = date(2024, 11, 25), date(2024, 12, 1)
LEFT_OUT = {
    "one on another day": (
        LeftOut("outside", "", 1, 9, DAY, DAY),
        "1 of 9 events is on days that are not covered (25 Nov 2024): not counted",
    ),
    "some on other days": (
        LeftOut("outside", "", 1200, 1201, DAY, LAST),
        "1,200 of 1,201 events are on days that are not covered (25 Nov 2024 to 1 Dec 2024): not "
        "counted",
    ),
    "longer ones": (
        LeftOut("longer", "strikes", 2, 9, DAY, LAST),
        "2 of 9 events counted for Strikes may lie anywhere in a week or longer (25 Nov 2024 to "
        "1 Dec 2024): left out, and no week they may lie in is taken for 0",
    ),
    "unknown numbers": (
        LeftOut("unknown", "strikes", 1, 1, DAY, DAY),
        "1 of 1 event counted for Strikes has no number of deaths (25 Nov 2024): the sum of such a "
        "week is missing",
    ),
    "days without a row": (
        LeftOut("gaps", "strikes", 2, 7, DAY, LAST),
        "a row is a day for Strikes, and 2 of 7 days have none, or none with a number (25 Nov 2024 "
        "to 1 Dec 2024): not covered",
    ),
    "rows of weeks or months": (
        LeftOut("regular", "", 9, 9, DAY, LAST),
        "every row begins on the same day of a week or month (25 Nov 2024 to 1 Dec 2024): if it is "
        "a total of one, its last_day must be among the columns, or it counts whole on its first "
        "day",
    ),
    "nothing let through": (
        LeftOut("nothing", "strikes", 9, 9, DAY, LAST),
        "none of 9 events is let through for Strikes, which is counted as 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("part", "said"), LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_what_is_in_no_count_is_said(case: Case, part: LeftOut, said: str) -> None:
    deaths = Counting("feed", "B2", "sum", "deaths")
    case = replace(case, indicators=(replace(case.indicators[0], counted=(deaths,)),))
    made = pulled(case)
    stored = replace(made.stored, left_out=(part,))
    assert [*map(str, left_out_notes(case, replace(made, stored=stored)))] == [f"feed: {said}"]


def test_a_total_is_shown_with_its_periods(case: Case) -> None:
    total = replace(reading(7, 14), span=2)
    [row] = build_pull(case, pulled(case, change(None, total)), date(2024, 12, 9)).rows
    assert (row.period, row.days) == ("2024-W48 to 2024-W49", "14")


@pytest.mark.parametrize(
    ("at", "total", "said"),
    [
        ("events.csv", None, "feed: 12.0 MB"),
        ("events.csv", 24_000_000, "feed: 12.0 of 24.0 MB"),
        ("", None, "feed: 12,000,000 events"),
        ("", 24_000_000, "feed: 12,000,000 of 24,000,000 events"),
    ],
)
def test_progress(at: str, total: int | None, said: str) -> None:
    assert fetched_so_far(replace(FEED, at=at), 12_000_000, total) == said
