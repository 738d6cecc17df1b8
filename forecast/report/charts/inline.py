"""The scenario chart as bytes, and as a drawing that a page can hold within itself."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from forecast.record import Forecast
from forecast.report.charts.scenarios import Issued, scenarios_chart
from forecast.report.charts.style import GRID, INK, QUIET

# what a page's own colours stand for, so that the chart follows it into the dark
_THEMED = {INK: "ink", QUIET: "quiet", GRID: "grid", "#ffffff": "paper", "#000000": "black"}
_NOT_DRAWN = re.compile(
    r"^.*?(?=<svg\b)|<!--.*?-->\s*|<title>.*?</title>\s*|<metadata>.*?</metadata>\s*"
    r"|<style\b[^>]*>.*?</style>\s*",
    re.DOTALL,
)
_SIZE = re.compile(r'\s(?:width|height)="[\d.]+pt"|\sxmlns:xlink="[^"]*"|\sversion="[\d.]+"')


def scenarios_bytes(forecast: Forecast, series: Sequence[Issued], ending: str) -> bytes:
    """Return the scenario chart as a file of that ending (``png``, ``svg``, ``pdf``) holds it."""
    return bytes_of(lambda path: scenarios_chart(forecast, series, path), ending)


def bytes_of(draw: Callable[[Path], None], ending: str) -> bytes:
    """Return what a chart writes to a file of that ending."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"chart.{ending}"
        draw(path)
        return path.read_bytes()


def scenarios_inline(forecast: Forecast, series: Sequence[Issued]) -> str:
    """Return the scenario chart as an ``svg`` element without a size, a style sheet or a title.

    Greys are given as CSS variables: ``--ink``, ``--quiet``, ``--grid``, ``--paper``, ``--black``.
    """
    svg = _NOT_DRAWN.sub("", scenarios_bytes(forecast, series, "svg").decode())
    for colour, name in _THEMED.items():
        svg = svg.replace(colour, f"var(--{name})")
    head, rest = svg.split(">", 1)
    return f"{_SIZE.sub('', head)}>{rest}".replace("xlink:href", "href").strip()
