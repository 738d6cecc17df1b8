"""Scenario probabilities over time: one small panel per scenario, all on one scale.

Six overlapping bands cannot be read; six panels can. Each holds one scenario's line and its 90 %
range, drawn as a bar at the last period, and is named with its last value: no legend to look up.
Periods without a forecast are gaps in the line; a cross is of a fit that failed its gate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from math import ceil, isfinite, nan
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes

from forecast.periods import Period
from forecast.record import Forecast, ScenarioForecast
from forecast.report.charts.sheet import Sheet, depth, fitted, new_sheet
from forecast.report.charts.style import (
    INK,
    WIDTH,
    LineStyle,
    line_styles,
    save,
    shared_style,
)
from forecast.report.view import captions, words
from forecast.report.view.sanitise import cleaned

COLUMNS = 3
_RECENT = 26  # periods shown at most: half a year of weeks
_LEFT, _RIGHT, _GAP = 0.075, 0.975, 0.16  # shares of the width; the gap, of a panel's
_NAME = WIDTH * (_RIGHT - _LEFT) / (COLUMNS + (COLUMNS - 1) * _GAP) * (1 + 0.45 * _GAP)  # inches
_ABOVE, _BELOW, _PANEL = 0.5, 0.42, 1.5  # inches: the first row's names, the last row's dates


class Issued(NamedTuple):
    """Probabilities of one period: per scenario id the probability and its 90 % range.

    ``ok`` is whether the fit they are of passed its gate.
    """

    period: Period
    as_of: date
    probabilities: Mapping[str, tuple[float, float, float]]
    ok: bool = True


class Values(NamedTuple):
    """What is drawn of one scenario: ordinals of periods, and in per cent what was forecast.

    Between the first and the last period none is left out: where nothing was forecast, nan.
    """

    x: list[int]
    y: list[float]
    low: list[float]
    high: list[float]

    @property
    def alone(self) -> list[int]:
        """Places of forecasts without a neighbour, of which a line shows nothing."""
        there = [False, *map(isfinite, self.y), False]
        return [n for n in range(len(self.y)) if there[n : n + 3] == [False, True, False]]


def scenarios_chart(
    forecast: Forecast,
    series: Sequence[Issued],
    path: Path,
    places: Mapping[str, int] | None = None,
) -> None:
    """Draw scenario probabilities over time.

    Parameters
    ----------
    forecast
        The last forecast: names, finding and caption are its.
    series
        One item per logged forecast, in order of period. With fewer than two the forecast's own
        history is drawn instead, and the caption says so.
    path
        Where to write; ``.png``, ``.svg`` or ``.pdf``. Same input, same bytes.
    places
        As `line_styles` has them.
    """
    forecast = cleaned(forecast)
    points, as_issued = points_of(forecast, series, _RECENT)
    failed = [period.ordinal for period in failed_of(points)]
    styles = line_styles((s.id for s in forecast.scenarios), places)
    rows = ceil(len(forecast.scenarios) / COLUMNS)
    with shared_style(forecast):
        sheet = new_sheet(
            _ABOVE + rows * _PANEL + _BELOW,
            captions.chart_title(forecast),
            captions.chart_caption(forecast, as_issued=as_issued, failed=failed_of(points)),
            captions.alarm(forecast),
        )
        for axes, scenario, place in panels(sheet, forecast, _ABOVE, _BELOW):
            below = place + COLUMNS >= len(forecast.scenarios)
            _frame(axes, points, left=place % COLUMNS == 0, below=below)
            values = values_of(points, scenario.id)
            _line(axes, values, styles[scenario.id])
            cross_failed(axes, values, failed)
            name_panel(axes, forecast, scenario, _values_now(scenario))
        save(sheet.figure, path, captions.alt_text(forecast))


def points_of(
    forecast: Forecast, series: Sequence[Issued], recent: int
) -> tuple[list[Issued], bool]:
    """The last periods to draw, and whether they are as issued or recomputed."""
    as_issued = len(series) >= 2
    return list(series if as_issued else _history(forecast))[-recent:], as_issued


def _history(forecast: Forecast) -> list[Issued]:
    ids = [scenario.id for scenario in forecast.scenarios]
    return [
        Issued(
            point.period,
            forecast.as_of,
            dict(zip(ids, zip(point.filtered, point.low, point.high, strict=True), strict=True)),
            forecast.fit.ok,
        )
        for point in forecast.history
    ]


def failed_of(points: Sequence[Issued]) -> list[Period]:
    """The periods whose forecast is of a fit that failed its gate."""
    return [point.period for point in points if not point.ok]


def panels(
    sheet: Sheet, forecast: Forecast, above: float, below: float
) -> Iterator[tuple[Axes, ScenarioForecast, int]]:
    """Yield a panel per scenario, in the case's order, with its place in it."""
    grid = sheet.figure.add_gridspec(
        ceil(len(forecast.scenarios) / COLUMNS),
        COLUMNS,
        left=_LEFT,
        right=_RIGHT,
        top=sheet.top - sheet.up(above),
        bottom=sheet.bottom + sheet.up(below),
        hspace=0.5,
        wspace=_GAP,
    )
    for place, scenario in enumerate(forecast.scenarios):
        yield sheet.figure.add_subplot(grid[place // COLUMNS, place % COLUMNS]), scenario, place


def _frame(axes: Axes, points: Sequence[Issued], *, left: bool, below: bool) -> None:
    periods = [point.period for point in points]
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    shown = dict.fromkeys([periods[0], periods[len(periods) // 2], periods[-1]])
    axes.set_xticks(
        [period.ordinal for period in shown],
        [
            f"{words.period_range(period, period)}\n{year}"
            for period, year in zip(shown, words.new_years(list(shown)), strict=True)
        ],
    )
    axes.set_xlim(periods[0].ordinal - 0.5, periods[-1].ordinal + 0.5)
    axes.tick_params(length=2, labelsize=8, labelleft=left, labelbottom=below)


def _line(axes: Axes, values: Values, style: LineStyle) -> None:
    x, y, low, high = values
    axes.fill_between(x, low, high, color=style.color, alpha=0.22, linewidth=0, zorder=2)
    axes.plot(x, y, color=style.color, linewidth=1.6, zorder=3)
    for n in dict.fromkeys([*values.alone, len(x) - 1] if x else []):
        last = n == len(x) - 1
        axes.vlines(x[n], low[n], high[n], color=style.color, linewidth=1.6, zorder=3)
        axes.plot(
            x[n],
            y[n],
            color=style.color,
            marker=style.marker,
            markersize=5 if last else 3,
            zorder=4,
            clip_on=False,
        )


def cross_failed(axes: Axes, values: Values, failed: Collection[int]) -> None:
    """Cross out what is of a fit that failed its gate, given by where it is."""
    found = [(x, y) for x, y in zip(values.x, values.y, strict=True) if x in failed]
    axes.plot(
        [x for x, _ in found],
        [y for _, y in found],
        color=INK,
        marker="x",
        markersize=7,
        markeredgewidth=1.4,
        linestyle="none",
        zorder=6,
        clip_on=False,
    )


def values_of(points: Sequence[Issued], scenario: str) -> Values:
    """Return what is drawn of a scenario, from its first forecast to its last."""
    told = {
        point.period.ordinal: point.probabilities[scenario]
        for point in points
        if scenario in point.probabilities
    }
    x = list(range(min(told, default=0), max(told, default=-1) + 1))
    rows = [tuple(100 * value for value in told.get(at, (nan, nan, nan))) for at in x]
    return Values(x, *([row[n] for row in rows] for n in range(3)))


def name_panel(axes: Axes, forecast: Forecast, scenario: ScenarioForecast, said: str) -> None:
    """Write a scenario's name and figures above its panel, the leader's in bold."""
    leads = scenario is max(forecast.scenarios, key=lambda each: each.probability)
    name = fitted(scenario.name, _NAME, 8.5, lines=2, bold=leads)
    weight = "bold" if leads else "normal"
    deeper = depth(name.split("\n")[-1], 8.5, bold=leads) - depth("g", 8.5, bold=leads)
    pad = 15 + 72 * max(deeper, 0.0)
    axes.set_title(name, fontsize=8.5, fontweight=weight, color=INK, pad=pad)
    axes.text(0, 1.05, said, transform=axes.transAxes, fontsize=8.5, color=INK)


def _values_now(scenario: ScenarioForecast) -> str:
    """A scenario's last value, range and change."""
    between = words.percent_range(scenario.low, scenario.high)
    change = "" if scenario.change is None else f", {words.points(scenario.change)}"
    return f"{words.percent(scenario.probability)} ({between}){change}"
