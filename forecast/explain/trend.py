"""Whether an indicator's readings rise or fall: a local linear trend on the log scale.

Structural time series (Harvey 1989): a level that wanders, a slope that wanders more slowly, and
noise on top; missing periods stay missing. Counts are taken as log(1 + y), so a slope is a growth
rate. The trend describes readings and enters no forecast.

::

    y_t = level_t + noise     level_t+1 = level_t + slope_t + ...     slope_t+1 = slope_t + ...

Maximum likelihood on a dozen readings often puts a variance to zero and is then far too sure. So
slopes are averaged over a grid of the three standard deviations, each weighed by its likelihood,
even on the log scale (simulated slopes lie in these intervals as often as they should:
tests/explain/test_trend.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from statsmodels.tsa.statespace.structural import UnobservedComponents

from forecast.explain.types import TREND_NEEDS, Trend

_NOISE = (0.05, 0.15, 0.4, 1.0)  # standard deviations, in those of changes between readings
_SLOPE = (0.01, 0.04, 0.12, 0.4)
_LEVELS = (0.05, 0.5, 0.95)
_NORMAL = np.array([NormalDist().inv_cdf((n + 0.5) / 200) for n in range(200)])
_NEGLIGIBLE = 1e-3  # share of the weight below which a setting is left out


def trend(values: Sequence[float | None]) -> Trend:
    """Return the growth per period at the end of a series of counts.

    Parameters
    ----------
    values
        One per period, in full periods, None where missing.
    """
    series = np.array([np.nan if value is None else np.log1p(value) for value in values])
    read = series[~np.isnan(series)]
    if len(read) < TREND_NEEDS:
        return Trend(len(read), None, None, None)
    scale = float(np.sqrt(np.mean(np.diff(read) ** 2)))
    if scale == 0:  # nothing ever changed
        return Trend(len(read), 1.0, 1.0, 1.0)
    low, middle, high = (float(np.exp(slope)) for slope in _slope(series, scale))
    return Trend(len(read), middle, low, high)


def _slope(series: NDArray[np.float64], scale: float) -> list[float]:
    """Return the 5, 50 and 95 % points of the last slope, over all settings of the grid."""
    model = UnobservedComponents(series, level="lltrend")
    settings = [np.square(np.multiply(s, scale)) for s in product(_NOISE, _NOISE, _SLOPE)]
    told = np.array([model.loglike(setting) for setting in settings])
    weight = np.exp(told - told.max())
    weight /= weight.sum()
    chosen = np.flatnonzero(weight > _NEGLIGIBLE)
    smoothed = [model.smooth(settings[n]) for n in chosen]
    mean = np.array([found.smoothed_state[1, -1] for found in smoothed])
    sd = np.sqrt([found.smoothed_state_cov[1, 1, -1] for found in smoothed])
    slopes = (mean[:, None] + sd[:, None] * _NORMAL).ravel()
    order = slopes.argsort()
    below = weight[chosen].repeat(len(_NORMAL))[order].cumsum()
    return [float(x) for x in np.interp(_LEVELS, below / below[-1], slopes[order])]
