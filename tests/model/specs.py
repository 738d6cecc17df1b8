"""A small spec with every kind of reading row: memory, gaps, part periods, a total, levels."""

from __future__ import annotations

import dataclasses

import numpy as np

from forecast.model.spec import ChainSpec, CountSpec, LevelSpec, Spec


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
        levels=dataclasses.replace(
            spec.levels,
            trust=np.array([0.7, 1.0, 0.85]),
            trust_before=np.array([1.0, 0.7, 0.9]),
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
            value=np.array([2.0, 9.0, 40.0, 21.0, 30.0]),
            log_exposure=np.log([1.0, 1.0, 3 / 7, 3.0, 1.0]),
            gap=np.array([inf, 2.0, 2.0, inf, inf]),
            memory=np.array([0.0, np.log1p(2.0), np.log1p(9.0), 0.0, 0.0]),
            trust=np.ones(5),
            trust_before=np.ones(5),
            series=np.array([0, 0, 0, 1, 1]),
            weight=weight,
        ),
        levels=LevelSpec(
            ids=("posture",),
            asked=np.array([[[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.1, 0.2, 0.7]]]),
            worth=np.array([[4.0, 2.0, 1.0]]),
            inertia=np.array([0.6]),
            value=np.array([0, 0, 2]),
            previous=np.array([-1, 0, 0]),
            gap=np.array([inf, 1.0, 3.0]),
            trust=np.ones(3),
            trust_before=np.ones(3),
            series=np.array([0, 0, 0]),
            at=np.array([0, 1, 4]),
        ),
        evidence=np.zeros((5, 3)),
    )
