"""What a time-series model expects of a count's next period: ETS and SARIMAX, of log(1 + y).

Both as state-space models, so that a period that was not read is a gap and no value. ETS is simple
exponential smoothing with additive errors (a level that wanders), SARIMAX an autoregression of
order 1 with a mean (a level that returns); a trend or a season is more than some dozens of readings
can tell. statsmodels takes seconds to load and a fit a fraction of one, so what was computed is
kept in the user's cache folder, filed under the hash of the series: a saving of time, no record.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from forecast import caches
from forecast.proof.scores import Array
from forecast.proof.types import ETS, FEWEST

type Normal = tuple[float, float]  # mean and sd of log(1 + y)


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
    path = _path(name, series)
    mean, sd = _kept(path) or _computed(name, series, path)
    if not (np.isfinite(mean) and np.isfinite(sd)):
        return None
    return np.asarray(np.expm1(np.maximum(mean + sd * ndtri(at), 0.0)))


def _computed(name: str, series: Array, path: Path) -> Normal:
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
            found = float(ahead.predicted_mean[0]), float(ahead.se_mean[0])
        except (np.linalg.LinAlgError, ValueError):
            found = np.nan, np.nan
    caches.keep(path, json.dumps(found).encode())
    return found


def _kept(path: Path) -> Normal | None:
    if (text := caches.kept(path)) is None:
        return None
    mean, sd = json.loads(text)
    return float(mean), float(sd)


def _path(name: str, series: Array) -> Path:
    key = hashlib.sha256(f"{name} {version('statsmodels')} {version('scipy')}".encode())
    key.update(series.tobytes())
    return caches.cache_folder("baselines") / f"{key.hexdigest()[:32]}.json"
