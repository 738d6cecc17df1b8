"""What to collect next: what each indicator's next reading would tell of the next scenario.

Per indicator the joint table of scenario and reading in the next period (`forecast.model.joint`),
given all that today's forecast knows; the reading as it usually comes, and no other read beside it.

Probabilities are in [0, 1], information in bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np

from forecast.case import Case, Indicator
from forecast.explain.pairs import pairs
from forecast.explain.types import Pair
from forecast.families import FAMILIES
from forecast.model.data import Data, blocks_of
from forecast.model.fit import Progress, silent
from forecast.model.joint import (
    count_table,
    edges_to,
    entropy,
    information,
    of_scenarios,
    of_what_comes,
)
from forecast.model.outlook import Outlook, Report
from forecast.model.predict import Parameters, last_count, next_counts
from forecast.model.spec import Array
from forecast.periods import Period
from forecast.readings import Known, Reading, known_as_of
from forecast.refresh.arrays import in_order
from forecast.refresh.delay import delays_of
from forecast.refresh.draws import by_scenario, draws_as_of, forecast_period, normalised
from forecast.refresh.swing import read_lately, usual_reading

DRAWS = 400  # of all, evenly spread, for tables of counts
_TAIL = 0.999  # quantile of what is expected of a count from which on its bins end


@dataclass(frozen=True, slots=True)
class Upset:
    """Readings from ``low`` to ``high`` (None: without end), after which ``leader`` would lead.

    ``probability`` is that of such a reading; low and high are among them.
    """

    low: float
    high: float | None
    leader: str
    probability: float


@dataclass(frozen=True, slots=True)
class Collectable:
    """What the next reading of an indicator would tell of the next period's scenario.

    As it usually comes: in full, from ``source`` at ``grade``. ``bits`` is the mutual information
    of reading and scenario, ``share`` what that is of all that is unknown. ``changes`` is the
    probability that this reading alone makes another scenario lead, ``upsets`` the readings that
    would, from low to high. ``held``: an early reading of that period is known already, and not
    used here. ``coming`` is the share of what is unknown of the scenario one period later, None
    where nothing is a sign of what comes.
    """

    id: str
    name: str
    family: str
    level_names: tuple[str, ...]
    source: str
    grade: str
    bits: float
    share: float
    changes: float
    upsets: tuple[Upset, ...]
    held: bool
    coming: float | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """The answer, what tells most first.

    ``probabilities`` are the next period's before anything is read of it, by scenario id, and
    ``entropy`` what is unknown of them, in bits. Tables of counts were averaged over ``draws``
    draws. ``failures``: what the fit failed of its gate. ``pairs``: how long leading scenarios take
    to be told apart.
    """

    case: str
    cadence: str
    as_of: date
    period: Period
    failures: tuple[str, ...]
    scenarios: dict[str, str]
    probabilities: dict[str, float]
    entropy: float
    draws: int
    indicators: tuple[Collectable, ...]
    pairs: tuple[Pair, ...] = ()


def collect(
    case: Case,
    readings: Sequence[Reading],
    as_of: date,
    progress: Progress | None = None,
) -> Collection:
    """Return what readings of the next period would tell, what tells most first.

    Parameters
    ----------
    case, readings
        Only readings published on or before ``as_of`` are used.
    progress
        Called with a share done in [0, 1] and what is being done.

    Raises
    ------
    CaseError
        If no period of the case had ended before ``as_of``.
    FitError
        If the model could not be sampled at all.
    """
    report = progress or silent
    period = forecast_period(case, as_of)
    known = known_as_of(case, readings, as_of)
    draws = draws_as_of(case, tuple(readings), known, report)
    usual = {i.id: usual_reading(case, known, i) for i in case.indicators}
    ahead = _Ahead.of(draws.data, Outlook.after(draws.posterior), draws.theta)
    tables = list(_tables(case, known, ahead, usual, report))
    found = [
        _collectable(case, known, indicator, number, usual[indicator.id], ahead, *table)
        for indicator, number, table in tables
    ]
    probabilities = by_scenario(case, ahead.believed)
    joint = {
        indicator.id: (
            of_scenarios(conditions, ahead.outlook, ahead.data, number),
            read_lately(known, indicator),
        )
        for indicator, number, (conditions, _) in tables
    }
    return Collection(
        case=case.name,
        cadence=case.cadence,
        as_of=as_of,
        period=period + 1,
        failures=tuple(draws.fit.failures),
        scenarios={scenario.id: scenario.name for scenario in case.scenarios},
        probabilities=probabilities,
        entropy=entropy(ahead.believed),
        draws=len(ahead.fewer.scenario),
        indicators=tuple(sorted(found, key=lambda each: -each.bits)),
        pairs=tuple(pairs(probabilities, joint)),
    )


@dataclass(frozen=True, slots=True)
class _Ahead:
    """The next period over all draws, and over fewer for what takes long.

    believed : (K,)
        Probability of each scenario then.
    """

    data: Data
    believed: Array
    outlook: Outlook
    parameters: Parameters
    fewer: Outlook
    of_fewer: Parameters

    @classmethod
    def of(cls, data: Data, outlook: Outlook, theta: Array) -> _Ahead:
        """Look ahead with these draws, (S, D)."""
        step = max(1, len(theta) // DRAWS)
        return cls(
            data=data,
            believed=normalised(outlook.scenario.mean(axis=0)),
            outlook=outlook,
            parameters=Parameters.of(data, theta),
            fewer=outlook.take(slice(None, None, step)),
            of_fewer=Parameters.of(data, np.ascontiguousarray(theta[::step])),
        )


def _tables(
    case: Case, known: Known, ahead: _Ahead, usual: dict[str, Reading], progress: Progress
) -> Iterator[tuple[Indicator, int, tuple[Array, Array]]]:
    """Every indicator, its number, its joint table over conditions, and where its columns begin."""
    data, delay_of = ahead.data, delays_of(case, known)
    modelled, trust = (
        in_order(case),
        {i.id: case.grades[usual[i.id].grade] for i in case.indicators},
    )
    counts = modelled[: len(data.centre)]
    reports = {}
    for c, indicator in enumerate(counts):
        delay = delay_of(usual[indicator.id])
        reports[c] = Report(
            trust=trust[indicator.id], weight=delay.weight, shift=delay.shift, spread=delay.spread
        )
    simulated = next_counts(data, ahead.outlook, ahead.parameters, reports)
    for c, indicator in enumerate(counts):
        progress(c / len(case.indicators), f"what {indicator.id} would tell")
        edges = edges_to(max(1.0, float(np.quantile(simulated[c], _TAIL))))
        memory = last_count(data, ahead.of_fewer, c)
        here = ahead.fewer.under(data, c)
        k = len(case.scenarios)
        table = count_table(here, ahead.of_fewer, c, reports[c], memory, edges, k)
        yield indicator, c, (_completed(table, ahead.outlook.under(data, c)), edges)
    periods, draws = len(data.evidence), len(ahead.outlook.scenario)
    for (family, values, _, first), own in zip(
        blocks_of(data), ahead.parameters.series, strict=True
    ):
        for j in range(len(values.inertia)):
            indicator = modelled[first + j]
            memory = family.last(values, periods, draws, j)
            here = ahead.outlook.under(data, first + j)
            of_series = own, here, j, trust[indicator.id], memory
            yield indicator, first + j, family.joint(values, *of_series)


def _completed(table: Array, outlook: Outlook) -> Array:
    """A table in which conditions are as probable as over all draws."""
    some, believed = table.sum(axis=1), outlook.scenario.mean(axis=0)
    believed = believed / believed.sum()
    missed = np.divide(believed, some, out=np.zeros_like(some), where=some > 0)
    return np.asarray(table * missed[:, None])


def _collectable(
    case: Case,
    known: Known,
    indicator: Indicator,
    number: int,
    reading: Reading,
    ahead: _Ahead,
    conditions: Array,
    values: Array,
) -> Collectable:
    table = of_scenarios(conditions, ahead.outlook, ahead.data, number)
    bits, unknown = information(table), entropy(ahead.believed)
    upsets = tuple(_upsets(case, indicator, ahead.believed, table, values))
    coming = of_what_comes(conditions, ahead.outlook, ahead.data, number)
    return Collectable(
        id=indicator.id,
        name=indicator.name,
        family=indicator.family,
        level_names=indicator.levels,
        source=reading.source,
        grade=reading.grade,
        bits=bits,
        share=bits / unknown if unknown > 0 else 0.0,
        coming=None if coming is None else _share(coming),
        changes=sum(upset.probability for upset in upsets),
        upsets=upsets,
        held=any(
            (r.indicator, r.last_period) == (indicator.id, reading.period) for r in known.held
        ),
    )


def _share(table: Array) -> float:
    """What a reading tells of what is unknown of a table's rows."""
    unknown = entropy(table.sum(axis=1))
    return information(table) / unknown if unknown > 0 else 0.0


def _upsets(
    case: Case, indicator: Indicator, believed: Array, table: Array, values: Array
) -> Iterator[Upset]:
    """Yield runs of readings after which one other scenario leads, from low to high."""
    leading, chance = int(believed.argmax()), table.sum(axis=0)
    leaders = table.argmax(axis=0).tolist()
    for leader, run in groupby(range(len(values)), key=leaders.__getitem__):
        columns = list(run)
        if leader == leading:
            continue
        yield Upset(
            low=float(values[columns[0]]),
            high=_end(indicator, values, columns[-1]),
            leader=case.scenarios[leader].id,
            probability=float(chance[columns].sum()),
        )


def _end(indicator: Indicator, values: Array, column: int) -> float | None:
    """The largest value of a column; None: there is no largest."""
    last = column + 1 == len(values)
    match FAMILIES[indicator.family].scale:
        case "log":
            return None if last else float(values[column + 1]) - 1
        case "proportion":
            return 1.0 if last else float(values[column + 1])
        case "level":
            return float(values[column])
