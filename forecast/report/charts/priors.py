"""Asked against believed: what analysts said of every indicator under every scenario.

Beside it stands what the model made of it before any reading. Scenarios are rows, indicators
columns, a few to a band, so that a column reads downwards as "what this indicator tells apart".
Asked is hollow and above, believed full and below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil, log1p
from pathlib import Path

from matplotlib.axes import Axes

from forecast.explain.types import LevelIndicator, LevelRow, Priors, QuantileIndicator, QuantileRow
from forecast.families import FAMILIES
from forecast.families.base import Scale
from forecast.report.charts.sheet import Sheet, fitted, new_sheet
from forecast.report.charts.style import (
    GRID,
    INK,
    QUIET,
    WIDTH,
    LineStyle,
    line_styles,
    save,
    shared_style,
)
from forecast.report.view import model_captions, words
from forecast.report.view.priors import flagged
from forecast.report.view.sanitise import clean

_ACROSS = 3  # indicators in a band
_NAMES, _GAP, _RIGHT = 1.45, 0.22, 0.14  # inches: scenario names, between columns, at the right
_ROW, _HEAD, _FOOT = 0.3, 0.4, 0.34  # inches: a scenario, an indicator's name, its axis
_DECADES = (0, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7)
_BAR = 0.78  # of a row, the most probable level of an indicator

type Indicator = QuantileIndicator | LevelIndicator


def priors_chart(
    priors: Priors, as_of: date, path: Path, places: Mapping[str, int] | None = None
) -> None:
    """Draw what was asked beside what is believed.

    Parameters
    ----------
    priors
        At least one indicator.
    as_of
        Whose judgements they are.
    path
        Where to write; ``.png``, ``.svg`` or ``.pdf``. Same input, same bytes.
    places
        As `line_styles` has them.
    """
    styles = line_styles(priors.scenarios, places)
    scenarios = len(priors.scenarios)
    bands = [
        priors.indicators[start : start + _ACROSS]
        for start in range(0, len(priors.indicators), _ACROSS)
    ]
    band = _HEAD + scenarios * _ROW + _FOOT
    with shared_style(priors):
        sheet = new_sheet(
            len(bands) * band,
            model_captions.priors_title(priors),
            model_captions.priors_caption(priors, as_of),
        )
        for number, indicators in enumerate(bands):
            _band(sheet, indicators, number * band, priors.scenarios, styles)
        save(sheet.figure, path, model_captions.priors_alt(priors))


def _band(
    sheet: Sheet,
    indicators: Sequence[Indicator],
    down: float,
    scenarios: Mapping[str, str],
    styles: Mapping[str, LineStyle],
) -> None:
    names = list(scenarios.values())
    column = (WIDTH - _NAMES - _RIGHT - (_ACROSS - 1) * _GAP) / _ACROSS
    height = len(names) * _ROW
    for place, indicator in enumerate(indicators):
        left = _NAMES + place * (column + _GAP)
        top = sheet.top - sheet.up(down + _HEAD)
        axes = sheet.figure.add_axes(
            (left / WIDTH, top - sheet.up(height), column / WIDTH, sheet.up(height))
        )
        _frame(axes, indicator, names, column, first=place == 0)
        most = max((p for row in indicator.rows for p in _chances(row)), default=1.0)
        rows: Sequence[QuantileRow | LevelRow] = indicator.rows
        for k, row in enumerate(rows):
            if isinstance(row, QuantileRow) and isinstance(indicator, QuantileIndicator):
                scale = FAMILIES[indicator.family].scale
                _quantiles(axes, row, k, styles[row.id], scale)
            elif isinstance(row, LevelRow):
                _levels(axes, row, k, _BAR / most, styles[row.id])
            if flagged(row):
                axes.text(1.01, k, "!", fontsize=9, fontweight="bold", va="center", color=INK,
                          transform=axes.get_yaxis_transform())  # fmt: skip


def _frame(
    axes: Axes, indicator: Indicator, names: list[str], column: float, *, first: bool
) -> None:
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(
        range(len(names)),
        [fitted(clean(name), _NAMES - 0.2, 8, lines=2) for name in names] if first else [],
        fontsize=8,
        color=INK,
    )
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", length=2, labelsize=7)
    axes.spines["left"].set_visible(False)
    for k in range(1, len(names)):
        axes.axhline(k - 0.5, color=GRID, linewidth=0.6, zorder=1)
    name = fitted(clean(indicator.name), column, 8.5, lines=1, bold=True)
    axes.set_title(name, fontsize=8.5, fontweight="bold", color=INK, pad=14)
    unit = fitted(clean(indicator.unit), column + _GAP / 2, 6.5, lines=1)
    axes.annotate(unit, (0, 1), (0, 4), xycoords="axes fraction", textcoords="offset points",
                  fontsize=6.5, color=QUIET)  # fmt: skip
    if isinstance(indicator, LevelIndicator):
        axes.set_xlim(-0.6, len(indicator.levels) - 0.4)
        axes.set_xticks(range(len(indicator.levels)))
        axes.set_xlabel("level", fontsize=7, color=QUIET, labelpad=1)
        return
    if FAMILIES[indicator.family].scale == "proportion":
        ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
        axes.set_xlim(-0.03, 1.06)
        axes.set_xticks(ticks, [FAMILIES[indicator.family].rough(tick) for tick in ticks])
        return
    largest = max(max(row.asked_p90, row.believed_p90) for row in indicator.rows)
    ticks = [value for value in _DECADES if value <= largest * 1.5]
    axes.set_xlim(-0.03 * log1p(largest), log1p(largest) * 1.06)
    shown = ticks[:: ceil(len(ticks) / 5)]
    axes.set_xticks([log1p(value) for value in shown], [words.short_number(v) for v in shown])


def _quantiles(axes: Axes, row: QuantileRow, k: int, style: LineStyle, scale: Scale) -> None:
    for y, (median, p90), fill in (
        (k - 0.16, (row.asked_median, row.asked_p90), "white"),
        (k + 0.16, (row.believed_median, row.believed_p90), style.color),
    ):
        x = [median, p90] if scale == "proportion" else [log1p(median), log1p(p90)]
        axes.plot(x, [y, y], color=style.color, linewidth=1.2, zorder=2)
        axes.plot(x[:1], [y], marker=style.marker, markersize=4.5, color=style.color,
                  markerfacecolor=fill, zorder=3)  # fmt: skip
        axes.plot(x[1:], [y], marker="|", markersize=6, color=style.color, zorder=3)


def _chances(row: QuantileRow | LevelRow) -> tuple[float, ...]:
    return (*row.asked, *row.believed) if isinstance(row, LevelRow) else ()


def _levels(axes: Axes, row: LevelRow, k: int, scale: float, style: LineStyle) -> None:
    floor = k + _BAR / 2
    for level, (asked, believed) in enumerate(zip(row.asked, row.believed, strict=True)):
        axes.bar(level, -scale * believed, 0.5, floor, color=style.color, alpha=0.55, linewidth=0)
        axes.bar(level, -scale * asked, 0.8, floor, facecolor="none", edgecolor=style.color,
                 linewidth=0.9)  # fmt: skip
