"""What is drawn of a reading has the likelihood that the kernel gives it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from benchmarks.simulate import simulate
from forecast.model import data as model_data
from forecast.model.data import Data, blocks_of, data_of, with_blocks
from forecast.model.elicit import softmax_prior
from forecast.model.emissions import emissions
from forecast.model.families import ordinal
from forecast.model.families.base import Levels, Predicted, Simulated
from forecast.model.memory import Remembered
from forecast.model.outlook import Drawn, Memory, Outlook, Report
from forecast.model.packing import size_of
from forecast.model.pit import uniform_p
from forecast.model.posterior import Posterior
from forecast.model.predict import Parameters, draw_count, next_counts, next_series, periods_of
from forecast.model.spec import Spec
from tests.model.specs import full_spec, rows_of, with_series, with_series_rows

SIZE = 100_000
DATA = data_of(full_spec())
THETA = np.random.default_rng(3).normal(size=size_of(DATA))


def under(scenario: int, *, held: bool, size: int) -> Outlook:
    certain = np.zeros((size, 3))
    certain[:, scenario] = 1.0
    return Outlook(certain, certain * held)


def memory_of(data: Data, p: Parameters, n: int) -> Memory | None:
    """What the row's spec says it remembers, freed of the offset of whose it was."""
    if data.gap[n] == np.inf:
        return None
    before, weight = data.house_before[n], float(data.memory_weight[n])
    value = data.memory[n] - weight * (p.house[:, before] if before >= 0 else np.zeros(1))
    trust, c = float(full_spec().counts.trust_before[n]), data.series[n]
    remembered = Remembered(data.recent[c], data.decay[c], p.count_inertia[:, c])
    for m in (m for m in range(n) if data.series[m] == c):
        varies = remembered.add(0.0, data.begin[m], data.house[m], Report.of(data, m).trust)[2]
    return Memory(float(data.gap[n]), value, trust, weight, varies)


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("row", [0, 1, 2, 4])
def test_counts_are_drawn_as_the_kernel_evaluates_them(row: int, held: bool) -> None:
    # all there is: part periods, gaps, sources, delays, grades, and a shock that is shared
    rng = np.random.default_rng(row)
    p = Parameters.of(DATA, THETA[None])
    report, memory = Report.of(DATA, row), memory_of(DATA, p, row)
    c, (period,) = int(DATA.series[row]), periods_of(DATA, row)
    for k in range(3):
        outlook = under(k, held=held, size=1)
        drawn = Drawn.of(outlook, SIZE, rng)
        simulated = draw_count(DATA, p, drawn, c, report, memory, rng)
        for value in np.unique(np.quantile(simulated, [0.05, 0.5, 0.9], method="nearest")):
            values = full_spec().counts.value.copy()
            values[row] = value
            read = dataclasses.replace(full_spec().counts, value=values)
            data = data_of(dataclasses.replace(full_spec(), counts=read))
            _, stay, enter = emissions(THETA, data)
            likelihood = np.exp((stay if held else enter)[c, period, k])
            error = np.sqrt(likelihood / SIZE)
            assert (simulated == value).mean() == pytest.approx(likelihood, abs=4.5 * error)


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("row", [0, 1, 2])
def test_levels_are_as_the_kernel_evaluates_them(row: int, held: bool) -> None:
    (own,) = Parameters.of(DATA, THETA[None]).series
    ((family, block, _, first),) = blocks_of(DATA)
    gap = float(block.gap[row])
    before = np.array([float(block.previous[row])])
    memory = Memory(gap, before, float(block.trust_before[row])) if gap < np.inf else None
    trust, rng = float(block.trust[row]), np.random.default_rng(row)
    for k in range(3):
        outlook = under(k, held=held, size=1)
        found = family.predict(block, own, outlook, 0, trust, memory, rng)
        assert isinstance(found, Levels)
        assert found.chance.sum() == pytest.approx(1.0)
        for level in range(3):
            read = block._replace(value=np.where(np.arange(3) == row, level, block.value))
            _, stay, enter = emissions(THETA, with_blocks(DATA, [read]))
            expected = np.exp((stay if held else enter)[first, block.at[row], k])
            assert found.chance[level] == pytest.approx(expected)


def test_a_half_believed_reading_is_half_remembered() -> None:
    p = Parameters.of(DATA, THETA[None])
    outlook = under(0, held=True, size=1)
    by_trust = []
    for trust in (1.0, 0.5):
        data = data_of(with_series(full_spec(), trust=np.array([0.7, 1.0, trust])))
        by_trust += next_series(data, outlook, p, {})
    (own,) = p.series
    drawn, carried = own.probability[0, 0, 0], np.array([0.0, 0.0, 1.0])  # the last level was 2
    for found, share in zip(by_trust, (1.0, 0.5), strict=True):
        assert isinstance(found, Levels)
        kept = share * own.inertia[0, 0]
        np.testing.assert_allclose(found.chance, (1 - kept) * drawn + kept * carried, atol=1e-12)


def test_a_half_believed_count_is_half_remembered() -> None:
    # 40 strikes in three days, where a few a week are usual: remembered, or not
    p = Parameters.of(DATA, np.tile(THETA, (20_000, 1)))
    outlook = under(0, held=True, size=20_000)
    many = []
    for trust in (1.0, 0.5, 0.01):
        graded = dataclasses.replace(
            full_spec().counts,
            trust=np.array([0.9, 0.6, trust, 0.8, 1.0]),
            recent=np.ones(2),  # or it would weigh in the mean, too
        )
        data = data_of(dataclasses.replace(full_spec(), counts=graded))
        strikes, _ = next_counts(data, outlook, p, {})
        many.append((strikes >= 10).mean())
    assert many[0] > many[2] + 0.2
    assert many[1] == pytest.approx((many[0] + many[2]) / 2, abs=0.02)


def known_before(spec: Spec, period: int) -> Spec:
    """Cut off a period and all after it; of the first, the readings only."""
    counts = rows_of(spec.counts, spec.counts.weight.argmax(axis=0) < period)
    size = max(period, 1)
    return dataclasses.replace(
        with_series_rows(spec, spec.series[0].at < period),
        periods=spec.periods[:size],
        counts=dataclasses.replace(counts, weight=counts.weight[:size]),
        evidence=spec.evidence[:size],
    )


@pytest.fixture
def solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve the priors of levels and successors, alike in all that is simulated, once."""
    known: dict[tuple[object, ...], object] = {}

    def remembering(asked: np.ndarray, worth: float) -> object:
        key = (*asked, worth)
        if key not in known:
            known[key] = softmax_prior(asked, worth)
        return known[key]

    monkeypatch.setattr(model_data, "softmax_prior", remembering)
    monkeypatch.setattr(ordinal, "softmax_prior", remembering)


def bounds(found: Predicted, value: float) -> tuple[float, float]:
    return found.below(value), min(found.at_most(value), 1.0)


@pytest.mark.slow
@pytest.mark.usefixtures("solved_once")
def test_pits_of_what_the_model_itself_simulates_are_uniform() -> None:
    # parameters known, scenarios not; the simulator was written from the page, not from the kernel
    rng = np.random.default_rng(12)
    counts, levels = [], []
    for _ in range(100):
        made = simulate(rng, periods=6)
        data = data_of(made.spec)
        p = Parameters.of(data, np.tile(made.theta, (1000, 1)))
        for t in range(6):
            then = data_of(known_before(made.spec, t))
            outlook = Outlook.first(then, Posterior.of(then, np.tile(made.theta, (1000, 1))).chain)
            if t > 0:
                one = Outlook.after(Posterior.of(then, made.theta[None]))
                outlook = Outlook(*(part.repeat(1000, 0) for part in (one.scenario, one.held)))
            rows = [n for n in range(len(data.value)) if periods_of(data, n)[0] == t]
            reports = {int(data.series[n]): Report.of(data, n) for n in rows}
            simulated = next_counts(then, outlook, p, reports)
            for n in rows:
                found = Simulated(simulated[data.series[n]])
                counts.append(rng.uniform(*bounds(found, float(data.value[n]))))
            (read,) = made.spec.series
            for m in np.flatnonzero(read.at == t):
                (level,) = next_series(then, outlook, p, {0: Report(trust=float(read.trust[m]))})
                levels.append(rng.uniform(*bounds(level, float(read.value[m]))))
    assert len(counts) > 700
    assert len(levels) > 350
    assert uniform_p(np.array(counts)) > 0.05
    assert uniform_p(np.array(levels)) > 0.05
