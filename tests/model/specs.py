"""A small spec with every kind of reading row: memory, gaps, part periods, a total, levels."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from forecast.model.spec import ChainSpec, CountSpec, OverlapSpec, SeriesSpec, SignSpec, Spec


def full_spec() -> Spec:
    """The graded spec with a long memory, a shock, offsets that overlaps teach, and delays."""
    spec = recalling_spec()
    counts = dataclasses.replace(
        spec.counts,
        shock=np.array([1.0, -1.0]),
        houses=(("strikes", "acled"), ("deaths", "ocha"), ("deaths", "known")),
        house_centre=np.array([-0.3, 0.2, 0.5]),
        house_sd=np.array([0.4, 0.5, 0.0]),
        house=np.array([-1, 0, 0, 1, 2]),
        house_before=np.array([-1, -1, 0, -1, -1]),
        delay_weight=np.array([[1, 0], [0.8, 0.2], [0.6, 0.4], [1, 0], [1, 0]]),
        delay_shift=np.array([[0, 0], [-0.1, -0.6], [-0.3, 0.2], [0, 0], [-0.2, 0]]),
        delay_spread=np.array([[0, 0], [0.1, 0.8], [0.2, 0.5], [0, 0], [0.3, 0]]),
    )
    overlaps = OverlapSpec(
        value=np.array([4.0, 0.0, 50.0]),
        log_exposure=np.log([1.0, 0.5, 1.0]),
        spoken=np.array([2.0, 9.0, 30.0]),
        spoken_exposure=np.log([1.0, 1.0, 4 / 7]),
        trust=np.array([1.0, 0.7, 0.9]),
        series=np.array([0, 0, 1]),
        house=np.array([0, -1, 1]),
        spoken_house=np.array([-1, 0, 2]),
        at=np.array([0, 2, 4]),
    )
    return dataclasses.replace(spec, counts=counts, overlaps=overlaps)


def signed_spec(spec: Spec | None = None) -> Spec:
    """The full spec, or another of its kind, with signs of two scenarios, and what is a sign alone.

    Strikes and an event are a sign of war, posture of both.
    """
    spec = spec or full_spec()
    none = np.full((2, 1), np.nan)
    counts = dataclasses.replace(
        spec.counts,
        median=np.hstack([spec.counts.median, [[40.0], [np.nan]], none]),
        p90=np.hstack([spec.counts.p90, [[90.0], [np.nan]], none]),
        worth=np.hstack([spec.counts.worth, [[2.0], [np.nan]], none]),
        signs=2,
    )
    signs = np.array([[[0.1, 0.5, 0.4], [0.2, 0.7, 0.1]]])
    evidence = np.repeat(spec.evidence[:, :, None], 2, axis=2)
    evidence[2, :, 0] = np.log(0.8)
    return dataclasses.replace(
        spec,
        counts=counts,
        series=(
            dataclasses.replace(
                spec.series[0],
                elicited=np.concatenate([spec.series[0].elicited, signs], axis=1),
                worth=np.hstack([spec.series[0].worth, [[1.0, 3.0]]]),
                signs=2,
            ),
        ),
        signs=SignSpec(
            scenario=np.array([2, 1]),
            evidence=evidence,
            ratio=np.exp(np.random.default_rng(8).normal(size=spec.evidence.shape)),
            ahead=np.array([[1.5, 0.7, 2.0], [1.2, 0.9, 1.4]]),
        ),
    )


def recalling_spec() -> Spec:
    """The graded spec with a long memory: the mean that a third reading remembers is of two."""
    spec = graded_spec()
    counts = dataclasses.replace(
        spec.counts,
        recent=np.array([0.4, 1.0]),
        decay=np.array([0.8, 0.0]),
        memory_weight=np.array([1.0, 0.55, 0.7, 1.0, 1.0]),
    )
    return dataclasses.replace(spec, counts=counts)


def graded_spec() -> Spec:
    """The small spec with reports of unequal worth and an item of evidence."""
    spec = small_spec()
    return dataclasses.replace(
        spec,
        counts=dataclasses.replace(
            spec.counts,
            trust=np.array([0.9, 0.6, 0.95, 0.8, 1.0]),
            trust_before=np.array([1.0, 0.9, 0.6, 1.0, 1.0]),
        ),
        series=(
            dataclasses.replace(
                spec.series[0],
                trust=np.array([0.7, 1.0, 0.85]),
                trust_before=np.array([1.0, 0.7, 0.9]),
            ),
        ),
        evidence=np.log(
            np.array([[1.0] * 3, [1.0] * 3, [0.2, 0.5, 1], [1.0] * 3, [0.9, 0.3, 0.3]])
        ),
    )


def small_spec() -> Spec:
    """Three scenarios (the last absorbing), five periods, two counts, one ordinal."""
    inf = np.inf
    weight = np.zeros((5, 5))
    for row, period in enumerate((0, 2, 4)):
        weight[period, row] = 1.0
    weight[1:4, 3] = 1 / 3
    weight[4, 4] = 1.0
    return Spec(
        periods=tuple(f"2024-W{27 + t}" for t in range(5)),
        scenarios=("calm", "tense", "war"),
        chain=ChainSpec(
            start=np.array([0.6, 0.3, 0.1]),
            lasts=np.array([8.0, 4.0, 2.0]),
            spread=np.array([0.5, 0.3, 0.5]),
            absorbing=np.array([False, False, True]),
            then=np.array([[0, 0.8, 0.2], [1.0, 0, 0], [0, 0, 0]]),
            worth=np.array([4.0, 2.0, 1.0]),
        ),
        counts=CountSpec(
            ids=("strikes", "deaths"),
            median=np.array([[3.0, 20.0, 100.0], [5.0, 15.0, 60.0]]),
            p90=np.array([[12.0, 60.0, 400.0], [12.0, 40.0, 150.0]]),
            worth=np.array([[3.0, 2.0, 1.0], [4.0, 4.0, 2.0]]),
            inertia=np.array([0.5, 0.3]),
            recent=np.ones(2),
            decay=np.zeros(2),
            shock=np.zeros(2),
            houses=(),
            house_centre=np.zeros(0),
            house_sd=np.zeros(0),
            value=np.array([2.0, 9.0, 40.0, 21.0, 30.0]),
            log_exposure=np.log([1.0, 1.0, 3 / 7, 3.0, 1.0]),
            gap=np.array([inf, 2.0, 2.0, inf, inf]),
            memory=np.array([0.0, np.log1p(2.0), np.log1p(9.0), 0.0, 0.0]),
            memory_weight=np.ones(5),
            trust=np.ones(5),
            trust_before=np.ones(5),
            series=np.array([0, 0, 0, 1, 1]),
            house=np.full(5, -1),
            house_before=np.full(5, -1),
            **complete(5),
            weight=weight,
        ),
        overlaps=no_overlaps(),
        series=(
            SeriesSpec(
                family="ordinal",
                ids=("posture",),
                elicited=np.array([[[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.1, 0.2, 0.7]]]),
                worth=np.array([[4.0, 2.0, 1.0]]),
                inertia=np.array([0.6]),
                value=np.array([0.0, 0.0, 2.0]),
                previous=np.array([np.nan, 0.0, 0.0]),
                gap=np.array([inf, 1.0, 3.0]),
                trust=np.ones(3),
                trust_before=np.ones(3),
                series=np.array([0, 0, 0]),
                at=np.array([0, 1, 4]),
            ),
        ),
        evidence=np.zeros((5, 3)),
    )


def with_series(spec: Spec, **changes: Any) -> Spec:
    """A spec with its first series other than counts changed."""
    first, *others = spec.series
    return dataclasses.replace(spec, series=(dataclasses.replace(first, **changes), *others))


SERIES_ROWS = ("value", "previous", "gap", "trust", "trust_before", "series", "at")


def with_series_rows(spec: Spec, rows: slice | np.ndarray) -> Spec:
    """A spec with some rows of its first series other than counts."""
    return with_series(spec, **{name: getattr(spec.series[0], name)[rows] for name in SERIES_ROWS})


COUNT_ROWS = (
    "value", "log_exposure", "gap", "memory", "memory_weight", "trust", "trust_before", "series",
    "house", "house_before", "delay_weight", "delay_shift", "delay_spread",
)  # fmt: skip


def rows_of(counts: CountSpec, keep: slice | np.ndarray) -> CountSpec:
    """Keep some rows of counts."""
    some = {name: getattr(counts, name)[keep] for name in COUNT_ROWS}
    return dataclasses.replace(counts, weight=counts.weight[:, keep], **some)


def one_count(median: float, p90: float, worth: float, **changes: float) -> CountSpec:
    """Ask of one count, under one scenario; it has no rows. ``changes`` are of its own fields."""
    asked = {"median": median, "p90": p90, "worth": float(worth)}
    own = {"inertia": 0.5, "recent": 1.0, "decay": 0.0, "shock": 0.0} | changes
    arrays: dict[str, Any] = {name: np.array([[value]]) for name, value in asked.items()}
    arrays |= {name: np.array([value]) for name, value in own.items()}
    return dataclasses.replace(
        rows_of(small_spec().counts, slice(0)),
        ids=("strikes",),
        **arrays,
    )


def complete(rows: int) -> dict[str, Any]:
    """Delays of rows that were counted whole."""
    nothing = np.zeros((rows, 2))
    return {
        "delay_weight": np.tile([1.0, 0.0], (rows, 1)),
        "delay_shift": nothing,
        "delay_spread": nothing,
    }


def no_overlaps() -> OverlapSpec:
    """No source that does not speak."""
    none, nowhere = np.zeros(0), np.zeros(0, dtype=np.int64)
    return OverlapSpec(none, none, none, none, none, nowhere, nowhere, nowhere, nowhere)
