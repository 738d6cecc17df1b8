"""Data and free parameters as flat vectors, and back.

PyTensor and the sampler compile slowly for every array they are handed, so at their door `Data`
travels as one vector of floats and one of whole numbers (`pack` and `unpack` are each other's
inverse), and all free parameters as one vector: those of chain and counts (`split`), then those of
every block of series.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.model.data import CORE, DATA, Data, Raw, blocks_of
from forecast.model.jit import compiled
from forecast.model.spec import Array, Index

__all__ = [
    "Raw",
    "blocks",
    "chain_sizes_of",
    "pack",
    "raw_of",
    "shapes",
    "signs_of",
    "size_of",
    "sizes_of",
    "split",
    "unpack",
]

unpack = DATA.unpack  # compiled
split = CORE.split  # compiled: views of the parameters of chain and counts, or of their gradient

_K, _C, _T, _M, _N, _B = (
    DATA.dims.index(dim) for dim in ("scenario", "count", "period", "life", "state", "sign")
)


def pack(data: Data) -> tuple[Array, Index]:
    """All floats, and all whole numbers behind the sizes of dimensions; last how many series."""
    numbers, whole = DATA.pack(data)
    return numbers, np.append(whole, data.series_table[:, -1].sum())


@compiled
def sizes_of(whole: Index) -> tuple[int, int, int]:
    """How many scenarios, periods, and parts of emissions (`emissions`) are packed."""
    return whole[_K], whole[_T], whole[_C] + whole[-1] + 2


@compiled
def signs_of(whole: Index) -> int:
    """How many scenarios something is a sign of."""
    signs: int = whole[_B]
    return signs


def raw_of(theta: Array, data: Data) -> Raw:
    """What `split` gives compiled code, for Python."""
    return CORE.views(theta, data)


@compiled
def chain_sizes_of(whole: Index) -> tuple[int, int]:
    """How many lives scenarios have at most, and how many states the chain has."""
    return whole[_M], whole[_N]


def shapes(data: Data) -> dict[str, tuple[int, ...]]:
    """The shape of every free parameter, in the order of their one vector."""
    found = CORE.shapes(data)
    for block in blocks_of(data):
        found |= block.family.free.shapes(block.values)
    return found


def size_of(data: Data) -> int:
    """How many free parameters there are, D."""
    return sum(math.prod(shape) for shape in shapes(data).values())


def blocks(data: Data) -> dict[str, slice]:
    """Where every free parameter stands in their one vector."""
    ends = np.cumsum([math.prod(shape) for shape in shapes(data).values()]).tolist()
    return dict(zip(shapes(data), map(slice, [0, *ends[:-1]], ends), strict=True))
