"""Exponentials and logarithms along the nodes, many at once; and the links of parameters.

A compiler turns a loop of arithmetic into vector instructions, but not one that calls ``exp`` or
``log1p``. Here both are arithmetic alone, within a few units in the last place of numpy's
(tests/model/test_elementary.py). A loop stays scalar if division tests for zero (``error_model``)
or an array is not known to be contiguous (a slice, a part of an unpacked array), and what is left
over of a multiple of 16 elements is done one by one.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.model.jit import compiled
from forecast.model.spec import Array

_LOG2 = 0.6931471805599453
_LOG2_HIGH = 6.93147180369123816490e-01  # exact when multiplied by a whole number below 2^20
_LOG2_LOW = 1.90821492927058770002e-10
_ROUND = 1.5 * 2.0**52  # adding it leaves a whole number in the low bits of a double
_LOW_BITS = int(np.array([_ROUND]).view(np.int64)[0]) - 1023
_LEAST = -708.0  # below it e^x is taken for 0


@compiled
def softplus(x: float, steps: Array, boost: Array, share: Array, excess: Array) -> None:
    """Write log(1 + e^v) into ``excess`` and its slope into ``share``, v = x + steps.

    Parameters
    ----------
    steps, boost, share, excess : (Q,)
        ``boost`` is e^steps, which many calls share.

    With z = min(e^v, e^-v), log(1 + z) is an odd series in z/(2 + z), for large z in the same of
    (1 + z)/2: no argument is above 0.1716, and eleven terms are exact.
    """
    odds = np.exp(x)
    for i in range(len(steps)):
        e = odds * boost[i]
        z = min(e, 1.0 / e)
        share[i] = (1.0 if e > 1.0 else z) / (1.0 + z)
        large = z > 0.4142135623730951
        w = (z - 1.0 if large else z) / (z + 3.0 if large else z + 2.0)
        s = w * w
        tail = 1 / 15 + s * (1 / 17 + s * (1 / 19 + s * (1 / 21)))
        tail = s * (1 / 9 + s * (1 / 11 + s * (1 / 13 + s * tail)))
        series = 1.0 + s * (1 / 3 + s * (1 / 5 + s * (1 / 7 + tail)))
        excess[i] = max(x + steps[i], 0.0) + (_LOG2 if large else 0.0) + 2.0 * w * series


@compiled
def exp_below(x: Array, out: Array, power: Array) -> None:
    """Write e^x into ``out`` for x <= 0; what is below 1e-307 becomes 0. ``power`` is scratch.

    What is not a number stays so: a density may not be made up of it.
    """
    for i in range(len(x)):
        v = _LEAST if x[i] < _LEAST else x[i]
        shifted = v * (1.0 / _LOG2) + _ROUND
        whole = shifted - _ROUND
        r = (v - whole * _LOG2_HIGH) - whole * _LOG2_LOW
        s = r * r
        low = 1.0 + r + s * (1 / 2 + r * (1 / 6)) + s * s * (1 / 24 + r * (1 / 120))
        high = 1 / 720 + r * (1 / 5040) + s * (1 / 40320 + r * (1 / 362880))
        high += s * s * (1 / 3628800 + r * (1 / 39916800) + s * (1 / 479001600))
        out[i] = low + s * s * s * high
        power[i] = shifted
    bits = power.view(np.int64)
    for i in range(len(bits)):
        bits[i] = (bits[i] - _LOW_BITS) << 52
    for i in range(len(x)):
        out[i] *= 0.0 if x[i] <= _LEAST else power[i]


@compiled
def sigmoid(x: float) -> float:
    """Return 1 / (1 + e^-x)."""
    return 1.0 / (1.0 + math.exp(-x))


@compiled
def log1p_exp(x: float) -> float:
    """Return log(1 + e^x), also where e^x is beyond a double."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@compiled
def softmax(centre: Array, scale: float, z: Array, out: Array) -> None:
    """Write softmax(centre + scale z) into ``out``; a centre of minus infinity gives exactly 0.

    Examples
    --------
    >>> out = np.empty(3)
    >>> softmax(np.array([0.0, np.log(3.0), -np.inf]), 0.5, np.zeros(3), out)
    >>> out
    array([0.25, 0.75, 0.  ])
    """
    top = -np.inf
    for i in range(len(z)):
        out[i] = centre[i] + scale * z[i]
        top = max(top, out[i])
    total = 0.0
    for i in range(len(z)):
        out[i] = np.exp(out[i] - top)
        total += out[i]
    for i in range(len(z)):
        out[i] /= total


@compiled
def softmax_back(share: Array, scale: float, slope: Array, out: Array) -> None:
    """Add to ``out`` the gradient in z, given that in the shares."""
    mean = 0.0
    for i in range(len(share)):
        mean += share[i] * slope[i]
    for i in range(len(share)):
        out[i] += scale * share[i] * (slope[i] - mean)
