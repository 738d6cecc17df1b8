"""What a case lets through, as patterns for ``regexp_matches(column, $pattern)``.

Every character from a case is written by its number, so none can mean anything in a pattern; the
pattern itself is a bound parameter.

Words. Providers hide words from filters: "stri-kes", "kil*led". A sign (hyphen, asterisk, soft
hyphen, or a character without width) between two letters does not end a word, and a word is found
by its beginning whatever signs stand in it::

    beginning "strike"     stri-kes: yes    STRIKE*S: yes    airstrikes, air-strikes: no

Scripts that put no spaces between words show no beginnings: there it may stand anywhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from forecast.case.types import Counting
from forecast.sources.provider import EVENT_WORDS

# In the notation of RE2: hyphens and *, soft hyphen, zero width and direction marks, word joiners.
_SIGN = r"\-*\x{AD}\x{200B}-\x{200F}\x{2010}\x{2011}\x{2060}-\x{2064}\x{FEFF}"
_SIGNS = {*"-*\u00ad\u2010\u2011\ufeff", *map(chr, range(0x200B, 0x2010))}
_SIGNS |= set(map(chr, range(0x2060, 0x2065)))
# A word begins at the start, after what is no part of a word, or after a digit and a sign.
_BEGINS = rf"(?:^|[^\p{{L}}\p{{M}}\p{{N}}{_SIGN}]|\p{{N}}[{_SIGN}])[{_SIGN}]*"
# The first words of the names of their letters.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
_NOTHING = r"[^\x00-\x{10FFFF}]"


def patterns(counting: Counting) -> dict[str, str]:
    """The patterns that an event must match, all of them, by its columns."""
    found = {
        column: _part(allowed) if column == "actor" else _whole(allowed)
        for column, allowed in counting.where.items()
    }
    return found | ({"text": _words(counting.words)} if counting.words else {})


def condition(counting: Counting, bound: dict[str, object]) -> str:
    """Return what holds of an event that is let through, in SQL; adds its patterns to ``bound``."""
    terms = ["true"]
    for column, pattern in patterns(counting).items():
        [named] = [name for name in (*EVENT_WORDS, "text") if name == column]  # of the closed list
        name = f"pattern_{len(bound)}"
        bound[name] = pattern
        terms.append(f"regexp_matches({named}, ${name})")
    return " AND ".join(terms)


def _part(allowed: Iterable[str]) -> str:
    return f"(?i){_any(_literal(text) for text in allowed)}"


def _whole(allowed: Iterable[str]) -> str:
    """Match whole lines: an event may have two types."""
    return f"(?im)^{_any(_literal(text) for text in allowed)}$"


def _words(beginnings: Iterable[str]) -> str:
    bare = ("".join(c for c in text if c not in _SIGNS) for text in beginnings)
    # An accent may be a character of its own or part of the letter's; the text has either.
    forms = {unicodedata.normalize(form, text) for text in bare for form in ("NFC", "NFD")}
    within = {text for text in forms if text and _is_unspaced(text[0])}
    joined = f"[{_SIGN}]*"
    parts = [
        begins + _any(joined.join(map(_literal, text)) for text in sorted(some))
        for begins, some in ((_BEGINS, forms - within), ("", within))
    ]
    return f"(?i){_any(parts)}"


def _is_unspaced(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_UNSPACED)


def _any(choices: Iterable[str]) -> str:
    # An empty choice would match everything.
    return f"(?:{'|'.join(choice for choice in choices if choice) or _NOTHING})"


def _literal(text: str) -> str:
    return "".join(f"\\x{{{ord(character):X}}}" for character in text)
