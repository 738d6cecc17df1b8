"""Simulated datasets: delay touches the last weeks only, and the next week follows from them."""

from __future__ import annotations

import numpy as np

from benchmarks.simulate import Simulated, simulate
from forecast.model.delay import Delay

HALF = Delay((1.0, 0.0), (float(np.log(0.5)), 0.0), (0.0, 0.0))
NOTHING_YET = Delay((1.0, 0.0), (-40.0, 0.0), (0.0, 0.0))


def drawn(seed: int, *delays: Delay) -> Simulated:
    return simulate(np.random.default_rng(seed), 12, delays)


def test_delay_is_told_of_the_last_weeks() -> None:
    counts = drawn(1, HALF, HALF).spec.counts
    late = counts.weight.argmax(axis=0) >= 10
    assert late.any()
    np.testing.assert_array_equal(counts.delay_shift[late, 0], np.log(0.5))
    np.testing.assert_array_equal(counts.delay_shift[~late], 0.0)
    np.testing.assert_array_equal(drawn(1).spec.counts.delay_shift, 0.0)


def test_delay_lowers_what_is_true_of_the_last_weeks() -> None:
    seen: list[float] = []
    whole: list[float] = []
    for seed in range(20):
        counts = drawn(seed, NOTHING_YET, NOTHING_YET).spec.counts
        late = counts.weight.argmax(axis=0) >= 10
        seen.extend(counts.value[late & (counts.trust == 1.0)])
        whole.extend(counts.value[~late])
    assert len(seen) > 10
    assert max(seen) == 0.0
    assert max(whole) > 0.0


def test_the_next_week_is_not_delayed() -> None:
    assert any((drawn(seed, NOTHING_YET, NOTHING_YET).next_counts > 0).any() for seed in range(5))


def test_the_next_week_follows_from_the_last() -> None:
    found = [drawn(seed) for seed in range(100)]
    lasts = np.array([s.next_scenario == s.scenarios[-1] for s in found])
    assert 0.75 < lasts.mean() < 0.97  # asked for: 1 - 1/12, 1 - 1/6 and 1 - 1/8
    scenario = np.array([s.next_scenario for s in found])
    strikes = np.array([s.next_counts[0] for s in found])
    for chosen in (lasts, ~lasts):
        calm, war = (np.median(strikes[chosen & (scenario == k)]) for k in (0, 2))
        assert calm < 10 < 30 < war
