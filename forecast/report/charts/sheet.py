"""The paper a chart is drawn on: finding above, source below, and text that stays within its place.

::

    ┌ title      the finding, two lines at most ┐
    │ body       panels                         │
    └ caption    source, as-of, model           ┘

Names come from analysts, in any length and script, so text is measured and never counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from forecast.report.charts.style import QUIET, WIDTH

_EDGE = 0.08  # inches left free at every side
_TITLE, _CAPTION = 11.0, 7.5  # points
_LEADING = 1.25  # of the size, from line to line
_FINE = 200  # dots per inch at which text is measured: as it is drawn
_DOTS = "…"


class Sheet(NamedTuple):
    """A figure with its texts set, and the shares of its height between which the body lies."""

    figure: Figure
    top: float
    bottom: float

    def up(self, inches: float) -> float:
        """Return a length as a share of the height."""
        return float(inches / self.figure.get_figheight())


def new_sheet(body: float, title: str, caption: str) -> Sheet:
    """Return a sheet with room for a body of that many inches; no window, no global state."""
    room = WIDTH - 2 * _EDGE
    head = fitted(title, room, _TITLE, lines=2, bold=True)
    foot = fitted(caption, room, _CAPTION, lines=12)
    above, below = (
        2 * _EDGE + (text.count("\n") + 1) * size * _LEADING / 72
        for text, size in ((head, _TITLE), (foot, _CAPTION))
    )
    height = above + body + below
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(figure)
    left = _EDGE / WIDTH
    figure.text(
        left, 1 - _EDGE / height, head,
        fontsize=_TITLE, fontweight="bold", linespacing=_LEADING, va="top",
    )  # fmt: skip
    figure.text(
        left, _EDGE / height, foot,
        fontsize=_CAPTION, color=QUIET, linespacing=_LEADING, va="bottom",
    )  # fmt: skip
    return Sheet(figure, 1 - above / height, below / height)


def fitted(text: str, inches: float, size: float, *, lines: int, bold: bool = False) -> str:
    """Return text broken into so many lines at most, none wider; what has no room is cut.

    Parameters
    ----------
    inches
        Width of a line.
    size
        Of the font, in points.
    """

    def fits(line: str) -> bool:
        return width(line, size, bold=bold) <= inches

    broken = [""]
    for word in text.split():
        longer = f"{broken[-1]} {word}".strip()
        if fits(longer):
            broken[-1] = longer
            continue
        if broken[-1]:
            broken.append("")
        for part in _parts(word, fits):
            broken[-1:] = [part, ""]
        broken.pop()
    if len(broken) <= lines:
        return "\n".join(broken)
    last = " ".join(broken[lines - 1 :])
    while last and not fits(last.rstrip() + _DOTS):
        last = last[: min(len(last) - 1, int(len(last) * 0.98))]
    return "\n".join([*broken[: lines - 1], last.rstrip() + _DOTS])


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how many inches a line is wide."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    dots: float = _measure().get_text_width_height_descent(text, font, False)[0]
    return dots / _FINE


@cache
def _measure() -> RendererAgg:
    return FigureCanvasAgg(Figure(figsize=(1, 1), dpi=_FINE)).get_renderer()


def _parts(word: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Yield a word whole, or cut where a line is full."""
    while not fits(word):
        cut = next((n for n in range(len(word) - 1, 1, -1) if fits(word[:n])), 1)
        yield word[:cut]
        word = word[cut:]
        if len(word) <= 1:
            break
    if word:
        yield word
