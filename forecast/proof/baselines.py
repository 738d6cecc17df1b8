"""What could have been said without the model: what a forecast must beat to be worth its while.

Each takes the answers of one mode and horizon, in order of period, and returns what it would have
said in place of each, as a distribution over scenarios; None where it has nothing to say. A new one
is a function and a line in `baselines_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np

from forecast.case import Case
from forecast.proof.chain import start_of, transitions
from forecast.proof.types import Answer
from forecast.readings import Reading

type Said = tuple[float, ...] | None
type Baseline = Callable[[Sequence[Answer]], Sequence[Said]]
type Baselines = Mapping[str, Baseline]


def baselines_of(case: Case, readings: Iterable[Reading]) -> Baselines:
    """Return what forecasts of a case are held against, by name.

    Parameters
    ----------
    readings
        All of them: the naive update takes those known as-of an answer's day.
    """
    from forecast.proof.naive import NaiveUpdate  # loads the model's arrays

    return {
        "uniform": partial(uniform, case),
        "starting judgement": partial(starting_judgement, case),
        "chain without evidence": partial(chain_without_evidence, case),
        "last forecast repeated": last_forecast,
        "naive update": NaiveUpdate(case, readings),
    }


def uniform(case: Case, answers: Sequence[Answer]) -> list[Said]:
    """Say that all scenarios are alike."""
    return [(1 / len(case.scenarios),) * len(case.scenarios) for _ in answers]


def starting_judgement(case: Case, answers: Sequence[Answer]) -> list[Said]:
    """Say for ever what was judged of the first period."""
    return [tuple(map(float, start_of(case))) for _ in answers]


def chain_without_evidence(case: Case, answers: Sequence[Answer]) -> list[Said]:
    """Let the starting judgement run on, by mean durations and what follows, reading nothing."""
    chain, start = transitions(case), start_of(case)
    return [
        tuple(map(float, start @ np.linalg.matrix_power(chain, answer.target - case.first)))
        for answer in answers
    ]


def last_forecast(answers: Sequence[Answer]) -> list[Said]:
    """Repeat what the forecast before said at the same horizon, as if nothing had been read."""
    said: list[Said] = [None]
    said += [answer.said or None for answer in answers[:-1]]
    return said[: len(answers)]
