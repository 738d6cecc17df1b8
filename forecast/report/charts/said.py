"""What the file of a chart says that it shows, told without loading what draws."""

from __future__ import annotations

from html import escape
from pathlib import Path


def says(path: Path, alt: str) -> bool:
    """Tell whether a PNG or SVG carries an alternative text as `style.save` puts it there.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    if path.suffix == ".svg":
        said = escape(alt, quote=False).encode()
    else:
        said = alt.encode("latin-1" if all(ord(letter) < 256 for letter in alt) else "utf-8")
    return said in path.read_bytes()
