"""Update: the draws of an earlier fit made to stand for another posterior, or refused.

The wanted posterior is another likelihood under the same standard normal priors, whatever changed:
new readings, older ones, other judgements (they are bent inside the likelihood). So a draw's weight
is the ratio of likelihoods, each of everything that was read, recomputed by the kernel; no
reading is used twice, and updates are never chained. The weights are Pareto-smoothed, and draws
repeated in proportion to them, evenly (systematic resampling: a draw of weight w comes up floor(Sw)
or one time more, so that next to no noise is added).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from forecast.model import names
from forecast.model.data import Data
from forecast.model.fit import ESS_MIN, Fit
from forecast.model.packing import blocks
from forecast.model.posterior import Posterior
from forecast.model.reweight import reweight, tells
from forecast.model.spec import Array, Index
from forecast.model.store import remember, told, told_before

type Houses = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Update:
    """What a fit's draws say of another posterior.

    Parameters
    ----------
    theta, posterior
        The fit's draws, each as often as it counts.
    khat
        Pareto k-hat of the weights.
    ess
        The fit's effective sample size times what the weights leave of it.
    accepted
        Whether the draws can stand for that posterior.
    """

    theta: Array
    posterior: Posterior
    khat: float
    ess: float
    accepted: bool


class Latest(NamedTuple):
    """What `Update` says of the last period alone: (S, K), as `Posterior.now`."""

    now: Array
    khat: float
    accepted: bool


def update(fit: Fit, theta: Array, data: Data) -> Update:
    """Make a fit's draws stand for the posterior given other data.

    Parameters
    ----------
    theta : (S, D)
        The fit's draws as `carried` over to what ``data`` has parameters for.
    """
    posterior = Posterior.of(data, theta)
    remember(theta, data, posterior.loglik, posterior.now)
    index, khat, ess, accepted = _weighed(fit, posterior.loglik)
    return Update(theta[index], posterior.take(index), khat, ess, accepted)


def refused_before(fit: Fit, theta: Array, data: Data) -> bool:
    """Return whether `update` is known from the cache not to be accepted."""
    said = told_before(theta, data)
    return said is not None and not _weighed(fit, said[0])[3]


def latest(fit: Fit, theta: Array, data: Data, *, keep: bool) -> Latest:
    """Return what `update` would of the last period, in less time.

    Parameters
    ----------
    keep
        In the cache, for whoever asks again.
    """
    loglik, now = told(theta, data, keep=keep)
    index, khat, _, accepted = _weighed(fit, loglik)
    return Latest(now[index], khat, accepted)


def _weighed(fit: Fit, loglik: Array) -> tuple[Index, float, float, bool]:
    """Return which of a fit's draws stand for another likelihood, k-hat, ESS, and if they can."""
    weights, khat = reweight(loglik - fit.loglik)
    ess = fit.ess_min / (len(loglik) * float((weights**2).sum()))
    accepted = not fit.failures and tells(weights, khat) and ess >= ESS_MIN
    return evenly(weights), khat, ess, accepted


def evenly(weights: Array) -> Index:
    """Return as many numbers of draws as there are weights, each in proportion to its own."""
    edges = np.cumsum(weights)
    at = (np.arange(len(weights)) + 0.5) / len(weights) * edges[-1]
    found = np.searchsorted(edges, at, side="right")
    return np.asarray(found.clip(max=len(weights) - 1), dtype=np.int64)


def carried(theta: Array, data: Data, before: Houses, after: Houses) -> Array:
    """Return draws with the offsets of other sources: what is new is drawn from its prior.

    Between two as-ofs of one case only offsets come and go, with the sources that have reported.

    Parameters
    ----------
    theta : (S, D)
    data
        What the draws are a fit to.
    before, after
        Whose offsets they have, and whose they shall have (`CountSpec.houses`).
    """
    if before == after:
        return theta
    start = blocks(data)["house"].start
    rng = np.random.default_rng(names.SEED)
    old = dict(zip(before, theta[:, start : start + len(before)].T, strict=True))
    new = [old[house] if house in old else rng.normal(size=len(theta)) for house in after]
    offsets = np.array(new).reshape(len(after), len(theta)).T
    return np.concatenate([theta[:, :start], offsets, theta[:, start + len(before) :]], axis=1)
