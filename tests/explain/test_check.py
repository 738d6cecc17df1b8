"""Readings in the forecasts made of them. Instead of sampling, parameters are at their centres."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from forecast.case import Case, load_case
from forecast.errors import Stopped
from forecast.explain import check as module
from forecast.explain.check import check
from forecast.explain.types import Check, CheckedIndicator, CheckedReading
from forecast.model.data import Data, data_of
from forecast.model.fit import Fit, Progress
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from forecast.model.predict import Parameters
from forecast.model.replicate import Replicated
from forecast.readings import Reading, known_as_of, load_readings
from forecast.refresh.arrays import spec_of
from tests.explain.watched import drawn_by, stopping_at
from tests.factories import HEADER, make_case

AS_OF = date(2024, 12, 9)
STRIKES = """\
2024-W40,4,2024-10-07,sohr,B2,,,north-west,https://example.org/1,
2024-W41,9,2024-10-14,sohr,B2,3,,north-west,https://example.org/2,
2024-W42,50,2024-11-11,acled,B2,14,2,north-west,https://example.org/3,two weeks in one
2024-W45,30,2024-11-11,acled,B2,,,north-west,https://example.org/4,
"""
BORDER = """\
2024-W40,0,2024-10-07,desk,B2,,,country,https://example.org/5,
2024-W41,2,2024-10-14,desk,C3,,,country,https://example.org/6,
2024-W43,1,2024-10-28,desk,E5,,,country,https://example.org/7,
2024-W44,1,2024-11-04,desk,B2,,,country,https://example.org/8,
"""


def written(root: Path, strikes: str = STRIKES, border: str = BORDER) -> Case:
    (root / "indicators" / "strikes.csv").write_text(HEADER + strikes, "utf-8")
    (root / "indicators" / "border.csv").write_text(HEADER + border, "utf-8")
    (root / "indicators" / "grades.toml").write_text("[reliability]\nE = 0.0\n", "utf-8")
    return load_case(root)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    make_case(tmp_path)
    return written(tmp_path)


def at_the_centre(data: Data, progress: Progress) -> Fit:
    progress(0.5, "sampling")
    size = size_of(data)
    return Fit(np.zeros((4000, size)), np.zeros(4000), 1.0, 900.0, 0, {}, [])


@pytest.fixture(autouse=True)
def no_sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "draws_as_of", drawn_by(at_the_centre))


def of(found: Check, indicator: str) -> CheckedIndicator:
    (one,) = [i for i in found.indicators if i.id == indicator]
    return one


def at(found: Check, indicator: str, period: str) -> CheckedReading:
    (one,) = [r for r in of(found, indicator).readings if str(r.period) == period]
    return one


def test_the_first_period_is_held_against_the_priors(case: Case) -> None:
    trust = case.grades["B2"]
    asked = 0.25 * 0.2 + 0.75 * 0.7  # border open: in war, and else
    false = (0.2 + 0.7) / 2
    first = at(check(case, load_readings(case), AS_OF), "border", "2024-W40")
    assert first.below == 0.0
    assert first.up_to == pytest.approx(trust * asked + (1 - trust) * false, abs=0.01)


def known_on(case: Case, readings: tuple[Reading, ...], day: date) -> tuple[Posterior, Parameters]:
    data = data_of(spec_of(case, known_as_of(case, readings, day)))
    theta = np.zeros((1, size_of(data)))
    return Posterior.of(data, theta), Parameters.of(data, theta)


def test_a_later_level_by_hand(case: Case) -> None:
    # read on 14 October with grade C3, after an open border of grade B2 the week before
    readings = load_readings(case)
    posterior, p = known_on(case, readings, date(2024, 10, 7))
    before, now = case.grades["B2"], case.grades["C3"]
    (levels,) = p.series
    kept = before * levels.inertia[0, 0]
    chance = np.zeros(3)
    for i in range(2):
        for j in range(2):
            share = kept if i == j else 0.0
            reality = (1 - share) * levels.probability[0, 0, j] + share * np.array([1.0, 0.0, 0.0])
            chance += posterior.now[0, i] * posterior.transition[0, i, j] * reality
    chance = now * chance + (1 - now) * levels.probability[0, 0].mean(axis=0)
    found = at(check(case, readings, AS_OF), "border", "2024-W41")
    assert found.value == 2
    assert found.below == pytest.approx(chance[:2].sum())
    assert found.up_to == pytest.approx(1.0)
    assert found.below < found.pit < found.up_to


def test_a_count_of_three_days_is_held_against_three_days(case: Case) -> None:
    whole = written(case.root, STRIKES.replace("B2,3", "B2,"))
    full = at(check(whole, load_readings(whole), AS_OF), "strikes", "2024-W41")
    part = written(case.root)
    found = at(check(part, load_readings(part), AS_OF), "strikes", "2024-W41")
    assert found.value == full.value == 9
    assert found.below > full.below + 0.1


def test_only_what_was_known_then_is_remembered(case: Case) -> None:
    # of week 41: read in time, after week 42 had begun, and never
    in_time = STRIKES[: STRIKES.index("2024-W42")]
    late = in_time.replace("2024-W41,9,2024-10-14", "2024-W41,9,2024-11-11")
    never = in_time[: in_time.index("2024-W41")]
    below = []
    for rows in (in_time, late, never):
        week_42 = "2024-W42,30,2024-10-21,sohr,B2,,,north-west,https://example.org,\n"
        one = written(case.root, rows + week_42)
        below.append(at(check(one, load_readings(one), AS_OF), "strikes", "2024-W42").below)
    assert below[1] == below[2]
    assert abs(below[0] - below[1]) > 0.01


def test_the_value_is_that_known_now(case: Case) -> None:
    corrected = STRIKES + "2024-W41,90,2024-12-01,sohr,B2,,,north-west,https://example.org/9,\n"
    one = written(case.root, corrected)
    readings = load_readings(one)
    found = at(check(one, readings, AS_OF), "strikes", "2024-W41")
    assert found.value == 90
    assert found.below > 0.8
    assert at(check(one, readings, date(2024, 11, 30)), "strikes", "2024-W41").value == 9


def test_totals_and_what_nobody_believes_are_left_out(case: Case) -> None:
    found = check(case, load_readings(case), AS_OF)
    assert [str(r.period) for r in of(found, "strikes").readings] == [
        "2024-W40",
        "2024-W41",
        "2024-W45",
    ]
    assert case.grades["E5"] == 0
    periods = [str(r.period) for r in of(found, "border").readings]
    assert periods == ["2024-W40", "2024-W41", "2024-W44"]


def test_one_indicator_is_as_among_all(case: Case) -> None:
    readings = load_readings(case)
    alone = check(case, readings, AS_OF, only="border")
    assert alone.indicators == (of(check(case, readings, AS_OF), "border"),)


def test_fits_are_counted_and_failures_named(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(data: Data, progress: Progress) -> Fit:
        fitted = at_the_centre(data, progress)
        if len(data.evidence) == 4:
            fitted.failures.append("9 divergent transitions")
        return fitted

    monkeypatch.setattr(module, "draws_as_of", drawn_by(failing))
    told: list[tuple[float, str]] = []
    found = check(case, load_readings(case), AS_OF, lambda *said: told.append(said))
    # W41, W44 and W45 from the weeks before them, W40 from the priors, and the last
    assert found.forecasts == 4
    assert found.failures == ("2024-W43: 9 divergent transitions",)
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(3.5 / 4)
    assert told[-1][1] == "2024-W49: sampling"


def test_coverage_and_mean_are_those_of_the_pits(case: Case) -> None:
    border = of(check(case, load_readings(case), AS_OF), "border")
    pits = [reading.pit for reading in border.readings]
    assert border.mean == pytest.approx(sum(pits) / 3)
    assert border.inside == (
        sum(0.25 <= pit <= 0.75 for pit in pits),
        sum(0.05 <= pit <= 0.95 for pit in pits),
    )


@pytest.mark.parametrize(("weeks", "tested"), [(7, False), (8, True)])
def test_few_readings_are_not_tested(case: Case, weeks: int, tested: bool) -> None:
    rows = "".join(
        f"2024-W{40 + n},900,2024-12-0{1 + n % 8},sohr,B2,,,north-west,https://example.org,\n"
        for n in range(weeks)
    )
    one = written(case.root, rows)
    strikes = of(check(one, load_readings(one), AS_OF), "strikes")
    assert len(strikes.readings) == weeks
    assert (strikes.uniform is not None) == tested
    assert strikes.uniform is None or strikes.uniform < 0.001  # all far above what was expected


def test_statistics_by_hand(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(data: Data, theta: np.ndarray) -> Replicated:
        del data, theta
        counts = np.array([[0, 4, 9, 9], [0, 9, 9, 9], [7, 7, 7, 7], [0, 30, 60, 29]])
        levels = np.array([[0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 1, 0]])
        return Replicated(counts.astype(float), (levels.astype(float),))

    monkeypatch.setattr(module, "replicate", again)
    found = check(case, load_readings(case), AS_OF)
    median, largest, zeros = of(found, "strikes").statistics  # 4, 9 and 30 were read
    assert (median.read, median.at_most, median.at_least) == (9, 1.0, 0.75)
    assert (largest.read, largest.at_most, largest.at_least) == (30, 0.75, 0.5)
    assert (zeros.read, zeros.at_most, zeros.at_least) == (0, 0.75, 1.0)
    assert zeros.high == pytest.approx(0.85)
    _, highest, repeats = of(found, "border").statistics  # 0, 2 and 1 were read
    assert (highest.read, highest.at_least, highest.flagged) == (2, 0.0, True)
    assert (repeats.read, repeats.at_most, repeats.flagged) == (0, 0.0, True)
    assert not any(s.flagged for s in (median, largest, zeros))


def test_nothing_read_is_nothing_to_check(case: Case) -> None:
    found = check(case, (), date(2024, 9, 1))
    assert (found.as_of, found.forecasts) == (date(2024, 9, 1), 1)
    assert [(i.readings, i.mean, i.uniform, i.statistics) for i in found.indicators] == [
        ((), None, None, ())
    ] * 2


def test_stopped_it_is_about_the_readings_reached_by_then(case: Case) -> None:
    found = check(case, load_readings(case), AS_OF, stopping_at("looking", 2))
    assert found.cut == "stopped after 1 of 4 forecasts"
    assert [len(i.readings) for i in found.indicators] == [2, 2]  # of W40 and W41
    assert not any(i.statistics for i in found.indicators)
    with pytest.raises(Stopped):
        check(case, load_readings(case)[1:2], AS_OF, stopping_at("looking", 1))


def test_quickly_it_samples_little_and_says_so(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def sample(data: Data, progress: Progress, *, draws: int, tune: int) -> Fit:
        asked.append((draws, tune))
        fit = at_the_centre(data, progress)
        fit.failures.append("few draws")
        return fit

    monkeypatch.setattr(module, "sample", sample)
    monkeypatch.setattr(module, "kept", lambda _: None)
    found = check(case, load_readings(case), AS_OF, quick=True)
    assert asked == [(500, 500)] * 4
    assert (found.cut, found.failures) == ("quick: 2,000 draws a forecast, held to no gate", ())
