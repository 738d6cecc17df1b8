"""The naive update: every reading news, whole and true, weighed by what was asked of it.

What one gets by multiplying likelihoods by hand: the model with each of its corrections off and
nothing learned. A count says what its negative binomial has, with the median and the 90th
percentile asked, a level its probability asked, whatever was read a week ago; every grade is taken
at its word, every count is complete, every source counts alike, every event counts whole. Between
periods the chain runs by mean durations. Counting the same news several times runs to 0 or 1: what
the corrections are worth is what this costs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

import numpy as np
from scipy.special import gammaln

from forecast.case import Case
from forecast.model.elicit import Z90
from forecast.model.families import EMISSIONS
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.spec import CountSpec
from forecast.proof.chain import start_of, transitions
from forecast.proof.scores import Array
from forecast.proof.types import Answer
from forecast.readings import Reading, known_as_of
from forecast.refresh.arrays import spec_of

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
        """Return a distribution over scenarios for each answer."""
        found = (
            self._now(a.as_of, a.informed) @ np.linalg.matrix_power(self._chain, a.horizon)
            for a in answers
        )
        return [tuple(map(float, each)) for each in found]


def _at_its_word(case: Case) -> Case:
    """Return a case that believes every grade, and to which every event is another story."""
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
