"""Elicited numbers come back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.model.believed import believed_counts
from forecast.model.elicit import Z90, count_prior, ended_by, lives_prior, softmax_prior
from forecast.model.negbinomial import log_bias, shape_of
from tests.model.specs import one_count


@pytest.mark.parametrize("shock", [0.0, -1.0])
@pytest.mark.parametrize("inertia", [0.0, 0.3, 0.5, 0.7])
@pytest.mark.parametrize(
    ("median", "p90", "worth"),
    [(5, 35, 3), (110, 350, 1), (40, 120, 4), (15, 40, 4), (500, 5000, 2), (30000, 120000, 3)],
)
def test_counts_come_back_with_inertia_and_shock_on(
    median: float, p90: float, worth: float, inertia: float, shock: float
) -> None:
    counts = one_count(median, p90, worth, inertia=inertia, shock=shock)
    y = believed_counts(counts)[0, 0]
    assert np.median(y) == pytest.approx(median, rel=0.10)
    assert np.quantile(y, 0.9) == pytest.approx(p90, rel=0.20)


def test_moments_alone_miss_the_median() -> None:
    # what solving is for: location ln M and log-variance from M and Q, straight into the Gamma
    median, p90, worth = 500.0, 5000.0, 2.0
    rng = np.random.default_rng(3)
    variance = (np.log(p90 / median) / Z90) ** 2
    shape = shape_of(variance * worth / (worth + 1))
    location = np.log(median) + np.sqrt(variance / (worth + 1)) * rng.normal(size=100_000)
    y = rng.poisson(np.exp(location + log_bias(shape)) * rng.gamma(shape, size=100_000) / shape)
    assert np.median(y) > 1.1 * median


def test_narrower_than_poisson_is_flagged() -> None:
    asked = one_count(100.0, 105.0, 3.0)
    prior = count_prior(asked)
    assert not prior.reconciled[0, 0]
    assert np.isfinite(prior.centre[0, 0])
    assert prior.dispersion[0, 0] > 0


@settings(max_examples=40)
@given(
    st.lists(st.floats(0.02, 1.0), min_size=2, max_size=6),
    st.sampled_from([1.0, 4.0, 20.0]),
)
def test_softmax_gives_back_mean_and_worth(raw: list[float], worth: float) -> None:
    asked = np.array(raw) / sum(raw)
    centre, scale = softmax_prior(asked, worth)
    x = centre + scale * np.random.default_rng(2).normal(size=(40_000, len(asked)))
    q = np.exp(x - x.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(q.mean(axis=0), asked, atol=0.012)
    dirichlet = (asked * (1 - asked)).sum() / (worth + 1)
    assert q.var(axis=0).sum() == pytest.approx(dirichlet, rel=0.1)


def test_what_cannot_follow_stays_impossible() -> None:
    centre, _ = softmax_prior(np.array([0.0, 0.5, 0.5]), 3.0)
    assert centre[0] == -np.inf
    only, _ = softmax_prior(np.array([0.0, 1.0]), 3.0)
    np.testing.assert_array_equal(only, [-np.inf, 0.0])


SHARES = [
    ((2, 0.4), (12, 0.8), (52, 0.95)),
    ((1, 0.5), (4, 0.7), (26, 0.9)),
    ((8, 0.2), (26, 0.5), (104, 0.9)),
    ((3, 0.16), (6, 0.3), (12, 0.45), (24, 0.6)),
    ((2, 0.5), (52, 0.55)),
    ((1, 0.3), (2, 0.45), (3, 0.55), (200, 0.9)),
]


@pytest.mark.parametrize("over", SHARES)
def test_shares_of_episodes_over_come_back_in_simulation(
    over: tuple[tuple[int, float], ...],
) -> None:
    """Within 2 points: durations from their prior, episodes with lives, ended by chance."""
    lasts, shares = lives_prior(over, 0.5)
    assert (np.diff(lasts) >= 0).all()
    rng, size = np.random.default_rng(7), 200_000
    life = rng.choice(len(shares), size=size, p=shares)
    factor = np.exp(0.5 * rng.standard_normal(size) - 0.125)
    lengths = rng.geometric(1 / (1 + (lasts[life] - 1) * factor))
    for periods, share in over:
        assert (lengths <= periods).mean() == pytest.approx(share, abs=0.02)
    found = ended_by(np.array([n for n, _ in over], float), lasts, shares, 0.5)
    np.testing.assert_allclose(found, [share for _, share in over], atol=0.02)


def test_no_lives_end_on_time() -> None:
    """Nine of ten in two periods after one of ten in ten: no mixture of lives has that."""
    lasts, shares = lives_prior(((10, 0.1), (12, 0.9)), 0.5)
    assert abs(ended_by(np.array([12.0]), lasts, shares, 0.5)[0] - 0.9) > 0.1
