"""What a time-series model expects of a count's next period: ETS and SARIMAX, of log(1 + y).

Both as state-space models, so that a period that was not read is a gap and no value. ETS is simple
exponential smoothing with additive errors (a level that wanders), SARIMAX an autoregression of
order 1 with a mean (a level that returns); a trend or a season is more than some dozens of readings
can tell. statsmodels takes seconds to load and a fit a fraction of one, so what was computed is
cached under the hash of the series: a saving of time, no record.
"""

from __future__ import annotations

import math
import warnings
from importlib.metadata import version

import numpy as np
from scipy.special import ndtri

from forecast.kit.cache import Cache
from forecast.proof.scores import Array
from forecast.proof.types import ETS, FEWEST

type Normal = tuple[float, float]  # mean and sd of log(1 + y); nan of a fit that failed

BASELINES = Cache[Normal]("baselines", Normal, most=5000)


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
    if (found := BASELINES.load(*key)) is None:
        found = _computed(name, series)
        BASELINES.save(found, *key)
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
