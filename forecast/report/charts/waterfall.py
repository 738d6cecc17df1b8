"""What moved one scenario's probability: a step per cause, from the forecast before to this one.

One cause a line, so that its name and its dated source stand beside its step. Which way a step
goes is told by its sign, by the side it stands on and by where the next one starts; shade only
helps, and there is no hue: hue belongs to scenarios.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from forecast.report.charts.sheet import fitted, new_sheet
from forecast.report.charts.style import INK, PALE, QUIET, WIDTH, save, shared_style
from forecast.report.view.captions import FAILED
from forecast.report.view.explain import CauseLine, ExplainView

_LINE, _AXIS = 0.42, 0.35  # inches: one cause, and the figures under all
_LEFT, _RIGHT = 0.44, 0.93  # of the width: names and sources before, points behind
_ROOM = _LEFT * WIDTH - 0.25  # inches of a name or source
_POINTS = re.compile(r" ([+-]\d)")  # stay on the line of what moved them
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # no line goes through a figure
_BEHIND: Any = {"textcoords": "offset points", "ha": "left", "va": "center", "bbox": _PAPER}
_BEFORE: Any = _BEHIND | {"ha": "right"}
_TOPS = (10, 25, 50, 100)  # per cent: where the axis may end


def waterfall_chart(view: ExplainView, path: Path) -> None:
    """Draw what moved the first scenario of an explanation.

    Parameters
    ----------
    view
        Names, figures and words are its.
    path
        Where to write; ``.png``, ``.svg`` or ``.pdf``. Same input, same bytes.
    """
    lines = len(view.causes) + 2
    with shared_style(view):
        alarm = view.alarm and FAILED
        title = _POINTS.sub("\u00a0\\1", view.title)
        sheet = new_sheet(lines * _LINE + _AXIS, title, view.caption, alarm)
        bottom = sheet.bottom + sheet.up(_AXIS)
        axes = sheet.figure.add_axes((_LEFT, bottom, _RIGHT - _LEFT, sheet.top - bottom))
        _frame(axes, view)
        _end(axes, 0, view.causes[0].start, view.before[0])
        for place, cause in enumerate(view.causes, 1):
            _step(axes, place, cause)
        _end(axes, lines - 1, view.causes[-1].stop, f"{view.now[0]}\n{view.total[0]} in all")
        save(sheet.figure, path, view.alt_text)


def span(causes: Sequence[CauseLine]) -> tuple[float, float]:
    """The per cents an axis runs between: from 0, or from where shares pass below it."""
    ends = [end for cause in causes for end in (cause.start, cause.stop)]
    top = next((top for top in _TOPS if max(ends) <= top), max(ends))
    return min(0.0, *ends), top


def _frame(axes: Axes, view: ExplainView) -> None:
    names = [(view.then, ""), *((c.name, c.fact) for c in view.causes), (view.today, "")]
    low, top = span(view.causes)
    most = min(top, _TOPS[-1])
    ticks = [0, most / 2, most]
    axes.set_xlim(low, top)
    axes.set_xticks(ticks, [f"{tick:g} %" for tick in ticks])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=2, labelsize=8)
    for place, (name, fact) in enumerate(names):
        text = fitted(fact, _ROOM, 6.5, lines=2)
        lines = text.count("\n") + 1 if text else 0
        named = fitted(name, _ROOM, 8.5, lines=1)
        axes.annotate(
            named, (low, place - 0.13 * lines), (-8, 0), **_BEFORE, fontsize=8.5, color=INK
        )
        if lines:
            under = place + 0.3 - 0.06 * lines
            axes.annotate(text, (low, under), (-8, 0), **_BEFORE, fontsize=6.5, color=QUIET)


def _end(axes: Axes, place: int, value: float, text: str) -> None:
    axes.barh(place, value, height=0.5, color=INK, zorder=2)
    axes.annotate(text, (value, place), (4, 0), **_BEHIND, fontsize=8.5, color=INK)


def _step(axes: Axes, place: int, cause: CauseLine) -> None:
    up = cause.stop > cause.start
    axes.vlines(cause.start, place - 1, place, color=QUIET, linewidth=0.6, zorder=1)
    shade = QUIET if up else PALE
    axes.barh(place, cause.stop - cause.start, left=cause.start, height=0.5, color=shade)
    beside = _BEHIND if up or cause.stop < 0.1 * axes.get_xlim()[1] else _BEFORE
    far = cause.stop if beside is _BEFORE else max(cause.start, cause.stop)
    offset = (-4 if beside is _BEFORE else 4, 0)
    axes.annotate(cause.points[0], (far, place), offset, **beside, fontsize=8.5, color=INK)
