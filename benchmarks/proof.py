"""The Syria replay, every week of the case, scored against every baseline, in docs/proof.md.

    python -m benchmarks.proof

What `forecast replay --to 2024-W50 --score --draft` prints. Replaces what stands between the two
marks of the page and nothing else.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.marks import filled
from forecast.cli.common import load
from forecast.cli.score import scored
from forecast.periods import Period
from forecast.proof.replay import replayed
from forecast.report.terminal.records import render_scores
from forecast.report.view.scores import build_scores

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "proof.md"
LAST = Period.parse("2024-W50")
BEGIN, END = "<!-- scores of the replay -->\n", "<!-- end of scores -->\n"
WIDTH = 100


def scores_of(root: Path) -> str:
    """Return the scores of a replay as printed on a pipe, without spaces at ends of lines."""
    case, readings = load(root)
    days = [(case.first + n).refresh_day for n in range(LAST - case.first + 1)]
    made = replayed(case, readings, days, lambda share, doing: _say(f"{share:4.0%} {doing}"))
    out = io.StringIO()
    console = Console(file=out, width=WIDTH, markup=False, emoji=False, highlight=False)
    render_scores(build_scores(scored(case, readings, list(enumerate(made, 1)))), console)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Write the page."""
    scores = f"```\n{scores_of(ROOT)}```\n"
    PAGE.write_text(filled(PAGE.read_text("utf-8"), BEGIN, END, scores), "utf-8")


if __name__ == "__main__":
    main()
