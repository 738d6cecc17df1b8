"""A stand-in for the sampler, and a cache of its own: all that follows the draws is the program."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np

from forecast.kit.cache import cache_folder
from forecast.model.data import Data
from forecast.model.fit import Fit, Progress, examine
from forecast.model.packing import blocks, size_of

CHAINS, DRAWS = 4, 250
SPREAD = 0.3  # sd of the draws: weights between neighbouring weeks stay usable


def fixed_draws(data: Data, progress: Progress, attempt: int = 1) -> Fit:
    """Independent draws, of a seed of each parameter's own."""
    del progress, attempt
    theta = np.empty((CHAINS, DRAWS, size_of(data)))
    for name, block in blocks(data).items():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        theta[:, :, block] = SPREAD * rng.normal(size=(CHAINS, DRAWS, block.stop - block.start))
    return examine(data, theta, 0)


@contextmanager
def standing_in(folder: Path) -> Iterator[None]:
    """No sampling, and a cache in a new folder of which only compiled code is the user's."""
    compiled = cache_folder("compiled")
    compiled.mkdir(parents=True, exist_ok=True)
    folder.mkdir()
    (folder / "compiled").symlink_to(compiled)
    with (
        patch("forecast.model.store.fitted", fixed_draws),
        patch("forecast.explain.check.sample", lambda *given, **_: fixed_draws(*given)),
        patch("forecast.kit.cache.user_cache_path", lambda *_, **__: folder),
    ):
        yield
