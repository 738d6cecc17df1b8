"""How far a forecast hangs on its judgements, as it is printed, from numbers set by hand."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from forecast.case import Judgement
from forecast.case.judgements import Scale
from forecast.explain.sensitivity import PowerScaled, Sensitivity
from forecast.explain.switching import SwitchingValue
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
    reliable: bool = True,
) -> PowerScaled:
    slope = {"calm": calm, "surge": -calm, "other": 0.0}
    error_of = dict.fromkeys(slope, error)
    return PowerScaled("prior", block, indicator, slope, error_of, 0.1, reliable)


def switching(
    label: str, now: float, at: float, leader: str | None, change: float, scale: Scale = "ratio"
) -> SwitchingValue:
    judgement = Judgement("median", "a.b.median", label, "priors/a.toml", ("b",), now, scale)
    return SwitchingValue(judgement, at, leader, change)


FOUND = Sensitivity(
    case="A small case",
    cadence="week",
    as_of=date(2024, 12, 2),
    failures=(),
    scenarios={"calm": "Calm", "surge": "Ground surge", "other": "Other"},
    indicators={"strikes": "Strikes", "border": "Border"},
    probabilities={"calm": 0.37, "surge": 0.59, "other": 0.04},
    power_scaled=(
        dataclasses.replace(power(None, None, 0.384), part="likelihood"),
        power(None, None, -0.001),
        power("duration", None, 0.004),
        power("successor", None, -0.094, error=0.012),
        power("location", "strikes", 0.05, reliable=False),
        power("level", "border", 0.02, error=0.011),
        power("shock", None, -0.03),
    ),
    tried=40,
    switching_values=(
        switching("the median of Strikes under Calm", 110, 238.3, "calm", 0.773),
        switching("the 90th percentile of Strikes under War", 12_400, 25_012, "calm", 0.702),
        switching("the probability of starting in Other", 0.005, 0.0123, "other", 0.9, "odds"),
        switching("the weeks that Ground surge lasts", 18.3, 8.04, "calm", -0.82),
        switching("the probability of level 2 of Border", 0.3, 0.52, None, 0.93, "odds"),
        switching("the inertia of Border", 0.5, 0.8, "calm", 1.39, "odds"),
        switching("the likelihood of Bridge blown", 1, 0.3, "calm", -1.2, "likelihood"),
        switching("field's likelihood of Bridge blown", 0.3, 0.1, None, -1.4, "likelihood"),
    ),
)

EXPECTED = """\
A small case
As known 2 Dec 2024 Ground surge (59 %) leads Calm (37 %). Moved alone, 6 of 40
judgements change the leader.

Calm would lead if
- the median of Strikes under Calm were 240 instead of 110 (x2.2)
- the 90th percentile of Strikes under War were 25k instead of 12.4k (x2.0)
- the weeks that Ground surge lasts were 8 instead of 18 (/2.3)
- the inertia of Border were 80 % instead of 50 % (odds x4.0)
- the likelihood of Bridge blown were 30 % instead of 100 % (/3.3)

Other would lead if
- the probability of starting in Other were 1.2 % instead of 0.5 % (odds x2.5)

Who would lead beyond cannot be told from these draws: the probability of level
2 of Border (52 %); field's likelihood of Bridge blown (10 %).

Moved alone, from 1/4 to 4 times: a likelihood, a median (with its 90th
percentile), what a 90th percentile exceeds its median by, what a duration
exceeds one week by, a ratio of sources, a half-life. The odds of any other
probability: up to 20 times either way, the others sharing the rest as before. A
leader that changes and changes back on the way can be missed. Cannot be told:
too few draws fit the change (Pareto k-hat above 0.7).

If this counted twice  Ground surge    Calm
Readings and events          -38 ±1  +38 ±1
All judgements                 0 ±1    0 ±1
What follows them             +9 ±1   -9 ±1
Strikes: usual rates          -5 ±1   +5 ±1
Shock                         +3 ±1   -3 ±1
Less than a point, or than can be told: How long scenarios last; Border: levels.
Resting on few draws: Strikes: usual rates.

In points, at the rate that holds now; after ± the Monte Carlo error. Twice the
readings: every likelihood squared. Twice the judgements: held to what was
elicited with half the variance; the start, events and grades have none.
"""


def screen(found: Sensitivity, width: int = 80) -> str:
    view = build_sensitivity(found)
    return trimmed(printed(lambda console: render_sensitivity(view, console), width))


def test_screen() -> None:
    assert screen(FOUND) == EXPECTED


def test_no_judgement_changes_the_leader() -> None:
    text = screen(dataclasses.replace(FOUND, switching_values=()))
    assert "No single judgement within these limits changes the leader." in " ".join(text.split())
    assert "would lead" not in text


def test_nor_as_far_as_can_be_told() -> None:
    unreliable = tuple(each for each in FOUND.switching_values if each.leader is None)
    text = " ".join(screen(dataclasses.replace(FOUND, switching_values=unreliable)).split())
    assert "changes the leader, as far as these draws can tell." in text
    assert "would lead if" not in text


def test_one_judgement_alone() -> None:
    text = screen(dataclasses.replace(FOUND, switching_values=FOUND.switching_values[:1]))
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
            switching_values=(
                switching(f"{HOSTILE}'s likelihood", 1, 0.2, "calm", -1.0, "likelihood"),
                *FOUND.switching_values,
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
