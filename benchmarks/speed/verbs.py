"""Every verb: wall time, also as a multiple of a bare interpreter with typer and rich."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.speed.made import Ran, run, table

UPDATED = "2024-11-18"  # last of its block of four, quiet enough for an update
ANCHOR = "2024-11-25"  # first of a block: fitted, whatever was fitted before
BARE = ("-c", "import typer, rich.console")
QUICK = {
    "": (),
    "show": ("show",),
    "watch": ("watch",),
    "log": ("log",),
    "log --verify": ("log", "--verify"),
    "check": ("check",),
    "score": ("score",),
    "memo --format md": ("memo", "--format", "md", "--output", "-"),
}


def section() -> list[str]:
    """Time what reads, best of five, refreshes with no cache, a fit, an update, and questions."""
    bare = run(*BARE, repeat=5)
    rows = [_row("Python with typer and rich", bare, bare)]
    for name, arguments in QUICK.items():
        named = f"`{f'forecast {name}'.strip()}`"
        rows.append(_row(named, _forecast(*arguments, repeat=5), bare))
    draft = ("refresh", "--draft")
    anchored = (*draft, "--as-of", ANCHOR)
    with tempfile.TemporaryDirectory() as folder:
        first = _forecast(*anchored, caches=Path(folder))
        rows.append(_row("`forecast refresh`, the first time ever, one fit", first, bare))
        again = _forecast(*anchored, "--refit", caches=Path(folder))
        rows.append(_row("`forecast refresh --refit`, caches warm, one fit", again, bare))
    with tempfile.TemporaryDirectory() as folder:
        caches = Path(folder)
        first = _forecast(*draft, caches=caches)
        fits = len(list((caches / "watchlist-forecast" / "fits").iterdir()))
        rows.append(
            _row(f"`make refresh`'s, the first time ever ({fits} fits: see below)", first, bare)
        )
        updated = (*draft, "--as-of", UPDATED, "--json")
        _forecast(*updated, caches=caches)  # fits its anchor
        update = _forecast(*updated, caches=caches, repeat=5)
        how = json.loads(update.out)["fit"]["method"]
        rows.append(_row(f"`forecast refresh`, by {how}", update, bare))
        _forecast("what-if", "--prior", "sustained-air-campaign.lasts=6", caches=caches)  # compiles
        suppose = ("what-if", "sortie-intensity=200")
        first = _forecast(*suppose, caches=caches)
        rows.append(_row("`forecast what-if`, the first of a week", first, bare))
        second = _forecast(*suppose, "turkish-border-posture=4", caches=caches, repeat=5)
        rows.append(_row("`forecast what-if`, from then on", second, bare))
        for name in ("collect", "explain"):
            asked = _forecast(name, caches=caches)
            rows.append(_row(f"`forecast {name}`", asked, bare))
    lines = ["## Verbs", "", "Whole process, the Syria case, output on a pipe.", ""]
    told = "Where an update is refused, a first refresh fits the block's anchor and its own week."
    return [*lines, *table("| verb | s | times the bare interpreter | peak MB |", rows), told, ""]


def _forecast(*arguments: str, caches: Path | None = None, repeat: int = 1) -> Ran:
    return run("-m", "forecast", *arguments, caches=caches, repeat=repeat)


def _row(name: str, ran: Ran, bare: Ran) -> str:
    times = ran.seconds / bare.seconds
    return f"| {name} | {ran.seconds:.2f} | {times:.1f} | {ran.megabytes:.0f} |"
