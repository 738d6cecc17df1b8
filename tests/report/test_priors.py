"""Asked against believed as it is printed, from numbers set by hand."""

from __future__ import annotations

import dataclasses
import re
from datetime import date

import pytest

from forecast.case import Memory
from forecast.explain.types import (
    Learned,
    LearnedRow,
    LevelIndicator,
    LevelRow,
    Priors,
    QuantileIndicator,
    QuantileRow,
    Quantity,
    Summary,
)
from forecast.report.terminal.console import make_console
from forecast.report.terminal.priors import render_priors
from forecast.report.view.priors import build_priors

from .hostile import HOSTILE
from .test_terminal import printed

CALM = QuantileRow(
    id="calm",
    name="Calm",
    worth=3.0,
    basis="episode",
    because="Three lulls",
    asked_median=4.0,
    asked_p90=35.0,
    believed_median=4.26,
    believed_p90=34.8,
    median_off=False,
    p90_off=False,
    reconciled=True,
    least_p90=None,
    shares=(0.4, 0.3, 0.2, 0.1, *[0.0] * 12),
)
SURGE = dataclasses.replace(
    CALM,
    id="surge",
    name="Ground surge",
    worth=1.0,
    basis="judgement",
    because="No episode",
    asked_median=12_000.0,
    asked_p90=12_100.0,
    believed_median=12_010.0,
    believed_p90=12_140.0,
    reconciled=False,
    least_p90=12_151.2,
    shares=(*[0.0] * 15, 1.0),
)
STRIKES = QuantileIndicator(
    id="strikes",
    name="Strikes",
    unit="strikes per week",
    inertia=0.5,
    memory=None,
    edges=tuple(2.0**n - 1 for n in range(17)),
    rows=(CALM, SURGE),
)
LEVELS = LevelRow(
    id="calm",
    name="Calm",
    worth=2.0,
    basis="judgement",
    because="Guessed",
    asked=(0.7, 0.295, 0.005),
    believed=(0.66, 0.335, 0.005),
    off=(True, True, False),
)
BORDER = LevelIndicator(
    id="border",
    name="Border",
    unit="posture",
    inertia=0.0,
    levels=("open", "tight", "closed"),
    rows=(LEVELS, dataclasses.replace(LEVELS, id="surge", name="Ground surge", off=(False,) * 3)),
)


def row(
    quantity: Quantity,
    indicator: str | None,
    scenario: str | None,
    moved: float,
    level: int | None = None,
    source: str | None = None,
    *,
    learned: bool = True,
) -> LearnedRow:
    share = quantity in ("inertia", "level")
    prior = Summary(0.5, 0.23, 0.77) if share else Summary(4.0, 1.26, 19.6)
    return LearnedRow(
        quantity,
        indicator,
        scenario,
        level,
        source,
        prior,
        prior,
        moved,
        0.8 if learned else 1.0,
        learned,
    )


LEARNED = Learned(
    as_of=date(2024, 12, 2),
    failures=("R-hat 1.02",),
    rows=(
        row("duration", None, "calm", -0.5),
        row("median", "strikes", "calm", 1.44),
        row("median", "strikes", "surge", 0.0, learned=False),
        row("inertia", "strikes", None, 0.0),
        row("dispersion", "strikes", None, 0.0, learned=False),
        row("level", "border", "calm", 0.3, 0),
        row("level", "border", "calm", 0.0, 1, learned=False),
        row("level", "border", "surge", 0.0, 0, learned=False),
        row("level", "border", "surge", 0.0, 1, learned=False),
    ),
)
PRIORS = Priors(
    case="A small case",
    cadence="week",
    scenarios={"calm": "Calm", "surge": "Ground surge"},
    indicators=(STRIKES, BORDER),
    learned=LEARNED,
)


def screen(priors: Priors, width: int, *, reasons: bool = False, terminal: bool = False) -> str:
    view = build_priors(priors, reasons=reasons)
    return printed(lambda console: render_priors(view, console), width, terminal=terminal)


EXPECTED = """\
A small case
2 of 4 expectations do not come back as asked.

Strikes
  strikes per week; inertia 50 %
              asked        believed
             median   p90    median    p90 0     260    66k worth basis
Calm              4    35       4.3     35 █▆▅▃▁▁▁▁▁▁▁▁▁▁▁▁     3 episode
Ground surge    12k 12.1k       12k 12.1k! ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█     1 judgement
! Ground surge: no count has a median of 12,000 and a 90th percentile of 12,100:
  chance alone spreads it wider (Poisson). Set p90 to 12,152 or more in
  priors/strikes.toml.

Border
  per cent; 0 open, 1 tight, 2 closed; no inertia
             asked        believed
                 0  1  2         0   1   2     worth basis
Calm            70 30 <1       66! 34!  <1 █▅▁     2 judgement
Ground surge    70 30 <1        66  34  <1 █▅▁     2 judgement
! Calm: level 0 asked 70 %, believed 66 %.
! Calm: level 1 asked 30 %, believed 34 %.

Asked: of a full week while the scenario holds. Believed: what the model
predicts of it before any reading. Bars: how likely each size is believed to be,
on a log scale that all scenarios of an indicator share; or each level. Worth:
in weeks of watching. !: cannot be had, or off by more than 10 % (median), 20 %
(p90), 3 points (level).

FIT NOT OK: R-hat 1.02. What follows may not be what was learned.
Readings as known 2 Dec 2024 moved or narrowed 4 of 9 parameters.

How long scenarios last, in weeks
          before       after
Calm  4 (1.3-20)  4 (1.3-20)  lower by 0.5 sd

Strikes: median, strikes per week
                           before         after
Calm                   4 (1.3-20)    4 (1.3-20)  higher by 1.4 sd
Ground surge           4 (1.3-20)    4 (1.3-20)  not learned
Inertia              50 % (23-77)  50 % (23-77)  narrower
Spread, times asked    4 (1.3-20)    4 (1.3-20)  not learned

Border: probability of each level
                    before         after
Calm
- level 0     50 % (23-77)  50 % (23-77)  higher by 0.3 sd
- level 1     50 % (23-77)  50 % (23-77)  not learned
Ground surge      as asked      as asked  not learned

Mean and 5-95 % before and after the readings. sd: standard deviations of the
prior. Not learned: about as wide as before and moved by less than 0.2 sd.
Medians: as asked, then moved as far as the scenario's usual rate was.
"""


def trimmed(text: str) -> str:
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


def test_screen() -> None:
    assert trimmed(screen(PRIORS, 80)) == EXPECTED


def test_without_learned_it_ends_with_the_legend() -> None:
    text = trimmed(screen(dataclasses.replace(PRIORS, learned=None), 80))
    assert text == EXPECTED[: EXPECTED.index("\nFIT NOT OK")]


def test_all_is_well_in_one_line() -> None:
    well = dataclasses.replace(STRIKES, rows=(CALM, CALM))
    text = screen(dataclasses.replace(PRIORS, indicators=(well,), learned=None), 80)
    assert text.splitlines()[1] == "All 2 expectations come back as asked."
    assert "!" not in text.replace("!:", "")


def test_a_longer_memory_is_named() -> None:
    recalling = dataclasses.replace(STRIKES, memory=Memory(last=0.4, halflife=6.0))
    shown = build_priors(dataclasses.replace(PRIORS, indicators=(recalling,)))
    assert shown.blocks[0].about == (
        "strikes per week; inertia 50 % (40 % of the last reading, else of a mean of half-life 6)"
    )


def test_how_far_off_and_what_to_change() -> None:
    wide = dataclasses.replace(CALM, believed_median=5.0, median_off=True, p90_off=True)
    lost = dataclasses.replace(SURGE, least_p90=None)
    shown = build_priors(
        dataclasses.replace(PRIORS, indicators=(dataclasses.replace(STRIKES, rows=(wide, lost)),))
    )
    assert shown.blocks[0].flags == (
        "Calm: median believed 5, 25 % above what was asked; bring median and p90 closer in "
        "priors/strikes.toml.",
        "Calm: 90th percentile believed 35, 1 % below what was asked; bring median and p90 closer "
        "in priors/strikes.toml.",
        "Ground surge: no count has a median of 12,000 and a 90th percentile of 12,100; change "
        "them in priors/strikes.toml.",
    )


def test_reasons_stand_below_the_one_indicator_asked_about() -> None:
    assert "Three lulls" not in screen(PRIORS, 80)
    lines = screen(dataclasses.replace(PRIORS, indicators=(STRIKES,)), 80, reasons=True)
    assert "\nCalm\n  Three lulls\n\nGround surge\n  No episode\n" in lines


@pytest.mark.parametrize("width", [20, 80, 120])
def test_nothing_is_cut(width: int) -> None:
    text = screen(PRIORS, width)
    assert set(text.split()) == set(EXPECTED.split())
    assert width < 80 or max(map(len, text.splitlines())) <= width


def test_hostile_text_is_inert() -> None:
    named = dataclasses.replace(CALM, name=HOSTILE, because=HOSTILE)
    levels = dataclasses.replace(BORDER, name=HOSTILE, unit=HOSTILE, levels=(HOSTILE, "b", "c"))
    strikes = dataclasses.replace(STRIKES, name=HOSTILE, unit=HOSTILE, rows=(named, SURGE))
    text = screen(
        Priors(HOSTILE, "week", PRIORS.scenarios | {"calm": HOSTILE}, (strikes, levels), LEARNED),
        80,
        reasons=True,
    )
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "[red]x[/red]" in text  # shown, not obeyed
    assert ":smile:" in text


def test_colour_adds_nothing_but_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, coloured = screen(PRIORS, 80), screen(PRIORS, 80, terminal=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
    assert re.search(r"\x1b\[(?:\d+;)*3[0-7]", coloured)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[(?:\d+;)*3[0-7]", screen(PRIORS, 80, terminal=True))


def test_a_pipe_has_neither_colour_nor_cuts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    render_priors(build_priors(PRIORS), make_console())
    assert trimmed(capsys.readouterr().out) == EXPECTED
