"""``forecast chart``: a figure for a memo.

A chart is one entry of `CHARTS`: its name, which is that of its file too, and how it is drawn from
what is logged. Without the latter there is no entry.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.common import case_root, entries_of, forecast_in, load, say
from forecast.cli.files import ending, write
from forecast.errors import LedgerError, Problem, UsageError, did_you_mean, show
from forecast.ledger import LEDGER, Entry
from forecast.readings import known_as_of

if TYPE_CHECKING:
    from forecast.report.charts.scenarios import Issued

type Draw = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Logged:
    """What a chart may be drawn from: a case, its ledger, one forecast of it.

    ``scenario`` is that of a chart of one scenario; None: the one that moved most.
    """

    root: Path
    entries: Sequence[Entry]
    entry: Entry
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart there is: ``draw`` returns what writes it to a file, by the file's ending."""

    name: str
    draw: Callable[[Logged], Draw]
    of_one_scenario: bool


CHARTS = {
    chart.name: chart
    for chart in (
        Chart("scenarios", lambda of: _scenarios(of.entries, of.entry), of_one_scenario=False),
        Chart("horizon", lambda of: _horizon(of.entries, of.entry), of_one_scenario=False),
        Chart(
            "waterfall",
            lambda of: _waterfall(of.root, of.entry, of.scenario),
            of_one_scenario=True,
        ),
        Chart("watch", lambda of: _watch(of.root, of.entries, of.entry), of_one_scenario=False),
        Chart("priors", lambda of: _priors(of.root, of.entries, of.entry), of_one_scenario=False),
        Chart("calibration", lambda of: _calibration(of.root), of_one_scenario=False),
    )
}


class Format(StrEnum):
    """How a chart is written."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


def chart(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of: {', '.join(CHARTS)}.")],
    form: Annotated[Format | None, typer.Option("--format", help="Default: png.")] = None,
    scenario: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Of a waterfall; default: the one that moved most."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Default: beside the forecast.")
    ] = None,
) -> None:
    """Draw a chart and print where it is."""
    if name not in CHARTS:
        raise UsageError(
            Problem("chart", "must be a chart there is", show(name), did_you_mean(name, CHARTS))
        )
    if scenario is not None and not CHARTS[name].of_one_scenario:
        having = " or ".join(each.name for each in CHARTS.values() if each.of_one_scenario)
        raise UsageError(Problem("--scenario", f"must go with the chart {having}", show(name)))
    suffix = ending(form, output, Format, Format.PNG)
    root = case_root(ctx)
    entries = entries_of(root)
    last, _ = forecast_in(entries)
    folder = (root / LEDGER).parent / str(last.period) / "charts"
    path = output or folder / f"{name}.{suffix}"
    with missing_letters_said():
        data = drawn(name, Logged(root, entries, last, scenario), suffix)
    write(path, data)


def drawn(name: str, of: Logged, ending: str) -> bytes:
    """A chart of a logged forecast as a file of an ending holds it."""
    from forecast.report.charts.inline import bytes_of

    return bytes_of(CHARTS[name].draw(of), ending)


@contextmanager
def missing_letters_said() -> Iterator[None]:
    """Say once, of all that is drawn, which letters no installed font has."""
    from forecast.report.charts.fonts import MissingLetters, advice

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", MissingLetters)
        yield
    found = [each.message for each in caught if isinstance(each.message, MissingLetters)]
    if found:
        say(advice(frozenset().union(*(each.letters for each in found))))


def places_of(entries: Iterable[Entry]) -> dict[str, int]:
    """The place of every scenario there ever was, by id, in order of first appearance.

    What stands in the ledger never moves, so that a scenario keeps its colour for good.
    """
    ids = [s.id for entry in entries for s in entry.forecast.scenarios]
    return {scenario: place for place, scenario in enumerate(dict.fromkeys(ids))}


def _scenarios(entries: Sequence[Entry], entry: Entry) -> Draw:
    from forecast.report.charts.scenarios import scenarios_chart

    forecast, series = entry.forecast, series_of(entries, entry)
    places = places_of(entries)
    return lambda path: scenarios_chart(forecast, series, path, places)


def _horizon(entries: Sequence[Entry], entry: Entry) -> Draw:
    from forecast.report.charts.horizon import horizon_chart

    forecast, series = entry.forecast, series_of(entries, entry)
    places = places_of(entries)
    return lambda path: horizon_chart(forecast, series, path, places)


def _watch(root: Path, entries: Sequence[Entry], entry: Entry) -> Draw:
    from forecast.report.charts.watchlist import watch_chart

    case, readings = load(root)
    known = known_as_of(case, readings, entry.as_of)
    last = {each.period: each.forecast for each in entries if each.period < entry.period}
    expected = {
        (indicator.id, period + 1): indicator.next
        for period, forecast in last.items()
        for indicator in forecast.indicators
    }
    failed = [period + 1 for period, forecast in sorted(last.items()) if not forecast.fit.ok]
    return lambda path: watch_chart(entry.forecast, case, known, expected, path, failed)


def _priors(root: Path, entries: Sequence[Entry], entry: Entry) -> Draw:
    from forecast.explain.priors import priors_of
    from forecast.report.charts.priors import priors_chart

    case, _ = load(root)
    answer, places = priors_of(case, entry.as_of), places_of(entries)
    return lambda path: priors_chart(answer, entry.as_of, path, places)


def _calibration(root: Path) -> Draw:
    from forecast.cli.score import proof_of
    from forecast.report.charts.calibration import calibration_chart

    proof = proof_of(root)
    if not any(table.reliability for table in proof.tables):
        rule = "must have a forecast whose outcome is settled"
        raise LedgerError(Problem(LEDGER, rule, hint="`forecast resolve` records what held"))
    return lambda path: calibration_chart(proof, path)


def _waterfall(root: Path, entry: Entry, scenario: str | None) -> Draw:
    from forecast.cli.explain import movement_of
    from forecast.explain.movement_types import saved_movement
    from forecast.report.charts.waterfall import waterfall_chart
    from forecast.report.view.explain import build_explain

    found = saved_movement(entry.forecast)
    if found is None or scenario not in (None, *found.scenarios):
        found = movement_of(root, as_of=entry.as_of.isoformat(), scenario=scenario)
    view = build_explain(found, scenario)
    return lambda path: waterfall_chart(view, path)


def series_of(entries: Sequence[Entry], last: Entry) -> list[Issued]:
    """Return what was said of each period, in order: the entry logged last speaks for it."""
    from forecast.report.charts.scenarios import Issued

    latest = {entry.period: entry for entry in entries if entry.period <= last.period}
    forecasts = {period: entry.forecast for period, entry in sorted(latest.items())}
    return [
        Issued(
            period,
            forecast.as_of,
            {s.id: (s.probability, s.low, s.high) for s in forecast.scenarios},
            forecast.fit.ok,
        )
        for period, forecast in forecasts.items()
    ]
