"""What ever louder readings say: probabilities by value and grade, on a made case.

::

    python -m benchmarks.louder

Four scenarios, one official count of four weeks; the last week's is varied. Numbers are taken as
elicited. What a reading speaks for may not lose by a louder one, whatever the grade.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from benchmarks.speed.made import made
from forecast.case.grades import trust_of
from forecast.model.data import data_of
from forecast.model.false_reports import false_reports
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from forecast.model.spec import Spec

MEDIANS = {"Restraint": 4.0, "Pressure": 15.0, "Coercion": 40.0, "Assault": 120.0}
BEFORE = (14.0, 18.0, 12.0)
VALUES = (0.0, 5.0, 15.0, 25.0, 100.0, 1000.0)
GRADES = ("A1", "B2", "C3")


def case(value: float, trust: float) -> Spec:
    """The case with a last reading of this value and trust."""
    spec = made(len(BEFORE) + 1, 1, len(MEDIANS))
    median = np.array([list(MEDIANS.values())])
    read = np.array([*BEFORE, value])
    counts = dataclasses.replace(
        spec.counts,
        median=median,
        p90=3 * median,
        value=read,
        memory=np.concatenate([[0.0], np.log1p(read[:-1])]),
        trust=np.full(len(read), trust),
        trust_before=np.full(len(read), trust),
    )
    return dataclasses.replace(spec, counts=counts, scenarios=tuple(MEDIANS))


def main() -> None:
    """Print a row for every grade and value."""
    print("| grade | last reading |" + "".join(f" {name} |" for name in MEDIANS) + " false |")
    print("|---|---:|" + "---:|" * (len(MEDIANS) + 1))
    trust = trust_of({}, {})
    for grade in GRADES:
        for value in VALUES:
            data = data_of(case(value, trust[grade]))
            theta = np.zeros((1, size_of(data)))
            posterior = Posterior.of(data, theta)
            false = false_reports(data, theta, posterior.loglik)[0]
            shares = [*posterior.now[0].tolist(), false]
            print(f"| {grade} | {value:,.0f} |" + "".join(f" {100 * p:.1f} % |" for p in shares))


if __name__ == "__main__":
    main()
