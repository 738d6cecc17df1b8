"""Scenario probabilities over time: one small panel per scenario, all on one scale.

Six overlapping bands cannot be read; six panels can. Each holds one scenario's line and its 90 %
range, drawn as a bar at the last period, and is named with its last value: no legend to look up.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from forecast.periods import Period
from forecast.record import Forecast, ScenarioForecast
from forecast.report.charts.style import (
    INK,
    QUIET,
    line_style,
    new_figure,
    save,
    shared_style,
)
from forecast.report.view import captions, words
from forecast.report.view.sanitise import cleaned

_COLUMNS = 3
_RECENT = 26  # periods shown at most: half a year of weeks
_HEAD, _FOOT, _PANEL = 0.72, 1.0, 1.45  # inches


class Issued(NamedTuple):
    """Probabilities of one period: per scenario id the probability and its 90 % range."""

    period: str
    as_of: str
    probabilities: Mapping[str, tuple[float, float, float]]


def scenarios_chart(forecast: Forecast, series: Sequence[Issued], path: Path) -> None:
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
    """
    forecast = cleaned(forecast)
    as_issued = len(series) >= 2
    points = list(series if as_issued else _history(forecast))[-_RECENT:]
    rows = ceil(len(forecast.scenarios) / _COLUMNS)
    height = _HEAD + rows * _PANEL + _FOOT
    with shared_style():
        figure = new_figure(height)
        _panels(figure, forecast, points, rows, height)
        _texts(figure, forecast, height, as_issued=as_issued)
        save(figure, path)


def _history(forecast: Forecast) -> list[Issued]:
    ids = [scenario.id for scenario in forecast.scenarios]
    return [
        Issued(
            point.period,
            forecast.as_of,
            dict(zip(ids, zip(point.filtered, point.low, point.high, strict=True), strict=True)),
        )
        for point in forecast.history
    ]


def _panels(
    figure: Figure, forecast: Forecast, points: Sequence[Issued], rows: int, height: float
) -> None:
    grid = figure.add_gridspec(
        rows,
        _COLUMNS,
        left=0.075,
        right=0.98,
        top=1 - _HEAD / height,
        bottom=_FOOT / height,
        hspace=0.42,
        wspace=0.16,
    )
    leader = max(forecast.scenarios, key=lambda scenario: scenario.probability)
    for place, scenario in enumerate(forecast.scenarios):
        axes = figure.add_subplot(grid[place // _COLUMNS, place % _COLUMNS])
        below = place + _COLUMNS >= len(forecast.scenarios)
        _frame(axes, points, left=place % _COLUMNS == 0, below=below)
        _line(axes, points, scenario.id, place)
        _label(axes, scenario, leads=scenario is leader)


def _frame(axes: Axes, points: Sequence[Issued], *, left: bool, below: bool) -> None:
    periods = [Period.parse(point.period) for point in points]
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    shown = dict.fromkeys([periods[0], periods[len(periods) // 2], periods[-1]])
    axes.set_xticks(
        [period.ordinal for period in shown],
        [
            f"{words.period_range(period, period)}\n{'' if k else period.last_day.year}"
            for k, period in enumerate(shown)
        ],
    )
    axes.set_xlim(periods[0].ordinal - 0.5, periods[-1].ordinal + 0.5)
    axes.tick_params(length=2, labelsize=8, labelleft=left, labelbottom=below)


def _line(axes: Axes, points: Sequence[Issued], scenario: str, place: int) -> None:
    style = line_style(place)
    x, y, low, high = _values(points, scenario)
    axes.fill_between(x, low, high, color=style.color, alpha=0.22, linewidth=0, zorder=2)
    axes.plot(x, y, color=style.color, linewidth=1.6, zorder=3)
    axes.vlines(x[-1:], low[-1:], high[-1:], color=style.color, linewidth=1.6, zorder=3)
    axes.plot(
        x[-1:],
        y[-1:],
        color=style.color,
        marker=style.marker,
        markersize=5,
        zorder=4,
        clip_on=False,
    )


def _values(
    points: Sequence[Issued], scenario: str
) -> tuple[list[int], list[float], list[float], list[float]]:
    """Return period ordinals, and probability, low and high in per cent."""
    x: list[int] = []
    y: list[float] = []
    low: list[float] = []
    high: list[float] = []
    for point in points:
        if scenario in point.probabilities:
            x.append(Period.parse(point.period).ordinal)
            for values, value in zip((y, low, high), point.probabilities[scenario], strict=True):
                values.append(100 * value)
    return x, y, low, high


def _label(axes: Axes, scenario: ScenarioForecast, *, leads: bool) -> None:
    """Name the panel, with its last value, range and change."""
    now = f"{words.percent(scenario.probability)}"
    between = words.percent_range(scenario.low, scenario.high)
    change = "" if scenario.change is None else f", {words.points(scenario.change)}"
    weight = "bold" if leads else "normal"
    axes.set_title(
        textwrap.fill(scenario.name, 30), fontsize=8.5, fontweight=weight, color=INK, pad=15
    )
    axes.text(
        0, 1.05, f"{now} ({between}){change}", transform=axes.transAxes, fontsize=8.5, color=INK
    )


def _texts(figure: Figure, forecast: Forecast, height: float, *, as_issued: bool) -> None:
    title = textwrap.fill(captions.chart_title(forecast), 72)
    caption = captions.chart_caption(forecast, as_issued=as_issued)
    caption = textwrap.fill(caption, 118, break_on_hyphens=False)
    figure.text(0.012, 1 - 0.1 / height, title, fontsize=11, fontweight="bold", va="top")
    figure.text(0.012, (_FOOT - 0.45) / height, caption, fontsize=7, color=QUIET, va="top")
