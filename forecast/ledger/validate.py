"""Whether what a line of the ledger holds is a forecast: types, ranges, and what must fit together.

Types and ranges are those of the fields of `forecast.record`, and msgspec is their judge wherever a
forecast is read: here is only looked for the place of what it refused. What fields must be to one
another is checked of a new forecast and of the last line, which no other pins by its hash;
`forecast log --verify` checks all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from forecast.errors import show
from forecast.families import FAMILIES
from forecast.kit.codec import dec_hook
from forecast.periods import Period
from forecast.record import ROUNDING, Forecast, IndicatorForecast, Whole


def first_fault(data: object) -> str:
    """Return what is wrong first with what should be a forecast as `Forecast.to_json` writes it.

    Every field must be there and of its type and range, and fields must fit one another. Empty if
    all is as it must be. Quick enough for one record, not for all of a long ledger.
    """
    try:
        made = Forecast.from_json(data)  # type: ignore[arg-type]  # what is no dict is refused
    except (ValueError, RecursionError) as error:
        return refused(data) or str(error)
    return misfit(made)


def refused(data: object) -> str:
    """The place of the first value that is not of its field's type and range, and the rule.

    Empty if there is none.
    """
    return next(_refused(Forecast, data, ""), "")


def misfit(made: Forecast) -> str:
    """Return where fields, each sound by itself, first contradict one another; empty if nowhere."""
    return next(_misfits(made), "")


def _refused(kind: Any, value: Any, where: str) -> Iterator[str]:
    """Yield the place of each value that is not of a type, its rule, and what was found."""
    if _takes(kind, value):
        return
    origin, inner = get_origin(kind), get_args(kind)
    found = f", found {show(value)}"
    if origin in (Union, UnionType):  # of a type and None
        yield from _refused(next(each for each in inner if each is not NoneType), value, where)
    elif origin is Annotated:
        of_type = _takes(Whole if inner[0] is int else inner[0], value)
        yield f"{where} {inner[1].extra['rule'] if of_type else _RULES[inner[0]]}{found}"
    elif origin is Literal:
        yield f"{where} must be {', '.join(inner[:-1])} or {inner[-1]}{found}"
    elif origin is list and isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _refused(inner[0], item, f"{where} {number}")
    elif origin is dict and isinstance(value, dict):
        for key, item in value.items():
            yield from _refused(inner[0], key, f"{where}, {show(key)},")
            yield from _refused(inner[1], item, f"{where}, {show(key)}")
    elif issubclass(origin or kind, msgspec.Struct) and isinstance(value, dict):
        hints = get_type_hints(kind, include_extras=True)
        for each in msgspec.structs.fields(kind):
            place = f"{where}, {each.name}".removeprefix(", ")
            if each.name in value:
                yield from _refused(hints[each.name], value[each.name], place)
            elif each.required:
                yield f"{place} must be given"
    else:
        yield f"{where or 'the forecast'} {_RULES.get(origin or kind, 'must be a table')}{found}"


def _takes(kind: Any, value: Any) -> bool:
    try:
        msgspec.convert(value, kind, dec_hook=dec_hook)
    except (ValueError, RecursionError):
        return False
    return True


_RULES = {
    str: "must be text",
    bool: "must be true or false",
    int: "must be a whole number",
    float: "must be a finite number",
    list: "must be a list",
    Period: "must be a period",
    date: "must be a date",
    datetime: "must be a date and time",
}


def _misfits(made: Forecast) -> Iterator[str]:
    """Yield where fields of a forecast, each sound by itself, contradict one another."""
    for period in _periods(made):
        if period.cadence != made.cadence:
            yield f"periods must all be {made.cadence}s, found {period}"
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
    if any(h.period != made.period - n for n, h in enumerate(reversed(made.history))):
        yield f"history must have every period once, to {made.period}"
    for point in made.history:
        if not len(point.low) == len(point.high) == len(ids):
            yield f"history of {point.period} must have a range per scenario"
    for name, support in _supports(made):
        if support and support.keys() != {*ids}:
            yield f"support of {name} must have a number per scenario"
    for indicator in made.indicators:
        yield from _misfits_of(indicator, made)
    for outcome in made.outcomes:
        left = {*outcome.possible}
        if not left or not left < {*ids} or len(left) < len(outcome.possible):
            yield f"outcome of {outcome.period} must leave some of the scenarios possible, not all"
    known = [outcome.period for outcome in made.outcomes]
    if any(a >= b for a, b in pairwise(known)) or any(each > made.period for each in known):
        yield f"outcomes must be of different periods, in order, to {made.period}"
    for sign in made.signs:
        if sign.scenario not in ids:
            yield f"signs must be of its scenarios, found {show(sign.scenario)}"
    for alert in made.alerts:
        if alert.indicator not in watched:
            yield f"alerts must be of its indicators, found {show(alert.indicator)}"
    for day in _published(made):
        if day > made.as_of:
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
    family = FAMILIES[indicator.family]
    levels = family.levels(indicator.level_names) if family.scale == "level" else ()
    if len(following.levels) != len(levels) or (family.scale == "level" and len(levels) < 2):
        yield f"{where}, next, levels must have a probability per level"
    values = (indicator.value, *indicator.recent)
    if any(v is not None and not family.allows(v, levels) for v in values):
        yield f"{where}, value and recent, {family.limits(levels)}"
    if indicator.recent_first + (len(indicator.recent) - 1) != made.period:
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


def _periods(made: Forecast) -> Iterable[Period]:
    yield made.period
    yield from [made.change_since.period] if made.change_since else []
    for indicator in made.indicators:
        yield indicator.recent_first
        yield from [indicator.period] if indicator.period is not None else []
    yield from (each.period for each in made.history)
    yield from (each.period for each in made.evidence)
    yield from (each.period for each in made.held)
    yield from (each.raised for each in made.alerts)


def _published(made: Forecast) -> Iterable[date]:
    yield from [made.change_since.as_of] if made.change_since else []
    yield from (each.published for each in made.indicators if each.published is not None)
    yield from (each.published for each in made.evidence)
    yield from (each.published for each in made.held)
