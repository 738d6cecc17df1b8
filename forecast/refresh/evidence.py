"""What one-off events say: log-likelihoods per scenario, from several analysts and groups.

Analysts' likelihoods are pooled as ``L_k = prod_j L_jk^(w_j)``; only their ratios matter, and a
report of trust r is worth ``1 - r + r L_k / max L``, of which a likelihood of 0 leaves that it is
wrong. Items of one group tell one story: they are averaged, not added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from forecast.case import Case, Evidence
from forecast.model.spec import Array


def contributions(case: Case, items: tuple[Evidence, ...]) -> dict[str, Array]:
    """Return what each item adds to the log-likelihood of its period, (K,), by item id.

    Items must be those that are known: a group is averaged over its known items.
    """
    return {item: found[:, 0] for item, found in _contributions(case, items, ()).items()}


def sign_contributions(
    case: Case, items: tuple[Evidence, ...], before: Sequence[str]
) -> dict[str, Array]:
    """The same in the last period before each of some scenarios begins, (K, B)."""
    return {item: found[:, 1:] for item, found in _contributions(case, items, before).items()}


def _contributions(
    case: Case, items: tuple[Evidence, ...], before: Sequence[str]
) -> dict[str, Array]:
    sizes = Counter(item.group for item in items if item.group)
    return {
        item.id: np.log(_pooled(case, item, before)) / (sizes[item.group] if item.group else 1)
        for item in items
    }


def _pooled(case: Case, item: Evidence, before: Sequence[str]) -> Array:
    """Likelihood of an item, in shares of the largest: in general and before, (K, 1 + B)."""
    scenarios = [scenario.id for scenario in case.scenarios]
    every = [None, *scenarios]
    logs = np.zeros((len(scenarios), len(every)))
    for analyst, likelihood in item.likelihoods.items():
        signs = item.before.get(analyst, {})
        each = np.array([[signs.get(b or "", likelihood[k]) for b in every] for k in scenarios])
        with np.errstate(divide="ignore"):  # of a likelihood of 0
            logs += item.weights[analyst] * np.log(each)
    trust = case.grades[item.grade]
    shares = np.asarray(1 - trust + trust * np.exp(logs - logs.max()))
    return shares[:, [0, *(every.index(scenario) for scenario in before)]]
