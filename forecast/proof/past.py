"""What could have been expected of an indicator without the model: from its own past.

Each baseline takes the past of an indicator as it was known on the day of a forecast, and says what
the next period's value may be: of levels a probability each, of all else quantiles at the levels
asked for; None where it has nothing to say. A new one is a function and a line in
`BASELINES`.

The last twelve periods are **smoothed** by pseudo-counts of what followed values of the same class:
of levels the level itself, by its own moves; of all else the worst threshold reached, by the moves
of all indicators of the case on that scale (ok, watch, warning and critical mean the same of each),
the values of a class spread evenly on it: of counts in log(1 + y). All from readings known by then:
one case has no outside history.

**ETS** and **SARIMAX** are fitted to log(1 + y) of counts, as state-space models, so that a period
that was not read is a gap and no value. ETS is simple exponential smoothing with additive errors (a
level that wanders), SARIMAX an autoregression of order 1 with a mean (a level that returns); a
trend or a season cannot be estimated from some dozens of readings. statsmodels takes seconds to
load and a fit a fraction of one, so results are cached under the hash of the series.
"""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from scipy.special import ndtri

from forecast.case import THRESHOLDS, Case, Indicator
from forecast.families import FAMILIES
from forecast.families.base import Scale
from forecast.kit.cache import Cache
from forecast.proof.scores import Array, Index
from forecast.proof.types import EMPIRICAL, ETS, FEWEST, LAST_VALUE, SARIMAX, SMOOTHED
from forecast.readings import Known, rates

type Normal = tuple[float, float]  # mean and sd of log(1 + y); nan of a fit that failed

FITTED = Cache[Normal]("baselines", Normal, most=5000)


def next_log(name: str, values: Array, at: Array) -> Array | None:
    """Return quantiles of the period after the last.

    Parameters
    ----------
    name
        `ETS` or `SARIMAX`.
    values : (T,)
        Of every period, nan where nothing was read.
    at : (Q,)
        Levels of the quantiles.

    Returns
    -------
    (Q,) or None
        None of fewer than `FEWEST` readings, or if the model cannot be fitted to them.
    """
    read = np.flatnonzero(np.isfinite(values))
    if len(read) < FEWEST:
        return None
    series = np.log1p(values[read[0] :])
    if np.ptp(series[np.isfinite(series)]) == 0:  # of what never moved there is no variance to fit
        return np.full(len(at), values[read[0]])
    key = name, version("statsmodels"), version("scipy"), series
    if (found := FITTED.load(*key)) is None:
        found = _computed(name, series)
        FITTED.save(found, *key)
    mean, sd = found
    if not (np.isfinite(mean) and np.isfinite(sd)):
        return None
    return np.asarray(np.expm1(np.maximum(mean + sd * ndtri(at), 0.0)))


def _computed(name: str, series: Array) -> Normal:
    from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing
    from statsmodels.tsa.statespace.sarimax import SARIMAX as Autoregression  # noqa: N811

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a baseline says what its last step says
        try:
            if name == ETS:
                model = ExponentialSmoothing(series)
            else:
                model = Autoregression(series, order=(1, 0, 0), trend="c")
            ahead = model.fit(disp=0).get_forecast(1)
            return float(ahead.predicted_mean[0]), float(ahead.se_mean[0])
        except (np.linalg.LinAlgError, ValueError):
            return math.nan, math.nan


RECENT = 12  # periods
PSEUDO = 4.0  # pseudo-counts: a third of what twelve readings weigh
_POINTS = 20  # that stand for the values of a class


@dataclass(frozen=True, slots=True)
class Past:
    """What was known of an indicator as-of the day of a forecast.

    Parameters
    ----------
    values : (T,)
        Per full period, from the case's first to the forecast period; nan: not read.
    scale
        Of its family.
    levels
        How many levels it has; 0 of what has none.
    edges : (E,)
        Where the classes of what has no levels begin, the first at 0; empty without thresholds.
    follows : (classes,)
        How probably each class follows that of the last value; empty where that is not known.
    """

    values: Array
    scale: Scale
    levels: int
    edges: Array
    follows: Array

    @property
    def recent(self) -> Array:
        """The values of the last twelve periods that were read."""
        last = self.values[-RECENT:]
        return np.asarray(last[np.isfinite(last)])


type Expected = Array | None
type Baseline = Callable[[Past, Array], Expected]


def pasts(case: Case, known: Known) -> dict[str, Past]:
    """The past of every indicator, by id."""
    periods = [case.first + t for t in range(known.period - case.first + 1)]
    values = {
        indicator.id: np.array(rates(indicator, known, periods), dtype=float)
        for indicator in case.indicators
    }
    shared: dict[Scale, Array] = defaultdict(lambda: np.zeros((len(THRESHOLDS) + 1,) * 2))
    for indicator in case.indicators:
        scale = FAMILIES[indicator.family].scale
        if scale != "level" and indicator.at_or_above:
            places = _places(indicator)
            own = _class_of(values[indicator.id], _edges(indicator))
            shared[scale] += _moves(np.where(own < 0, -1, places[own]), len(THRESHOLDS) + 1)
    return {i.id: _past(i, values[i.id], shared) for i in case.indicators}


def _past(indicator: Indicator, values: Array, shared: Mapping[Scale, Array]) -> Past:
    family = FAMILIES[indicator.family]
    scale = family.scale
    if scale != "level":
        levels, edges = 0, _edges(indicator)
        places, own = _places(indicator), len(edges) > 0
        moves = shared[scale][np.ix_(places, places)]
        classes = _class_of(values, edges)
    else:
        levels, edges = len(family.levels(indicator.levels)), np.zeros(0)
        classes, own = np.where(np.isfinite(values), values, -1).astype(np.intp), True
        moves = _moves(classes, levels)
    read = classes[classes >= 0]
    if not own or not read.size:
        return Past(values, scale, levels, edges, np.zeros(0))
    seen = moves[read[-1]] + 1 / len(moves)  # one move more, to every class alike
    return Past(values, scale, levels, edges, seen / seen.sum())


def _edges(indicator: Indicator) -> Array:
    """Return where classes of values begin: at 0 and at every threshold from above."""
    bounds = indicator.at_or_above or {}
    edges = [bounds[name] for name in THRESHOLDS if name in bounds]
    return np.array([0.0, *edges]) if edges else np.zeros(0)


def _places(indicator: Indicator) -> Index:
    """The place of each of its classes among ok, watch, warning and critical."""
    bounds = indicator.at_or_above or {}
    return np.array([0, *(n for n, name in enumerate(THRESHOLDS, 1) if name in bounds)])


def _class_of(values: Array, edges: Array) -> Index:
    """The class of each value, -1 where there is none."""
    found = np.searchsorted(edges, np.nan_to_num(values), side="right") - 1
    return np.where(np.isfinite(values), found, -1)


def _moves(classes: Index, number: int) -> Array:
    """Return how often each class followed each, in neighbouring periods."""
    count = np.zeros((number, number))
    before, after = classes[:-1], classes[1:]
    there = (before >= 0) & (after >= 0)
    np.add.at(count, (before[there], after[there]), 1.0)
    return count


def last_value(past: Past, at: Array) -> Expected:
    """Expect the last value again, surely."""
    return _empirical(past, past.recent[-1:], at)


def empirical(past: Past, at: Array) -> Expected:
    """Expect what the last twelve periods had."""
    return _empirical(past, past.recent, at)


def _empirical(past: Past, values: Array, at: Array) -> Expected:
    if not values.size:
        return None
    if past.levels:
        return np.bincount(values.astype(np.intp), minlength=past.levels) / len(values)
    return np.asarray(np.quantile(values, at))


def smoothed(past: Past, at: Array) -> Expected:
    """Expect what the last twelve periods had and what follows such a value elsewhere."""
    recent = past.recent
    if not recent.size or not past.follows.size:
        return None
    if past.levels:
        seen = np.bincount(recent.astype(np.intp), minlength=past.levels)
        return np.asarray((seen + PSEUDO * past.follows) / (len(recent) + PSEUDO))
    log = past.scale == "log"
    begin = np.log1p(past.edges) if log else past.edges
    end = 2 * begin[-1] - begin[-2] if log else 1.0  # the last as wide as that before it
    width = np.diff(begin, append=end)
    inside = (np.arange(_POINTS) + 0.5) / _POINTS
    spread = (begin[:, None] + width[:, None] * inside).ravel()
    values = np.concatenate([recent, np.expm1(spread) if log else spread])
    pseudo = np.repeat(PSEUDO / _POINTS * past.follows, _POINTS)
    order = np.argsort(values)
    share = np.cumsum(np.concatenate([np.ones(len(recent)), pseudo])[order])
    place = np.searchsorted(share / share[-1], at).clip(max=len(values) - 1)
    return np.asarray(values[order][place])


def _series(name: str) -> Baseline:
    def expect(past: Past, at: Array) -> Expected:
        return next_log(name, past.values, at) if past.scale == "log" else None

    return expect


BASELINES: dict[str, Baseline] = {
    LAST_VALUE: last_value,
    EMPIRICAL: empirical,
    SMOOTHED: smoothed,
    ETS: _series(ETS),
    SARIMAX: _series(SARIMAX),
}
