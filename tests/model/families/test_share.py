"""Shares: the density against the readable model, draws against the density, elicited numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from forecast.model.data import data_of
from forecast.model.emissions import emissions
from forecast.model.families import EMISSIONS
from forecast.model.families.share import Parameters, log_beta, log_beta_slopes, prior
from forecast.model.kernel import density
from forecast.model.outlook import Memory, Outlook
from forecast.model.packing import pack, size_of
from forecast.model.pymc_model import emissions_by_part
from forecast.model.spec import SeriesSpec, Spec
from tests.model.readable import Readable
from tests.model.specs import full_spec

SHARE = EMISSIONS["share"]


def shares(**changes: object) -> SeriesSpec:
    """Two shares under three scenarios: with gaps, doubt, a 0, a 1; one without inertia."""
    spec = SeriesSpec(
        family="share",
        ids=("russian", "held"),
        elicited=np.array(
            [[[0.2, 0.5], [0.5, 0.8], [0.05, 0.3]], [[0.6, 0.7], [0.4, 0.6], [0.9, 0.97]]]
        ),
        worth=np.array([[2.0, 1.0, 3.0], [4.0, 4.0, 1.0]]),
        inertia=np.array([0.6, 0.0]),
        value=np.array([0.3, 0.0, 0.45, 0.6, 1.0]),
        previous=np.array([np.nan, 0.3, 0.0, np.nan, 0.6]),
        gap=np.array([np.inf, 1.0, 3.0, np.inf, 2.0]),
        trust=np.array([0.7, 1.0, 0.85, 1.0, 0.6]),
        trust_before=np.array([1.0, 0.7, 1.0, 1.0, 1.0]),
        series=np.array([0, 0, 0, 1, 1]),
        at=np.array([0, 1, 4, 2, 4]),
    )
    return dataclasses.replace(spec, **changes)  # type: ignore[arg-type]


def with_shares() -> Spec:
    spec = full_spec()
    return dataclasses.replace(spec, series=(*spec.series, shares()))


@pytest.fixture(scope="module")
def readable() -> Readable:
    return Readable(with_shares())


def test_density_and_gradient_equal_the_readable_model(readable: Readable) -> None:
    logp, dlogp, used = readable.logp(), readable.dlogp(), readable.in_use
    for seed in range(4):
        rng = np.random.default_rng(seed)
        theta = (0.5 + 0.4 * seed) * rng.normal(size=size_of(readable.data))
        value, gradient = density(theta, *pack(readable.data))
        normal = -0.5 * (theta[used] ** 2).sum() - 0.5 * len(used) * np.log(2 * np.pi)
        assert value + normal == pytest.approx(logp(theta), abs=1e-8, rel=1e-8)
        np.testing.assert_allclose((gradient - theta)[used], dlogp(theta), atol=1e-8, rtol=1e-8)
        assert not gradient[np.setdiff1d(np.arange(len(theta)), used)].any()


def test_emissions_by_indicator_are_those_of_the_readable_model(readable: Readable) -> None:
    theta = np.random.default_rng(9).normal(size=size_of(readable.data))
    values = readable.model.rvs_to_values[readable.model["readings"]]
    parts = emissions_by_part(readable.spec, readable.model.natural, values)
    expected = readable.function(list(parts))(theta)
    for found, wanted in zip(emissions(theta, readable.data)[1:], expected, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-10)


@pytest.mark.parametrize(
    ("y", "mean", "precision"), [(0.3, 0.2, 5.0), (0.005, 0.6, 2.0), (0.99, 0.98, 300.0)]
)
def test_density_is_scipys_and_slopes_its_differences(
    y: float, mean: float, precision: float
) -> None:
    expected = stats.beta.logpdf(y, mean * precision, (1 - mean) * precision)
    assert log_beta(y, mean, precision) == pytest.approx(expected, rel=1e-12)

    def at(x: np.ndarray) -> float:
        return float(log_beta(y, x[0], x[1]))

    slopes = optimize.approx_fprime(np.array([mean, precision]), at, 1e-7)
    np.testing.assert_allclose(log_beta_slopes(y, mean, precision), slopes, rtol=1e-4, atol=1e-5)


ELICITED = [
    (0.1, 0.3, 3.0), (0.5, 0.9, 1.0), (0.02, 0.05, 4.0), (0.9, 0.97, 3.0), (0.6, 0.7, 10.0),
    (0.3, 0.95, 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("median", "p90", "worth"), ELICITED)
def test_elicited_numbers_come_back_by_quadrature(median: float, p90: float, worth: float) -> None:
    centre, sd, precision = prior(median, p90, worth)

    def below(y: float) -> float:
        def along(e: float) -> float:
            mean = 1 / (1 + np.exp(-(centre + sd * e)))
            cdf = stats.beta.cdf(y, mean * precision, (1 - mean) * precision)
            return float(cdf * stats.norm.pdf(e))

        return float(integrate.quad(along, -8, 8, limit=200)[0])

    assert below(median) == pytest.approx(0.5, abs=2e-3)
    assert below(p90) == pytest.approx(0.9, abs=2e-3)


@pytest.mark.parametrize("inertia", [0.0, 0.5, 0.9])
def test_inertia_changes_no_elicited_number_of_a_lasting_scenario(inertia: float) -> None:
    elicited = np.array([[[median, p90] for median, p90, _ in ELICITED]])
    spec = shares(
        ids=("one",), elicited=elicited, worth=np.array([[worth for *_, worth in ELICITED]]),
        inertia=np.array([inertia]), value=np.zeros(0), previous=np.zeros(0), gap=np.zeros(0),
        trust=np.zeros(0), trust_before=np.zeros(0), series=np.zeros(0, int), at=np.zeros(0, int),
    )  # fmt: skip
    block = SHARE.solve(spec)
    rng = np.random.default_rng(5)
    parameters = SHARE.natural(block, rng.normal(size=(40_000, SHARE.size(block))))
    for found, (median, p90) in zip(
        SHARE.prior_predictive(block, parameters, 0, rng), elicited[0], strict=True
    ):
        low, high = found.quantiles(np.array([0.5, 0.9]))
        assert low == pytest.approx(median, abs=0.015)
        assert high == pytest.approx(p90, abs=0.015)


def certain(mean: list[float], inertia: float) -> Parameters:
    """Parameters known exactly, as 20,000 draws of one series."""
    ones = np.ones((20_000, 1))
    return Parameters(ones[:, :, None] * np.array(mean), ones * inertia)


def test_draws_have_the_density_and_the_joint_table() -> None:
    block = SHARE.solve(shares())
    p, draws = certain([0.3, 0.5, 0.8], 0.7), 20_000
    scenario = np.tile([0.5, 0.2, 0.3], (draws, 1))
    outlook = Outlook(scenario, scenario * np.array([0.8, 0.5, 0.9]))
    memory = Memory(2.0, np.full(draws, 0.35), 0.9)
    drawn = SHARE.draw(block, p, outlook, 0, 0.8, memory, np.random.default_rng(3))
    table, begins = SHARE.joint(block, p, outlook, 0, 0.8, memory)
    assert table.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(table.sum(axis=1), scenario[0], atol=1e-12)
    counted = np.histogram(drawn, np.append(begins, 1.0))[0] / draws
    np.testing.assert_allclose(
        counted.cumsum(), table.sum(axis=0).cumsum(), atol=4 * 0.5 / np.sqrt(draws)
    )
    # the same by hand, for the one that held on
    left = 0.7**2
    precision = block.precision[0, 0]
    moved, steady = 0.3 + left * 0.05, precision / (1 - left**2)
    kept = stats.beta.cdf(0.4, moved * steady, (1 - moved) * steady)
    fresh = stats.beta.cdf(0.4, 0.3 * precision, 0.7 * precision)
    share = 0.8 * 0.9  # held on, and what was read before is true
    false = np.mean([
        stats.beta.cdf(0.4, mean * f, (1 - mean) * f)
        for mean, f in zip([0.3, 0.5, 0.8], block.precision[0], strict=True)
    ])  # fmt: skip
    expected = 0.5 * (0.8 * (share * kept + (1 - share) * fresh) + 0.2 * false)
    assert table[0, :40].sum() == pytest.approx(expected, rel=1e-9)


def test_a_stationary_share_has_the_mean_and_variance_of_a_fresh_one() -> None:
    block = SHARE.solve(shares())
    p, rng = certain([0.3, 0.5, 0.8], 0.6), np.random.default_rng(8)
    one = np.tile([1.0, 0.0, 0.0], (20_000, 1))
    y = SHARE.draw(block, p, Outlook(one, 0 * one), 0, 1.0, None, rng)
    for _ in range(10):
        y = SHARE.draw(block, p, Outlook(one, one), 0, 1.0, Memory(1.0, y, 1.0), rng)
    variance = 0.3 * 0.7 / (block.precision[0, 0] + 1)
    assert y.mean() == pytest.approx(0.3, abs=5 * np.sqrt(variance / len(y)) + 0.002)
    assert y.var() == pytest.approx(variance, rel=0.05)


def test_what_is_elicited_alone_is_the_density_at_its_word() -> None:
    found = SHARE.standard(shares())
    assert found.shape == (5, 3)
    assert found[0].argmax() == 0  # 0.3: a median of 0.2, not of 0.5 or 0.05
    assert data_of(with_shares()).series_table.shape == (2, 5)
