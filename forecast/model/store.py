"""Fits kept in the user's cache folder: a saving of time, never a record.

A fit is filed under the hash of everything that determines it (arrays, sampler settings, versions
of the libraries that compute it). Deleting the folder changes only how long a refresh takes. Plain
arrays in one .npz per fit behind its check sum, no pickle, written whole or not at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

from forecast.model import names
from forecast.model.caches import fits_folder
from forecast.model.data import Data
from forecast.model.fit import CHAINS, DRAWS, TUNE, Fit, Progress, sample
from forecast.model.packing import pack

_DIGEST = hashlib.sha256().digest_size


def versions() -> dict[str, str]:
    """Return the versions of all that computes a posterior."""
    computing = ("numba", "numpy", "nutpie", "pymc", "pytensor", "scipy")
    return {"model": names.MODEL_VERSION} | {name: version(name) for name in computing}


def fit(data: Data, progress: Progress, *, refit: bool = False) -> Fit:
    """Return the fit to some data, from the cache if it is there and ``refit`` is not asked for."""
    if not refit and (found := kept(data)) is not None:
        return found
    result = sample(data, progress)
    _save(_path(data), result)
    return result


def kept(data: Data) -> Fit | None:
    """Return the fit to some data if it is in the cache."""
    return _load(_path(data))


def _path(data: Data) -> Path:
    return fits_folder() / f"{_key(data)}.fit"


def _key(data: Data) -> str:
    settings = {"chains": CHAINS, "draws": DRAWS, "tune": TUNE, "seed": names.SEED} | versions()
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
    }
    archive = io.BytesIO()
    np.savez(
        archive,
        about=np.array(json.dumps(about)),
        theta=fit.theta.astype(np.float32),
        loglik=fit.loglik,
    )
    whole = archive.getvalue()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(hashlib.sha256(whole).digest() + whole)
        Path(file.name).replace(path)
    except OSError:
        return  # a cache that cannot be written costs time next week, nothing else


def _load(path: Path) -> Fit | None:
    """Return what was saved; None if it is absent, damaged, or of another version."""
    try:
        kept = path.read_bytes()
    except OSError:
        return None
    digest, whole = kept[:_DIGEST], kept[_DIGEST:]
    if hashlib.sha256(whole).digest() != digest:
        return None
    try:
        with np.load(io.BytesIO(whole), allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            theta, loglik = file["theta"].astype(np.float64), file["loglik"]
        surprises = {(c, k): sd for c, k, sd in about.pop("surprises")}
        return Fit(theta=theta, loglik=loglik, surprises=surprises, **about)
    except (ValueError, KeyError, TypeError):
        return None
