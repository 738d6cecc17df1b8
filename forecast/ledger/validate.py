"""Whether what a line of the ledger holds is a forecast: types, ranges, and what must fit together.

A line that another pins by its hash is trusted. The last is pinned by nothing, so whoever reads a
ledger checks its last forecast first, and `forecast log --verify` checks all. The types and ranges
are those that the fields of `forecast.record` declare.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING
from datetime import date
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from forecast.errors import show
from forecast.periods import Period
from forecast.record import ROUNDING, Forecast, IndicatorForecast


def first_fault(data: object) -> str:
    """Return what is wrong first with what should be a forecast as `Forecast.to_json` writes it.

    Every field must be there and of its type and range, and fields must fit one another. Empty if
    all is as it must be. Quick enough for one record, not for all of a long ledger.
    """
    return next(_faults(Forecast, data, ""), "") or next(_misfits(Forecast.from_json(data)), "")  # type: ignore[arg-type]  # no fault: a dict


def _faults(hint: Any, value: Any, where: str) -> Iterator[str]:
    """Yield what is wrong with a value that a field's type ``hint`` describes."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            yield f"{where or 'the forecast'} must be a table"
            return
        for name, (inner, needed) in _fields(hint).items():
            if name in value:
                yield from _faults(inner, value[name], f"{where}, {name}".removeprefix(", "))
            elif needed:
                yield f"{where}, {name}".removeprefix(", ") + " must be given"
        return
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        wrong = next(_faults(inner[0], value, where), "")
        if wrong or not inner[1].holds(value):
            yield wrong or f"{where} {inner[1].says}, found {show(value)}"
    elif origin in (Union, UnionType):
        if value is not None:
            yield from _faults(next(each for each in inner if each is not NoneType), value, where)
    elif origin is Literal:
        if value not in inner:
            yield f"{where} must be {' or '.join(inner)}, found {show(value)}"
    elif origin is list:
        if not isinstance(value, list):
            yield f"{where} must be a list, found {show(value)}"
            return
        for number, item in enumerate(value, start=1):
            yield from _faults(inner[0], item, f"{where} {number}")
    elif origin is dict:
        if not isinstance(value, dict):
            yield f"{where} must be a table, found {show(value)}"
            return
        for key, item in value.items():
            yield from _faults(inner[0], key, f"{where}, {show(key)},")
            yield from _faults(inner[1], item, f"{where}, {show(key)}")
    elif not _IS[hint](value):
        yield f"{where} must be {_CALLED[hint]}, found {show(value)}"


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _is_finite(value: object) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


_IS: dict[type, Callable[[object], bool]] = {
    str: lambda value: isinstance(value, str),
    bool: lambda value: isinstance(value, bool),
    int: _is_whole,
    float: _is_finite,
}
_CALLED = {str: "text", bool: "true or false", int: "a whole number", float: "a finite number"}


@cache
def _fields(cls: type) -> dict[str, tuple[Any, bool]]:
    """Return the type of each field of a record, and whether it must be given."""
    hints = get_type_hints(cls, include_extras=True)
    return {
        each.name: (hints[each.name], each.default_factory is MISSING)
        for each in dataclasses.fields(cls)
    }


def _misfits(made: Forecast) -> Iterator[str]:
    """Yield where fields of a forecast, each sound by itself, contradict one another."""
    for text in _periods(made):
        if Period.parse(text).cadence != made.cadence:
            yield f"periods must all be {made.cadence}s, found {text}"
            return
    ids = [scenario.id for scenario in made.scenarios]
    watched = [indicator.id for indicator in made.indicators]
    if len(ids) < 2 or len({*ids}) < len(ids):
        yield "scenarios must be two at least, with ids that differ"
    if len({*watched}) < len(watched):
        yield "indicators must have ids that differ"
    for name, moment in _moments(made):
        if len(moment) != len(ids) or abs(math.fsum(moment) - 1) > ROUNDING:
            yield f"{name} must have a probability per scenario that sum to 1"
    for scenario in made.scenarios:
        if not scenario.low - ROUNDING <= scenario.probability <= scenario.high + ROUNDING:
            yield f"the range of scenario {show(scenario.id)} must hold its probability"
        if scenario.horizons.keys() != scenario.ever_within.keys():
            yield f"horizons and ever_within of scenario {show(scenario.id)} must be of the same"
    last = Period.parse(made.period)
    if any(Period.parse(h.period) != last - n for n, h in enumerate(reversed(made.history))):
        yield f"history must have every period once, to {made.period}"
    for point in made.history:
        if not len(point.low) == len(point.high) == len(ids):
            yield f"history of {point.period} must have a range per scenario"
    for name, support in _supports(made):
        if support and support.keys() != {*ids}:
            yield f"support of {name} must have a number per scenario"
    for indicator in made.indicators:
        yield from _misfits_of(indicator, made)
    for alert in made.alerts:
        if alert.indicator not in watched:
            yield f"alerts must be of its indicators, found {show(alert.indicator)}"
    for day in _published(made):
        if date.fromisoformat(day) > date.fromisoformat(made.as_of):
            yield f"nothing must be published after {made.as_of}, found {day}"


def _misfits_of(indicator: IndicatorForecast, made: Forecast) -> Iterator[str]:
    where, following = f"indicator {show(indicator.id)}", indicator.next
    i = indicator
    latest = (i.period, i.value, i.days, i.span, i.published, i.source, i.grade, i.age_days)
    if len({each is None for each in latest}) > 1:
        yield f"{where} must have all of its latest reading, or nothing"
    if not {"0.05", "0.5", "0.95"} <= following.quantiles.keys():
        yield f"{where}, next, quantiles must have 0.05, 0.5 and 0.95"
    ordered = [following.quantiles[q] for q in sorted(following.quantiles, key=float)]
    if any(a > b for a, b in pairwise(ordered)):
        yield f"{where}, next, quantiles must not fall"
    levels = {"count": 0, "binary": 2, "ordinal": len(indicator.level_names)}[indicator.family]
    if len(following.levels) != levels or (indicator.family == "ordinal" and levels < 2):
        yield f"{where}, next, levels must have a probability per level"
    values = (indicator.value, *indicator.recent)
    if levels and any(v is not None and (v >= levels or v != int(v)) for v in values):
        yield f"{where} must have levels that it has, 0 to {levels - 1}"
    first = Period.parse(indicator.recent_first)
    if str(first + len(indicator.recent) - 1) != made.period:
        yield f"{where}, recent must end with {made.period}"


def _moments(made: Forecast) -> Iterator[tuple[str, list[float]]]:
    yield "probability", [scenario.probability for scenario in made.scenarios]
    for ahead in {h for scenario in made.scenarios for h in scenario.horizons}:
        name = f"horizon {ahead}"
        yield name, [s.horizons[ahead] for s in made.scenarios if ahead in s.horizons]
    for point in made.history:
        yield f"history of {point.period}, filtered,", point.filtered
        yield f"history of {point.period}, smoothed,", point.smoothed


def _supports(made: Forecast) -> Iterator[tuple[str, dict[str, float]]]:
    yield "all", made.support
    yield from ((show(each.id), each.support) for each in made.indicators)
    yield from ((show(each.id), each.support) for each in made.evidence)


def _periods(made: Forecast) -> Iterable[str]:
    yield made.period
    yield from [made.change_since.period] if made.change_since else []
    for indicator in made.indicators:
        yield indicator.recent_first
        yield from [indicator.period] if indicator.period is not None else []
    yield from (each.period for each in made.history)
    yield from (each.period for each in made.evidence)
    yield from (each.period for each in made.held)
    yield from (each.raised for each in made.alerts)


def _published(made: Forecast) -> Iterable[str]:
    yield from [made.change_since.as_of] if made.change_since else []
    yield from (each.published for each in made.indicators if each.published is not None)
    yield from (each.published for each in made.evidence)
    yield from (each.published for each in made.held)
