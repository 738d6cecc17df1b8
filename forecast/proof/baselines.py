"""What could have been said without the model: what a forecast must beat to be worth its while.

Each takes the answers of one mode and horizon, in order of period, and returns what it would have
said in place of each, as a distribution over scenarios; None where it has nothing to say. A new one
is a function and a line in `baselines_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from forecast.case import Case
from forecast.proof.chain import start_of, transitions
from forecast.proof.questions import OTHER
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
        "starting judgement": _in_their_terms(case, partial(starting_judgement, case)),
        "chain without evidence": _in_their_terms(case, partial(chain_without_evidence, case)),
        "last forecast repeated": last_forecast,
        "naive update": _in_their_terms(case, NaiveUpdate(case, readings)),
    }


def _in_their_terms(case: Case, say: Baseline) -> Baseline:
    """Return a baseline that speaks of the scenarios each answer had.

    What was none of them yet counts as part of ``other``; None if the case has not all of them.
    """
    ids = [scenario.id for scenario in case.scenarios]

    def mapped(probabilities: Said, answer: Answer) -> Said:
        theirs = answer.scenarios or tuple(ids)
        if probabilities is None or not {*theirs} <= {*ids}:
            return None
        by_id = dict.fromkeys(theirs, 0.0)
        for name, probability in zip(ids, probabilities, strict=True):
            by_id[name if name in by_id else OTHER] += probability
        return tuple(by_id.values())

    return lambda answers: [mapped(s, a) for s, a in zip(say(answers), answers, strict=True)]


def uniform(case: Case, answers: Sequence[Answer]) -> list[Said]:
    """Say that all scenarios are alike."""
    numbers = (len(answer.scenarios) or len(case.scenarios) for answer in answers)
    return [(1 / number,) * number for number in numbers]


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
    for before, answer in pairwise(answers):
        said.append(before.said if before.scenarios == answer.scenarios else None)
    return said[: len(answers)]
