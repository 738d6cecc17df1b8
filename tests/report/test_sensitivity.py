"""How far a forecast hangs on its judgements, as it is printed, from numbers set by hand."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from forecast.explain.sensitivity_types import Judgement, Kind, PowerRow, Sensitivity, Turn
from forecast.report.terminal.console import make_console
from forecast.report.terminal.priors import render_sensitivity
from forecast.report.view.sensitivity import build_sensitivity

from .hostile import HOSTILE
from .test_priors import trimmed
from .test_terminal import printed


def power(
    block: str | None,
    indicator: str | None,
    calm: float,
    *,
    error: float = 0.004,
    told: bool = True,
) -> PowerRow:
    slope = {"calm": calm, "surge": -calm, "other": 0.0}
    return PowerRow("prior", block, indicator, slope, dict.fromkeys(slope, error), 0.1, told)


def turn(
    kind: Kind, now: float, at: float, leader: str | None, change: float, **whose: str
) -> Turn:
    return Turn(Judgement(kind, now, **whose), at, leader, change)


FOUND = Sensitivity(
    case="A small case",
    cadence="week",
    as_of=date(2024, 12, 2),
    failures=(),
    scenarios={"calm": "Calm", "surge": "Ground surge", "other": "Other"},
    indicators={"strikes": "Strikes", "border": "Border"},
    events={"bridge": "Bridge blown"},
    probabilities={"calm": 0.37, "surge": 0.59, "other": 0.04},
    powers=(
        dataclasses.replace(power(None, None, 0.384), part="likelihood"),
        power(None, None, -0.001),
        power("duration", None, 0.004),
        power("successor", None, -0.094, error=0.012),
        power("location", "strikes", 0.05, told=False),
        power("level", "border", 0.02, error=0.011),
        power("shock", None, -0.03),
    ),
    tried=40,
    turns=(
        turn("median", 110, 238.3, "calm", 0.773, scenario="calm", indicator="strikes"),
        turn("p90", 12_400, 25_012, "calm", 0.702, scenario="surge", indicator="strikes"),
        turn("start", 0.005, 0.0123, "other", 0.9, scenario="other"),
        turn("lasts", 18.3, 8.04, "calm", -0.82, scenario="surge"),
        turn("then", 0.6, 0.3, "calm", -1.25, scenario="other", item="surge"),
        turn("level", 0.3, 0.52, None, 0.93, scenario="calm", indicator="border", item="2"),
        turn("inertia", 0.5, 0.8, "calm", 1.39, indicator="border"),
        turn("trust", 0.76, 0.4, "calm", -1.56, item="B2"),
        turn("likelihood", 1, 0.3, "calm", -1.2, scenario="surge", item="bridge"),
        turn("likelihood", 0.3, 0.1, None, -1.4, scenario="surge", item="bridge", analyst="field"),
    ),
)

EXPECTED = """\
A small case
As known 2 Dec 2024 Ground surge (59 %) leads Calm (37 %). Moved alone, 8 of 40
judgements change the leader.

Calm would lead if
- the median of Strikes under Calm were 240 instead of 110 (x2.2)
- the 90th percentile of Strikes under Ground surge were 25k instead of 12.4k
  (x2.0)
- the weeks that Ground surge lasts were 8 instead of 18 (/2.3)
- the probability that Ground surge follows Other were 30 % instead of 60 %
  (odds /3.5)
- the inertia of Border were 80 % instead of 50 % (odds x4.0)
- the trust in reports of grade B2 were 40 % instead of 76 % (odds /4.8)
- the likelihood of Bridge blown under Ground surge were 30 % instead of 100 %
  (/3.3)

Other would lead if
- the probability of starting in Other were 1.2 % instead of 0.5 % (odds x2.5)

Who would lead beyond cannot be told from these draws: the probability of level
2 of Border under Calm (52 %); field's likelihood of Bridge blown under Ground
surge (10 %).

Moved alone, from 1/4 to 4 times: a likelihood, a median (with its 90th
percentile), what a 90th percentile exceeds its median by, what a duration
exceeds one week by. The odds of any other probability: up to 20 times either
way, the others sharing the rest as before. A leader that changes and changes
back on the way can be missed. Cannot be told: too few draws fit the change
(Pareto k-hat above 0.7).

If this counted twice  Ground surge    Calm
Readings and events          -38 ±1  +38 ±1
All judgements                 0 ±1    0 ±1
What follows them             +9 ±1   -9 ±1
Strikes: usual rates          -5 ±1   +5 ±1
Shock                         +3 ±1   -3 ±1
Less than a point, or than can be told: How long scenarios last; Border: levels.
Resting on few draws: Strikes: usual rates.

In points, at the rate that holds now; after ± the Monte Carlo error. Twice the
readings: every likelihood squared. Twice the judgements: held to what was asked
with half the variance; the start, events and grades have none.
"""


def screen(found: Sensitivity, width: int = 80) -> str:
    view = build_sensitivity(found)
    return trimmed(printed(lambda console: render_sensitivity(view, console), width))


def test_screen() -> None:
    assert screen(FOUND) == EXPECTED


def test_no_judgement_changes_the_leader() -> None:
    text = screen(dataclasses.replace(FOUND, turns=()))
    assert "No single judgement within these limits changes the leader." in " ".join(text.split())
    assert "would lead" not in text


def test_nor_as_far_as_can_be_told() -> None:
    untold = tuple(turn for turn in FOUND.turns if turn.leader is None)
    text = " ".join(screen(dataclasses.replace(FOUND, turns=untold)).split())
    assert "changes the leader, as far as these draws can tell." in text
    assert "would lead if" not in text


def test_one_judgement_alone() -> None:
    text = screen(dataclasses.replace(FOUND, turns=FOUND.turns[:1]))
    assert "1 of 40 judgements changes the leader." in " ".join(text.split())


def test_a_fit_that_is_not_ok_is_said_first() -> None:
    lines = screen(dataclasses.replace(FOUND, failures=("R-hat 1.02",))).splitlines()
    assert lines[1] == "FIT NOT OK: R-hat 1.02. What follows may be wrong with it."


@pytest.mark.parametrize("width", [30, 80, 120])
def test_nothing_is_cut(width: int) -> None:
    text = screen(FOUND, width)
    assert set(text.split()) == set(EXPECTED.split())
    assert width < 80 or max(map(len, text.splitlines())) <= width


def test_hostile_text_is_inert() -> None:
    text = screen(
        dataclasses.replace(
            FOUND,
            case=HOSTILE,
            scenarios=dict.fromkeys(FOUND.scenarios, HOSTILE),
            indicators=dict.fromkeys(FOUND.indicators, HOSTILE),
            events=dict.fromkeys(FOUND.events, HOSTILE),
            turns=(
                turn("likelihood", 1, 0.2, "calm", -1.0, item="bridge", analyst=HOSTILE),
                *FOUND.turns,
            ),
        )
    )
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "[red]x[/red]" in text  # shown, not obeyed


def test_a_pipe_has_neither_colour_nor_cuts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    render_sensitivity(build_sensitivity(FOUND), make_console())
    assert trimmed(capsys.readouterr().out) == EXPECTED
