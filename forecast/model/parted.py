"""The last period told by itself, from where all before it has led.

::

    log p(y[0..T-1]) = log p(y[0..T-2]) + log p(y[T-1] | y[0..T-2])

exactly, and the filter needs of the past only p(z[T-2] | y[0..T-2]). So whoever asks about many
readings of one period has the periods before it filtered once. What silent sources say of offsets
knows no period and is told with the past: where a week brings none, that is all that was told then.
"""

from __future__ import annotations

import numpy as np

from forecast.model.data import Data, blocks_of, with_blocks
from forecast.model.powered import powered
from forecast.model.spec import Array, Index

_COUNTS = (
    "value", "exposure", "gap", "memory", "memory_weight", "into_mean", "doubt",
    "series", "house", "house_before", "begin", "span", "when",
)  # fmt: skip
_PARTS = ("weight_enter", "weight_stay", "weight_any", "shift", "spread", "remembers")
_SILENT = (
    "overlap_value", "overlap_rate", "overlap_exposure", "overlap_covered", "overlap_trust",
    "overlap_doubt", "overlap_series", "overlap_house", "overlap_spoken",
)  # fmt: skip


def parted(data: Data) -> tuple[Data, Data] | None:
    """Return what was told before the last period, and what in it, as the second of two periods.

    None if there is no period before it, a total reaches into both, what a count remembers
    hangs on more than its last reading, or it takes more than a matrix to go on from there
    (lives, signs).
    """
    last = len(data.evidence) - 1
    across = (data.begin < last) & (data.begin + data.span > last)
    more = len(data.state_scenario) > len(data.start) or len(data.sign) or len(data.ratio)
    if last == 0 or more or across.any() or (data.recent < 1.0).any():
        return None
    late = data.begin == last
    nothing = {name: getattr(data, name)[:0] for name in _SILENT}
    early = [b.family.some(b.values, b.values.at != last) for b in blocks_of(data)]
    past = of_counts(data, ~late)._replace(
        evidence=data.evidence[:-1],
        possible=data.possible[:-1],
        sign_evidence=data.sign_evidence[:-1],
    )
    before = with_blocks(past, early)
    now = of_counts(data, late)._replace(**nothing)
    now = now._replace(
        evidence=np.concatenate([np.zeros_like(data.evidence[:1]), data.evidence[-1:]]),
        possible=np.concatenate([np.ones_like(data.possible[:1]), data.possible[-1:]]),
        sign_evidence=data.sign_evidence[-2:],
        begin=np.ones_like(now.begin),
        when=np.where(now.when < 0, -1, 1),
    )
    blocks = [b.family.some(b.values, b.values.at == last) for b in blocks_of(data)]
    return before, with_blocks(now, [b._replace(at=np.ones_like(b.at)) for b in blocks])


def carried_on(theta: Array, now: Data, loglik: Array, before: Array) -> tuple[Array, Array]:
    """Return what `powered` to the power of 1 says of the whole, from what it said before.

    Parameters
    ----------
    theta : (S, D)
    now
        What was told in the last period (`parted`).
    loglik, before : (S,), (S, K)
        What `powered` says of all that was told before.
    """
    more, filtered = powered(theta, now, 1.0, before)
    return loglik + more, filtered


def of_counts(data: Data, counts: Index) -> Data:
    """The data with some rows of counts only, (N,) of bool."""
    sizes = np.diff(data.first)
    parts = np.repeat(counts, sizes)
    chosen = {name: getattr(data, name)[counts] for name in _COUNTS}
    chosen |= {name: getattr(data, name)[parts] for name in _PARTS}
    chosen["first"] = np.concatenate([[0], np.cumsum(sizes[counts])])
    return data._replace(**chosen)
