"""What moved one scenario's probability: a step per cause, from the forecast before to this one.

One cause a line, so that its name and its dated source stand beside its step. Which way a step goes
is told by its sign, by the side it stands on and by where the next one starts; colour only helps.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from forecast.report.charts.style import INK, QUIET, line_style, new_figure, save, shared_style
from forecast.report.view.causes import CauseLine
from forecast.report.view.explain import ExplainView

_HEAD, _FOOT, _LINE = 0.75, 1.0, 0.42  # inches
_LEFT, _RIGHT = 0.44, 0.93  # of the width: names and sources before, points behind
_TEXT = 54  # characters of a source on one line
_POINTS = re.compile(r" ([+-]\d)")  # stay on the line of what moved them
_BEHIND: Any = {"textcoords": "offset points", "ha": "left", "va": "center"}
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
    height = _HEAD + lines * _LINE + _FOOT
    with shared_style():
        figure = new_figure(height)
        axes = figure.add_axes(
            (_LEFT, _FOOT / height, _RIGHT - _LEFT, (height - _HEAD - _FOOT) / height)
        )
        _frame(axes, view)
        _end(axes, 0, view.causes[0].start, view.before[0])
        for place, cause in enumerate(view.causes, 1):
            _step(axes, place, cause)
        _end(axes, lines - 1, view.causes[-1].stop, f"{view.now[0]}\n{view.total[0]} in all")
        title = textwrap.fill(_POINTS.sub("\u00a0\\1", view.title), 66)
        caption = textwrap.fill(view.caption, 118, break_on_hyphens=False)
        figure.text(0.012, 1 - 0.1 / height, title, fontsize=11, fontweight="bold", va="top")
        figure.text(0.012, (_FOOT - 0.45) / height, caption, fontsize=7, color=QUIET, va="top")
        save(figure, path, view.alt_text)


def _frame(axes: Axes, view: ExplainView) -> None:
    names = [(view.then, ""), *((c.name, c.fact) for c in view.causes), (view.today, "")]
    most = max(max(cause.start, cause.stop) for cause in view.causes)
    top = next((top for top in _TOPS if most <= top), _TOPS[-1])
    ticks = [0, top / 2, top]
    axes.set_xlim(0, top)
    axes.set_xticks(ticks, [f"{tick:g} %" for tick in ticks])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=2, labelsize=8)
    for place, (name, fact) in enumerate(names):
        lines = textwrap.wrap(fact, _TEXT)
        rise = 0.13 * len(lines)
        axes.annotate(name, (0, place - rise), (-8, 0), **_BEFORE, fontsize=8.5, color=INK)
        if lines:
            text, low = "\n".join(lines), place + 0.3 - 0.06 * len(lines)
            axes.annotate(text, (0, low), (-8, 0), **_BEFORE, fontsize=6.5, color=QUIET)


def _end(axes: Axes, place: int, value: float, text: str) -> None:
    axes.barh(place, value, height=0.5, color=QUIET, zorder=2)
    axes.annotate(text, (value, place), (4, 0), **_BEHIND, fontsize=8.5, color=INK)


def _step(axes: Axes, place: int, cause: CauseLine) -> None:
    up = cause.stop > cause.start
    style = line_style(0 if up else 1)
    axes.vlines(cause.start, place - 1, place, color=QUIET, linewidth=0.6, zorder=1)
    axes.barh(place, cause.stop - cause.start, left=cause.start, height=0.5, color=style.color)
    beside = _BEHIND if up or cause.stop < 0.1 * axes.get_xlim()[1] else _BEFORE
    far = cause.stop if beside is _BEFORE else max(cause.start, cause.stop)
    offset = (-4 if beside is _BEFORE else 4, 0)
    axes.annotate(cause.points[0], (far, place), offset, **beside, fontsize=8.5, color=INK)
