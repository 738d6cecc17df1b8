"""The scores of the Syria ledger, as `forecast score` prints them, in docs/proof.md.

    python -m benchmarks.proof

Replaces what stands between the two marks of the page and nothing else.
"""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from forecast.cli.score import proof_of
from forecast.report.terminal import render_scores
from forecast.report.view import build_scores

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "proof.md"
BEGIN, END = "<!-- scores of this ledger -->\n", "<!-- end of scores -->\n"
WIDTH = 100


def filled(page: str, scores: str) -> str:
    """Return the page with scores between its marks.

    Raises
    ------
    ValueError
        If the page does not have both marks, once each and in order.
    """
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end or BEGIN in rest:
        raise ValueError(f"{PAGE.name} must hold {BEGIN.strip()} and then {END.strip()}")
    return f"{before}{BEGIN}```\n{scores}```\n{END}{after}"


def scores_of(root: Path) -> str:
    """Return what `forecast score` prints on a pipe, without spaces at ends of lines."""
    out = io.StringIO()
    console = Console(file=out, width=WIDTH, markup=False, emoji=False, highlight=False)
    render_scores(build_scores(proof_of(root)), console)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def main() -> None:
    """Write the page."""
    PAGE.write_text(filled(PAGE.read_text("utf-8"), scores_of(ROOT)), "utf-8")


if __name__ == "__main__":
    main()
