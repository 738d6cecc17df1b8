"""Fits in the user's cache folder: a saving of time, never a record.

A fit is cached under everything that determines it (arrays, sampler settings, versions of the
libraries that compute it). Deleting the folder changes only how long a refresh takes. The filter's
result for a fit's draws and some data may be cached too, under the code that computed it.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from forecast.kit.cache import Cache, sources_digest
from forecast.model import names
from forecast.model.data import Data
from forecast.model.fit import CHAINS, DRAWS, STATS, TUNE, Fit, Progress, fitted
from forecast.model.packing import pack
from forecast.model.parted import carried_on, parted
from forecast.model.powered import powered
from forecast.model.spec import Array

type Filtered = tuple[Array, Array]  # log-likelihood (S,) and scenario probabilities now (S, K)

FITS = Cache[Fit]("fits", Fit, most=250)  # some megabytes each: years of weekly forecasts
FILTERED = Cache[Filtered]("filtered", Filtered, most=60)  # a megabyte each: weeks of questions


def versions() -> dict[str, str]:
    """Return the versions of all that computes a posterior."""
    computing = ("numba", "numpy", "nutpie", "pymc", "pytensor", "scipy")
    return {"model": names.MODEL_VERSION} | {name: version(name) for name in computing}


def fit(data: Data, progress: Progress, *, refit: bool = False) -> Fit:
    """The fit to some data, from the cache if it is there and ``refit`` is not asked for.

    One that failed its gate is not sampled the same way again, but longer and from elsewhere.
    """
    found = kept(data)
    if found is not None and not refit:
        return found
    attempt = found.attempt + 1 if found is not None and found.failures else 1
    result = fitted(data, progress, attempt)
    FITS.save(replace(result, theta=result.theta.astype(np.float32)), *_key(data))
    return result


def kept(data: Data) -> Fit | None:
    """Return the fit to some data if it is in the cache."""
    found = FITS.load(*_key(data))
    return None if found is None else replace(found, theta=found.theta.astype(np.float64))


def at_hand(data: Data) -> bool:
    """Whether the cache has a fit to some data, sound or not."""
    return FITS.path(*_key(data)).exists()


def told(theta: Array, data: Data, *, keep: bool) -> tuple[Array, Array]:
    """Return what `powered` does to the power of 1, from the cache as far as it is there.

    Parameters
    ----------
    keep
        In the cache, both for whoever asks again and for whoever asks of other readings of the
        last period.
    """
    if keep and (found := told_before(theta, data)) is not None:
        return found
    found = _from_the_past(theta, data, keep=keep) or powered(theta, data, 1.0)
    if keep:
        remember(theta, data, *found)
    return found


def _from_the_past(theta: Array, data: Data, *, keep: bool) -> tuple[Array, Array] | None:
    """Return it from what all before the last period says, None if that is not and need not be."""
    if (parts := parted(data)) is None:
        return None
    past, last = parts
    if (said := told_before(theta, past)) is None:
        if not keep:
            return None
        said = powered(theta, past, 1.0)
        remember(theta, past, *said)
    return carried_on(theta, last, *said)


def told_before(theta: Array, data: Data) -> tuple[Array, Array] | None:
    """Return what `told` would if it is in the cache."""
    return FILTERED.load(*_filtered_key(theta, data))


def remember(theta: Array, data: Data, loglik: Array, now: Array) -> None:
    """Cache what `told` returns: it was had on the way to more."""
    FILTERED.save((loglik, now), *_filtered_key(theta, data))


def _filtered_key(theta: Array, data: Data) -> tuple[object, ...]:
    return sources_digest(Path(__file__).parent), theta, pack(data)  # to the last bit of the code


def _key(data: Data) -> tuple[object, ...]:
    settings = {"chains": CHAINS, "draws": DRAWS, "tune": TUNE, "seed": names.SEED}
    return settings, versions(), STATS, "tempered if failed", pack(data)
