"""Prior beside posterior. Instead of sampling, prior draws are resampled by their likelihood."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from forecast.case import Case, load_case
from forecast.explain import learned as module
from forecast.explain.learned import learned
from forecast.explain.types import Learned, LearnedRow
from forecast.model.data import Data
from forecast.model.fit import Fit, Progress
from forecast.model.kernel import density
from forecast.model.packing import blocks, pack, size_of
from forecast.periods import Period
from forecast.readings import load_readings
from tests.factories import HEADER, make_case

AS_OF = date(2024, 12, 9)
DRAWS = 6000


def drawn(data: Data) -> np.ndarray:
    size = size_of(data)
    return np.random.default_rng(8).standard_normal((DRAWS, size))


def by_importance(data: Data, progress: Progress, *, refit: bool = False) -> Fit:
    """Stand in for the sampler: the posterior all the same, by resampling prior draws."""
    del refit
    progress(1.0, "resampling")
    theta, packed = drawn(data), pack(data)
    loglik = np.array([density(draw, *packed)[0] for draw in theta])
    weight = np.exp(loglik - loglik.max())
    chosen = np.random.default_rng(9).choice(DRAWS, size=DRAWS, p=weight / weight.sum())
    failures = ["R-hat 1.020 of hold is above 1.01"]
    return Fit(theta[chosen], loglik[chosen], 1.0, 900.0, 0, {}, failures)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Ten weeks of about 15 strikes, more than asked of peace; nothing of the border."""
    make_case(tmp_path)
    weeks = [Period.parse("2024-W40") + n for n in range(10)]
    values = (14, 17, 12, 15, 16, 13, 18, 14, 15, 16)
    rows = "".join(
        f"{week},{value},{week.last_day + timedelta(days=1)},sohr,B2,,,north-west,https://e.org,\n"
        for week, value in zip(weeks, values, strict=True)
    )
    (tmp_path / "indicators" / "strikes.csv").write_text(HEADER + rows, "utf-8")
    return load_case(tmp_path)


@pytest.fixture(autouse=True)
def no_sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "fit", by_importance)


def of(found: Learned, quantity: str, indicator: str | None, scenario: str | None) -> LearnedRow:
    (row,) = [
        row
        for row in found.rows
        if (row.quantity, row.indicator, row.scenario) == (quantity, indicator, scenario)
    ]
    return row


def test_many_readings_teach_and_none_do_not(case: Case) -> None:
    found = learned(case, load_readings(case), AS_OF)
    assert found.as_of == date(2024, 12, 9)
    assert found.failures == ("R-hat 1.020 of hold is above 1.01",)
    peace = of(found, "median", "strikes", "other")
    assert peace.learned
    assert peace.moved > 0.5
    assert 8 < peace.posterior.mean < 16
    assert peace.narrowed < 0.9
    assert of(found, "dispersion", "strikes", None).posterior.mean < 1  # they hardly vary
    border = [row for row in found.rows if row.indicator == "border"]
    assert len(border) == 2 * 3 + 1
    assert not any(row.learned for row in border)


def test_without_a_reading_nothing_is_learned(case: Case) -> None:
    found = learned(case, (), AS_OF)
    assert not any(row.learned for row in found.rows)
    assert max(abs(row.moved) for row in found.rows) < 0.1


def test_priors_are_those_asked(case: Case) -> None:
    found = learned(case, (), AS_OF)
    assert of(found, "median", "strikes", "war").prior.mean == pytest.approx(60, rel=0.02)
    assert of(found, "dispersion", "strikes", None).prior.mean == pytest.approx(1, abs=0.01)
    inertia = of(found, "inertia", "strikes", None).prior
    assert inertia.mean == pytest.approx(0.5, abs=0.01)
    assert (inertia.low, inertia.high) == pytest.approx((0.226, 0.774), abs=0.01)
    assert of(found, "duration", None, "war").prior.mean == pytest.approx(8, rel=0.02)
    lasts = of(found, "duration", None, "other").prior
    assert (lasts.low, lasts.high) == pytest.approx((10, 40), rel=0.03)
    levels = [row for row in found.rows if (row.quantity, row.scenario) == ("level", "war")]
    assert [row.level for row in levels] == [0, 1, 2]
    assert [row.prior.mean for row in levels] == pytest.approx([0.2, 0.3, 0.5], abs=0.01)


def test_a_median_moves_as_its_location_does(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    sds: list[float] = []

    def shifted(data: Data, progress: Progress) -> Fit:
        del progress
        at = blocks(data)["location"].start
        theta = np.zeros((2, drawn(data).shape[1]))
        theta[:, at] = 1.5  # the location of strikes under war, in prior sds
        sds.append(float(data.sd[0, 0]))
        return Fit(theta, np.zeros(len(theta)), 1.0, 900.0, 0, {}, [])

    monkeypatch.setattr(module, "fit", shifted)
    war = of(learned(case, (), AS_OF, only="strikes"), "median", "strikes", "war")
    assert war.posterior.mean == pytest.approx(60 * np.exp(1.5 * sds[0]))
    assert war.posterior.low == war.posterior.high == pytest.approx(war.posterior.mean)
    assert war.moved == pytest.approx(1.5, abs=0.03)
    assert war.narrowed == 0


def test_one_indicator_leaves_durations_out(case: Case) -> None:
    found = learned(case, (), AS_OF, only="border")
    assert {row.indicator for row in found.rows} == {"border"}


def test_what_is_fixed_is_left_out(case: Case) -> None:
    path = case.root / "indicators" / "strikes.toml"
    path.write_text(path.read_text("utf-8") + "inertia = 0.0\n", "utf-8")
    found = learned(load_case(case.root), (), AS_OF, only="strikes")
    assert [row.quantity for row in found.rows] == ["median", "median", "dispersion", "offset"]


def test_a_case_that_has_not_begun_is_its_priors(case: Case) -> None:
    found = learned(case, (), date(2024, 9, 1))
    assert found.as_of == date(2024, 9, 1)
    assert not any(row.learned for row in found.rows)
