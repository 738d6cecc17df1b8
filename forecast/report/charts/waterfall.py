"""What moved one scenario's probability: a step per cause, from the forecast before to this one.

One cause a line, so that its name and its dated source stand beside its step. Which way a step goes
is told by its sign, by the arrow on it and by where the next one starts; colour only helps.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from matplotlib.axes import Axes

from forecast.report.charts.style import INK, QUIET, line_style, new_figure, save, shared_style
from forecast.report.view.explain import CauseLine, ExplainView

_HEAD, _FOOT, _LINE = 0.75, 1.0, 0.36  # inches
_LEFT, _RIGHT = 0.44, 0.93  # of the width: names and sources before, points behind
_TEXT = 46  # characters of a source on one line


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
        title = textwrap.fill(view.title, 72)
        caption = textwrap.fill(view.caption, 118, break_on_hyphens=False)
        figure.text(0.012, 1 - 0.1 / height, title, fontsize=11, fontweight="bold", va="top")
        figure.text(0.012, (_FOOT - 0.45) / height, caption, fontsize=7, color=QUIET, va="top")
        save(figure, path)


def _frame(axes: Axes, view: ExplainView) -> None:
    names = [(view.then, ""), *((c.name, c.fact) for c in view.causes), (view.today, "")]
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 25, 50, 75, 100], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=2, labelsize=8)
    for place, (name, fact) in enumerate(names):
        rise = 0.17 if fact else 0
        axes.annotate(name, (0, place - rise), (-8, 0), **_BESIDE, fontsize=8.5, color=INK)
        if fact:
            short = textwrap.shorten(fact, _TEXT, placeholder=" …")
            axes.annotate(short, (0, place + 0.22), (-8, 0), **_BESIDE, fontsize=6.5, color=QUIET)


def _end(axes: Axes, place: int, value: float, text: str) -> None:
    axes.barh(place, value, height=0.5, color=QUIET, zorder=2)
    axes.annotate(text, (value, place), (4, 0), **_BEHIND, fontsize=8.5, color=INK)


def _step(axes: Axes, place: int, cause: CauseLine) -> None:
    up = cause.stop > cause.start
    style = line_style(0 if up else 1)
    axes.vlines(cause.start, place - 1, place, color=QUIET, linewidth=0.6, zorder=1)
    axes.barh(place, cause.stop - cause.start, left=cause.start, height=0.5, color=style.color)
    if cause.points[0] != "0":
        marker = ">" if up else "<"
        axes.plot(cause.stop, place, marker=marker, color=style.color, markersize=6, clip_on=False)
    far = max(cause.start, cause.stop)
    axes.annotate(cause.points[0], (far, place), (7, 0), **_BEHIND, fontsize=8.5, color=INK)


_BESIDE = {"textcoords": "offset points", "ha": "right", "va": "center", "annotation_clip": False}
_BEHIND = {"textcoords": "offset points", "ha": "left", "va": "center", "annotation_clip": False}
