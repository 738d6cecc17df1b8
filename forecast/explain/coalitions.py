"""Probabilities under any coalition of causes, from one set of draws.

What two forecasts are compared by must not differ by the luck of two samplers, so all coalitions
between them are told by the same draws: some of the first posterior, some of the second, pooled.
With L the likelihoods of all that was read and Z their normalising constants, the pool has density

    q(theta) = p(theta) (n_0 L_0 / Z_0 + n_1 L_1 / Z_1) / (n_0 + n_1)

(the balance heuristic of Veach and Guibas 1995), and a draw counts L_S / (q / p) for a coalition S.
Only Z_1 / Z_0 is unknown; it solves Bennett's equation, which is optimal bridge sampling (Meng and
Wong 1996). Where the second forecast is an update of the first one's fit, both lots come from one
sampler's run; the mathematics does not ask.

Draws are thinned over the ordered probabilities of the scenario that they disagree most on, which
keeps averages.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from forecast.model.data import Data, data_of
from forecast.model.fit import Progress
from forecast.model.packing import pack
from forecast.model.parted import carried_on, parted
from forecast.model.powered import powered
from forecast.model.reweight import reweight, tells
from forecast.model.spec import Array, Index, Spec
from forecast.model.update import Houses, carried
from forecast.refresh.draws import Draws, normalised

_HALVINGS = 100  # of an interval that is at most some thousand nats wide
_PASTS = 50  # that are remembered: half a megabyte each


@dataclass(frozen=True, slots=True)
class Told:
    """What draws say of a coalition: probabilities (K,), and how far they can be trusted.

    ``ess`` is the effective number of draws, ``sure`` whether their weights can stand for it.
    """

    now: Array
    ess: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Pool:
    """Distinct draws of two posteriors of one case.

    Parameters
    ----------
    theta : (S, D)
        With the offsets of all sources of the second.
    log_density : (S,)
        Log of how densely they lie, over the prior density and times how often each was drawn.
    data, houses
        What the second was told, and whose offsets its draws have.
    """

    theta: Array
    log_density: Array
    data: Data
    houses: Houses
    _pasts: dict[bytes, tuple[Array, Array]] = field(default_factory=dict, init=False)

    @classmethod
    def of(cls, first: Draws, then: Spec, second: Draws, now: Spec, size: int) -> Pool:
        """Pool ``size`` draws of each posterior; what each was told is given beside it."""
        some = carried(_thinned(first, size), first.data, then.counts.houses, now.counts.houses)
        more = _thinned(second, size)
        theta, often = np.unique(np.concatenate([some, more]), axis=0, return_counts=True)
        sizes = len(some), len(more)
        houses = now.counts.houses, then.counts.houses
        before, _ = powered(carried(theta, second.data, *houses), first.data, 1.0)
        after, _ = powered(theta, second.data, 1.0)
        shift = log_constants(before, after, often, sizes)
        density = np.logaddexp(np.log(sizes[0]) + before, np.log(sizes[1]) + after - shift)
        return cls(theta, density - np.log(often), second.data, now.counts.houses)

    def told(self, data: Data, houses: Houses) -> Told:
        """Return what the draws say if the model were told this, by sources with these offsets."""
        theta = carried(self.theta, self.data, self.houses, houses)
        loglik, now = self._filtered(theta, data, houses)
        weights, khat = reweight(loglik - self.log_density)
        mean = weights @ now
        return Told(normalised(mean), 1 / float((weights**2).sum()), tells(weights, khat))

    def _filtered(self, theta: Array, data: Data, houses: Houses) -> tuple[Array, Array]:
        """Return what `powered` does; coalitions differ mostly in what the last period says."""
        if (parts := parted(data)) is None:
            return powered(theta, data, 1.0)
        past, last = parts
        key = repr(houses).encode() + packed(past)
        if key not in self._pasts:
            if len(self._pasts) == _PASTS:
                del self._pasts[next(iter(self._pasts))]
            self._pasts[key] = powered(theta, past, 1.0)
        return carried_on(theta, last, *self._pasts[key])


class Teller:
    """Asks a pool, the same only once, and remembers how little the answers rest on.

    Parameters
    ----------
    pool
        Whom to ask.
    progress, expected
        Told how much of as many answers is done.
    """

    def __init__(self, pool: Pool, progress: Progress, expected: int) -> None:
        self.pool = pool
        self.ess, self.unsure = float(len(pool.theta)), 0
        self._progress, self._expected = progress, expected
        self._kept: dict[bytes, Array] = {}

    @property
    def asked(self) -> int:
        """How many coalitions it was asked for."""
        return len(self._kept)

    def __call__(self, spec: Spec) -> Array:
        """Return the scenario probabilities if the model were told this, (K,)."""
        data = data_of(spec)
        key = packed(data)
        if key not in self._kept:
            said = self.pool.told(data, spec.counts.houses)
            self.ess = min(self.ess, said.ess)
            self.unsure += not said.sure
            self._kept[key] = said.now
            share = min(1.0, self.asked / self._expected)
            self._progress(share, f"telling causes apart, {self.asked} ways")
        return self._kept[key]


def packed(data: Data) -> bytes:
    """Return all that the model is told as bytes; equal if it is told the same."""
    return b"".join(part.tobytes() for part in pack(data))


def log_constants(
    before: Array, after: Array, often: Array | Index, sizes: tuple[int, int]
) -> float:
    """Return log Z_1 / Z_0 of two densities known up to their constants at draws of both.

    The root in x of ``sum_s often_s sigmoid(log n_1/n_0 + l_1(s) - l_0(s) - x) = n_1``.

    Parameters
    ----------
    before, after : (S,)
        Log densities at all draws.
    often : (S,)
        How often each was drawn.
    sizes
        How many draws are from each.
    """
    apart = np.log(sizes[1] / sizes[0]) + after - before
    finite = apart[np.isfinite(apart)]
    low, high = finite.min() - 50.0, finite.max() + 50.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        with np.errstate(over="ignore"):
            share = often @ (1 / (1 + np.exp(middle - apart)))
        low, high = (middle, high) if share > sizes[1] else (low, middle)
    return float((low + high) / 2)


def _thinned(draws: Draws, size: int) -> Array:
    """Return draws evenly spread over what they disagree most on."""
    now = draws.posterior.now
    order = np.argsort(now[:, now.std(axis=0).argmax()], kind="stable")
    at = (np.arange(size) + 0.5) / size * len(order)
    return np.asarray(draws.theta[order[at.astype(int)]])
