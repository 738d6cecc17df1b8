"""What was learned, kept in the user's cache folder: deleting it costs minutes, nothing else.

Filed under the hash of the months learned from, where learning began, and the code that learned.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from benchmarks import panel_learn
from benchmarks.panel_learn import Learned, learn
from forecast.model.spec import Array


def learned_once(history: Array, start: Learned | None, *, plain: bool = False) -> Learned:
    """Do what `learn` does, or read what it gave before."""
    digest = hashlib.sha256(Path(panel_learn.__file__).read_bytes() + bytes([plain]))
    for part in (history, *(_arrays(start).values() if start else ())):
        digest.update(np.ascontiguousarray(part).tobytes())
    folder = user_cache_path("watchlist-forecast", appauthor=False) / "panel"
    path = folder / f"{digest.hexdigest()[:32]}.npz"
    if path.is_file():
        with np.load(path) as found:
            return Learned(**{name: found[name] for name in found.files})
    learned = learn(history, start, plain=plain)
    folder.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".waiting.npz")
    np.savez(waiting, **_arrays(learned))  # type: ignore[arg-type]  # its last parameter is a bool
    waiting.replace(path)  # whole or not at all
    return learned


def _arrays(learned: Learned) -> dict[str, Array]:
    return {f.name: np.asarray(getattr(learned, f.name)) for f in fields(learned)}
