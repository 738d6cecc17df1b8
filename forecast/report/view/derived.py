"""Derived measures in words: what each is, and what it comes to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from forecast.case import Case, Derived, Indicator
from forecast.families import FAMILIES
from forecast.periods import Period
from forecast.report.view import words
from forecast.report.view.sanitise import clean

RECENT = 12  # periods in a sparkline, as of indicators


@dataclass(frozen=True, slots=True)
class DerivedRow:
    """One measure as a row: its name, its value, its last values as bars, and what it is."""

    name: str
    now: str
    sparkline: str
    what: str


def build_derived(
    case: Case, values: Mapping[str, Sequence[float]], only: str | None = None
) -> tuple[DerivedRow, ...]:
    """The measures of a case as rows.

    Parameters
    ----------
    values
        By measure, one per period up to the forecast period, nan where missing.
    only
        The one measure, or the one indicator whose measures, to show; None for all.
    """
    rows = []
    for measure in case.derived:
        if only not in (None, measure.id, measure.source):
            continue
        indicator, series = source_of(case, measure), values[measure.id]
        shown = [math.nan] * (RECENT - len(series)) + [*series[-RECENT:]]
        recent = [None if math.isnan(x) else x for x in shown]
        low = min((x for x in recent if x is not None), default=0.0)
        sign = ", a sign" if measure.role == "sign" else ""
        rows.append(
            DerivedRow(
                name=clean(measure.name),
                now=_now(measure, indicator, series, case.first),
                sparkline=words.sparkline(None if x is None else x - min(low, 0) for x in recent),
                what=clean(f"{what_it_is(measure, indicator, case.cadence)}{sign}"),
            )
        )
    return tuple(rows)


def _now(measure: Derived, indicator: Indicator, series: Sequence[float], first: Period) -> str:
    """The last value there is, with its period if that is not the last."""
    there = [at for at, value in enumerate(series) if not math.isnan(value)]
    if not there:
        return "-"
    text, period = value_text(measure, indicator, series[there[-1]]), first + there[-1]
    beside = first + (len(series) - 1)
    return text if period == beside else f"{text} ({words.period_range(period, period, beside)})"


def source_of(case: Case, measure: Derived) -> Indicator:
    """The indicator that a measure is computed from."""
    return next(each for each in case.indicators if each.id == measure.source)


def value_text(measure: Derived, indicator: Indicator, value: float) -> str:
    """A measure's value, exactly enough to be compared with a threshold: ``17.67``, ``level 2``."""
    family = FAMILIES[indicator.family]
    match measure.take:
        case "maximum":
            return family.text(value)
        case "trend":
            return f"{value:+.2f}"
        case "periods-at-or-above" | "periods-since":
            return words.number(value)
        case "mean" | "sum" | "slow-mean":
            if family.scale == "proportion":
                return family.text(value)
            return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
        case other:
            assert_never(other)


def what_it_is(measure: Derived, indicator: Indicator, cadence: str) -> str:
    """Return ``mean of Incidents over 4 weeks``, or the like."""
    name, over = indicator.name, words.counted(measure.over or 0, cadence)
    match measure.take:
        case "mean" | "sum":
            return f"{measure.take} of {name} over {over}"
        case "maximum":
            return f"highest {name} of {over}"
        case "periods-at-or-above":
            return f"{cadence}s of {measure.over} with {name} {_from(measure, indicator)}"
        case "trend":
            log = ", log" if FAMILIES[indicator.family].scale == "log" else ""
            return f"mean of {name} over {over} less that over {measure.against}{log}"
        case "slow-mean":
            return f"mean of {name}, half-life {measure.halflife:g} {cadence}s"
        case "periods-since":
            return f"{cadence}s since {name} was {_from(measure, indicator)}"
        case other:
            assert_never(other)


def _from(measure: Derived, indicator: Indicator) -> str:
    family = FAMILIES[indicator.family]
    if measure.value is None:
        return f"above {family.text(0)}"
    return f"at {family.text(measure.value)} or more"
