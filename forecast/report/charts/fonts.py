"""Letters and the fonts that have them.

Charts are set in a font of matplotlib's own, the same everywhere. A letter that it lacks is taken
from an installed font, so that a name in any script can be read; one that no font has is drawn as
a box, and `MissingLetters` says so.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font
from msgspec import Struct

from forecast.report.view import words

OWN = "DejaVu Sans"
_EMPTY = ("adobe blank", "lastresort")  # families that have every letter, and draw none
_SHOWN = 12  # letters of one script in a message
_SCRIPT = re.compile(
    r"(?P<script>.+?) (?:SYLLABLE|SYLLABICS|LETTER|VOWEL|CONSONANT|SIGN|DIGIT|MARK|TONE|CAPITAL"
    r"|SMALL|IDEOGRAPH|UNIFIED|INDEPENDENT|DEPENDENT|SUBJOINED|MEDIAL|FINAL)\b"
)
_CJK = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA", "BOPOMOFO")


class MissingLetters(UserWarning):
    """A chart was drawn with letters that no font at hand has."""

    def __init__(self, letters: frozenset[str]) -> None:
        super().__init__(advice(letters))
        self.letters = letters


class _Font(NamedTuple):
    """A font file: its family, whether it is the plain cut of a sans, and its letters."""

    path: Path
    family: str
    plain: bool
    letters: frozenset[str]


def own_folder() -> Path:
    """Folder of the fonts that matplotlib brings along."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def letters_in(data: Any) -> frozenset[str]:
    """Every letter of every text in dataclasses, mappings and sequences, however deep."""
    return frozenset().union(*_texts(data))


def families(letters: frozenset[str]) -> list[str]:
    """Families to set a text in: our own, then installed ones for the letters it lacks."""
    found = _fallbacks(_visible(letters) - _own_letters())
    for font in found:
        _known_to_matplotlib(font.family)
    return [OWN, *(font.family for font in found)]


def missing(letters: frozenset[str]) -> frozenset[str]:
    """Letters that neither our own nor any installed font has."""
    lacking = _visible(letters) - _own_letters()
    return lacking.difference(*(font.letters for font in _fallbacks(lacking)))


def warn_of_missing(letters: frozenset[str]) -> None:
    """Warn of letters that would be drawn as boxes.

    Warns
    -----
    MissingLetters
        If there are any.
    """
    if lacking := missing(letters):
        warnings.warn(MissingLetters(lacking), stacklevel=3)


def copy_fallbacks(letters: frozenset[str], folder: Path) -> None:
    """Put the installed fonts that these letters need into a folder."""
    for font in _fallbacks(_visible(letters) - _own_letters()):
        shutil.copy(font.path, folder)


def advice(letters: frozenset[str]) -> str:
    """A sentence that names missing letters by script, and fonts that have them."""
    scripts: dict[str, list[str]] = {}
    for letter in sorted(letters):
        scripts.setdefault(_script(letter), []).append(letter)
    named = []
    for script, some in scripts.items():
        more = f" and {len(some) - _SHOWN} more" if len(some) > _SHOWN else ""
        named.append(f"{', '.join(some[:_SHOWN])}{more}{f' ({script})' if script else ''}")
    fonts = [f"Noto Sans {script}" for script in scripts if script]
    remedy = f"{words.listed(fonts)} would do" if fonts else "a font that has them would do"
    return f"No installed font has {words.listed(named)}, drawn as boxes: {remedy}."


def _script(letter: str) -> str:
    """Name of the script of a letter, as fonts have it; empty of a symbol."""
    name = unicodedata.name(letter, "")
    if name.startswith(_CJK):
        return "CJK"
    if unicodedata.category(letter)[0] not in "LMN" or (found := _SCRIPT.match(name)) is None:
        return ""
    return found["script"].title()


def _texts(data: Any) -> Iterator[str]:
    match data:
        case str():
            yield data
        case dict():
            for pair in data.items():
                yield from _texts(pair)
        case list() | tuple() | set() | frozenset():
            for item in data:
                yield from _texts(item)
        case _ if dataclasses.is_dataclass(data):
            for field in dataclasses.fields(data):
                yield from _texts(getattr(data, field.name))
        case Struct():
            for name in data.__struct_fields__:
                yield from _texts(getattr(data, name))


def _visible(letters: Iterable[str]) -> frozenset[str]:
    unseen = ("Cc", "Cf", "Zl", "Zp", "Zs")
    return frozenset(each for each in letters if unicodedata.category(each) not in unseen)


@cache
def _own_letters() -> frozenset[str]:
    """Letters of our own font, in both weights that are used."""
    cuts = [_read(own_folder() / f"DejaVuSans{cut}.ttf") for cut in ("", "-Bold")]
    return frozenset.intersection(*(cut.letters for cut in cuts if cut))


def _fallbacks(lacking: frozenset[str]) -> tuple[_Font, ...]:
    """As few installed fonts as have as many of the letters as can be had, best first."""
    chosen: list[_Font] = []
    fonts = [font for font in _installed() if font.letters & lacking] if lacking else []
    while fonts and lacking:
        best = max(fonts, key=lambda font: (len(font.letters & lacking), font.plain))
        lacking -= best.letters
        chosen.append(best)
        fonts = [font for font in fonts if font.letters & lacking]
    return tuple(chosen)


@cache
def _installed() -> tuple[_Font, ...]:
    """Every font of this machine that can be drawn in any size, in order of their families."""
    found = (_read(Path(path)) for path in font_manager.findSystemFonts())
    there = [font for font in found if font and not font.family.lower().startswith(_EMPTY)]
    return tuple(sorted(there, key=lambda font: (font.family, font.path.name)))


def _read(path: Path) -> _Font | None:
    """A font, None if it cannot be read or is made of pictures of one size."""
    try:
        font = FT2Font(path)
        letters = frozenset(map(chr, font.get_charmap())) if font.scalable else frozenset[str]()
    except (OSError, RuntimeError, ValueError):
        return None
    plain = font.style_name in ("Regular", "Book") and "Serif" not in font.family_name
    return _Font(path, font.family_name, plain, letters)


@cache
def _known_to_matplotlib(family: str) -> None:
    """Let matplotlib find all cuts of a family: what it knows may be older than what is there."""
    for font in _installed():
        if font.family == family:
            font_manager.fontManager.addfont(font.path)
