"""From what is read under every condition to what it says of a scenario and of what comes next.

Log-likelihoods of K + B conditions, those of scenarios and of the last period before B of them
begin, become those of K (1 + B) *cases*: scenario j, and whichever scenario comes next (case 0), or
the scenario of sign b (case b + 1). An indicator that is no sign of b has in that case what it has
under j, in case 0; one that is has its own, and remembers nothing.

What sums over periods is no sign of anything: nobody can say which of them is the last.
"""

from __future__ import annotations

import numpy as np

from forecast.model.data import Data
from forecast.model.jit import compiled, inner
from forecast.model.rows import CountRows
from forecast.model.spec import Array


@inner
def _condition(data: Data, indicator: int, case: int) -> int:
    """The condition of a sign under which a case is read, -1 if it is that of the scenario."""
    signs = len(data.sign)
    b = case % (1 + signs) - 1
    return len(data.start) + b if b >= 0 and data.signals[indicator, b] > 0 else -1


@compiled
def over_next(cases: Array, chain: tuple[Array, Array], data: Data, out: Array) -> None:
    """Write the mean likelihood of every scenario over what comes next, as logs, (K,).

    Parameters
    ----------
    cases : (K (1 + B),)
    chain
        Hazards and successors: a scenario of several lives ends as often as in the long run.
    """
    hazard, successor = chain
    each = 1 + len(data.sign)
    for k in range(len(out)):
        top = -np.inf
        for case in range(k * each, (k + 1) * each):
            top = max(top, cases[case])
        if each == 1 or top == -np.inf:
            out[k] = top
            continue
        lasts = 0.0
        for m in range(hazard.shape[1]):
            if hazard[k, m] > 0.0:
                lasts += data.life_share[k, m] / hazard[k, m]
        ends = 1.0 / lasts if lasts > 0.0 else 0.0
        total, rest = 0.0, 1.0
        for b in range(each - 1):
            chance = ends * successor[k, data.sign[b]]
            total += chance * np.exp(cases[k * each + 1 + b] - top)
            rest -= chance
        out[k] = top + np.log(total + rest * np.exp(cases[k * each] - top))


@inner
def evidence_cases(data: Data) -> Array:
    """What one-off events say, in cases, (T, K (1 + B))."""
    if len(data.sign) == 0:
        return data.evidence.copy()
    each = 1 + len(data.sign)
    out = np.empty((len(data.evidence), len(data.start) * each))
    for t in range(len(out)):
        for k in range(len(data.start)):
            out[t, k * each] = data.evidence[t, k]
            for b in range(len(data.sign)):
                out[t, k * each + 1 + b] = data.sign_evidence[t, k, b]
    return out


@inner
def count_cases(rows: CountRows, data: Data) -> tuple[Array, Array, Array, Array]:
    """Tops of stay and of enter, stay and enter of counts, (N, K (1 + B), Q) each."""
    if len(data.sign) == 0:
        return rows.top_stay, rows.top_enter, rows.stay, rows.enter
    cases = len(data.start) * (1 + len(data.sign))
    size = (len(data.value), cases, len(data.nodes))
    top_stay, top_enter = np.empty(size), np.empty(size)
    stay, enter = np.empty(size), np.empty(size)
    for n in range(len(data.value)):
        for case in range(cases):
            k = case // (1 + len(data.sign))
            sign = _condition(data, data.series[n], case) if data.span[n] == 1 else -1
            for i in range(len(data.nodes)):
                if sign >= 0:
                    top_stay[n, case, i] = rows.top_enter[n, sign, i]
                    stay[n, case, i] = rows.enter[n, sign, i]
                    top_enter[n, case, i] = rows.top_enter[n, sign, i]
                    enter[n, case, i] = rows.enter[n, sign, i]
                else:
                    top_stay[n, case, i] = rows.top_stay[n, k, i]
                    stay[n, case, i] = rows.stay[n, k, i]
                    top_enter[n, case, i] = rows.top_enter[n, k, i]
                    enter[n, case, i] = rows.enter[n, k, i]
    return top_stay, top_enter, stay, enter


@inner
def count_cases_back(d_stay: Array, d_enter: Array, data: Data) -> tuple[Array, Array]:
    """The gradient in stay and enter of conditions, (N, K + B, Q), given that in cases."""
    if len(data.sign) == 0:
        return d_stay, d_enter
    signs = len(data.sign)
    size = (len(data.value), len(data.start) + signs, len(data.nodes))
    by_stay, by_enter = np.zeros(size), np.zeros(size)
    for n in range(len(data.value)):
        for case in range(d_stay.shape[1]):
            k = case // (1 + signs)
            sign = _condition(data, data.series[n], case) if data.span[n] == 1 else -1
            for i in range(len(data.nodes)):
                if sign >= 0:
                    by_enter[n, sign, i] += d_stay[n, case, i] + d_enter[n, case, i]
                else:
                    by_stay[n, k, i] += d_stay[n, case, i]
                    by_enter[n, k, i] += d_enter[n, case, i]
    return by_stay, by_enter


@inner
def series_cases(stay: Array, enter: Array, data: Data) -> tuple[Array, Array]:
    """Stay and enter of other series, (J, T, K + B), in cases, (J, T, K (1 + B))."""
    if len(data.sign) == 0:
        return stay, enter
    counts, cases = len(data.centre), len(data.start) * (1 + len(data.sign))
    size = (len(stay), len(data.evidence), cases)
    out_stay, out_enter = np.empty(size), np.empty(size)
    for j in range(len(stay)):
        for case in range(cases):
            k = case // (1 + len(data.sign))
            sign = _condition(data, counts + j, case)
            for t in range(len(data.evidence)):
                if sign >= 0:
                    out_stay[j, t, case] = enter[j, t, sign]
                    out_enter[j, t, case] = enter[j, t, sign]
                else:
                    out_stay[j, t, case] = stay[j, t, k]
                    out_enter[j, t, case] = enter[j, t, k]
    return out_stay, out_enter


@inner
def series_cases_back(
    d_stay: Array, d_enter: Array, series: int, data: Data
) -> tuple[Array, Array]:
    """The gradient in stay and enter of other series, (J, T, K + B), from that in cases."""
    counts, signs = len(data.centre), len(data.sign)
    size = (series, len(data.evidence), len(data.start) + signs)
    by_stay, by_enter = np.zeros(size), np.zeros(size)
    for j in range(series):
        for case in range(d_stay.shape[1]):
            k = case // (1 + signs)
            sign = _condition(data, counts + j, case)
            for t in range(len(data.evidence)):
                if sign >= 0:
                    by_enter[j, t, sign] += d_stay[t, case] + d_enter[t, case]
                else:
                    by_stay[j, t, k] += d_stay[t, case]
                    by_enter[j, t, k] += d_enter[t, case]
    return by_stay, by_enter
