"""Baselines: what each would have said, by hand."""

from __future__ import annotations

import dataclasses
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import polygamma, psi
from scipy.stats import nbinom

from forecast.case import Case, Evidence, load_case
from forecast.periods import Period
from forecast.proof.baselines import (
    NaiveUpdate,
    baselines_of,
    chain_without_evidence,
    last_forecast,
)
from forecast.proof.types import Answer
from forecast.readings import Reading
from tests.factories import make_case

FIRST = Period.parse("2024-W40")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


def answer(period: int, horizon: int, war: float = 0.3) -> Answer:
    about = FIRST + period
    return Answer(1, about.refresh_day, about, horizon, "live", (war, 1 - war), None)


def test_the_first_period_is_as_judged(case: Case) -> None:
    (said,) = chain_without_evidence(case, [answer(0, 0)])
    assert said == pytest.approx((0.25, 0.75))


def test_the_chain_runs_by_mean_durations(case: Case) -> None:
    leave_war, leave_other = 1 / 8, 1 / case.scenarios[1].lasts
    war = 0.25 * (1 - leave_war) + 0.75 * leave_other
    after = war * (1 - leave_war) + (1 - war) * leave_other
    said = chain_without_evidence(case, [answer(1, 0), answer(0, 1), answer(1, 1)])
    assert said[0] == said[1] == pytest.approx((war, 1 - war))
    assert said[2] == pytest.approx((after, 1 - after))


def test_what_is_judged_once_is_said_for_ever(case: Case) -> None:
    said = baselines_of(case, [])
    assert said["starting judgement"]([answer(0, 0), answer(9, 4)]) == [(0.25, 0.75)] * 2
    assert said["uniform"]([answer(0, 0), answer(9, 4)]) == [(0.5, 0.5)] * 2


def test_the_last_forecast_is_repeated() -> None:
    assert last_forecast([answer(3, 1, 0.1), answer(5, 1, 0.2)]) == [None, (0.1, 0.9)]
    assert last_forecast([]) == []


def test_what_ends_the_case_is_never_left(tmp_path: Path) -> None:
    make_case(tmp_path / "case")
    path = tmp_path / "case" / "priors" / "scenarios.toml"
    text = path.read_text().replace(
        "lasts    = 8\nthen     = { other = 1.0 }\n", "ends_case = true\n"
    )
    path.write_text(text)
    (said,) = chain_without_evidence(load_case(tmp_path / "case"), [answer(900, 0)])
    assert said == pytest.approx((1, 0), abs=1e-9)


def answer_as_of(period: int, horizon: int = 0) -> Answer:
    about = FIRST + period
    return Answer(1, about.refresh_day, about, horizon, "live", (0.5, 0.5), None)


def strikes(week: int, value: float, grade: str = "B2", days: int = 7, span: int = 1) -> Reading:
    about = FIRST + week
    return Reading(
        "strikes", about, value, (about + (span - 1)).refresh_day, "sohr", grade, days, span,
        "north-west", "https://example.org", "", 2,
    )  # fmt: skip


def border(week: int, level: int) -> Reading:
    row = strikes(week, level)
    return dataclasses.replace(row, indicator="border", source="desk", scope="country")


def pmf(value: float, median: float, p90: float, share: float = 1.0) -> float:
    """The negative binomial whose log-rate has mean ln(median) and the variance asked."""
    variance = (math.log(p90 / median) / 1.2815515655446004) ** 2
    shape = brentq(lambda f: float(polygamma(1, f)) - variance, 1e-3, 1e6)
    mean = share * median * shape / math.exp(psi(shape))
    return float(nbinom.pmf(value, shape, shape / (shape + mean)))


def updated(war: float, likelihood: tuple[float, float]) -> float:
    return war * likelihood[0] / (war * likelihood[0] + (1 - war) * likelihood[1])


def ahead(case: Case, war: float) -> float:
    stay = [1 - 1 / scenario.lasts for scenario in case.scenarios]
    return war * stay[0] + (1 - war) * (1 - stay[1])


def said(value: float, share: float = 1.0) -> tuple[float, float]:
    return pmf(value, 60, 200, share), pmf(value, 5, 20, share)


def test_one_reading_by_hand(case: Case) -> None:
    ((war, other),) = NaiveUpdate(case, [strikes(0, 30)])([answer_as_of(0)])
    assert war == pytest.approx(updated(0.25, said(30)), rel=1e-9)
    assert war + other == pytest.approx(1)


def test_the_same_news_counts_again_and_again(case: Case) -> None:
    war = updated(0.25, said(30))
    for week in range(1, 6):
        war = updated(ahead(case, war), said(30))
        rows = [strikes(n, 30) for n in range(week + 1)]
        assert NaiveUpdate(case, rows)([answer_as_of(week)])[0][0] == pytest.approx(war, rel=1e-9)
    assert war > 0.9


def test_levels_beside_counts_and_a_part_of_a_week(case: Case) -> None:
    rows = [strikes(0, 12, days=3), border(0, 2)]
    war = updated(updated(0.25, said(12, 3 / 7)), (0.5, 0.1))
    assert NaiveUpdate(case, rows)([answer_as_of(0)])[0][0] == pytest.approx(war, rel=1e-9)


def test_every_grade_is_taken_at_its_word(case: Case) -> None:
    sure, doubtful = (NaiveUpdate(case, [strikes(0, 30, grade)]) for grade in ("A1", "E5"))
    assert sure([answer_as_of(0)]) == doubtful([answer_as_of(0)])


def test_a_total_counts_once(case: Case) -> None:
    total = NaiveUpdate(case, [strikes(0, 60, days=14, span=2)])([answer_as_of(1)])
    each = said(60, 2.0)
    war = 0.25
    for week in range(2):
        half = (math.sqrt(each[0]), math.sqrt(each[1]))
        war = updated(ahead(case, war) if week else war, half)
    assert total[0][0] == pytest.approx(war, rel=1e-9)


def test_events_of_one_group_all_count_whole(case: Case) -> None:
    def item(name: str, grade: str) -> Evidence:
        return Evidence(
            id=name, name=name, period=FIRST, published=date(2024, 10, 5), grade=grade, url="",
            note="", group="one", because="", weights={"desk": 1.0},
            likelihoods={"desk": {"war": 0.4, "other": 0.1}},
        )  # fmt: skip

    told = dataclasses.replace(case, evidence=(item("a", "B2"), item("b", "D4")))
    war = updated(0.25, (0.16, 0.01))
    assert NaiveUpdate(told, [])([answer_as_of(0)])[0][0] == pytest.approx(war, rel=1e-9)


def test_it_looks_ahead_by_the_chain(case: Case) -> None:
    now, later = NaiveUpdate(case, [strikes(0, 30)])([answer_as_of(0), answer_as_of(0, 1)])
    assert later[0] == pytest.approx(ahead(case, now[0]), rel=1e-9)


def test_what_is_not_read_leaves_the_chain_to_run(case: Case) -> None:
    (said,) = NaiveUpdate(case, [])([answer_as_of(1)])
    assert said[0] == pytest.approx(ahead(case, 0.25), rel=1e-12)


def test_what_is_far_from_likely_is_not_called_impossible(case: Case) -> None:
    rows = [strikes(week, 0) for week in range(20)] + [border(week, 0) for week in range(20)]
    (said,) = NaiveUpdate(case, rows)([answer_as_of(19)])
    assert 0 < said[0] < 1e-3
    assert np.isfinite(np.log(said)).all()
