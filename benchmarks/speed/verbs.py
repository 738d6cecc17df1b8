"""Every verb: wall time, also as a multiple of a bare interpreter with typer and rich."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.speed.made import Ran, run, table

UPDATED = "2024-11-18"  # last of its block of four, quiet enough for an update
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
    """Time verbs that read, best of five; refreshes: first ever, with a fit, by update; questions."""
    bare = run(*BARE, repeat=5)
    rows = [_row("Python with typer and rich", bare, bare)]
    for name, arguments in QUICK.items():
        named = f"`{f'forecast {name}'.strip()}`"
        rows.append(_row(named, _forecast(*arguments, repeat=5), bare))
    with tempfile.TemporaryDirectory() as folder:
        caches = Path(folder)
        draft = ("refresh", "--draft")
        rows.append(
            _row("`forecast refresh`, the first time ever", _forecast(*draft, caches=caches), bare)
        )
        again = _forecast(*draft, "--refit", caches=caches)
        rows.append(_row("`forecast refresh --refit`, caches warm", again, bare))
        updated = (*draft, "--as-of", UPDATED, "--json")
        _forecast(*updated, caches=caches)  # fits its anchor
        update = _forecast(*updated, caches=caches, repeat=5)
        how = json.loads(update.out)["fit"]["method"]
        rows.append(_row(f"`forecast refresh`, by {how}", update, bare))
        suppose = ("what-if", "sortie-intensity=200")
        first = _forecast(*suppose, caches=caches)
        rows.append(_row("`forecast what-if`, the first of a week", first, bare))
        second = _forecast(*suppose, "turkish-border-posture=4", caches=caches, repeat=5)
        rows.append(_row("`forecast what-if`, from then on", second, bare))
        for name in ("collect", "explain"):
            asked = _forecast(name, caches=caches)
            rows.append(_row(f"`forecast {name}`", asked, bare))
    lines = ["## Verbs", "", "Whole process, the Syria case, output on a pipe.", ""]
    return lines + table("| verb | s | times the bare interpreter | peak MB |", rows)


def _forecast(*arguments: str, caches: Path | None = None, repeat: int = 1) -> Ran:
    return run("-m", "forecast", *arguments, caches=caches, repeat=repeat)


def _row(name: str, ran: Ran, bare: Ran) -> str:
    times = ran.seconds / bare.seconds
    return f"| {name} | {ran.seconds:.2f} | {times:.1f} | {ran.megabytes:.0f} |"
