"""Charts as bytes, and as drawings that a page can hold within itself."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from forecast.report.charts.style import GRID, INK, PALE, PALER, QUIET

# what a page's own colours stand for, so that the chart follows it into the dark
_THEMED = {
    INK: "ink", QUIET: "quiet", GRID: "grid", PALE: "pale", PALER: "paler",
    "#ffffff": "paper", "#000000": "black",
}  # fmt: skip
_NAMED = re.compile(r'\bid="|href="#|url\(#')
_NOT_DRAWN = re.compile(
    r"^.*?(?=<svg\b)|<!--.*?-->\s*|<title>.*?</title>\s*|<metadata>.*?</metadata>\s*"
    r"|<style\b[^>]*>.*?</style>\s*",
    re.DOTALL,
)
_SIZE = re.compile(r'\s(?:width|height)="[\d.]+pt"|\sxmlns:xlink="[^"]*"|\sversion="[\d.]+"')


def bytes_of(draw: Callable[[Path], None], ending: str) -> bytes:
    """Return what a chart writes to a file of that ending."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"chart.{ending}"
        draw(path)
        return path.read_bytes()


def inlined(name: str, svg: bytes) -> str:
    """A chart as an ``svg`` element without a size, a style sheet or a title.

    Its ids begin with its name, so that a page may hold several. Greys are given as CSS variables:
    ``--ink``, ``--quiet``, ``--grid``, ``--pale``, ``--paler``, ``--paper``, ``--black``.
    """
    drawn = _NAMED.sub(rf"\g<0>{name}-", _NOT_DRAWN.sub("", svg.decode()))
    for colour, theme in _THEMED.items():
        drawn = drawn.replace(colour, f"var(--{theme})")
    head, rest = drawn.split(">", 1)
    return f"{_SIZE.sub('', head)}>{rest}".replace("xlink:href", "href").strip()
