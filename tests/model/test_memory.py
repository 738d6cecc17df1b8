"""What counts remember: the variance of it, and the mean itself beside pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.model.believed import believed_counts
from forecast.model.data import data_of
from forecast.model.memory import (
    Moments,
    Remembered,
    begun,
    decay_of,
    followed,
    stationary_variance,
    third_cumulant_of_shocks,
    varied,
)
from forecast.model.outlook import Report
from forecast.model.packing import size_of
from forecast.model.predict import Parameters, last_count
from tests.model.specs import full_spec, one_count

shares = st.floats(0.0, 1.0)


def weights(inertia: float, q: float, c: float) -> tuple[np.ndarray, np.ndarray]:
    """What a shock of 1 leaves, period by period, in the count and in what it remembers."""
    x, s, of_x, of_memory = 1.0, 1 - c, [], []
    for _ in range(2000):
        of_x.append(x)
        of_memory.append(q * x + (1 - q) * s)
        x = inertia * of_memory[-1]
        s = c * s + (1 - c) * x
    return np.array(of_x), np.array(of_memory)


@given(st.floats(0.0, 0.9), shares, st.floats(0.0, 0.95))
def test_for_ever_variances_are_those_of_the_weights_of_shocks(
    inertia: float, q: float, c: float
) -> None:
    of_x, of_memory = weights(inertia, q, c)
    expected = (of_memory**2).sum() / (of_x**2).sum()
    assert stationary_variance(inertia, q, c) == pytest.approx(expected, abs=1e-8)


def test_variance_by_hand() -> None:
    # two readings, nothing carries over: m = x2/2 + s/2, s = x1/4 + x2/2
    moments = followed(begun(0.5), 0.0, 1.0, 0.5, 0.5, 0.5)
    assert varied(moments, 0.5)[0] == pytest.approx((3 / 4) ** 2 + (1 / 8) ** 2)


def after(inertia: float, gaps: list[float], trust: list[float], q: float, c: float) -> Moments:
    moments = begun((1 - c) * trust[0])
    for gap, r in zip(gaps, trust[1:], strict=True):
        moments = followed(moments, inertia, gap, q, c**gap, (1 - c) * r)
    return moments


@given(st.floats(0.05, 0.94), shares, st.floats(0.0, 0.95), st.integers(0, 99))
def test_with_gaps_and_doubts_variances_are_those_of_simulated_shocks(
    inertia: float, q: float, c: float, seed: int
) -> None:
    # every reading and mean as weights of the shocks, whose variances keep every reading at 1
    rng = np.random.default_rng(seed)
    gaps = rng.integers(1, 4, 5).astype(float)
    trust = rng.choice([0.5, 1.0], 6)
    x, mean = np.eye(6)[0], (1 - c) * trust[0] * np.eye(6)[0]
    for n, gap in enumerate(gaps, 1):
        pulled = inertia**gap * (q * x + (1 - q) * mean)
        x = pulled + np.sqrt(1 - pulled @ pulled) * np.eye(6)[n]
        mean = c**gap * mean + (1 - c) * trust[n] * x
    m = q * x + (1 - q) * mean
    value, slope = varied(after(inertia, list(gaps), list(trust), q, c), q)
    assert value == pytest.approx(m @ m, abs=1e-12)
    assert value <= 1 + 1e-12
    ends = [varied(after(inertia + d, list(gaps), list(trust), q, c), q)[0] for d in (-1e-6, 1e-6)]
    assert slope == pytest.approx((ends[1] - ends[0]) / 2e-6, abs=1e-6, rel=1e-5)


@pytest.mark.parametrize("inertia", [0.0, 0.5, 0.9])
def test_the_last_reading_alone_varies_as_the_count(inertia: float) -> None:
    assert varied(followed(begun(0.3), inertia, 1.0, 1.0, 0.7, 0.3), 1.0) == (1.0, 0.0)
    assert stationary_variance(inertia, 1.0, 0.0) == 1.0


@pytest.mark.parametrize(("q", "c"), [(1.0, 0.0), (0.4, 0.9), (0.0, 0.5)])
def test_third_cumulants(q: float, c: float) -> None:
    of_x, _ = weights(0.8, q, c)
    assert third_cumulant_of_shocks(0.8, q, c) == pytest.approx(1 / (of_x**3).sum())


@given(
    st.lists(st.floats(0.0, 9.0), min_size=1, max_size=12),
    st.lists(st.integers(1, 4), min_size=12, max_size=12),
    st.floats(0.5, 20.0),
    shares,
)
def test_the_mean_is_that_of_pandas(
    values: list[float], gaps: list[int], halflife: float, q: float
) -> None:
    # off a usual value of 3, at which the mean begins, and which is what was not read
    periods = np.cumsum(gaps)[: len(values)]
    off = pd.Series(np.array(values) - 3.0, index=periods).reindex(range(periods[-1] + 1))
    mean = off.fillna(0.0).ewm(halflife=halflife, adjust=False).mean()
    remembered = Remembered(q, decay_of(halflife))
    for value, period in zip(values, periods, strict=True):
        found, weight, _ = remembered.add(value, int(period), -1, 1.0)
        expected = q * (value - 3.0) + (1 - q) * mean[period]
        assert found - weight * 3.0 == pytest.approx(expected, abs=1e-9)


def test_doubtful_readings_weigh_less_and_other_sources_begin_anew() -> None:
    remembered = Remembered(0.2, 0.5, 0.0)
    first = remembered.add(1.0, 0, -1, 1.0)
    assert first == pytest.approx((0.2 + 0.8 * 0.5, 0.6, 0.6**2))
    found = remembered.add(4.0, 1, -1, 0.5)
    mean, weight = 0.5 * 0.5 * 1.0 + 0.5 * 0.5 * 4.0, 0.5 * 0.5 + 0.5 * 0.5
    assert found[:2] == pytest.approx((0.2 * 4.0 + 0.8 * mean, 0.2 + 0.8 * weight))
    assert remembered.add(1.0, 2, 0, 1.0) == pytest.approx(first)
    remembered.forget()
    assert remembered.add(1.0, 3, 0, 1.0) == pytest.approx(first)


@pytest.mark.parametrize("shock", [0.0, 1.0])
@pytest.mark.parametrize("inertia", [0.5, 0.7])
@pytest.mark.parametrize(("q", "halflife"), [(0.0, 2.0), (0.4, 6.0), (0.2, 50.0)])
@pytest.mark.parametrize(("median", "p90", "worth"), [(15, 40, 4), (110, 350, 1), (500, 3000, 2)])
def test_what_was_asked_comes_back(
    median: float, p90: float, worth: float, q: float, halflife: float, inertia: float, shock: float
) -> None:
    mean = {"recent": q, "decay": decay_of(halflife)}
    counts = one_count(median, p90, worth, inertia=inertia, shock=shock, **mean)
    values, times = np.unique(believed_counts(counts)[0, 0], return_counts=True)
    below = (times.cumsum() - times / 2) / times.sum()  # the median of a staircase is not whole
    assert np.interp(0.5, below, values) == pytest.approx(median, rel=0.10)
    assert np.interp(0.9, below, values) == pytest.approx(p90, rel=0.20)


def test_the_next_period_remembers_as_a_row_would() -> None:
    # row 2 of the first count is about the fourth of five periods: what the fifth would remember
    spec = full_spec()
    data = data_of(spec)
    p = Parameters.of(data, np.random.default_rng(1).normal(size=(3, size_of(data))))
    found = last_count(data, p, 0)
    assert found is not None
    logs = [Report.of(data, n).remembered(data.value[n], p.house) for n in (0, 1, 2)]
    begin = [int(data.begin[n]) for n in (0, 1, 2)]
    assert [data.house[n] for n in (0, 1, 2)] == [-1, 0, 0]  # the first is another source's
    q, c = spec.counts.recent[0], spec.counts.decay[0]
    trust = spec.counts.trust
    older, last = (1 - c) * trust[1] * c ** (begin[2] - begin[1]), (1 - c) * trust[2]
    expected = q * logs[2] + (1 - q) * (last * logs[2] + older * logs[1])
    np.testing.assert_allclose(found.value, expected)
    assert found.weight == pytest.approx(q + (1 - q) * (last + older))
    assert found.gap == len(data.evidence) - begin[2]
