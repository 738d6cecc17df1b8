"""Suppositions as they are printed, from numbers set by hand."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from forecast.explain.what_if_types import (
    Moment,
    Outcome,
    SupposedJudgement,
    SupposedReading,
    WhatIf,
)
from forecast.periods import Period
from forecast.report.terminal.explain import render_what_if
from forecast.report.view.what_if import build_what_if

from .hostile import HOSTILE
from .test_priors import trimmed
from .test_terminal import printed

SCENARIOS = {"calm": "Calm", "surge": "Iranian-backed ground surge", "other": "Other"}


def moment(period: str, calm: float, surge: float) -> Moment:
    p = {"calm": calm, "surge": surge, "other": 1 - calm - surge}
    low = {name: max(0.0, value - 0.2) for name, value in p.items()}
    high = {name: min(1.0, value + 0.2) for name, value in p.items()}
    as_of = {"2024-W48": "2024-12-02", "2024-W49": "2024-12-09"}[period]
    return Moment(Period.parse(period), date.fromisoformat(as_of), p, low, high)


def reading(value: float = 200.0) -> SupposedReading:
    return SupposedReading(
        "strikes", "Strikes", Period.parse("2024-W49"), value, None, date(2024, 12, 9), "sohr", "B2"
    )


BORDER = SupposedReading(
    "border",
    "Border",
    Period.parse("2024-W49"),
    2.0,
    "selective support",
    date(2024, 12, 9),
    "desk",
    "A1",
)
JUDGEMENT = SupposedJudgement("strikes.surge.median", 240, 110)
LOUD = Outcome("loud", (reading(), BORDER), (), moment("2024-W49", 0.1, 0.85), 0.42, ())
FOUND = WhatIf(
    supposed=True,
    case="A small case",
    cadence="week",
    anchor=date(2024, 11, 25),
    failures=(),
    scenarios=SCENARIOS,
    indicators={"strikes": "Strikes", "border": "Border"},
    held=("border",),
    today=moment("2024-W48", 0.35, 0.6),
    next=moment("2024-W49", 0.3, 0.55),
    outcomes=(
        LOUD,
        Outcome("quiet", (reading(5.0),), (JUDGEMENT,), None, None, ()),
        Outcome("judged", (), (JUDGEMENT,), moment("2024-W48", 0.5, 0.45), None, ()),
    ),
)

EXPECTED = """\
Supposed, not logged: A small case, as known Mon 2 Dec 2024

Loud
  Strikes 200 (sohr, B2); Border level 2, selective support (desk, A1); for week
  49.
  Beside nothing new that would move Iranian-backed ground surge 55 % to 85 %,
  Calm 30 % to 10 % and Other 15 % to 5 %.

Quiet
  Strikes 5 (sohr, B2); for week 49.
  strikes.surge.median = 240 instead of 110.
  What it would do cannot be told from the draws at hand: too few of them fit it
  (--refit samples it).

Judged
  strikes.surge.median = 240 instead of 110.
  That would move Calm 35 % to 50 % and Iranian-backed ground surge 60 % to
  45 %.

                                 now  nothing new       loud     quiet    judged
                             week 48      week 49    week 49  not told   week 48
Iranian-backed ground           60 %         55 %       85 %         -      45 %
surge                          40-80        35-75  65 to >99               25-65
Calm                            35 %         30 %       10 %         -      50 %
                               15-55        10-50   <1 to 30               30-70
Other                            5 %         15 %        5 %         -       5 %
                            <1 to 25     <1 to 35   <1 to 25            <1 to 25

Under each number its 90 % range: how far it moves across judgements compatible
with the data, not a margin of error on what will happen.
"Nothing new": week 49 if no more were read than is known now. Early readings of
Border count in it.
Supposed readings are of the whole week, published 9 Dec, by each indicator's
first source at its usual grade, unless another is given.
Told by the draws of the fit of 25 Nov, reweighted (k-hat 0.42).
Sampled: judged.
"""


def screen(found: WhatIf, width: int = 80) -> str:
    view = build_what_if(found)
    return trimmed(printed(lambda console: render_what_if(view, console), width))


def test_screen() -> None:
    assert screen(FOUND) == EXPECTED


@pytest.mark.parametrize("width", [30, 60, 80, 120])
def test_nothing_is_cut(width: int) -> None:
    text = screen(FOUND, width)
    assert set(EXPECTED.split()) == set(text.split())
    assert width < 60 or max(map(len, text.splitlines())) <= width


def test_what_does_not_fit_goes_into_a_table_more_beside_the_same() -> None:
    lines = screen(FOUND, 60).splitlines()
    heads = [line.split() for line in lines if line.lstrip().startswith("now ")]
    assert heads == [
        ["now", "nothing", "new", "loud", "quiet"],
        ["now", "nothing", "new", "judged"],
    ]


def test_judgements_alone_are_beside_today() -> None:
    alone = dataclasses.replace(FOUND, next=None, outcomes=FOUND.outcomes[-1:])
    text = screen(alone)
    assert "nothing new" not in text.lower()
    assert "Supposed readings" not in text


def test_the_next_period_may_not_be_told() -> None:
    text = screen(dataclasses.replace(FOUND, next=None, outcomes=(LOUD,)))
    assert "would move" not in text
    assert "Nothing new cannot be told from the draws at hand" in text
    assert "not told" in text


def test_a_fit_that_is_not_ok_is_said_once() -> None:
    sampled = dataclasses.replace(LOUD, khat=None, failures=("R-hat 1.02",))
    failed = dataclasses.replace(FOUND, failures=("R-hat 1.02",), outcomes=(sampled,))
    lines = screen(failed).splitlines()
    assert lines[0].startswith("Supposed, not logged")
    assert lines[1] == "FIT NOT OK: R-hat 1.02. What follows may be wrong with it."


def test_the_longest_names_and_25_readings_fit() -> None:
    readings = tuple(
        dataclasses.replace(reading(), indicator=f"i{n}", name=f"Indicator no. {n:02}")
        for n in range(25)
    )
    names = dict.fromkeys(SCENARIOS, "The longest of names that a scenario was ever given")
    many = tuple(
        dataclasses.replace(LOUD, name=f"sixteen-letters{n}", readings=readings) for n in range(4)
    )
    found = dataclasses.replace(FOUND, scenarios=names, outcomes=many)
    for width in (80, 120):
        text = screen(found, width)
        assert max(map(len, text.splitlines())) <= width
        assert " ".join(text.split()).count("Indicator no. 24 200") == 4
        assert {f"sixteen-letters{n}" for n in range(4)} <= set(text.split())


def test_hostile_text_is_inert() -> None:
    hostile = dataclasses.replace(
        FOUND,
        case=HOSTILE,
        scenarios=dict.fromkeys(SCENARIOS, HOSTILE),
        indicators=dict.fromkeys(FOUND.indicators, HOSTILE),
        failures=(HOSTILE,),
        outcomes=(
            Outcome(
                HOSTILE,
                (dataclasses.replace(BORDER, name=HOSTILE, level=HOSTILE, source=HOSTILE),),
                (SupposedJudgement(HOSTILE, HOSTILE, HOSTILE),),
                LOUD.moment,
                None,
                (HOSTILE,),
            ),
        ),
    )
    text = screen(hostile)
    assert "[red]x[/red]" in text
    assert not any(c in text for c in "\x1b\x07\u202e\ufffe\ud800")
