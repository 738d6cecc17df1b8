"""Loops over draws and parameters, shared among threads: compiled code and numpy hold no lock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from forecast.model.spec import Array

_PARTS = 4  # that threads share


def over_parts(
    loop: Callable[..., tuple[Array, ...]], *arrays: Array, fewest: int = 200
) -> tuple[Array, ...]:
    """Return what a loop over draws gives, (S, ...) each, for arrays over draws, (S, ...) each.

    Parameters
    ----------
    loop
        Each draw by itself: the same whichever others it is handed with.
    fewest
        Draws that are worth a thread.
    """
    many = _PARTS if len(arrays[0]) > fewest else 1
    if many == 1:
        return loop(*map(np.ascontiguousarray, arrays))
    parts = zip(*(np.array_split(np.ascontiguousarray(a), many) for a in arrays), strict=True)
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda part: loop(*part), parts))
    return tuple(np.concatenate(pieces) for pieces in zip(*done, strict=True))
