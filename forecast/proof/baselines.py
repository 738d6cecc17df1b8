"""What could have been said without the model: what a forecast must beat to be worth its while.

Each takes the answers of one mode and horizon, in order of period, and returns what it would have
said in place of each, as a distribution over scenarios; None where it has nothing to say. A new one
is a function and a line in `baselines_of`.

The **naive update** is what one gets by multiplying likelihoods by hand: the model with each of its
corrections off and nothing learned. The likelihood of a count is its negative binomial with the
elicited median and 90th percentile, that of a level its elicited probability, whatever was read a
week ago; every grade is fully trusted, every count is complete, every source counts alike, every
event counts whole. Between periods the elicited chain runs by mean durations. Counting the same
news several times runs to 0 or 1: what the corrections are worth is what this costs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from itertools import pairwise

import numpy as np
from scipy.special import gammaln

from forecast.case import Case
from forecast.model.elicit import Z90
from forecast.model.families import EMISSIONS
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.spec import CountSpec
from forecast.proof.questions import OTHER
from forecast.proof.scores import Array
from forecast.proof.types import Answer
from forecast.readings import Reading, known_as_of
from forecast.refresh.arrays import spec_of


def start_of(case: Case) -> Array:
    """The distribution judged of the first period, (K,)."""
    start = np.array([scenario.start for scenario in case.scenarios])
    return np.asarray(start / start.sum())  # elicited within 1e-9 of 1


def transitions(case: Case) -> Array:
    """Return P(next scenario | this one), (K, K), from elicited means."""
    ids = [scenario.id for scenario in case.scenarios]
    chain = np.zeros((len(ids), len(ids)))
    for k, scenario in enumerate(case.scenarios):
        leave = 0.0 if scenario.ends_case else 1 / scenario.lasts
        chain[k] = [leave * scenario.then.get(other, 0.0) for other in ids]
        chain[k, k] = 1 - chain[k].sum()
    return chain


_LEAST = np.finfo(float).tiny  # what is smaller was still not called impossible


class NaiveUpdate:
    """What multiplied likelihoods say as-of the day of each answer."""

    def __init__(self, case: Case, readings: Iterable[Reading]) -> None:
        self._chain = transitions(case)
        rows, whole = tuple(readings), _at_its_word(case)
        without = dataclasses.replace(whole, outcomes=())
        self._now = cache(
            lambda as_of, informed: _filtered(
                whole if informed else without, rows, as_of, self._chain
            )
        )

    def __call__(self, answers: Sequence[Answer]) -> list[tuple[float, ...]]:
        """A distribution over scenarios for each answer."""
        found = (
            self._now(a.as_of, a.informed) @ np.linalg.matrix_power(self._chain, a.horizon)
            for a in answers
        )
        return [tuple(map(float, each)) for each in found]


def _at_its_word(case: Case) -> Case:
    """A case that believes every grade, and to which every event is another story."""
    return dataclasses.replace(
        case,
        reliability=dict.fromkeys(case.reliability, 1.0),
        credibility=dict.fromkeys(case.credibility, 1.0),
        evidence=tuple(dataclasses.replace(item, group=None) for item in case.evidence),
    )


def _filtered(case: Case, readings: tuple[Reading, ...], as_of: date, chain: Array) -> Array:
    """Return probabilities of the forecast period given all that was known then, (K,)."""
    spec = spec_of(case, known_as_of(case, readings, as_of))
    said = spec.evidence + spec.counts.weight @ _counts(spec.counts)
    for series in spec.series:
        np.add.at(said, series.at, EMISSIONS[series.family].standard(series))
    possible = np.ones(said.shape) if spec.possible is None else spec.possible
    now = start_of(case)
    for t, says in enumerate(said):
        ahead = (now @ chain if t else now) * possible[t]
        top = says[ahead > 0].max()
        if np.isfinite(top):  # what is impossible under all of them tells none apart
            ahead = ahead * np.exp(np.minimum(says - top, 0.0))
        now = np.maximum(ahead / ahead.sum(), _LEAST)
    return np.asarray(now)


def _counts(counts: CountSpec) -> Array:
    """Return log p(row | scenario), (N, K), as if it were the only one."""
    asked = shape_of((np.log(counts.p90 / counts.median) / Z90) ** 2)
    rate = np.exp(np.log(counts.median) + log_bias(asked))
    shape, mean = asked[counts.series], rate[counts.series] * np.exp(counts.log_exposure)[:, None]
    y = counts.value[:, None]
    return np.asarray(
        gammaln(y + shape) - gammaln(shape) - gammaln(y + 1)
        + shape * np.log(shape / (shape + mean)) + y * np.log(mean / (shape + mean))
    )  # fmt: skip


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
    return {
        "uniform": partial(uniform, case),
        "starting judgement": _in_their_terms(case, partial(starting_judgement, case)),
        "chain without evidence": _in_their_terms(case, partial(chain_without_evidence, case)),
        "last forecast repeated": last_forecast,
        "naive update": _in_their_terms(case, NaiveUpdate(case, readings)),
    }


def _in_their_terms(case: Case, say: Baseline) -> Baseline:
    """A baseline that speaks of the scenarios each answer had.

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
