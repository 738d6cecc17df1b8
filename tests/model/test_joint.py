"""The joint table of scenario and reading: what it adds up to, and what it tells."""

from __future__ import annotations

import dataclasses
import math
from itertools import product

import numpy as np
import pytest

from forecast.model.data import blocks_of, data_of
from forecast.model.families.base import Levels
from forecast.model.joint import count_table, edges_to, entropy, information
from forecast.model.outlook import Memory, Outlook, Report
from forecast.model.packing import size_of
from forecast.model.predict import QUANTILES, Parameters, last_count, next_counts, next_series
from forecast.model.spec import Array
from tests.model.specs import full_spec

DATA = data_of(full_spec())
SIZE = size_of(DATA)
(BLOCK,) = blocks_of(DATA)
REPEATS = 100  # of every draw
DELAYED = Report(
    exposure=-0.5, house=0, trust=0.8, weight=(0.7, 0.3), shift=(-0.1, -0.6), spread=(0.1, 0.8)
)


def outlook_of(draws: int, seed: int = 1) -> Outlook:
    rng = np.random.default_rng(seed)
    scenario = rng.dirichlet([3.0, 2.0, 1.0], size=draws)
    return Outlook(scenario, scenario * rng.random((draws, 3)))


def parameters_of(draws: int, seed: int = 2) -> Parameters:
    return Parameters.of(DATA, np.random.default_rng(seed).normal(size=(draws, SIZE)))


def level_table(outlook: Outlook, p: Parameters, report: Report, memory: Memory | None) -> Array:
    """p(scenario, level) of the only ordinal."""
    (own,) = p.series
    table, levels = BLOCK.family.joint(BLOCK.values, own, outlook, 0, report.trust, memory)
    np.testing.assert_array_equal(levels, [0.0, 1.0, 2.0])
    return table


def alike(p: Parameters) -> Parameters:
    """Every scenario as the first."""
    (own,) = p.series
    return dataclasses.replace(
        p,
        location=np.repeat(p.location[:, :, :1], 3, axis=2),
        variance=np.repeat(p.variance[:, :, :1], 3, axis=2),
        series=(own._replace(probability=np.repeat(own.probability[:, :, :1], 3, axis=2)),),
    )


def test_levels_add_up_to_what_is_expected_of_them() -> None:
    outlook, p = outlook_of(50), parameters_of(50)
    report = Report(trust=0.7)
    memory = BLOCK.family.last(BLOCK.values, len(DATA.evidence), 50, 0)
    assert memory is not None
    table = level_table(outlook, p, report, memory)
    (expected,) = next_series(DATA, outlook, p, {0: report})
    assert isinstance(expected, Levels)
    np.testing.assert_allclose(table.sum(axis=0), expected.chance, atol=1e-15)
    np.testing.assert_allclose(table.sum(axis=1), outlook.scenario.mean(axis=0), atol=1e-15)


@pytest.mark.parametrize("report", [Report(), DELAYED])
@pytest.mark.parametrize("series", [0, 1])
def test_counts_add_up_to_what_is_simulated_of_them(series: int, report: Report) -> None:
    # with all there is: memory, a shock that is shared, another source, delay, doubt
    draws = 300
    outlook, p = outlook_of(draws), parameters_of(draws)
    many = Outlook(np.tile(outlook.scenario, (REPEATS, 1)), np.tile(outlook.held, (REPEATS, 1)))
    theta = np.tile(np.random.default_rng(2).normal(size=(draws, SIZE)), (REPEATS, 1))
    simulated = next_counts(DATA, many, Parameters.of(DATA, theta), {series: report})[series]
    edges = edges_to(float(np.quantile(simulated, 0.999)))
    memory = last_count(DATA, p, series)
    table = count_table(outlook, p, series, report, memory, edges, 3)
    np.testing.assert_allclose(table.sum(axis=1), outlook.scenario.mean(axis=0), atol=1e-12)
    below = np.concatenate([[0.0], table.sum(axis=0).cumsum()])  # P(Y < edge)
    for value in np.quantile(simulated, QUANTILES, method="inverted_cdf"):
        at = int(np.searchsorted(edges, value, side="right"))
        seen = (simulated < (edges[at] if at < len(edges) else np.inf)).mean()
        error = math.sqrt(0.25 / draws / REPEATS)
        assert below[at] == pytest.approx(seen, abs=5 * error)


def test_it_is_what_enumeration_says() -> None:
    # every draw, scenario, held or begun, remembered or not, true report or not: in plain sums
    draws, trust = 7, 0.7
    outlook, p = outlook_of(draws), parameters_of(draws)
    memory = Memory(2.0, np.full(draws, 2.0), 0.9)
    found = information(level_table(outlook, p, Report(trust=trust), memory))
    joint = dict.fromkeys(product(range(3), range(3)), 0.0)
    for s, k, held, remembered, true, level in product(
        range(draws), range(3), (True, False), (True, False), (True, False), range(3)
    ):
        chance = float(outlook.held[s, k])
        chance = chance if held else float(outlook.scenario[s, k]) - chance
        keeps = 0.9 * float(p.series[0].inertia[s, 0]) ** 2 if held else 0.0
        chance *= keeps if remembered else 1 - keeps
        chance *= trust if true else 1 - trust
        drawn = float(level == 2) if remembered else float(p.series[0].probability[s, 0, k, level])
        of_any = float(p.series[0].probability[s, 0, :, level].mean())
        joint[k, level] += chance * (drawn if true else of_any) / draws
    scenario = [sum(joint[k, level] for level in range(3)) for k in range(3)]
    reading = [sum(joint[k, level] for k in range(3)) for level in range(3)]
    bits = sum(
        p * math.log2(p / scenario[k] / reading[level]) for (k, level), p in joint.items() if p > 0
    )
    assert bits > 0.01
    assert found == pytest.approx(bits, abs=1e-9)


def test_nothing_is_told_where_scenarios_are_alike_in_every_draw() -> None:
    p = alike(parameters_of(40))
    one = outlook_of(1)
    outlook = Outlook(one.scenario.repeat(40, axis=0), one.held.repeat(40, axis=0))
    assert information(level_table(outlook, p, Report(), None)) < 1e-12
    edges = edges_to(100.0)
    assert information(count_table(outlook, p, 1, DELAYED, None, edges, 3)) < 1e-12
    (own,) = p.series
    same = dataclasses.replace(
        p, series=(type(own)(*(values[:1].repeat(40, axis=0) for values in own)),)
    )
    assert information(level_table(outlook_of(40), same, Report(), None)) < 1e-12


def test_a_report_that_is_not_trusted_tells_nothing() -> None:
    outlook, p = outlook_of(1), parameters_of(1)  # over many, it teaches their parameters
    untrusted = Report(trust=0.0)
    assert information(level_table(outlook, p, untrusted, None)) < 1e-12
    edges, memory = edges_to(100.0), last_count(DATA, p, 0)
    assert information(count_table(outlook, p, 0, untrusted, memory, edges, 3)) < 1e-12


def test_information_is_never_negative_and_never_more_than_is_unknown() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        joint = rng.dirichlet(np.full(12, 0.3)).reshape(3, 4)
        assert 0 <= information(joint) <= entropy(joint.sum(axis=1)) + 1e-12
    independent = np.outer(rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(200)))
    assert 0 <= information(independent) < 1e-12
    assert information(np.diag([0.5, 0.25, 0.25])) == pytest.approx(1.5)


def test_edges_are_whole_and_lie_even_on_the_log_scale() -> None:
    edges = edges_to(50_000.0)
    assert (edges[0], edges[1], edges[-1]) == (0.0, 1.0, 50_000.0)
    assert 120 < len(edges) <= 201
    np.testing.assert_array_equal(edges, np.round(edges))
    steps = np.diff(np.log1p(edges[edges > 1000]))
    assert steps.max() == pytest.approx(steps.min(), rel=0.1)
