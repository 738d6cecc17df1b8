"""The memo and the charts that `docs/` shows: the Syria case's last forecast, as anyone gets them.

    python -m benchmarks.pages        (or: make pictures)

Drawn in a copy of the case, so that nothing but `docs/memo/` changes; equal ledgers, equal files.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from forecast.cli import run
from forecast.cli.chart import CHARTS
from forecast.cli.common import entries_of, forecast_in

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs" / "memo"


def main() -> None:
    """Write the memo (Markdown and one web page) and every chart anew."""
    with tempfile.TemporaryDirectory() as scratch:
        case = Path(scratch) / "case"
        for part in ("priors", "indicators", "reports"):
            shutil.copytree(ROOT / part, case / part, ignore=shutil.ignore_patterns("vintages"))
        shutil.rmtree(PLACE, ignore_errors=True)
        for arguments in _commands():
            with contextlib.redirect_stdout(io.StringIO()) as said:
                if run(["-C", str(case), *arguments]) != 0:
                    raise SystemExit(f"forecast {' '.join(arguments)} failed")
            made = Path(said.getvalue().strip())
            kept = PLACE / made.relative_to(
                case / "reports" / str(forecast_in(entries_of(case))[0].period)
            )
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made, kept)
            print(kept.relative_to(ROOT))


def _commands() -> Iterator[list[str]]:
    """Charts first: the Markdown memo refers to one."""
    for name in CHARTS:
        yield ["chart", name]
    for form in ("md", "html"):
        yield ["memo", "--format", form]


if __name__ == "__main__":
    main()
