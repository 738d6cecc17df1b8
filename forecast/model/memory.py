"""What a count remembers: its last reading, and a mean of it and those before.

With u the log of 1 plus a reading, l its usual value in a scenario, ``recent`` q and ``decay`` c, a
count remembers of what it was off the usual, x = u - l::

    m = q x + (1 - q) s,        s' = c^g s + n x',        n = (1 - c) trust

g periods later; with q = 1 the last reading alone. The mean s begins at the usual, and what was not
read counts as usual. While a scenario holds, ``x' = rho^g m + e``, and x must keep the variance w
that was asked: ``Var(e) = w (1 - rho^(2g) V)``, where ``V w`` is the variance of m. It follows from
those of its parts, as shares of w: X, the covariance of x and s, and S, the variance of s::

    V  = q^2 + 2 q (1 - q) X + (1 - q)^2 S
    X' = c^g C + n,        S' = c^(2g) S + 2 c^g n C + n^2,        C = rho^g (q X + (1 - q) S)
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

_STEPS = 1000  # after which nothing is left of a shock, for an inertia of up to 0.95


class Moments(NamedTuple):
    """X and S of the top of this module, and their slopes in rho: numbers, or arrays over draws."""

    covariance: Any
    variance: Any
    by_covariance: Any
    by_variance: Any


class Kept(NamedTuple):
    """What is remembered of readings.

    value
        Before what is usual is taken off.
    weight
        How many times the usual is to be taken off.
    variance
        V of the top of this module.
    """

    value: Any
    weight: float
    variance: Any


def begun(new: float) -> Moments:
    """Return the moments of a mean of one reading, of which a share ``new`` went into it."""
    return Moments(new, new * new, 0.0, 0.0)


def followed(m: Moments, inertia: Any, gap: float, q: float, fade: float, new: float) -> Moments:
    """Return the moments once another reading has followed.

    Parameters
    ----------
    gap
        Periods after the one before.
    q
        Share of the last reading in what is remembered.
    fade
        What is left of the mean by then.
    new
        Share of the reading that goes into the mean.
    """
    share, steeper = inertia**gap, gap * inertia ** (gap - 1.0)
    held = q * m.covariance + (1.0 - q) * m.variance
    together = share * held
    by_together = steeper * held + share * (q * m.by_covariance + (1.0 - q) * m.by_variance)
    return Moments(
        fade * together + new,
        fade * fade * m.variance + 2.0 * fade * new * together + new * new,
        fade * by_together,
        fade * fade * m.by_variance + 2.0 * fade * new * by_together,
    )


def varied(m: Moments, q: float) -> tuple[Any, Any]:
    """Return V, from 0 to 1 (and exactly 1 if q is), and its slope in rho."""
    p = 1.0 - q
    value = q * q + 2.0 * q * p * m.covariance + p * p * m.variance
    return value, 2.0 * q * p * m.by_covariance + p * p * m.by_variance


def stationary_variance(inertia: float, recent: float, decay: float) -> float:
    """Return V of a count that is read every period and for ever."""
    moments = begun(1.0 - decay)
    for _ in range(_STEPS if recent < 1.0 else 0):
        moments = followed(moments, inertia, 1.0, recent, decay, 1.0 - decay)
    return float(varied(moments, recent)[0])


def third_cumulant_of_shocks(inertia: float, recent: float, decay: float) -> float:
    """Return the third cumulant of what is new in a period as a share of the stationary one.

    That is 1 over the sum of cubes of what a shock of 1 leaves in its own period and all after it.
    """
    if recent == 1.0:
        return 1.0 - inertia**3
    x, mean, total = 1.0, 1.0 - decay, 1.0
    for _ in range(_STEPS):
        x = inertia * (recent * x + (1.0 - recent) * mean)
        mean = decay * mean + (1.0 - decay) * x
        total += x**3
    return 1.0 / total


class Remembered:
    """What is left of readings of one count, one after another.

    Parameters
    ----------
    recent, decay
        Of the count.
    inertia
        Of the count, a number or an array over draws: on it hangs the variance alone.
    """

    def __init__(self, recent: float, decay: float, inertia: Any = 0.0) -> None:
        self._recent, self._decay, self._inertia = float(recent), float(decay), inertia
        self._moments: Moments | None = None
        self._mean: Any = 0.0
        self._weight, self._source, self._last = 0.0, -1, 0

    def add(self, value: Any, period: int, source: int, trust: float) -> Kept:
        """Return what is remembered once this reading is the last.

        The mean is of readings of one source: another begins it anew, as a total over several
        periods does (`forget`).

        Parameters
        ----------
        value
            Log of 1 plus a count per full period, a number or an array over draws.
        trust
            How much of the reading goes into the mean; the rest of it counts as usual.
        """
        q, new = self._recent, (1.0 - self._decay) * trust
        if q == 1.0:
            return Kept(value, 1.0, 1.0)
        if self._moments is None or source != self._source:
            self._moments, fade = begun(new), 0.0
        else:
            gap = float(period - self._last)
            fade = self._decay**gap
            self._moments = followed(self._moments, self._inertia, gap, q, fade, new)
        self._mean = fade * self._mean + new * value
        self._weight = fade * self._weight + new
        self._source, self._last = source, period
        return Kept(
            q * value + (1.0 - q) * self._mean,
            q + (1.0 - q) * self._weight,
            varied(self._moments, q)[0],
        )

    def forget(self) -> None:
        """Begin anew."""
        self._moments = None
        self._mean, self._weight = 0.0, 0.0


def decay_of(halflife: float) -> float:
    """Return the decay with which a reading weighs half as much after so many periods."""
    return float(np.exp2(-1.0 / halflife))
