"""What one-off events say: log-likelihoods per scenario, from several analysts and groups.

Analysts' likelihoods are pooled as ``L_k = prod_j L_jk^(w_j)``; only their ratios matter, and a
report of trust r is worth ``1 - r + r L_k / max L``, of which a likelihood of 0 leaves that it is
wrong. Items of one group tell one story: they are averaged, not added.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from forecast.case import Case, Evidence
from forecast.model.spec import Array


def contributions(case: Case, items: tuple[Evidence, ...]) -> dict[str, Array]:
    """Return what each item adds to the log-likelihood of its period, (K,), by item id.

    Items must be those that are known: a group is averaged over its known items.
    """
    sizes = Counter(item.group for item in items if item.group)
    return {
        item.id: np.log(_pooled(case, item)) / (sizes[item.group] if item.group else 1)
        for item in items
    }


def _pooled(case: Case, item: Evidence) -> Array:
    logs = np.zeros(len(case.scenarios))
    for analyst, likelihood in item.likelihoods.items():
        each = np.array([likelihood[scenario.id] for scenario in case.scenarios])
        with np.errstate(divide="ignore"):  # of a likelihood of 0
            logs += item.weights[analyst] * np.log(each)
    trust = case.grades[item.grade]
    return np.asarray(1 - trust + trust * np.exp(logs - logs.max()))
