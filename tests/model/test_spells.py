"""The filter with lives, flare-ups, signs and known outcomes: enumeration, finite differences."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from forecast.model.spells import (
    Lives,
    Messages,
    Readings,
    Slopes,
    lives_of,
    spell_back,
    spell_filter,
)

K, M, T = 3, 2, 4


def made(seed: int, *, flares: bool, signs: bool, ratios: bool) -> tuple[Any, Lives, Readings]:
    """A random chain and readings: what is ruled out in a period has likelihood 0."""
    rng = np.random.default_rng(seed)
    successor = rng.dirichlet(np.ones(K), K)
    np.fill_diagonal(successor, 0.0)
    resumes = np.array([0.7, 0.0, 0.4]) if flares else np.zeros(K)
    flare, scenario, origin = lives_of(K, M, resumes)
    lives = Lives(
        hazard=rng.uniform(0.05, 0.6, (K, M)),
        weight=rng.dirichlet(np.ones(M), K),
        successor=successor / successor.sum(axis=1, keepdims=True),
        resumes=resumes,
        flare=flare,
        scenario=scenario,
        origin=origin,
    )
    start = np.zeros(len(scenario))
    start[: K * M] = rng.dirichlet(np.ones(K * M))
    stay, enter = np.log(rng.uniform(0.1, 2.0, (2, T, K)))
    stay[2, 1] = enter[2, 1] = -np.inf
    some = T if signs else 0
    before = np.log(rng.uniform(0.1, 2.0, (2, some, K, K)))
    if signs:
        before[:, 2, 1] = -np.inf
    ratio = rng.uniform(0.3, 3.0, (T if ratios else 0, K))
    return start, lives, Readings(stay, enter, before[0], before[1], ratio)


def run(start: Any, lives: Lives, readings: Readings) -> tuple[float, Messages]:
    states = len(start)
    size = (T + 1, states)
    out = Messages(np.zeros(size), np.zeros(size), np.zeros(T), np.zeros(T), np.zeros((T, K)))
    return spell_filter(start, lives, readings, out), out


def enumerated(start: Any, lives: Lives, readings: Readings) -> tuple[float, Any, Any]:
    """Log p(y), p(next scenario | y) and p(scenario of t | y), over all paths of states."""
    states, total = range(len(start)), 0.0
    following, smoothed = np.zeros(K), np.zeros((T, K))

    def leaving(s: int) -> dict[int, float]:
        """Where a state goes on ending, by state."""
        j, o = lives.scenario[s], lives.origin[s]
        base, resumes = (s, 0.0) if o < 0 else (j * M, lives.resumes[j])
        found: dict[int, float] = {int(o): resumes} if o >= 0 else {}
        for k, m in itertools.product(range(K), range(M)):
            if k != j:
                into = lives.flare[k, base] if m == 0 else -1
                target = int(into if into >= 0 else k * M + m)
                share = (1 - resumes) * lives.successor[j, k] * lives.weight[k, m]
                found[target] = found.get(target, 0.0) + share
        return found

    def step(t: int, s: int, target: int | None) -> float:
        h = lives.hazard[lives.scenario[s], s % M if lives.origin[s] < 0 else 0]
        ratio = readings.ratio[t] if len(readings.ratio) else np.ones(K)
        ways = {u: p * ratio[lives.scenario[u]] for u, p in leaving(s).items()}
        norm = 1 - h + h * sum(ways.values())
        return float((1 - h if target is None else h * ways.get(target, 0.0)) / norm)

    def follow(t: int, s: int, entered: bool, p: float, path: list[int]) -> None:
        nonlocal total
        if p == 0.0:
            return
        if t == T:
            total += p
            following[lives.scenario[s]] += p
            for u, state in enumerate(path):
                smoothed[u, lives.scenario[state]] += p
            return
        j = lives.scenario[s]
        going = (readings.enter if entered else readings.stay)[t, j]
        follow(t + 1, s, False, p * np.exp(going) * step(t, s, None), [*path, s])
        for u in states:
            k = lives.scenario[u]
            if k != j and (moves := step(t, s, u)) > 0.0:
                before = readings.before_enter if entered else readings.before_stay
                said = before[t, j, k] if len(before) else going
                follow(t + 1, u, True, p * np.exp(said) * moves, [*path, s])

    for s in states:
        follow(0, s, True, float(start[s]), [])
    return float(np.log(total)), following / total, smoothed / total


PARTS = list(itertools.product([False, True], repeat=3))


@pytest.mark.parametrize(("flares", "signs", "ratios"), PARTS)
def test_the_filter_is_the_sum_over_all_paths(flares: bool, signs: bool, ratios: bool) -> None:
    for seed in range(2):
        case = made(seed, flares=flares, signs=signs, ratios=ratios)
        loglik, messages = run(*case)
        expected, following, smoothed = enumerated(*case)
        assert loglik == pytest.approx(expected, abs=1e-10)
        found = np.zeros(K)
        np.add.at(found, case[1].scenario, messages.stayed[T] + messages.entered[T])
        np.testing.assert_allclose(found, following, atol=1e-10)
        slopes = zeros(*case)
        back = spell_back(case[1], case[2], messages, slopes)
        np.testing.assert_allclose(back, smoothed, atol=1e-10)


def zeros(start: Any, lives: Lives, readings: Readings) -> Slopes:
    return Slopes(
        np.zeros_like(start), np.zeros_like(lives.hazard), np.zeros_like(lives.successor),
        *(np.zeros_like(part) for part in readings[:4]),
    )  # fmt: skip


@pytest.mark.parametrize(("flares", "signs", "ratios"), PARTS)
def test_the_gradient_is_that_of_finite_differences(
    flares: bool, signs: bool, ratios: bool
) -> None:
    start, lives, readings = case = made(5, flares=flares, signs=signs, ratios=ratios)
    _, messages = run(*case)
    slopes = zeros(*case)
    spell_back(lives, readings, messages, slopes)
    for name, whole in (("hazard", lives), ("successor", lives), ("stay", readings),
                        ("enter", readings), ("before_stay", readings),
                        ("before_enter", readings)):  # fmt: skip
        values = getattr(whole, name)
        for at in np.ndindex(values.shape):
            if not np.isfinite(values[at]) or (name == "successor" and values[at] == 0):
                continue
            found = []
            for step in (-1e-6, 1e-6):
                other = values.copy()
                other[at] += step
                moved = whole._replace(**{name: other})
                parts = (moved, readings) if whole is lives else (lives, moved)
                found.append(run(start, *parts)[0])
            slope = (found[1] - found[0]) / 2e-6
            assert getattr(slopes, name)[at] == pytest.approx(slope, abs=2e-8, rel=1e-6), name
    for s in range(len(start)):
        found = []
        for step in (-1e-6, 1e-6):
            other = start.copy()
            other[s] += step
            found.append(run(other, lives, readings)[0])
        slope = (found[1] - found[0]) / 2e-6
        assert slopes.start[s] == pytest.approx(slope, abs=2e-8, rel=1e-6)
