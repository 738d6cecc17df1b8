"""Replays shared out: the first of a block leads, all come in order, what fails is raised."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path

import pytest

from forecast.case import Case
from forecast.errors import FitError
from forecast.periods import Period
from forecast.proof import replay
from forecast.proof.replay import shared
from forecast.readings import Reading
from forecast.record import Forecast
from tests.factories import make_case, make_forecast

DAYS = [(Period.parse("2024-W41") + n).refresh_day for n in range(9)]  # blocks of 3, 4 and 2
LEADS = {DAYS[0], DAYS[3], DAYS[7]}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


class Protocol:
    """Stands in for the engine; remembers when a day was begun and done."""

    def __init__(self) -> None:
        self.said: list[tuple[str, date]] = []
        self.lock = threading.Lock()

    def __call__(self, case: Case, readings: tuple[Reading, ...], day: date) -> Forecast:
        del readings
        with self.lock:
            self.said.append(("begun", day))
        made = make_forecast(str(Period.ended_before(day, case.cadence)), day.isoformat())
        with self.lock:
            self.said.append(("done", day))
        return made


@pytest.mark.parametrize("number", [1, 2, 5])
def test_days_come_in_order_and_blocks_follow_their_first(
    case: Case, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    protocol = Protocol()
    monkeypatch.setattr(replay, "_made", protocol)
    with ThreadPoolExecutor(number) as pool:
        made = list(shared(case, (), DAYS, None, pool))
    assert [forecast.as_of for forecast in made] == DAYS
    begun = [day for what, day in protocol.said if what == "begun"]
    assert sorted(begun) == DAYS
    for n, day in enumerate(DAYS):
        lead = max(first for first in LEADS if first <= day)
        if lead != day:
            at = protocol.said.index(("begun", DAYS[n]))
            assert protocol.said.index(("done", lead)) < at


def test_progress_ends_with_all_of_them(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "_made", Protocol())
    told: list[float] = []
    with ThreadPoolExecutor(2) as pool:
        list(shared(case, (), DAYS, lambda share, _: told.append(share), pool))
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] < 1


@pytest.mark.parametrize(
    ("raised", "expected"), [(FitError(), FitError), (BrokenProcessPool(), FitError)]
)
def test_what_fails_is_raised(
    case: Case, monkeypatch: pytest.MonkeyPatch, raised: Exception, expected: type[Exception]
) -> None:
    def fail(*_: object) -> Forecast:
        raise raised

    monkeypatch.setattr(replay, "_made", fail)
    with ThreadPoolExecutor(2) as pool, pytest.raises(expected):
        list(shared(case, (), DAYS, None, pool))


def test_nothing_to_replay_is_nothing(case: Case) -> None:
    with ThreadPoolExecutor(1) as pool:
        assert list(shared(case, (), [], None, pool)) == []
