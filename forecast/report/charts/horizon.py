"""The horizon fan: from now on, one panel per scenario, all on one scale.

Two lines open from today: that the scenario holds in a period ahead, and that it holds at least
once up to then. What lies between them is how much a scenario may come and go. The recent past
stands before them, since a fan without it says nothing of how steady its beginning is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from forecast.periods import Period
from forecast.record import Forecast, ScenarioForecast
from forecast.report.charts.scenarios import (
    COLUMNS,
    Issued,
    cross_failed,
    failed_of,
    name_panel,
    panels,
    points_of,
    values_of,
)
from forecast.report.charts.sheet import new_sheet, spread
from forecast.report.charts.style import (
    GRID,
    INK,
    QUIET,
    LineStyle,
    line_styles,
    save,
    shared_style,
)
from forecast.report.view import captions
from forecast.report.view.sanitise import cleaned

_PAST = 4  # periods before now
_ROOM = 0.42  # for the figures at the end, of what is drawn
_APART = 13  # per cent between the two figures at the end of a panel
_ABOVE, _BELOW, _PANEL = 0.5, 0.42, 1.5  # inches: the first row's names, the last row's axis


def horizon_chart(
    forecast: Forecast,
    series: Sequence[Issued],
    path: Path,
    places: Mapping[str, int] | None = None,
) -> None:
    """Draw scenario probabilities ahead.

    Parameters
    ----------
    forecast
        What is expected, and names, finding and caption.
    series
        As `scenarios_chart` draws it: the past.
    path
        Where to write; ``.png``, ``.svg`` or ``.pdf``. Same input, same bytes.
    places
        As `line_styles` has them.
    """
    forecast = cleaned(forecast)
    now = forecast.period
    points, _ = points_of(forecast, series, _PAST + 1)
    points = [point for point in points if now - point.period <= _PAST]
    styles = line_styles((s.id for s in forecast.scenarios), places)
    rows = ceil(len(forecast.scenarios) / COLUMNS)
    with shared_style(forecast):
        sheet = new_sheet(
            _ABOVE + rows * _PANEL + _BELOW,
            captions.horizon_title(forecast),
            captions.horizon_caption(forecast, failed_of(points)),
            captions.alarm(forecast),
        )
        for axes, scenario, place in panels(sheet, forecast, _ABOVE, _BELOW):
            line, then, ever = captions.horizon_figures(forecast, scenario)
            below = place + COLUMNS >= len(forecast.scenarios)
            _frame(axes, forecast, scenario, left=place % COLUMNS == 0, below=below)
            _past(axes, now, points, scenario.id, styles[scenario.id])
            _fan(axes, scenario, styles[scenario.id])
            _ends(axes, scenario, then, ever)
            name_panel(axes, forecast, scenario, line)
        save(sheet.figure, path, captions.horizon_alt(forecast))


def _frame(
    axes: Axes, forecast: Forecast, scenario: ScenarioForecast, *, left: bool, below: bool
) -> None:
    ahead = sorted(map(int, scenario.horizons))
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    start = -_PAST - 0.5
    axes.hlines([50, 100], start, ahead[-1], color=GRID, linewidth=0.6, zorder=1)
    axes.set_xlim(start, ahead[-1] + (ahead[-1] - start) * _ROOM)
    axes.axvline(0, color=QUIET, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1)
    named = [step for n, step in enumerate(ahead) if step == ahead[-1] or step * 5 >= ahead[-1]]
    axes.set_xticks([0, *named], ["now", *(f"+{step}" for step in named)])
    axes.spines["bottom"].set_bounds(start, ahead[-1])
    axes.tick_params(length=2, labelsize=8, labelleft=left, labelbottom=below)
    if below:
        axes.set_xlabel(f"{forecast.cadence}s ahead", fontsize=8, color=QUIET)


def _past(
    axes: Axes, now: Period, points: Sequence[Issued], scenario: str, style: LineStyle
) -> None:
    values = values_of(points, scenario)
    moved = values._replace(x=[at - now.ordinal for at in values.x])
    look: Any = {"color": style.color, "alpha": 0.55, "zorder": 2}
    axes.plot(moved.x, moved.y, linewidth=1.0, **look)
    alone = moved.alone
    axes.plot([moved.x[n] for n in alone], [moved.y[n] for n in alone], marker=style.marker,
              markersize=3, linestyle="none", **look)  # fmt: skip
    cross_failed(axes, moved, [period - now for period in failed_of(points)])


def _fan(axes: Axes, scenario: ScenarioForecast, style: LineStyle) -> None:
    ahead = sorted(map(int, scenario.horizons))
    now = 100 * scenario.probability
    then = [100 * scenario.horizons[str(step)] for step in ahead]
    ever = [100 * scenario.ever_within[str(step)] for step in ahead]
    axes.fill_between(ahead, then, ever, color=style.color, alpha=0.16, linewidth=0, zorder=2)
    axes.plot([0, *ahead], [now, *then], color=style.color, linewidth=1.6, zorder=4)
    axes.plot(ahead, ever, color=style.color, linewidth=1.2, linestyle=(0, (3, 1.5)), zorder=3)
    axes.plot(ahead, then, color=style.color, marker=style.marker, markersize=3, linestyle="none")
    low, high = 100 * scenario.low, 100 * scenario.high
    axes.plot([0, 0], [low, high], color=style.color, linewidth=1.0, marker="_", markersize=7)
    axes.plot(
        [0], [now], color=style.color, marker=style.marker, markersize=5, zorder=5, clip_on=False
    )


def _ends(axes: Axes, scenario: ScenarioForecast, then: str, ever: str) -> None:
    """Write the last figures beside the ends of the two lines, apart where these are close."""
    far = max(scenario.horizons, key=int)
    ends = [100 * scenario.horizons[far], 100 * scenario.ever_within[far]]
    for at, text in zip(spread(ends, _APART), (then, f"{ever} ever"), strict=True):
        axes.text(int(far) * 1.05, at, text, fontsize=7.5, va="center", color=INK)
