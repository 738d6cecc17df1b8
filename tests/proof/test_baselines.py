"""Baselines: what each would have said, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.case import Case, load_case
from forecast.periods import Period
from forecast.proof.baselines import baselines_of, chain_without_evidence, last_forecast
from forecast.proof.types import Answer
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
