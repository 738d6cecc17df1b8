"""One look for all charts: legible in a memo column, in grey and to the colour-blind.

A scenario keeps colour and marker week after week, also where another joins or leaves the case.
Colours are those of Okabe and Ito (2008), ordered so that neighbours also differ in lightness.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.text import Text

from forecast.report.charts import fonts

WIDTH = 6.5  # inches: the text width of a memo
INK, QUIET, GRID = "#1a1a1a", "#595959", "#d9d9d9"
PALE, PALER = "#b4bfc9", "#dde3e8"  # shading that belongs to no scenario

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#000000", "#CC79A7", "#56B4E9", "#E69F00")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_METADATA: dict[str, dict[str, str | None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_DESCRIBED = {".png": "Description", ".svg": "Title", ".pdf": "Subject"}  # read out by readers
_RC: Any = {
    "font.size": 8.5,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "svg.hashsalt": "forecast",  # ids inside an SVG do not change from run to run
    "svg.fonttype": "path",
    "savefig.dpi": 200,
}


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How one scenario's line is told apart, by more than its colour."""

    color: str
    marker: str


def line_style(place: int) -> LineStyle:
    """The style of the scenario at this place."""
    return LineStyle(_COLOURS[place % len(_COLOURS)], _MARKERS[place % len(_MARKERS)])


def line_styles(
    scenarios: Iterable[str], places: Mapping[str, int] | None = None
) -> dict[str, LineStyle]:
    """The style of each scenario, by id.

    Parameters
    ----------
    scenarios
        Ids in the case's order.
    places
        Of the scenarios that earlier forecasts had, from 0; those beyond follow. None: of none.
    """
    at = dict(places or {})
    for scenario in scenarios:
        at.setdefault(scenario, len(at))
    return {scenario: line_style(place) for scenario, place in at.items()}


@contextmanager
def shared_style(data: object = None) -> Iterator[None]:
    """Draw in the shared style, whatever the user's own matplotlib settings are.

    Parameters
    ----------
    data
        Whatever holds the texts of a chart: letters that our own font lacks are then taken from
        installed ones.
    """
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # `save` warns
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        mpl.rcParams["font.family"] = fonts.families(fonts.letters_in(data))
        yield


def save(figure: Figure, path: Path, alt: str = "") -> None:
    """Write a figure as its name says (png, svg, pdf); equal figures give equal bytes.

    Parameters
    ----------
    alt
        What it shows, for a reader who cannot see it; kept in the file.

    Warns
    -----
    MissingLetters
        If it has letters that no installed font has.

    Raises
    ------
    ValueError
        If the name ends in none of these.
    """
    if path.suffix not in _METADATA:
        raise ValueError(f"a chart is written as png, svg or pdf, not {path.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    said = {_DESCRIBED[path.suffix]: alt} if alt else {}
    figure.savefig(path, metadata=_METADATA[path.suffix] | said)

    texts = [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]
    fonts.warn_of_missing(frozenset().union(*texts))


def fonts_folder() -> Path:
    """The folder of the fonts charts are drawn with, but for letters these lack."""
    return fonts.own_folder()
