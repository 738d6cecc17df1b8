"""Explain three weeks of the Syria replay: the decisive one, the one before and the one after.

    python -m benchmarks.explain

Writes docs/explain.md: for the as-ofs of 25 November, 2 and 9 December 2024 the two largest causes
beside the dated fact behind each, and all causes of all scenarios, in columns that are checked to
add up.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

from forecast.case import load_case
from forecast.explain.movement import movement
from forecast.explain.movement_types import Movement
from forecast.readings import load_readings
from forecast.refresh import refresh
from forecast.report.view.explain import CauseLine, ExplainView, build_explain

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "explain.md"
AS_OFS = (date(2024, 11, 25), date(2024, 12, 2), date(2024, 12, 9))

INTRO = """\
# Why the Syria replay moved

Written by `python -m benchmarks.explain`. What `forecast explain` says as-of each of three Mondays,
against the forecast of the Monday before, both computed with only what was published by then.
**Coded with hindsight: an illustration, not proof of skill** ([syria.md](syria.md)). How points are
shared out: [method.md](method.md). Whole points; every column adds up to the line "in all".

Of the scenario that moved most each week, the two largest causes that have a source, and its date:
"""


def explained(as_of: date) -> Movement:
    """Return what moved the forecast as-of a day since the one a week earlier."""
    case = load_case(ROOT)
    readings = load_readings(case)
    before = refresh(case, readings, as_of - timedelta(weeks=1))
    return movement(case, readings, (None, before), as_of)


def largest(view: ExplainView) -> str:
    """Return a line of the table: scenario, change, and its two largest causes."""
    known = [cause for cause in view.causes if cause.fact]
    first = sorted(known, key=lambda cause: -abs(cause.stop - cause.start))[:2]
    cells = [view.as_known.removeprefix("as known "), view.headings[0], view.total[0]]
    for cause in first:
        cells += [f"{cause.name} **{cause.points[0]}**", linked(cause)]
    return "| " + " | ".join(cells) + " |"


def linked(cause: CauseLine) -> str:
    """Return the fact behind a cause, linked to its source."""
    return f"[{cause.fact}]({cause.url})" if cause.url else cause.fact


def table(view: ExplainView) -> str:
    """Return points of all scenarios; what does not add up is refused."""
    for n, heading in enumerate(view.headings):
        if sum(int(cause.points[n]) for cause in view.causes) != int(view.total[n]):
            raise ValueError(f"{view.as_known}: {heading} does not add up")
    lines = [
        "| cause | " + " | ".join(view.headings) + " | source |",
        "|---|" + "--:|" * len(view.headings) + "---|",
        f"| {view.then} | " + " | ".join(view.before) + " | |",
    ]
    lines += [
        f"| {cause.name} | " + " | ".join(cause.points) + f" | {linked(cause)} |"
        for cause in view.causes
    ]
    lines.append("| **in all** | " + " | ".join(f"**{t}**" for t in view.total) + " | |")
    lines.append(f"| {view.today} | " + " | ".join(view.now) + " | |")
    return "\n".join(lines)


def weights(view: ExplainView) -> str:
    """Return what each reading of the week says of the two leading scenarios."""
    lines = [
        "| reading | Bayes factor | " + " | ".join(view.weight_headings) + " |",
        "|---|---|" + "--:|" * len(view.weight_headings),
    ]
    lines += [f"| {w.name} | {w.factor} | " + " | ".join(w.without) + " |" for w in view.weights]
    return "\n".join([view.weights_title, "", *lines])


def main() -> None:
    """Explain all weeks and write the page."""
    heads = "| as known | scenario | points | largest cause | fact | second | fact |"
    summary, parts = [heads, "|---|---|--:|---|---|---|---|"], []
    for as_of in AS_OFS:
        found = explained(as_of)
        print(f"  {as_of} unsure {found.unsure}", file=sys.stderr, flush=True)
        view = build_explain(found)
        summary.append(largest(view))
        draws = (
            f"{found.coalitions} combinations of causes told by {found.draws:,} draws, each by "
            f"{found.ess:.0f} effective ones at least."
        )
        parts += [f"## {view.period}, {view.as_known}", f"{view.title}.", table(view)]
        parts += [weights(view), " ".join([draws, *view.notes])]
    PAGE.write_text("\n".join([INTRO, *summary]) + "\n\n" + "\n\n".join(parts) + "\n", "utf-8")


if __name__ == "__main__":
    main()
