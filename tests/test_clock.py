"""One calendar: whatever the time zone, every day is the analyst's, as read later anywhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from forecast import clock
from forecast.case import Case
from forecast.ledger import append, read
from forecast.periods import Period
from forecast.proof.questions import ask, first_issues, known_since
from forecast.readings import known_as_of
from tests.factories import make_case, make_forecast
from tests.proof.ledgers import held

ZONES = {  # POSIX: the sign is that of Greenwich's clock against the local one
    "UTC-11": "SST11",
    "UTC-8": "PST8",
    "UTC": "UTC0",
    "UTC+3": "TRT-3",
    "UTC+5:30": "IST-5:30",
    "UTC+8": "PHT-8",
    "UTC+13": "NZDT-13",
    "UTC+14": "LINT-14",
}
MONDAY = date(2024, 12, 9)  # the refresh day of 2024-W49


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[timezone]:
    """The machine's time zone, and its offset."""
    monkeypatch.setenv("TZ", ZONES[request.param])
    time.tzset()
    yield timezone(datetime.now().astimezone().utcoffset() or timedelta())
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment.astimezone())


MINUTES = [(0, 1), (7, 30), (12, 0), (23, 59)]


@pytest.mark.parametrize(("hour", "minute"), MINUTES)
def test_a_day_is_the_day_here(
    zone: timezone, hour: int, minute: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2024, 12, 9, hour, minute, tzinfo=zone)
    at(moment, monkeypatch)
    assert clock.today() == clock.local_day(moment.astimezone(UTC)) == MONDAY
    assert clock.today() <= clock.latest_today() <= clock.today() + timedelta(days=2)


@pytest.mark.parametrize(("hour", "minute"), MINUTES)
@pytest.mark.parametrize("stored_in_utc", [False, True])
@pytest.mark.parametrize(
    ("published", "mode"),
    [(date(2024, 12, 8), "replayed"), (MONDAY, "replayed"), (date(2024, 12, 10), "live")],
)
def test_hindsight_is_told_by_the_day_of_issue_there_whoever_reads_it(
    case: Case,
    zone: timezone,
    hour: int,
    minute: int,
    stored_in_utc: bool,
    published: date,
    mode: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = datetime(2024, 12, 9, hour, minute, tzinfo=zone)
    issued = (moment.astimezone(UTC) if stored_in_utc else moment).isoformat()
    made = structs.replace(
        make_forecast("2024-W49", "2024-12-09"), issued=datetime.fromisoformat(issued)
    )
    monkeypatch.setenv("TZ", "UTC0")  # a colleague's
    time.tzset()
    resolutions = held("war", "2024-W49", published=published.isoformat())
    tables = ask(case, [(1, made)], resolutions, Period.parse("2024-W49"))
    assert [table.mode for table in tables if table.horizon == 0] == [mode]


def test_a_moment_is_logged_with_its_offset(tmp_path: Path, zone: timezone) -> None:
    moment = datetime(2024, 12, 9, 7, 30, tzinfo=zone)
    made = structs.replace(make_forecast("2024-W49", "2024-12-09"), issued=moment)
    ledger = tmp_path / "reports" / "ledger.jsonl"
    append(ledger, made)
    (entry,) = read(ledger)
    assert entry.forecast.issued == moment
    assert entry.forecast.issued.utcoffset() == moment.utcoffset()
    assert entry.forecast.issued_day == MONDAY


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    st.integers(-12 * 60, 14 * 60),
)
def test_the_day_of_issue_survives_storage_in_utc(local: datetime, offset: int) -> None:
    moment = local.replace(tzinfo=timezone(timedelta(minutes=offset)))
    for stored in (moment, moment.astimezone(UTC)):
        made = structs.replace(make_forecast(as_of=local.date().isoformat()), issued=stored)
        assert made.issued_day == local.date()


def test_a_live_forecast_issued_long_after_its_as_of_is_not_of_that_day() -> None:
    made = structs.replace(
        make_forecast(as_of="2024-12-09"), issued=datetime.fromisoformat("2024-12-24T09:00:00Z")
    )
    assert made.issued_day == date(2024, 12, 24)


def test_indicators_are_foreseen_by_the_same_calendar(case: Case) -> None:
    made = structs.replace(
        make_forecast("2024-W49", "2024-12-09"),
        issued=datetime.fromisoformat("2024-12-08T23:30:00+00:00"),
    )
    known = known_as_of(case, (), MONDAY)
    strikes = case.indicators[-1]
    since = {(strikes.id, Period.parse("2024-W50")): MONDAY}
    assert known_since(()) == {}
    (issue,) = first_issues(strikes, [(1, made)], since, known)
    assert issue.mode == "replayed"
