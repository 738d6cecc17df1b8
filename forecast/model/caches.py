"""Where compiled code lies: the user's cache folder, deletable at any moment."""

from __future__ import annotations

from pathlib import Path

from forecast.kit.cache import cache_folder, sources_digest


def code_folder() -> Path:
    """Return where code compiled from these very sources is kept."""
    return cache_folder("compiled") / sources_digest(Path(__file__).parent)[:16]
