"""What vintages taught of delay and revision, in words."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.explain.types import SHARES, DelayRow, Delays
from forecast.report.view import words
from forecast.report.view.sanitise import clean


@dataclass(frozen=True, slots=True)
class DelayLine:
    """One source at one age: multiples in step with the headings."""

    source: str
    age: str
    pairs: str
    fitted: tuple[str, ...]
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DelayBlock:
    """One count that something was learned of; ``too_few`` names what was not."""

    name: str
    lines: tuple[DelayLine, ...]
    too_few: str


@dataclass(frozen=True, slots=True)
class DelaysView:
    """Everything `forecast priors --delay` shows; counts without a block are in ``too_few``."""

    case: str
    bottom_line: str
    headings: tuple[str, ...]
    blocks: tuple[DelayBlock, ...]
    too_few: str
    legend: str


def build_delays(delays: Delays) -> DelaysView:
    """The answer in words."""
    names = {indicator: clean(name) for indicator, name in delays.indicators.items()}
    taught = {row.indicator for row in delays.rows if row.fitted}
    untaught = [(names[row.indicator], row) for row in delays.rows if row.indicator not in taught]
    return DelaysView(
        case=clean(delays.case),
        bottom_line=_bottom_line(delays),
        headings=tuple(words.percent(share) for share in SHARES),
        blocks=tuple(_block(delays, names[name], name) for name in names if name in taught),
        too_few=_too_few(untaught, delays.fewest),
        legend=_legend(delays) if delays.rows else "",
    )


def _bottom_line(delays: Delays) -> str:
    if not delays.rows:
        return "Nothing to learn: only counts are revised by a factor."
    day = words.day_month_year(delays.as_of)
    sources = {(row.indicator, row.source) for row in delays.rows}
    taught = {(row.indicator, row.source) for row in delays.rows if row.fitted}
    if not taught:
        return f"Vintages known {day} are too few to learn from: every value is taken as complete."
    return (
        f"Vintages known {day} teach how {len(taught)} of {len(sources)} sources revise; other "
        "values are taken as complete."
    )


def _block(delays: Delays, name: str, indicator: str) -> DelayBlock:
    rows = [row for row in delays.rows if row.indicator == indicator]
    taught = {row.source for row in rows if row.fitted}
    untaught = [
        (clean(row.source) + (f" at age {_age(row)}" if row.source in taught else ""), row)
        for row in rows
        if not row.fitted
    ]
    return DelayBlock(
        name=name,
        lines=tuple(_line(row) for row in rows if row.fitted),
        too_few=_too_few(untaught, delays.fewest),
    )


def _line(row: DelayRow) -> DelayLine:
    return DelayLine(
        source=clean(row.source),
        age=_age(row),
        pairs=str(row.pairs),
        fitted=tuple(map(words.multiple, row.fitted or ())),
        seen=tuple(map(words.multiple, row.seen or ())),
    )


def _age(row: DelayRow) -> str:
    first, last = row.ages[0], row.ages[1] - 1
    return str(first) if first == last else f"{first}-{last}"


def _too_few(untaught: list[tuple[str, DelayRow]], fewest: int) -> str:
    """Return what taught nothing, each with the most pairs that any row of it has."""
    most: dict[str, int] = {}
    for name, row in untaught:
        most[name] = max(most.get(name, 0), row.pairs)
    told = words.listed([f"{pairs} of {name}" for name, pairs in most.items()])
    return f"Too few pairs, {fewest} are needed: {told}." if told else ""


def _legend(delays: Delays) -> str:
    unit = delays.cadence
    pair = (
        f"A pair: a value of at least {words.number(delays.least)} as known at an age, and the "
        f"same value {delays.final} {unit}s or more after the {unit} ended, when it is final."
    )
    if not any(row.fitted for row in delays.rows):
        return pair
    return (
        "Final value as a multiple of the value known at an age, at the per cents named: of the "
        f"pairs as they are, and as fitted. Age: in whole {unit}s since the {unit} ended. {pair}"
    )
