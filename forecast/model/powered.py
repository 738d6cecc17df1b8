"""The filter with every emission to a power, over draws.

With emissions to the power a, the likelihood of one set of parameters is

    p_a(y | theta) = sum over paths z of p(z | theta) p(y | z, theta)^a,

the chain untouched: readings and events count more (a > 1) or less (a < 1), and so does what silent
sources say of offsets. A power of 1 is the likelihood itself.
"""

from __future__ import annotations

import numpy as np

from forecast.model.chain import transition_of
from forecast.model.data import Data
from forecast.model.emissions import emissions_into, summed
from forecast.model.episodes import filter_into, plain, rule_out
from forecast.model.filter import filtering
from forecast.model.jit import compiled
from forecast.model.packing import chain_sizes_of, pack, sizes_of, unpack
from forecast.model.spec import Array, Index
from forecast.model.threads import over_parts


def powered(
    theta: Array, data: Data, power: float, start: Array | None = None
) -> tuple[Array, Array]:
    """Return log p_a(readings | theta), and p_a(z[T-1] | readings, theta), under every draw.

    Parameters
    ----------
    theta : (S, D)
        Free parameters.
    power
        To which every emission is raised.
    start : (S, K)
        Initial distribution under every draw; by default that of the data under all.

    Returns
    -------
    loglik : (S,)
        Minus infinity where the readings cannot be.
    now : (S, K)
        Filtered probabilities of the last period; zero where the readings cannot be.
    """
    packed = *pack(data), power
    begin = np.broadcast_to(data.start, (len(theta), len(data.start))) if start is None else start
    loglik, now = over_parts(lambda some, from_: _over_draws(some, from_, *packed), theta, begin)
    return loglik, now


@compiled
def _over_draws(
    theta: Array, start: Array, numbers: Array, whole: Index, power: float
) -> tuple[Array, Array]:
    scenarios, periods, parts = sizes_of(whole)
    loglik, now = np.empty(len(theta)), np.zeros((len(theta), scenarios))
    lives, states = chain_sizes_of(whole)
    chain = np.empty((scenarios, lives)), np.empty((scenarios, scenarios))
    data = unpack(numbers, whole)
    cases = scenarios * (1 + len(data.sign))
    stay, all_stay = np.empty((parts, periods, cases)), np.empty((periods, cases))
    enter, all_enter = np.empty((parts, periods, cases)), np.empty((periods, cases))
    filtered, scale = np.empty((periods, scenarios)), np.empty(periods)
    table = filtered.shape
    rest = np.empty(table), np.empty(table), np.empty(table), scale, np.empty((2, states))
    for s in range(len(theta)):
        silent = emissions_into(theta[s], numbers, whole, chain, stay, enter)
        summed(stay, power, all_stay)
        summed(enter, power, all_enter)
        if plain(data):
            rule_out(data.possible, all_stay, all_enter)
            transition = transition_of(*chain)
            loglik[s] = filtering(start[s], transition, all_stay, all_enter, filtered, scale)
        else:  # `parted` makes no other start of it
            out = filtered, *rest
            loglik[s] = filter_into(chain, numbers, whole, all_stay, all_enter, out)
        for k in range(scenarios if loglik[s] > -np.inf else 0):
            now[s, k] = filtered[-1, k]
        loglik[s] += power * silent
    return loglik, now
