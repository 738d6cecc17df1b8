"""Where compiled code and fits are kept: the user's cache folder, deletable at any moment."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path


def fits_folder() -> Path:
    """Return where fits are kept."""
    return user_cache_path("watchlist-forecast", appauthor=False) / "fits"


@cache
def code_folder() -> Path:
    """Return where code compiled from these very sources is kept."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    folder = user_cache_path("watchlist-forecast", appauthor=False) / "compiled"
    return folder / digest.hexdigest()[:16]
