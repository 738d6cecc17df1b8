"""Text from outside is data: names, units, sources and URLs may not steer a terminal or a page.

``cleaned`` is applied once, to the whole forecast, at the door of every public function of
``report/view``; nothing behind that door needs to think of it. Escaping for a target language
(rich needs none: it gets ``Text``, not markup) is done where that language is written.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from forecast.record import Forecast

# CSI and OSC sequences, then any other two-character escape; C1 forms included
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -~]"
)
_JOINERS = "\u200c\u200d"  # part of how Persian, Urdu and Indic words are spelt


def clean(text: str) -> str:
    """Return text as one printable line.

    Escape sequences, control characters, bidirectional overrides and whatever else Unicode calls
    format, private, surrogate or unassigned is dropped; any run of white space becomes one space.
    """
    if text.isprintable():
        return " ".join(text.split())
    kept = (c for c in _ESCAPES.sub("", text) if c.isspace() or _visible(c))
    return " ".join("".join(kept).split())


def cleaned(forecast: Forecast) -> Forecast:
    """A copy of a forecast with every text in it clean."""
    clear: Forecast = _clean_all(forecast)
    return clear


def _clean_all(data: Any) -> Any:
    match data:
        case str():
            return clean(data)
        case dict():
            return {_clean_all(key): _clean_all(value) for key, value in data.items()}
        case list():
            return [_clean_all(item) for item in data]
        case Struct():
            return replace(
                data, **{name: _clean_all(getattr(data, name)) for name in data.__struct_fields__}
            )
        case _:
            return data


def _visible(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character)[0] != "C"
