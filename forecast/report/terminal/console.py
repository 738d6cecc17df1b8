"""How anything reaches a terminal or a pipe: nothing is cut, interpreted or coloured by accident.

Text is folded at spaces only; where it cannot be folded the line is longer than the screen. A
table that does not fit first drops columns that say so, then folds its long texts, and in the
end runs over the edge rather than losing a character.
"""

from __future__ import annotations

import io
import re
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_PIPE_WIDTH = 80
# spaces that may not be folded: 52 %, unlikely (38 %), 3.1 to 1
_TOGETHER = re.compile(
    r"(?<=\d) (?=%)|(?<=\w) (?=\([<>]?\d+ %)|(?<=\d) (?=to 1\b)|(?<=\d to) (?=1\b)"
)
_GLUE = "\0"  # stands for such a space; View texts hold no control character
_PADDING = 2


def make_console(*, stderr: bool = False) -> Console:
    """The console all verbs print to.

    Off a terminal there is no colour (rich also honours ``NO_COLOR``) and a width of at least
    80. A character the stream's encoding does not know is replaced, never a traceback.
    """
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    console = Console(file=stream, markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = max(_PIPE_WIDTH, console.width)
    return console


def put(console: Console, text: str | Text = "") -> None:
    """Print a text as it is; its lines may be longer than the console is wide."""
    console.print(text, crop=False, no_wrap=True, overflow="ignore")


def put_text(console: Console, text: str, *, style: str = "", lead: str = "") -> None:
    """Print a text folded at spaces, after a lead (``Why  ``) under which it hangs."""
    folded = textwrap.fill(
        _TOGETHER.sub(_GLUE, text),
        width=max(console.width, cell_len(lead) + 1),
        initial_indent=lead,
        subsequent_indent=" " * cell_len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )
    put(console, Text(folded.replace(_GLUE, " "), style=style))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading and cells.

    ``optional`` columns (1 the most wanted) are shown where they fit; ``fold`` ones may be folded
    at spaces, but for the cells of a right-justified column, which are numbers. ``styles`` has one
    style per cell, or is empty.
    """

    heading: str
    cells: Sequence[str]
    justify: Literal["left", "right"] = "left"
    optional: int = 0
    fold: bool = False
    styles: Sequence[str] = ()

    @property
    def width(self) -> int:
        """Cells needed to show everything on one line."""
        texts = [self.heading, *self.cells]
        return max(cell_len(line) for text in texts for line in text.split("\n"))

    @property
    def least(self) -> int:
        """Cells below which something would be cut."""
        if not self.fold:
            return self.width
        texts = [*self.heading.split()]
        for cell in self.cells:
            texts += cell.split() if self.justify == "left" else [cell]
        return max((cell_len(text) for text in texts), default=0)


def put_table(console: Console, columns: Sequence[Column], *, padding: int = _PADDING) -> None:
    """Print columns side by side, with as many of the optional ones as the width allows."""
    chosen = [column for column in columns if not column.optional]
    for extra in sorted((c for c in columns if c.optional), key=lambda c: c.optional):
        if _total([c.width for c in (*chosen, extra)], padding) <= console.width:
            chosen.append(extra)
    shown = [column for column in columns if column in chosen]
    widths = _widths(shown, console.width, padding)
    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, padding, 0, 0),
        header_style="dim",
        width=_total(widths, padding),
    )
    for column, width in zip(shown, widths, strict=True):
        table.add_column(Text(column.heading), justify=column.justify, width=width, overflow="fold")
    for number in range(len(shown[0].cells)):
        table.add_row(*(_cell(column, number) for column in shown))
    console.print(table, crop=False)


def fits(console: Console, columns: Sequence[Column], *, padding: int = _PADDING) -> bool:
    """Whether columns have room side by side, those folded that may be."""
    return _total([column.least for column in columns], padding) <= console.width


def _widths(columns: Sequence[Column], room: int, padding: int) -> list[int]:
    """Return column widths, the widest foldable ones narrowed until all fit or none can be."""
    widths = [column.width for column in columns]
    while _total(widths, padding) > room:
        slack = [k for k, column in enumerate(columns) if widths[k] > column.least]
        if not slack:
            break
        widths[max(slack, key=widths.__getitem__)] -= 1
    return widths


def _total(widths: Sequence[int], padding: int) -> int:
    return sum(widths) + padding * (len(widths) - 1)


def _cell(column: Column, number: int) -> Text:
    style = column.styles[number] if column.styles else ""
    return Text(column.cells[number], style=style)
