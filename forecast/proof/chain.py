"""The scenario chain as it was judged: where it starts, and its mean transitions."""

from __future__ import annotations

import numpy as np

from forecast.case import Case
from forecast.proof.scores import Array


def start_of(case: Case) -> Array:
    """Return the distribution judged of the first period, (K,)."""
    start = np.array([scenario.start for scenario in case.scenarios])
    return np.asarray(start / start.sum())  # elicited within 1e-9 of 1


def transitions(case: Case) -> Array:
    """Return P(next scenario | this one), (K, K), from elicited means."""
    ids = [scenario.id for scenario in case.scenarios]
    chain = np.zeros((len(ids), len(ids)))
    for k, scenario in enumerate(case.scenarios):
        leave = 0.0 if scenario.ends_case else 1 / scenario.lasts
        chain[k] = [leave * scenario.then.get(other, 0.0) for other in ids]
        chain[k, k] = 1 - chain[k].sum()
    return chain
