"""What all counts of a period share: a standard normal shock, integrated out on fixed nodes.

Given the shock f, counts are independent, their locations moved by loading times f. The integrand
is smooth and falls to nothing at both ends, where equispaced nodes converge geometrically
(Trefethen & Weideman 2014); at this step the error is below 1e-4 nat (tests/model/test_shock.py).
Gauss-Hermite nodes, adaptive or not, are not as safe here: a surprising count pulls the integrand
out to where they are thin (on [-8, 8] no step is fine enough),
and grades give it a second hump.

Rows of a period are summed inside the integral; a row without a share in the shock is constant
along the nodes and stays outside. Where no count has a share, one node will do.
"""

from __future__ import annotations

import numpy as np

from forecast.model.elementary import exp_below
from forecast.model.jit import compiled
from forecast.model.spec import Array, Index

NODES = np.linspace(-10.0, 10.0, 32)  # a multiple of 16: see `elementary`
LOG_WEIGHTS = -0.5 * NODES**2 - np.log(np.exp(-0.5 * NODES**2).sum())


def nodes_for(*, shared: bool) -> tuple[Array, Array]:
    """Return the nodes and the logs of their weights, (Q,) each."""
    return (NODES, LOG_WEIGHTS) if shared else (np.zeros(1), np.zeros(1))


@compiled
def over_shock(
    top: Array, rows: Array, when: Index, log_weight: Array, periods: int
) -> tuple[Array, Array]:
    """Integrate the shock out of every period's rows.

    Parameters
    ----------
    top, rows : (N, K, Q)
        Likelihood of every row at every node is e^top times ``rows``.
    when : (N,)
        The period whose shock a row shares; -1: none.
    log_weight : (Q,)
        Of the nodes.

    Returns
    -------
    value : (T, K)
        Log-likelihood of each period's rows; 0 without any.
    posterior : (T, K, Q)
        Share of each node in it.
    """
    scenarios, nodes = rows.shape[1:]
    value = np.zeros((periods, scenarios))
    posterior = np.zeros((periods, scenarios, nodes))
    summed = np.zeros((periods, scenarios, nodes))
    any_row = np.zeros(periods, dtype=np.bool_)
    for n in range(len(rows)):
        t = when[n]
        if t >= 0:
            for k in range(scenarios):
                for i in range(nodes):
                    before = posterior[t, k, i] if any_row[t] else 1.0
                    posterior[t, k, i] = before * rows[n, k, i]
                    summed[t, k, i] += top[n, k, i]
            any_row[t] = True
    for t in range(periods):
        if any_row[t]:
            for k in range(scenarios):
                value[t, k] = integrate(summed[t, k], posterior[t, k], log_weight)
    return value, posterior


@compiled
def integrate(top: Array, likelihood: Array, log_weight: Array) -> float:
    """Return the log-integral of e^top times a likelihood; turn the likelihood into shares, (Q,).

    Of what is impossible at every node, shares are 0.
    """
    nodes = len(log_weight)
    highest = -np.inf
    for i in range(nodes):
        highest = max(highest, log_weight[i] + top[i])
    below, weight, power = np.empty(nodes), np.empty(nodes), np.empty(nodes)
    for i in range(nodes):
        below[i] = log_weight[i] + top[i] - highest
    exp_below(below, weight, power)
    total = 0.0
    for i in range(nodes):
        likelihood[i] *= weight[i]
        total += likelihood[i]
    if not total > 0.0:
        likelihood[:] = 0.0
        return -np.inf
    for i in range(nodes):
        likelihood[i] /= total
    log_integral: float = highest + np.log(total)
    return log_integral
