"""The model's corrections, each left out: from a spec to the same spec without it.

A correction is left out of what the model is told, never of the kernel: priors are solved anew for
what is left (`data_of`), so that what was elicited comes back in every variant and none is at a
disadvantage for having its expectations bent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np

from forecast.model.spec import OverlapSpec, Spec


def full(spec: Spec) -> Spec:
    """Leave nothing out."""
    return spec


def inertia(spec: Spec) -> Spec:
    """Every week is news: a scenario that goes on is read as one that has just begun."""
    return replace(
        spec,
        counts=replace(spec.counts, inertia=np.zeros_like(spec.counts.inertia)),
        series=tuple(replace(s, inertia=np.zeros_like(s.inertia)) for s in spec.series),
    )


def shock(spec: Spec) -> Spec:
    """Counts of one week share nothing but the scenario."""
    return replace(spec, counts=replace(spec.counts, shock=np.zeros_like(spec.counts.shock)))


def grades(spec: Spec) -> Spec:
    """Every report is taken at its word. Of one-off events the grade is part of the evidence."""
    counts = spec.counts
    return replace(
        spec,
        counts=replace(
            counts,
            trust=np.ones_like(counts.trust),
            trust_before=np.ones_like(counts.trust_before),
        ),
        overlaps=replace(spec.overlaps, trust=np.ones_like(spec.overlaps.trust)),
        series=tuple(
            replace(
                each,
                trust=np.ones_like(each.trust),
                trust_before=np.ones_like(each.trust_before),
            )
            for each in spec.series
        ),
    )


def offsets(spec: Spec) -> Spec:
    """Every source counts as the reference does, and there is nothing to learn from the silent."""
    counts, none = spec.counts, np.zeros(0)
    overlaps = {field.name: getattr(spec.overlaps, field.name)[:0] for field in fields(OverlapSpec)}
    return replace(
        spec,
        counts=replace(
            counts,
            houses=(),
            house_centre=none,
            house_sd=none,
            house=np.full_like(counts.house, -1),
            house_before=np.full_like(counts.house_before, -1),
        ),
        overlaps=OverlapSpec(**overlaps),
    )


def delay(spec: Spec) -> Spec:
    """Every count is complete, also where it is remembered.

    Overlaps stay as they are: only what one source had counted by then relative to the other
    enters there, and simulated sources are equally late.
    """
    counts = spec.counts
    at = counts.weight.argmax(axis=0)
    completeness = (counts.delay_weight * counts.delay_shift).sum(axis=1)
    memory = counts.memory.copy()
    for n in np.flatnonzero(np.isfinite(counts.gap)):
        before = (counts.series == counts.series[n]) & (at == at[n] - counts.gap[n])
        as_read = np.expm1(memory[n]) * np.exp(completeness[before.argmax()])
        memory[n] = np.log1p(as_read)
    nothing = np.zeros_like(counts.delay_shift)
    whole = np.tile([1.0, 0.0], (len(at), 1))
    return replace(
        spec,
        counts=replace(
            counts, memory=memory, delay_weight=whole, delay_shift=nothing, delay_spread=nothing
        ),
    )


def evidence(spec: Spec) -> Spec:
    """One-off events say nothing."""
    return replace(spec, evidence=np.zeros_like(spec.evidence))


def naive(spec: Spec) -> Spec:
    """Independent readings, each new, whole and true, besides the same evidence."""
    for leave_out in (inertia, shock, grades, offsets, delay):
        spec = leave_out(spec)
    return spec


WITHOUT: dict[str, Callable[[Spec], Spec]] = {
    "full": full,
    "inertia": inertia,
    "shock": shock,
    "grades": grades,
    "offsets": offsets,
    "delay": delay,
    "evidence": evidence,
    "naive": naive,
}
