"""The paper a chart is drawn on: finding above, source below, and text that stays within its place.

::

    ┌ alarm      only of a fit that failed       ┐
    │ title      the finding, two lines at most │
    │ body       panels                         │
    └ caption    source, as-of, model           ┘

Names come from analysts, in any length and script, so text is measured and never counted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from math import inf
from statistics import fmean
from typing import Any, NamedTuple
from unicodedata import bidirectional

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from forecast.report.charts.style import INK, QUIET, WIDTH

_EDGE = 0.08  # inches left free at every side
_TITLE, _CAPTION, _ALARM = 11.0, 7.5, 9.0  # points
_LEADING = 1.25  # of the size, from line to line
_FINE = 200  # dots per inch at which text is measured: as it is drawn
_DOTS = "…"


class Sheet(NamedTuple):
    """A figure with its texts set, and the shares of its height between which the body lies."""

    figure: Figure
    top: float
    bottom: float

    def up(self, inches: float) -> float:
        """A length as a share of the height."""
        return float(inches / self.figure.get_figheight())


def new_sheet(body: float, title: str, caption: str, alarm: str = "") -> Sheet:
    """A sheet with room for a body of that many inches; no window, no global state.

    Parameters
    ----------
    alarm
        Set above the title, in reverse; empty: none.
    """
    room = WIDTH - 2 * _EDGE
    head = _english(fitted(title, room, _TITLE, lines=2, bold=True))
    foot = _english(fitted(caption, room, _CAPTION, lines=12))
    above, below = (
        2 * _EDGE + (text.count("\n") + 1) * size * _LEADING / 72
        for text, size in ((head, _TITLE), (foot, _CAPTION))
    )
    warned = _ALARM * 1.8 / 72 if alarm else 0.0
    above += warned
    height = above + body + below
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(figure)
    left = _EDGE / WIDTH
    if alarm:
        figure.text(
            left + 0.04 / WIDTH, 1 - (_EDGE + 0.03) / height,
            fitted(alarm, room - 0.1, _ALARM, lines=1, bold=True),
            fontsize=_ALARM, fontweight="bold", color="white", va="top",
            bbox={"facecolor": INK, "edgecolor": "none", "pad": 2.5},
        )  # fmt: skip
    figure.text(
        left, 1 - (_EDGE + warned) / height, head,
        fontsize=_TITLE, fontweight="bold", linespacing=_LEADING, va="top",
    )  # fmt: skip
    figure.text(
        left, _EDGE / height, foot,
        fontsize=_CAPTION, color=QUIET, linespacing=_LEADING, va="bottom",
    )  # fmt: skip
    return Sheet(figure, 1 - above / height, below / height)


def _english(text: str) -> str:
    """Return sentences whose lines run from left to right, whatever script a name in them has."""
    if not any(bidirectional(letter) in ("R", "AL") for letter in text):
        return text
    return "\n".join(f"\u200e{line}" for line in text.split("\n"))


def spread(
    values: Sequence[float], gap: float, low: float = -inf, high: float = inf
) -> list[float]:
    """Return rising values moved apart to that gap at least, and no further than they must.

    Least squares: isotonic regression of what is left when the gaps are taken out.

    Parameters
    ----------
    low, high
        Between which all must lie; where there are too many for that, ``high`` counts.
    """
    blocks: list[list[float]] = []
    for place, value in enumerate(values):
        blocks.append([value - place * gap])
        while len(blocks) > 1 and fmean(blocks[-2]) > fmean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    level = [fmean(block) for block in blocks for _ in block]
    most = high - (len(level) - 1) * gap
    return [min(max(value, low), most) + place * gap for place, value in enumerate(level)]


def fitted(text: str, inches: float, size: float, *, lines: int, bold: bool = False) -> str:
    """Return text broken into so many lines at most, none wider; what has no room is cut.

    Parameters
    ----------
    inches
        Width of a line.
    size
        Of the font, in points.
    """
    broken = [""]
    for word in re.split(r"[ \t\n]+", text.strip()):  # not at a no-break space
        longer = f"{broken[-1]} {word}".strip()
        if width(longer, size, bold=bold) <= inches:
            broken[-1] = longer
            continue
        if broken[-1]:
            broken.append("")
        while rest := word[len(part := _begun(word, inches, size, bold=bold)) :]:
            broken[-1:] = [part, ""]
            word = rest
        broken[-1] = word
    if len(broken) <= lines:
        return "\n".join(broken)
    room = inches - width(_DOTS, size, bold=bold)
    last = _begun(" ".join(broken[lines - 1 :]), room, size, bold=bold)
    return "\n".join([*broken[: lines - 1], last.rstrip() + _DOTS])


def _begun(text: str, inches: float, size: float, *, bold: bool) -> str:
    """Return as much of the beginning of a text as a line holds, one character at least."""
    ends = range(2, len(text) + 1)
    fit = bisect_right(ends, inches, key=lambda end: width(text[:end], size, bold=bold))
    return text[: fit + 1]


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How many inches a line is wide in the style that is in force."""
    return _measured(text, size, tuple(mpl.rcParams["font.family"]), bold=bold)[0]


def depth(text: str, size: float, *, bold: bool = False) -> float:
    """How many inches a line reaches below its baseline, which scripts differ in."""
    return _measured(text, size, tuple(mpl.rcParams["font.family"]), bold=bold)[2]


@lru_cache(4096)
def _measured(
    text: str, size: float, families: tuple[str, ...], *, bold: bool
) -> tuple[float, float, float]:
    """Return width, height and depth in inches."""
    font = FontProperties(family=families, size=size, weight="bold" if bold else "normal")
    width, height, depth = _renderer().get_text_width_height_descent(text, font, False)
    return width / _FINE, height / _FINE, depth / _FINE


@cache
def _renderer() -> Any:  # matplotlib's own has no types
    canvas: Any = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=_FINE))
    return canvas.get_renderer()
