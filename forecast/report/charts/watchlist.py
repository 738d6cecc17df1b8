"""The watch list as small multiples: one panel per indicator, all over the same periods.

::

    ▒▒ shaded   what the forecast of the period before expected of this one
    ●  read     in a full period; ○ with a stem: a part of it scaled up; ▬ a total over several
    ◇  held     known, but about a later period than the forecast's
    ×─ was      what the same source said before it corrected itself
    // hatched  missing: neither zero nor the last value again

Nearly all grey: hue belongs to scenarios.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count, takewhile
from math import ceil, expm1, floor, log1p, log10
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from forecast.case.types import Case
from forecast.families import FAMILIES
from forecast.families.base import Scale
from forecast.periods import Period
from forecast.readings.types import Known
from forecast.record import Forecast, NextPeriod
from forecast.report.charts.readings import Panel, Reported, panels_of
from forecast.report.charts.sheet import fitted, new_sheet, spread, width
from forecast.report.charts.style import INK, PALE, PALER, QUIET, WIDTH, save, shared_style
from forecast.report.view import captions, words
from forecast.report.view.sanitise import clean, cleaned
from forecast.report.view.types import WatchRow
from forecast.report.view.watchlist import watch_rows

_LEFT, _RIGHT = 1.35, 0.95  # inches: names of levels, of thresholds
_PANEL, _HEAD, _FOOT = 0.78, 0.34, 0.36  # inches: a panel, the line above it, dates below the last
_SMALL = 7.5  # points
_APART = 0.14  # inches between the figures of an axis
_NEAR = 20  # a smallest value from which an axis need not show 0
_BROAD, _NARROW = ("0.05", "0.95"), ("0.25", "0.75")
_EDGE: Any = {"color": INK, "markeredgecolor": INK, "markeredgewidth": 1.0, "linestyle": "none"}


def watch_chart(
    forecast: Forecast,
    case: Case,
    known: Known,
    expected: Mapping[tuple[str, Period], NextPeriod],
    path: Path,
    failed: Sequence[Period] = (),
) -> None:
    """Draw readings beside what was expected of them.

    Parameters
    ----------
    forecast
        The forecast; its own expectations of the next period are drawn as well.
    case, known
        Its case, and what was known of it on the forecast's as-of.
    expected
        What earlier forecasts expected, by indicator id and period.
    path
        Where to write; ``.png``, ``.svg`` or ``.pdf``. Same input, same bytes.
    failed
        Periods of which a fit that failed its gate expected it.
    """
    drawn = panels_of(forecast, case, known, expected)
    forecast = cleaned(forecast)
    rows = watch_rows(forecast)
    shown = [period for period in failed if any(period.ordinal in p.expected for p in drawn)]
    with shared_style(forecast):
        sheet = new_sheet(
            len(drawn) * (_HEAD + _PANEL) + _FOOT,
            captions.watch_title(forecast),
            captions.watch_caption(forecast, shown),
            captions.alarm(forecast),
        )
        for place, panel in enumerate(drawn):
            top = sheet.top - sheet.up(_HEAD + place * (_HEAD + _PANEL))
            place_at = (_LEFT / WIDTH, top - sheet.up(_PANEL))
            size = (1 - (_LEFT + _RIGHT) / WIDTH, sheet.up(_PANEL))
            axes = sheet.figure.add_axes((*place_at, *size))
            _panel(axes, panel, forecast, last=place == len(drawn) - 1)
            _name(axes, rows[place], forecast.cadence)
        save(sheet.figure, path, captions.watch_alt(forecast))


def _panel(axes: Axes, panel: Panel, forecast: Forecast, *, last: bool) -> None:
    scale = FAMILIES[panel.indicator.family].scale
    _frame(axes, panel, forecast, last=last)
    for at in panel.missing:
        axes.axvspan(
            at - 0.5, at + 0.5, facecolor="none", edgecolor=PALE, hatch="///", linewidth=0, zorder=1
        )
    for at, ahead in panel.expected.items():
        if scale == "level":
            _chances(axes, at, ahead)
        else:
            _band(axes, at, ahead, scale)
    for reported in panel.reported:
        _reported(axes, reported, scale)
    _thresholds(axes, panel)


def _frame(axes: Axes, panel: Panel, forecast: Forecast, *, last: bool) -> None:
    period = forecast.period
    now = period.ordinal
    axes.set_xlim(panel.first - 0.5, now + 1.5)
    shown = [period + 1, *(period - back for back in range(0, now - panel.first + 1, 2))]
    shown.reverse()
    names = [
        f"{words.period_range(each, each)}\n{year}"
        for each, year in zip(shown, words.new_years(shown), strict=True)
    ]
    axes.set_xticks([each.ordinal for each in shown], names)
    axes.tick_params(length=2, labelsize=_SMALL, labelbottom=last)
    axes.axvline(now + 0.5, color=QUIET, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1)
    match FAMILIES[panel.indicator.family].scale:
        case "log":
            _amounts(axes, panel)
        case "proportion":
            _proportions(axes)
        case "level":
            _levels(axes, panel)


def _height(value: float, scale: Scale) -> float:
    """Return where a value stands on the axis of its scale."""
    return log1p(value) if scale == "log" else value


def _amounts(axes: Axes, panel: Panel) -> None:
    """Set a log scale that begins at 0, or below the smallest value where 0 is far."""
    least, most = panel.extent
    bottom = 0.0 if least < _NEAR else log1p(least / 2)
    top = log1p(max(most, 1.0))
    room = 0.06 * (top - bottom)
    axes.set_ylim(bottom - room, top + room)
    ticks = _ticks(bottom, top + room)
    axes.set_yticks([log1p(value) for value in ticks], [words.short_number(v) for v in ticks])


def _ticks(bottom: float, top: float) -> list[float]:
    """Return values to name on a log scale: decades, or, of fewer than two, whatever is rounder."""
    apart = _APART / _PANEL * (top - bottom)
    ticks: list[float] = []
    for steps in _STEPS:
        ticks = []
        for value in steps(expm1(bottom), expm1(top)):
            if bottom <= log1p(value) <= top and (
                not ticks or log1p(value) - log1p(ticks[-1]) >= apart
            ):
                ticks.append(value)
        if len(ticks) > 1:
            break
    return ticks


def _decades(parts: Sequence[int]) -> Callable[[float, float], Iterator[float]]:
    def steps(low: float, high: float) -> Iterator[float]:
        del low
        yield 0.0
        yield from takewhile(lambda v: v <= high, (p * 10.0**n for n in count() for p in parts))

    return steps


def _even(low: float, high: float) -> Iterator[float]:
    """Yield multiples of a round number, a few of them between two values."""
    raw = (high - low) / 4
    unit = 10.0 ** floor(log10(raw))
    step = unit * min((part for part in (1, 2, 5, 10) if part * unit >= raw), default=10)
    yield from (step * n for n in range(ceil(low / step), floor(high / step) + 1))


_STEPS = (_decades((1,)), _decades((1, 2, 5)), _even)


def _proportions(axes: Axes) -> None:
    axes.set_ylim(-0.06, 1.06)
    axes.set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])


def _levels(axes: Axes, panel: Panel) -> None:
    names = panel.levels
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_yticks(
        range(len(names)),
        [fitted(f"{n} {clean(name)}", _LEFT - 0.15, 6.5, lines=1) for n, name in enumerate(names)],
        fontsize=6.5,
    )


def _band(axes: Axes, at: int, ahead: NextPeriod, scale: Scale) -> None:
    for (low, high), colour in ((_BROAD, PALER), (_NARROW, PALE)):
        if low in ahead.quantiles and high in ahead.quantiles:
            ends = [_height(ahead.quantiles[q], scale) for q in (low, high)]
            axes.bar(at, ends[1] - ends[0], 0.8, ends[0], color=colour, linewidth=0, zorder=2)
    if (middle := ahead.quantiles.get("0.5")) is not None:
        axes.hlines(
            _height(middle, scale), at - 0.4, at + 0.4, color=QUIET, linewidth=0.9, zorder=3
        )


def _chances(axes: Axes, at: int, ahead: NextPeriod) -> None:
    """Draw how likely each level was by how far its bar reaches across the period."""
    for level, chance in enumerate(ahead.levels):
        axes.barh(level, 0.9 * chance, 0.72, at - 0.45 * chance, color=PALE, linewidth=0, zorder=2)


def _reported(axes: Axes, reported: Reported, scale: Scale) -> None:
    height = partial(_height, scale=scale)
    middle = (reported.first + reported.last) / 2
    y = height(reported.value)
    for old in reported.was:
        axes.plot([middle] * 2, [height(old), y], color=QUIET, linewidth=0.8, zorder=4)
        axes.plot([middle], [height(old)], marker="x", markersize=4, zorder=4, **_EDGE)
    if reported.last > reported.first:
        ends = reported.first - 0.4, reported.last + 0.4
        axes.hlines(y, *ends, color=INK, linewidth=2.4, zorder=5)
    else:
        full = reported.counted == reported.value
        if not full:
            axes.vlines(middle, height(reported.counted), y, color=INK, linewidth=1.0, zorder=4)
        marker, fill = "D" if reported.held else "o", INK if full else "white"
        axes.plot([middle], [y], marker=marker, markersize=4.2, markerfacecolor=fill, zorder=5,
                  **_EDGE)  # fmt: skip


def _thresholds(axes: Axes, panel: Panel) -> None:
    """Draw thresholds, named at the right; names of lines too close are led apart.

    None is led up into what stands above the panel.
    """
    family = FAMILIES[panel.indicator.family]
    low, high = axes.get_ylim()
    named = sorted(panel.thresholds, key=lambda each: each[1])
    lines = [_height(value, family.scale) for _, value in named]
    line = (high - low) * (_SMALL * 1.2 / 72) / _PANEL
    places = spread(lines, line, low, high - line / 2)
    aside = axes.get_yaxis_transform()
    for (name, value), y, place in zip(named, lines, places, strict=True):
        axes.axhline(y, color=QUIET, linewidth=0.7, linestyle=(0, (4, 2)), zorder=3)
        axes.plot(
            [1, 1.015], [y, place], color=QUIET, linewidth=0.5, transform=aside, clip_on=False
        )
        said = f"{name} {family.bare(value)}"
        axes.text(1.02, place, said, fontsize=6.5, color=INK, va="center", transform=aside)


def _name(axes: Axes, row: WatchRow, unit: str) -> None:
    """Write name, latest reading and state above a panel."""
    said = f"{row.latest}, {row.state}; at {row.threshold} next {unit} {row.warning}"
    room = WIDTH - _LEFT - 0.1
    said = fitted(said, room * 0.75, 8, lines=1)
    name = fitted(row.name, room - width(said, 8) - 0.15, 8.5, lines=1, bold=True)
    axes.text(0, 1.08, name, transform=axes.transAxes, fontsize=8.5, fontweight="bold", color=INK)
    axes.text(
        1 + (_RIGHT - 0.1) / (WIDTH - _LEFT - _RIGHT),
        1.08,
        said,
        transform=axes.transAxes,
        fontsize=8,
        ha="right",
        color=INK,
    )
