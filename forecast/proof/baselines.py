"""What could have been said without the model: what a forecast must beat to be worth its while.

Each takes the case and answers of one mode and horizon, in order of period, and returns what it
would have said in place of each, as a distribution over scenarios; None where it has nothing to
say. A new one is a function and a line in `BASELINES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from forecast.case import Case
from forecast.proof.types import Answer

type Said = tuple[float, ...] | None
type Baseline = Callable[[Case, Sequence[Answer]], list[Said]]


def uniform(case: Case, answers: Sequence[Answer]) -> list[Said]:
    """Say that all scenarios are alike."""
    return [(1 / len(case.scenarios),) * len(case.scenarios) for _ in answers]


def starting_judgement(case: Case, answers: Sequence[Answer]) -> list[Said]:
    """Say for ever what was judged of the first period."""
    return [_start(case) for _ in answers]


def chain_without_evidence(case: Case, answers: Sequence[Answer]) -> list[Said]:
    """Let the starting judgement run on, by mean durations and what follows, reading nothing."""
    chain = _transitions(case)
    start = np.array(_start(case))
    return [
        tuple(map(float, start @ np.linalg.matrix_power(chain, answer.target - case.first)))
        for answer in answers
    ]


def last_forecast(case: Case, answers: Sequence[Answer]) -> list[Said]:
    """Repeat what the forecast before said at the same horizon, as if nothing had been read."""
    del case
    said: list[Said] = [None]
    said += [answer.said or None for answer in answers[:-1]]
    return said[: len(answers)]


BASELINES: dict[str, Baseline] = {
    "uniform": uniform,
    "starting judgement": starting_judgement,
    "chain without evidence": chain_without_evidence,
    "last forecast repeated": last_forecast,
}


def _start(case: Case) -> tuple[float, ...]:
    start = np.array([scenario.start for scenario in case.scenarios])
    return tuple(map(float, start / start.sum()))  # elicited within 1e-9 of 1


def _transitions(case: Case) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return P(next scenario | this one), (K, K), from elicited means."""
    ids = [scenario.id for scenario in case.scenarios]
    chain = np.zeros((len(ids), len(ids)))
    for k, scenario in enumerate(case.scenarios):
        leave = 0.0 if scenario.ends_case else 1 / scenario.lasts
        chain[k] = [leave * scenario.then.get(other, 0.0) for other in ids]
        chain[k, k] = 1 - chain[k].sum()
    return chain
