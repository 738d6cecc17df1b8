"""Data and parameters as flat vectors, and back.

PyTensor and the sampler compile slowly for every array they are handed, so at their door `Data`
travels as one vector of floats and one of whole numbers (`pack` and `unpack` are each other's
inverse), and all free parameters as one vector (`split`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.model.data import Data
from forecast.model.jit import compiled, inner
from forecast.model.spec import Array, Index

WHOLE = 15  # fields of `Data` that are whole numbers, its last


def pack(data: Data) -> tuple[Array, Index]:
    """Return all floats, and all whole numbers behind the sizes of arrays."""
    (periods, scenarios), (ordinals, _, levels) = data.evidence.shape, data.level_centre.shape
    sizes = [scenarios, periods, len(data.centre), len(data.value)]
    sizes += [ordinals, len(data.at), levels]
    sizes += [len(data.house_sd), len(data.shift), len(data.overlap_value), len(data.nodes)]
    floats, whole = data[:-WHOLE], data[-WHOLE:]
    return (
        np.concatenate([np.ravel(part) for part in floats]),
        np.concatenate([np.array(sizes, dtype=np.int64), *whole]),
    )


@inner
def _edges(first: int, sizes: tuple[int, ...]) -> Index:
    """Return where arrays of these sizes begin, and where the last ends."""
    out = np.empty(len(sizes) + 1, dtype=np.int64)
    out[0] = first
    for i in range(len(sizes)):
        out[i + 1] = out[i] + sizes[i]
    return out


@inner
def unpack(numbers: Array, whole: Index) -> Data:
    """Undo `pack`: views, nothing is copied."""
    k, t, c, n, j, m, v, h, p, r, q = (
        whole[0], whole[1], whole[2], whole[3], whole[4],
        whole[5], whole[6], whole[7], whole[8], whole[9], whole[10],
    )  # fmt: skip
    a = _edges(
        0,
        (
            k, k, k, k, k * k, k,
            c * k, c * k, c * k, c, q, q, c, c, c, h, h, c * k, c * k, n, n, n, n, n, n, n * k,
            p, p, p, p, r, r, r, r, r, r * k,
            j * k * v, j * k, j, m, m, m, m, t * k,
        ),
    )  # fmt: skip
    w = _edges(11, (n, n, n, n, n, n, n + 1, p, r, r, r, m, m, m, m))
    return Data(
        numbers[a[0] : a[1]],
        numbers[a[1] : a[2]],
        numbers[a[2] : a[3]],
        numbers[a[3] : a[4]],
        numbers[a[4] : a[5]].reshape((k, k)),
        numbers[a[5] : a[6]],
        numbers[a[6] : a[7]].reshape((c, k)),
        numbers[a[7] : a[8]].reshape((c, k)),
        numbers[a[8] : a[9]].reshape((c, k)),
        numbers[a[9] : a[10]],
        numbers[a[10] : a[11]],
        numbers[a[11] : a[12]],
        numbers[a[12] : a[13]],
        numbers[a[13] : a[14]],
        numbers[a[14] : a[15]],
        numbers[a[15] : a[16]],
        numbers[a[16] : a[17]],
        numbers[a[17] : a[18]].reshape((c, k)),
        numbers[a[18] : a[19]].reshape((c, k)),
        numbers[a[19] : a[20]],
        numbers[a[20] : a[21]],
        numbers[a[21] : a[22]],
        numbers[a[22] : a[23]],
        numbers[a[23] : a[24]],
        numbers[a[24] : a[25]],
        numbers[a[25] : a[26]].reshape((n, k)),
        numbers[a[26] : a[27]],
        numbers[a[27] : a[28]],
        numbers[a[28] : a[29]],
        numbers[a[29] : a[30]],
        numbers[a[30] : a[31]],
        numbers[a[31] : a[32]],
        numbers[a[32] : a[33]],
        numbers[a[33] : a[34]],
        numbers[a[34] : a[35]],
        numbers[a[35] : a[36]].reshape((r, k)),
        numbers[a[36] : a[37]].reshape((j, k, v)),
        numbers[a[37] : a[38]].reshape((j, k)),
        numbers[a[38] : a[39]],
        numbers[a[39] : a[40]],
        numbers[a[40] : a[41]],
        numbers[a[41] : a[42]],
        numbers[a[42] : a[43]],
        numbers[a[43] : a[44]].reshape((t, k)),
        whole[w[0] : w[1]],
        whole[w[1] : w[2]],
        whole[w[2] : w[3]],
        whole[w[3] : w[4]],
        whole[w[4] : w[5]],
        whole[w[5] : w[6]],
        whole[w[6] : w[7]],
        whole[w[7] : w[8]],
        whole[w[8] : w[9]],
        whole[w[9] : w[10]],
        whole[w[10] : w[11]],
        whole[w[11] : w[12]],
        whole[w[12] : w[13]],
        whole[w[13] : w[14]],
        whole[w[14] : w[15]],
    )


@compiled
def sizes_of(whole: Index) -> tuple[int, int, int]:
    """Return how many scenarios, periods, and parts of emissions (`emissions`) are packed."""
    return whole[0], whole[1], whole[2] + whole[4] + 2


class Raw(NamedTuple):
    """The free parameters, all standard normal a priori; also the shape of a gradient.

    duration : (K,), successor : (K, K), location : (C, K), dispersion, inertia : (C,),
    shared : (1,) or (0,) if no count shares a shock, house : (H,), level : (J, K, L), hold : (J,)
    """

    duration: Array
    successor: Array
    location: Array
    dispersion: Array
    inertia: Array
    shared: Array
    house: Array
    level: Array
    hold: Array


@compiled
def split(theta: Array, data: Data) -> Raw:
    """Return views of one flat parameter vector (or of its gradient)."""
    k = len(data.start)
    c = len(data.centre)
    s = 0
    for least in data.least:
        s = 1 if least != 0.0 else s
    h = len(data.house_sd)
    j, _, v = data.level_centre.shape
    cuts = _edges(0, (k, k * k, c * k, c, c, s, h, j * k * v, j))
    return Raw(
        theta[cuts[0] : cuts[1]],
        theta[cuts[1] : cuts[2]].reshape((k, k)),
        theta[cuts[2] : cuts[3]].reshape((c, k)),
        theta[cuts[3] : cuts[4]],
        theta[cuts[4] : cuts[5]],
        theta[cuts[5] : cuts[6]],
        theta[cuts[6] : cuts[7]],
        theta[cuts[7] : cuts[8]].reshape((j, k, v)),
        theta[cuts[8] : cuts[9]],
    )


def shapes(data: Data) -> dict[str, tuple[int, ...]]:
    """Return the shape of every free parameter, in the order of `Raw`."""
    scenarios, counts = len(data.start), len(data.centre)
    return {
        "duration": (scenarios,),
        "successor": (scenarios, scenarios),
        "location": (counts, scenarios),
        "dispersion": (counts,),
        "inertia": (counts,),
        "shared": (int(np.any(data.least != 0)),),
        "house": (len(data.house_sd),),
        "level": data.level_centre.shape,
        "hold": data.level_centre.shape[:1],
    }


def size_of(data: Data) -> int:
    """Return how many free parameters there are, D."""
    return sum(math.prod(shape) for shape in shapes(data).values())


def blocks(data: Data) -> dict[str, slice]:
    """Return where every free parameter stands in their one vector."""
    ends = np.cumsum([math.prod(shape) for shape in shapes(data).values()]).tolist()
    return dict(zip(shapes(data), map(slice, [0, *ends[:-1]], ends), strict=True))
