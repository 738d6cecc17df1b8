"""Our model on 132 real countries, month by month, beside what can be said without one.

    python -m benchmarks.panel [PATH]

PATH is the folder ``ucdp-monthly`` (DESIGN, data at hand; Davies, Pettersson & Öberg, and Hegre et
al. 2020, CC BY 4.0), which stays outside the repository: by default $UCDP_MONTHLY, else
../shared/data/ucdp-monthly beside it. Replaces what stands between the two marks of docs/panel.md,
in about ten minutes.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from benchmarks.marks import filled
from benchmarks.panel_baselines import Smoother, empirical, last_value
from benchmarks.panel_cache import learned_once
from benchmarks.panel_data import LEARNED, ROOT, Panel, default_path, known, load, origins, outcome
from benchmarks.panel_learn import Learned
from benchmarks.panel_model import model_forecast
from benchmarks.panel_page import section, weights_table
from benchmarks.panel_play import (
    LAST,
    OURS,
    PLAIN,
    SMOOTHED,
    WINDOW,
    Forecaster,
    Played,
    joined,
    play,
    stack_weights,
)
from forecast.model.spec import Array

PAGE = ROOT / "docs" / "panel.md"
BEGIN, END = "<!-- scores of the panel -->\n", "<!-- end of scores -->\n"
EARLIER = ("2023-11", "2024-05")
REPORTED = ("2024-06", "2024-11")
CUTS, EVERY = (312, 360), 6  # past origins: learned to 2014-12 and 2018-12, every half year after
AFTER = 48  # months after each of them


def forecasters(
    history: Array, start: tuple[Learned, Learned] | None = None
) -> tuple[dict[str, Forecaster], tuple[Learned, Learned]]:
    """Return all forecasters, learned from a history, (T, C), and what our two learned."""
    ours = learned_once(history, start[0] if start else None)
    plain = learned_once(history, start[1] if start else None, plain=True)
    return {
        LAST: last_value,
        WINDOW: empirical,
        SMOOTHED: Smoother.learn(history),
        PLAIN: partial(model_forecast, plain),
        OURS: partial(model_forecast, ours),
    }, (ours, plain)


def rehearsed(history: Array) -> tuple[Played, tuple[Learned, Learned]]:
    """Play origins of the past, each on what was learned before it."""
    parts, learned = [], None
    for cut in CUTS:
        everyone, learned = forecasters(history[:cut], learned)
        ends = range(cut, min(cut + AFTER, len(history) - 5), EVERY)
        values = [history[:end] for end in ends]
        parts.append(play(everyone, values, lambda month: _row(history, month)))
    assert learned is not None
    return joined(parts), learned


def _row(history: Array, month: int) -> Array | None:
    return history[month] if month < len(history) else None


def tables(panel: Panel) -> str:
    """Return what the page says between its marks."""
    history = panel.history[:LEARNED]
    past, learned = rehearsed(history)
    weights = stack_weights(past)
    everyone, _ = forecasters(history, learned)
    lines = []
    for title, months in (
        (f"Reported once: origins {REPORTED[0]} to {REPORTED[1]}", REPORTED),
        (f"Earlier origins: {EARLIER[0]} to {EARLIER[1]}", EARLIER),
    ):
        values = [known(panel, day).values for day in origins(panel, *months)]
        played = play(everyone, values, partial(outcome, panel)).stacked(weights)
        lines += section(title, played.losses(), played.active)
    stacked = past.stacked(weights)
    lines += section("Rehearsed: origins of 2015 to 2022", stacked.losses(), stacked.active)
    lines += ["## Weights of the stack, from the rehearsal", "", *weights_table(weights), ""]
    return "\n".join(lines)


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=default_path())
    text = tables(load(parser.parse_args().path))
    PAGE.write_text(filled(PAGE.read_text("utf-8"), BEGIN, END, f"\n{text}"), "utf-8")


if __name__ == "__main__":
    main()
