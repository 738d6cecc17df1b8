"""Fits kept in the user's cache folder: a saving of time, never a record.

A fit is filed under the hash of everything that determines it (arrays, sampler settings, versions
of the libraries that compute it). Deleting the folder changes only how long a refresh takes. Plain
arrays in one .npz per fit behind its check sum, no pickle, written whole or not at all. What a
fit's draws say of some data may be kept too, beside the code that computed it.
"""

from __future__ import annotations

import hashlib
import io
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from forecast import caches
from forecast.model import names
from forecast.model.caches import code_folder, fits_folder
from forecast.model.data import Data
from forecast.model.fit import CHAINS, DRAWS, STATS, TUNE, Fit, Progress, fitted
from forecast.model.packing import pack
from forecast.model.parted import carried_on, parted
from forecast.model.powered import powered
from forecast.model.spec import Array

_STAT = "stat_"  # before the names of the sampler's statistics in a file
_TOLD = 60  # files of what draws say, a megabyte each: some weeks of questions


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
    _save(_path(data), result)
    return result


def kept(data: Data) -> Fit | None:
    """Return the fit to some data if it is in the cache."""
    return _load(_path(data))


def at_hand(data: Data) -> bool:
    """Whether the cache has a fit to some data, sound or not."""
    return _path(data).exists()


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
    found = _read(_told_path(theta, data))
    return (found["loglik"], found["now"]) if found else None


def remember(theta: Array, data: Data, loglik: Array, now: Array) -> None:
    """Keep what `told` returns: it was had on the way to more."""
    path = _told_path(theta, data)
    _write(path, loglik=loglik, now=now)
    caches.thin(path.parent, _TOLD)


def _told_path(theta: Array, data: Data) -> Path:
    digest = hashlib.sha256(np.ascontiguousarray(theta))
    for part in pack(data):
        digest.update(part)
    return code_folder() / "told" / digest.hexdigest()[:32]  # of this very code, to the last bit


def _path(data: Data) -> Path:
    return fits_folder() / f"{_key(data)}.fit"


def _key(data: Data) -> str:
    settings = {"chains": CHAINS, "draws": DRAWS, "tune": TUNE, "seed": names.SEED} | versions()
    settings["gate"] = "tempered if failed"
    settings["stats"] = " ".join(STATS)
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for part in pack(data):
        digest.update(part.tobytes())
    return digest.hexdigest()[:32]


def _save(path: Path, fit: Fit) -> None:
    about = {
        "rhat_max": fit.rhat_max,
        "ess_min": fit.ess_min,
        "divergences": fit.divergences,
        "surprises": [[c, k, sd] for (c, k), sd in fit.surprises.items()],
        "failures": fit.failures,
        "tempered": fit.tempered,
        "attempt": fit.attempt,
    }
    theta = fit.theta.astype(np.float32)
    stats = {f"{_STAT}{name}": values for name, values in fit.stats.items()}
    _write(path, about=np.array(json.dumps(about)), theta=theta, loglik=fit.loglik, **stats)


def _load(path: Path) -> Fit | None:
    """Return what was saved; None if it is absent, damaged, or of another version."""
    if (kept := _read(path)) is None:
        return None
    try:
        about = json.loads(str(kept["about"]))
        surprises = {(c, k): sd for c, k, sd in about.pop("surprises")}
        theta = kept["theta"].astype(np.float64)
        stats = {n.removeprefix(_STAT): kept[n] for n in kept if n.startswith(_STAT)}
        return Fit(theta=theta, loglik=kept["loglik"], surprises=surprises, stats=stats, **about)
    except (ValueError, KeyError, TypeError):
        return None


def _write(path: Path, **arrays: Any) -> None:
    archive = io.BytesIO()
    np.savez(archive, **arrays)
    caches.keep(path, archive.getvalue())


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """Return the arrays that were written; None if they are absent or damaged."""
    if (whole := caches.kept(path)) is None:
        return None
    try:
        with np.load(io.BytesIO(whole), allow_pickle=False) as file:
            return dict(file)
    except ValueError:
        return None
