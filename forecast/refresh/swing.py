"""How far the next period's readings can be expected to move each scenario's probability.

Readings as they usually come (`usual_cells`), each with the chance that it comes at all: the share
of the last twelve periods for which the indicator was read. What is in hand of the next period
already is not used, nor what may become known of the past.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecast.case import Case, Indicator
from forecast.model import names
from forecast.model.data import data_of
from forecast.model.preposterior import preposterior
from forecast.model.spec import Array
from forecast.model.update import carried
from forecast.readings import Known, Reading, known_as_of, usual_cells
from forecast.readings.row import parse_row
from forecast.refresh.arrays import in_order, spec_of
from forecast.refresh.draws import Draws

LATELY = 12  # periods
TAIL = 0.1  # of the interval, on either side


def swing(
    case: Case, readings: tuple[Reading, ...], known: Known, draws: Draws
) -> tuple[Array, Array]:
    """The 10th and the 90th percentile of scenarios' probabilities next period, (K,) each."""
    moved = next_probabilities(case, readings, known, draws)
    low, high = np.quantile(moved, [TAIL, 1 - TAIL], axis=0)
    return low, high


def next_probabilities(
    case: Case, readings: tuple[Reading, ...], known: Known, draws: Draws
) -> Array:
    """Probabilities of the next period's scenarios, once its readings are in, (n, K)."""
    coming = known.period + 1
    usual = [usual_reading(case, known, indicator) for indicator in case.indicators]
    told = tuple(
        r for r in readings if r.published <= known.as_of and r.last_period <= known.period
    )
    then = replace(
        case,
        evidence=tuple(e for e in case.evidence if e.published <= known.as_of),
        outcomes=tuple(o for o in case.outcomes if o.published <= known.as_of),
    )
    before = spec_of(case, known)
    spec = spec_of(then, known_as_of(then, (*told, *usual), coming.refresh_day))
    data = data_of(spec)
    theta = carried(draws.theta, draws.data, before.counts.houses, spec.counts.houses)
    read = np.array([read_lately(known, indicator) for indicator in in_order(case)])
    return preposterior(data, theta, read, np.random.default_rng(names.SEED))


def usual_reading(case: Case, known: Known, indicator: Indicator) -> Reading:
    """The next reading as it usually comes; what it says does not matter.

    Raises
    ------
    TypeError
        If such a row breaks a rule.
    """
    cells = usual_cells(case, known, indicator) | {"value": "0"}
    reading = parse_row(case, indicator, cells, where=indicator.id, line=0)
    if isinstance(reading, list):
        raise TypeError(f"a usual reading of {indicator.id} breaks a rule: {reading[0]}")
    return reading


def read_lately(known: Known, indicator: Indicator) -> float:
    """The share of the last periods for which an indicator was read."""
    read = {p for name, p in known.speaking if name == indicator.id}
    read |= {p for row in known.spans if row.indicator == indicator.id for p in row.periods}
    lately = [known.period - n for n in range(LATELY)]
    there = [p for p in lately if p >= min(read, default=known.period + 1)]
    return sum(p in read for p in there) / len(there) if there else 0.0
