"""What vintages taught of delay as it is printed, from numbers set by hand."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from forecast.explain.types import DelayRow, Delays
from forecast.report.terminal.priors import render_delays
from forecast.report.view.delay import build_delays

from .hostile import HOSTILE
from .test_priors import trimmed
from .test_terminal import printed

SEEN = (0.44, 0.87, 1.0, 1.18, 2.2)
FITTED = (0.401, 0.851, 1.013, 1.2, 12.12)
DELAYS = Delays(
    case="A small case",
    cadence="week",
    as_of=date(2024, 12, 2),
    indicators={"strikes": "Strikes", "deaths": "Deaths"},
    fewest=20,
    least=25.0,
    final=8,
    rows=(
        DelayRow("strikes", "sohr", (0, 1), 31, FITTED, SEEN),
        DelayRow("strikes", "sohr", (2, 4), 22, SEEN, SEEN),
        DelayRow("strikes", "sohr", (4, 8), 19, None, None),
        DelayRow("strikes", "acled", (0, 1), 2, None, None),
        DelayRow("strikes", "acled", (4, 8), 3, None, None),
        DelayRow("deaths", "snhr", (0, 1), 0, None, None),
    ),
)
EXPECTED = """\
A small case
Vintages known 2 Dec 2024 teach how 1 of 3 sources revise; other values are
taken as complete.

Strikes
                 seen                     fitted
source age pairs  5 % 25 % 50 % 75 % 95 %    5 % 25 % 50 % 75 % 95 %
sohr     0    31 0.44 0.87 1.00 1.18 2.20   0.40 0.85 1.01 1.20 12.1
sohr   2-3    22 0.44 0.87 1.00 1.18 2.20   0.44 0.87 1.00 1.18 2.20
Too few pairs, 20 are needed: 19 of sohr at age 4-7 and 3 of acled.

Too few pairs, 20 are needed: 0 of Deaths.

Final value as a multiple of the value known at an age, at the per cents named:
of the pairs as they are, and as fitted. Age: in whole weeks since the week
ended. A pair: a value of at least 25 as known at an age, and the same value 8
weeks or more after the week ended, when it is final.
"""


def screen(delays: Delays, width: int = 80) -> str:
    view = build_delays(delays)
    return printed(lambda console: render_delays(view, console), width)


def test_screen() -> None:
    assert trimmed(screen(DELAYS)) == EXPECTED


def test_where_nothing_is_learned_there_is_no_table() -> None:
    untaught = dataclasses.replace(DELAYS, rows=DELAYS.rows[2:])
    assert trimmed(screen(untaught)) == (
        "A small case\n"
        "Vintages known 2 Dec 2024 are too few to learn from: every value is taken as\n"
        "complete.\n"
        "\n"
        "Too few pairs, 20 are needed: 19 of Strikes and 0 of Deaths.\n"
        "\n"
        "A pair: a value of at least 25 as known at an age, and the same value 8 weeks or\n"
        "more after the week ended, when it is final.\n"
    )


def test_without_a_count_there_is_nothing_to_learn() -> None:
    text = screen(dataclasses.replace(DELAYS, indicators={}, rows=()))
    assert trimmed(text) == (
        "A small case\nNothing to learn: only counts are revised by a factor.\n"
    )


@pytest.mark.parametrize("width", [20, 80, 120])
def test_nothing_is_cut(width: int) -> None:
    text = screen(DELAYS, width)
    assert set(text.split()) == set(EXPECTED.split())
    assert width < 80 or max(map(len, text.splitlines())) <= width


def test_hostile_text_is_inert() -> None:
    row = dataclasses.replace(DELAYS.rows[0], source=HOSTILE)
    few = dataclasses.replace(DELAYS.rows[3], source=HOSTILE + "b")
    names = {"strikes": HOSTILE, "deaths": HOSTILE}
    text = screen(dataclasses.replace(DELAYS, case=HOSTILE, indicators=names, rows=(row, few)))
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "[red]x[/red]" in text  # shown, not obeyed
