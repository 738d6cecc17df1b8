"""The gate: the worst of all parameters, and whose it is; and what becomes of what fails it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from arviz_stats.base import array_stats

from forecast.errors import FitError
from forecast.model import fit as module
from forecast.model import tempering
from forecast.model.data import Data, data_of
from forecast.model.fit import LIMIT, RHAT_STUCK, Fit, examine, fitted
from forecast.model.packing import blocks, size_of
from tests.model.specs import graded_spec

DATA = data_of(graded_spec())
AT = {name: block.start for name, block in blocks(DATA).items()}


def chains() -> np.ndarray:
    return np.random.default_rng(4).normal(size=(4, 500, size_of(DATA)))


def test_independent_draws_pass() -> None:
    fit = examine(DATA, chains(), 0)
    assert fit.failures == []
    assert fit.rhat_max < 1.01
    assert fit.ess_min > 1000


def test_the_chain_that_is_elsewhere_is_named() -> None:
    given = chains()
    given[0, :, AT["location"] + 1] += 1.0
    fit = examine(DATA, given, 3)
    assert any(text.startswith("R-hat") and "of location is" in text for text in fit.failures)
    assert "3 divergent transitions" in fit.failures
    alone = array_stats.rhat(given[:, :, AT["location"] + 1], chain_axis=0, draw_axis=1)
    assert fit.rhat_max == pytest.approx(float(alone))


def test_the_slowest_is_named() -> None:
    given = chains()
    slow = given[:, :, AT["hold"]]
    for t in range(1, 500):
        slow[:, t] = 0.95 * slow[:, t - 1] + np.sqrt(1 - 0.95**2) * slow[:, t]
    fit = examine(DATA, given, 0)
    assert any(text.startswith("effective") and "of hold is" in text for text in fit.failures)
    bulk = array_stats.ess(slow, chain_axis=0, draw_axis=1, method="bulk")
    tail = array_stats.ess(slow, chain_axis=0, draw_axis=1, method="tail", prob=(0.05, 0.95))
    assert fit.ess_min == pytest.approx(min(bulk, tail))


def constant(chains: np.ndarray) -> None:
    chains[:] = 0.25


def constant_to_rounding(chains: np.ndarray) -> None:
    chains[:] = 0.25 + 1e-16 * chains


def two_values(chains: np.ndarray) -> None:
    chains[:] = np.where(chains > 2.5, 1.0, 0.0)


@pytest.mark.parametrize("kind", [constant, constant_to_rounding, two_values])
def test_what_hardly_moves_has_no_bad_diagnostics(kind: Callable[[np.ndarray], None]) -> None:
    given = chains()
    kind(given[:, :, AT["hold"]])
    fit = examine(DATA, given, 0)
    assert fit.failures == []
    assert np.isfinite([fit.rhat_max, fit.ess_min]).all()


def test_chains_that_stay_where_each_is_fail_with_a_number() -> None:
    given = chains()
    given[:, :, AT["hold"]] = np.arange(4)[:, None]
    fit = examine(DATA, given, 0)
    assert fit.rhat_max == RHAT_STUCK
    assert any(text.startswith("R-hat 100") and "of hold is" in text for text in fit.failures)


@pytest.mark.parametrize("name", ["rhat_max", "ess_min"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_no_fit_has_a_diagnostic_that_is_no_number(name: str, value: float) -> None:
    fit = examine(DATA, chains(), 0)
    changed: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match="finite"):
        dataclasses.replace(fit, **changed)


@pytest.mark.parametrize("rhat", [1.0100001, 1.0104, 1.0149, 1.5])
def test_what_is_above_the_gate_is_printed_above_it(
    rhat: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_diagnose", lambda _: (rhat, 399.9, "one", "another"))
    first, second = examine(DATA, chains(), 0).failures
    assert 1.01 < float(re.findall(r"[\d.]+", first)[0]) <= round(rhat, 3) + 1e-3
    assert second == "effective sample size 399 of another is below 400"


@pytest.mark.parametrize(("evaluations", "ends"), [(LIMIT, False), (LIMIT + 1, True)])
def test_a_run_that_does_not_end_is_given_up(evaluations: int, *, ends: bool) -> None:
    if not ends:
        module._within_limit(evaluations)
        return
    with pytest.raises(FitError, match="must end within 2,000,000 evaluations") as caught:
        module._within_limit(evaluations)
    assert "forecast check" in str(caught.value)


class Sampler:
    """Stands for both samplers: NUTS, and tempered chains of three lengths."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, passes: int | None) -> None:
        """Let the lot of that number pass, NUTS being 0."""
        self.passes = passes
        self.asked: list[tuple[object, int]] = []
        monkeypatch.setattr(module, "sample", self.nuts)
        monkeypatch.setattr(module, "examine", self.examine)
        monkeypatch.setattr(tempering, "tempered", self.tempered)

    def nuts(self, data: Data, progress: object) -> Fit:
        del progress
        return self.examine(data, np.array([0]), 0)

    def tempered(
        self, data: Data, seed: object, chains: int, longer: int, _: object
    ) -> Iterator[tuple[np.ndarray, int]]:
        del data, chains
        self.asked.append((seed, longer))
        yield from ((np.array([lot]), 0) for lot in (1, 2, 3))

    def examine(self, data: Data, draws: np.ndarray, _: int, **more: Any) -> Fit:
        del data
        failures: list[str] = [] if draws[0] == self.passes else [f"lot {draws[0]}"]
        return Fit(draws, draws, 1.0, 900.0, 0, {}, failures, **more)


@pytest.mark.parametrize(
    ("passes", "lot", "failures"), [(0, 0, []), (1, 1, []), (3, 3, []), (None, 3, ["lot 3"])]
)
def test_what_fails_is_sampled_across_modes_until_it_passes(
    passes: int | None, lot: int, failures: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sampler = Sampler(monkeypatch, passes)
    found = fitted(DATA, lambda *_: None)
    assert (found.theta[0], found.failures, found.tempered) == (lot, failures, lot > 0)
    assert sampler.asked == ([] if lot == 0 else [((1, 1), 1)])


def test_another_attempt_is_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    sampler = Sampler(monkeypatch, 0)  # NUTS would pass, were it asked
    assert [fitted(DATA, lambda *_: None, n).attempt for n in (2, 3, 4, 5)] == [2, 3, 4, 5]
    assert sampler.asked == [((1, 2), 2), ((1, 3), 4), ((1, 4), 4), ((1, 5), 4)]
