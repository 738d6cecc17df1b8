"""How far the forecast hangs on the readings, on each group of judgements, and on each alone.

Power scaling (Kallioinen, Paananen, Buerkner and Vehtari 2024): a part of the density to the power
a, as if it were there a times. Draws of the posterior weighted by ``p_a(y, theta) / p(y, theta)``
stand for the posterior at that power; of their weighted mean of probabilities p the slope at a = 1
needs no weights:

    d E_a[p] / d log2 a = E[dp / d log2 a] + Cov(p, d log p_a(y, theta) / d log2 a).

Readings and events: every emission to the power a, p and ``p_a(y | theta)`` from the filter run
anew, differentiated by central differences: both sides share the draws, so that a small step adds
no noise. Priors: free parameters are standard normal, their log density is minus half a group's sum
of squares, and p does not depend on a. A power of 2 halves the variance around what was elicited;
it leaves alone what has no free parameter (the start, evidence, grades). What one judgement would
have to be for another scenario to lead: `forecast.explain.switching`.

::

    Sensitivity ── power_scaled      PowerScaled: readings, or a group of judgements
                └─ switching_values  SwitchingValue ── Judgement: one number

Probabilities are in [0, 1], durations in periods, counts per full period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from forecast.case import Case, judgements_of
from forecast.errors import Stopped
from forecast.explain.priors import modelled_from
from forecast.explain.switching import (
    FULL,
    LOOKS,
    QUICK,
    Reference,
    Settings,
    SwitchingValue,
    movable,
    switching_value,
)
from forecast.model.data import Data
from forecast.model.fit import Progress, silent, within
from forecast.model.packing import blocks
from forecast.model.powered import powered
from forecast.model.reweight import reweight, tells
from forecast.model.spec import Array, Spec
from forecast.readings import Reading, known_as_of
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import FIT_SECONDS, draws_as_of, fits_to_come

STEP = 0.05  # of log2 a, either way: the error of a central difference is of the order of STEP^2
BATCHES = 20  # of consecutive draws: their spread gives the Monte Carlo error

_ONE_GROUP = ("house",)  # blocks that are reported whole, whichever indicators they are of

Part = Literal["likelihood", "prior"]
Whose = tuple[Part, str | None, str | None]  # block, indicator


@dataclass(frozen=True, slots=True)
class PowerScaled:
    """How probabilities change as the likelihood, or a prior, is raised to a power.

    ``block`` names the free parameters whose prior it is, None for all of them; of one
    ``indicator``, or None. ``slope`` is d probability / d log2(power) by scenario id, at a power of
    1, and ``error`` its Monte Carlo standard error. ``khat`` is Pareto k-hat of a small step either
    way, ``reliable`` whether the draws can stand for even that.
    """

    part: Part
    block: str | None
    indicator: str | None
    slope: dict[str, float]
    error: dict[str, float]
    khat: float
    reliable: bool


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The answer; ``scenarios`` and ``indicators`` map ids to names.

    ``tried`` is how many judgements were moved; those without a `SwitchingValue` change the leader
    nowhere within the limits. The values are sorted by the size of their change, the smallest
    first. ``cut`` says how the answer was cut short; empty if it was not.
    """

    case: str
    cadence: str
    as_of: date
    failures: tuple[str, ...]
    scenarios: dict[str, str]
    indicators: dict[str, str]
    probabilities: dict[str, float]
    power_scaled: tuple[PowerScaled, ...]
    tried: int
    switching_values: tuple[SwitchingValue, ...]
    cut: str = ""


def sensitivity(
    case: Case,
    readings: Sequence[Reading],
    as_of: date,
    progress: Progress | None = None,
    only: str | None = None,
    *,
    quick: bool = False,
) -> Sensitivity:
    """How the scenario probabilities as-of a date depend on what went into them.

    Stopped, it holds the judgements moved by then.

    Parameters
    ----------
    case, readings
        Only readings published on or before ``as_of`` are used.
    progress
        Called with a share done in [0, 1] and what is being done.
    only
        The id of the one indicator whose judgements are meant.
    quick
        Move judgements by fewer draws, and less exactly.

    Raises
    ------
    FitError
        If the model could not be sampled at all.
    Stopped
        If it is stopped before the first judgement is moved.
    """
    report = progress or silent
    known = known_as_of(case, readings, modelled_from(case, as_of))
    draws = draws_as_of(case, tuple(readings), known, within(report, 0.0, 0.2))
    spec, data, theta = spec_of(case, known), draws.data, draws.theta
    report(0.2, "scaling readings and priors")
    now, likelihood = _likelihood(spec, data, theta)
    groups = (each for each in _groups(case, data) if only in (None, each[1]))
    priors = tuple(_prior(spec, theta, now, *each) for each in groups)
    settings = QUICK if quick else FULL
    reference = Reference.of(case, known, theta, now.mean(axis=0), settings.draws)
    every = tuple(movable(case, known, only))
    values, tried = [], 0
    try:
        for tried, judgement in enumerate(every):
            share = 0.2 + 0.8 * tried / len(every)
            report(share, f"moving judgement {tried + 1} of {len(every)}")
            if (found := switching_value(reference, judgement, settings.halvings)) is not None:
                values.append(found)
        tried = len(every)
    except Stopped:
        if not tried:
            raise
    return Sensitivity(
        case=case.name,
        cadence=case.cadence,
        as_of=as_of,
        failures=tuple(draws.fit.failures),
        scenarios={scenario.id: scenario.name for scenario in case.scenarios},
        indicators={indicator.id: indicator.name for indicator in case.indicators},
        probabilities=_by_scenario(spec, reference.probability),
        power_scaled=(likelihood, *priors),
        tried=tried,
        switching_values=tuple(sorted(values, key=lambda found: abs(found.change))),
        cut=_cut(tried, len(every), settings, quick=quick),
    )


def _cut(tried: int, movable: int, settings: Settings, *, quick: bool) -> str:
    """How short of all the answer falls, in words."""
    short = [f"stopped after {tried} of {movable} judgements"] if tried < movable else []
    if quick:
        short.append(f"quick: judgements moved by {settings.draws} draws, and less exactly")
    return "; ".join(short)


def cost(case: Case, readings: Sequence[Reading], as_of: date) -> tuple[float, float]:
    """Seconds that `sensitivity` takes, and takes quickly, as far as can be known before."""
    day = modelled_from(case, as_of)
    known = known_as_of(case, readings, day)
    fits = FIT_SECONDS * fits_to_come(case, tuple(readings), [day])
    size = len(case.scenarios) * (len(known.speaking) + len(known.spans))
    moved = sum(1 for _ in movable(case, known))
    full, quick = (
        fits + 5.0 + moved * LOOKS[settings] * (0.03 + 2e-7 * settings.draws * size)
        for settings in (FULL, QUICK)
    )
    return full, quick


def _likelihood(spec: Spec, data: Data, theta: Array) -> tuple[Array, PowerScaled]:
    """Filtered probabilities, (S, K), and their slope in the power of the likelihood."""
    loglik, now = powered(theta, data, 1.0)
    less, before = powered(theta, data, 2**-STEP)
    more, after = powered(theta, data, 2**STEP)
    own = (after - before) / (2 * STEP)
    pull = _pull(now, (more - less) / (2 * STEP))
    steps = [less - loglik, more - loglik]
    return now, _row(spec, ("likelihood", None, None), own + pull, steps)


def _prior(
    spec: Spec, theta: Array, now: Array, block: str | None, indicator: str | None, at: slice
) -> PowerScaled:
    """The slope in the power of the prior of one group of free parameters."""
    log_prior = -0.5 * (theta[:, at] ** 2).sum(axis=1)
    steps = [(2**step - 1) * log_prior for step in (-STEP, STEP)]
    pull = _pull(now, np.log(2) * log_prior)
    return _row(spec, ("prior", block, indicator), pull, steps)


def _groups(case: Case, data: Data) -> Iterator[tuple[str | None, str | None, slice]]:
    """All free parameters, then each group: its block, its indicator, its place in theta.

    A block whose prior is made of judgements about indicators has an equal part of each.
    """
    owners: dict[str, dict[str, None]] = {}
    for judgement in judgements_of(case):
        for block in judgement.parameters:
            if judgement.indicator is not None and block not in _ONE_GROUP:
                owners.setdefault(block, {})[judgement.indicator] = None
    yield None, None, slice(None)
    for block, at in blocks(data).items():
        mine = owners.get(block, (None,))
        size = (at.stop - at.start) // max(1, len(mine))
        for i, indicator in enumerate(mine):
            yield block, indicator, slice(at.start + i * size, at.start + (i + 1) * size)


def _pull(now: Array, score: Array) -> Array:
    """What each draw adds to the covariance of probabilities and score, (S, K)."""
    return (now - now.mean(axis=0)) * (score - score.mean())[:, None]


def _row(spec: Spec, whose: Whose, slope: Array, steps: Sequence[Array]) -> PowerScaled:
    """Average the slope of each draw; the spread of consecutive batches is the Monte Carlo error.

    Parameters
    ----------
    slope : (S, K)
    steps
        Log-ratios of densities, (S,) each, a small step away.
    """
    batches = np.array([batch.mean(axis=0) for batch in np.array_split(slope, BATCHES)])
    error = batches.std(axis=0, ddof=1) / np.sqrt(BATCHES)
    weighted = [reweight(step) for step in steps]
    part, block, indicator = whose
    return PowerScaled(
        part=part,
        block=block,
        indicator=indicator,
        slope=_by_scenario(spec, slope.mean(axis=0)),
        error=_by_scenario(spec, error),
        khat=max(khat for _, khat in weighted),
        reliable=all(tells(weights, khat) for weights, khat in weighted),
    )


def _by_scenario(spec: Spec, values: Array) -> dict[str, float]:
    return dict(zip(spec.scenarios, map(float, values), strict=True))
