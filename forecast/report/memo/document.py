"""What a memo is made of, whatever the format: a small frozen tree of text.

::

    Memo ── alarm     a line, before everything else (empty: none)
         ├─ opening   Block …               bottom line, confidence, chart
         └─ sections  Section ── heading, Block …

    Block = Paragraph | Bullets | Table | Figure,  Line = Run …

Every text in it is plain text, never markup: a renderer escapes it as its format asks. The only
addresses are those of `Run.url`, which `web_address` let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlsplit

_TIED = re.compile(r" (?=%)|(?<=\bweek) (?=\d)")
_URL_SAFE = "%/:=?~+!,;@.-_&"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style; ``url`` is empty or a `web_address`."""

    text: str
    strong: bool = False
    emphasis: bool = False
    url: str = ""


type Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; ``lead`` marks the one that a reader in a hurry reads."""

    line: Line
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, and how its cells are set.

    ``aloud`` is what is read out where no heading is printed. ``short`` cells are not broken over
    lines if that can be helped, ``even`` ones hold signs of one width. ``share`` is the part of the
    width where a page has none to spare.
    """

    head: str
    number: bool = False
    short: bool = False
    even: bool = False
    aloud: str = ""
    share: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one row of headings; the first cell of a row names it."""

    label: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """Where a chart stands, by its name, and what it shows for a reader who cannot see it."""

    name: str
    alt: str


type Block = Paragraph | Bullets | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it. ``id`` names it within the memo."""

    id: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Memo:
    """A memo in the order in which it is read; ``day`` is its as-of."""

    title: str
    day: date
    alarm: str
    opening: tuple[Block, ...]
    sections: tuple[Section, ...]

    def figures(self) -> Iterator[Figure]:
        """Yield its charts, in order."""
        for block in (*self.opening, *(b for section in self.sections for b in section.blocks)):
            if isinstance(block, Figure):
                yield block


def plain(text: str) -> Line:
    """Return text in one style."""
    return (Run(text),)


def web_address(url: str) -> str:
    """An address of the web as it may be linked, else empty text."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.netloc:
        return quoted(url)
    return ""


def quoted(path: str) -> str:
    """An address or a path with whatever could end it quoted."""
    return quote(path, safe=_URL_SAFE)


def source(text: str, url: str) -> Line:
    """A link if the address is of the web, else text and address as plain text."""
    if address := web_address(url):
        return (Run(text, url=address),)
    return plain(f"{text} ({url})" if url else text)


def together(text: str) -> str:
    """Return text in which no line can end before a per cent sign or within ``week 48``."""
    return _TIED.sub("\u00a0", text)
