"""How readings lay in their forecasts as it is printed, from numbers set by hand."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from forecast.explain.types import Check, CheckedIndicator, CheckedReading, Statistic
from forecast.periods import Period
from forecast.report.terminal.priors import render_check
from forecast.report.view.check import build_check

from .hostile import HOSTILE
from .test_priors import trimmed
from .test_terminal import printed

STRIKES = CheckedIndicator(
    id="strikes",
    name="Strikes",
    readings=(
        CheckedReading(Period.parse("2024-W40"), 4.0, 0.31, 0.36, 0.34),
        CheckedReading(Period.parse("2024-W41"), 0.0, 0.0, 0.02, 0.015),
        CheckedReading(Period.parse("2024-W48"), 48_500.0, 0.995, 0.996, 0.9955),
    ),
    mean=0.45,
    inside=(1, 1),
    uniform=None,
    statistics=(
        Statistic("median", 4.0, 1.5, 66.4, 0.3, 0.72, flagged=False),
        Statistic("largest", 48_500.0, 10.0, 421.0, 0.999, 0.002, flagged=True),
        Statistic("zeros", 1 / 3, 0.0, 0.5, 0.9, 0.45, flagged=False),
    ),
)
BORDER = CheckedIndicator(
    id="border",
    name="Border",
    readings=tuple(
        CheckedReading(Period.parse(f"2024-W{40 + n}"), 0.0, 0.0, 0.9, 0.1 * n) for n in range(8)
    ),
    mean=0.35,
    inside=(3, 7),
    uniform=0.56,
    statistics=(Statistic("repeats", 1.0, 0.4, 0.85, 1.0, 0.004, flagged=True),),
)
NOTHING = CheckedIndicator("deaths", "Deaths", (), None, (0, 0), None, ())
CHECK = Check("A small case", "week", date(2024, 12, 2), 9, (), (STRIKES, BORDER, NOTHING))
EXPECTED = """\
A small case
11 readings, as known 2 Dec 2024, held against the forecasts of the week before.
Forecasts of 1 of 3 indicators can be tested; none is contradicted. The fitted
model does not reproduce 2 of 4 statistics of them.

                  PIT
        readings mean in 50 % in 90 % 0 to 100 % even
Strikes        3 45 %  1 of 3  1 of 3 █▁▁█▁▁▁▁▁█ too few to say
Border         8 35 %  3 of 8  7 of 8 ████████▁▁ not ruled out, p 0.56

most surprising
Strikes          48,500 in 2024-W48: >99 % of its forecast lay below (PIT >99 %)
Border           0 in 2024-W40: 10 % of its forecast lay above (PIT <1 %)

                                                  replicates
                                read   replicated     as low as high
Strikes median                     4    1.5 to 66       30 %    72 %
        largest                48.5k    10 to 421      >99 %    <1 % !
        zeros                   33 %  0 % to 50 %       90 %    45 %
Border  same as the one before 100 % 40 % to 85 %      >99 %    <1 % !

PIT: the share of its forecast that lay below a reading, by chance within what
lay level with it. Right forecasts spread PITs evenly from 0 to 100 % (bars:
readings per tenth), with a mean of 50 %; above it, more was read than forecast.
In 50 %: within the central 50 % of its forecast. Even: by a Kolmogorov-Smirnov
test, ruled out below p 0.05, not tested below 8 readings. Values are those
known now; the first week is held against the priors; totals over several weeks
are left out. Replicated: what the model, fitted to all readings, produces in
their place, 5 to 95 %; !: less than 5 % of replicates are as low, or as high.
"""


def screen(check: Check, width: int = 80) -> str:
    view = build_check(check)
    return printed(lambda console: render_check(view, console), width)


def test_screen() -> None:
    assert trimmed(screen(CHECK)) == EXPECTED


def line(check: Check) -> str:
    return build_check(check).bottom_line


def test_what_is_contradicted_is_named() -> None:
    off = dataclasses.replace(BORDER, uniform=0.004)
    check = dataclasses.replace(CHECK, indicators=(STRIKES, off))
    told = "Forecasts of 1 of 2 indicators can be tested; those of Border are contradicted."
    assert told in line(check)
    row = build_check(check).rows[1]
    assert (row.verdict, row.flagged) == ("ruled out, p <0.01", True)
    off = dataclasses.replace(BORDER, uniform=0.05)
    assert not build_check(dataclasses.replace(CHECK, indicators=(off,))).rows[0].flagged


def test_few_readings_say_nothing() -> None:
    calm = dataclasses.replace(STRIKES, statistics=STRIKES.statistics[::2])
    assert line(dataclasses.replace(CHECK, indicators=(calm,))) == (
        "3 readings, as known 2 Dec 2024, held against the forecasts of the week before. They are "
        "too few to test the forecasts of any indicator. The fitted model reproduces all 2 "
        "statistics of them."
    )


def test_without_readings_there_is_no_table() -> None:
    text = screen(dataclasses.replace(CHECK, indicators=(NOTHING,)))
    assert trimmed(text) == "A small case\nNo reading to hold against a forecast yet.\n"


def test_a_failed_fit_is_the_first_line() -> None:
    text = screen(dataclasses.replace(CHECK, failures=("2024-W41: 9 divergent transitions",)))
    assert text.startswith("FIT NOT OK, of 9 forecasts: 2024-W41: 9 divergent transitions.\n")


@pytest.mark.parametrize("width", [20, 80, 120])
def test_nothing_is_cut(width: int) -> None:
    text = screen(CHECK, width)
    assert set(text.split()) == set(EXPECTED.split())
    assert width < 80 or max(map(len, text.splitlines())) <= width


def test_hostile_text_is_inert() -> None:
    check = dataclasses.replace(
        CHECK, case=HOSTILE, indicators=(dataclasses.replace(STRIKES, name=HOSTILE), BORDER)
    )
    text = screen(check)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "[red]x[/red]" in text
