"""Why a forecast moved, as it is printed and drawn; columns add up whatever moved."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.explain.movement_types import Movement
from forecast.periods import Period
from forecast.report.charts.waterfall import span, waterfall_chart
from forecast.report.terminal.explain import render_explain
from forecast.report.view import words
from forecast.report.view.explain import build_explain, largest_remainder, signed

from .hostile import HOSTILE
from .moved import FOUND, by_id
from .sample import IDS
from .test_priors import trimmed
from .test_terminal import printed

EXPECTED = Path(__file__).parent / "expected"


def screen(found: Movement, width: int = 80, scenario: str | None = None) -> str:
    return printed(lambda console: render_explain(build_explain(found, scenario), console), width)


@pytest.mark.parametrize("width", [80, 120])
def test_screen(width: int) -> None:
    shown = trimmed(screen(FOUND, width, "sustained-air-campaign"))
    assert shown == (EXPECTED / f"explain-{width}.txt").read_text("utf-8")


def test_the_scenario_that_moved_most_comes_first() -> None:
    view = build_explain(FOUND)
    assert view.title == (
        "Limited interdiction down 89 points since 25 Nov: Displacement W48 -30 and Sorties W48 -27"
    )
    assert view.headings[:3] == (
        "Limited interdiction", "Sustained air campaign", "Opposition breakthrough",
    )  # fmt: skip
    assert [cause.name for cause in view.causes] == [
        "Time passing", "Displacement W48", "Sorties W48", "Deaths W48", "Turkey W48",
        "Aleppo falls", "Refit and rounding",
    ]  # fmt: skip


def test_each_cause_has_its_dated_source_beside_it() -> None:
    facts = {cause.name: cause.fact for cause in build_explain(FOUND).causes}
    assert facts == {
        "Time passing": "",
        "Displacement W48": "2 Dec, ocha B2: 48,500 in 5 of 7 d",
        "Sorties W48": "2 Dec, acled B2: 52 in 4 of 7 d",
        "Deaths W48": "2 Dec, white-helmets B2: 56 in 5 of 7 d (was 28 in 4 of 7 d)",
        "Turkey W48": "1 Dec, coded B2: level 3 (selective support)",
        "Aleppo falls": "1 Dec, A1",
        "Refit and rounding": "",
    }


def test_a_source_of_another_year_is_dated_whole() -> None:
    share = FOUND.shares[1]
    late = dataclasses.replace(
        share.facts[0], published=date(2023, 12, 30), last_period=Period.parse("2024-W49")
    )
    found = dataclasses.replace(FOUND, shares=(dataclasses.replace(share, facts=(late,)),))
    line = build_explain(found).causes[0]
    assert (line.name, line.fact) == ("Sorties W48-49", "30 Dec 2023, acled B2: 52 in 4 of 14 d")


points = st.floats(-0.4, 0.4).map(lambda x: round(x, 6))


@given(st.lists(points, min_size=1, max_size=12), st.floats(0.0, 1.0))
@settings(max_examples=200)
def test_whole_points_add_up_to_the_change_that_is_shown(parts: list[float], before: float) -> None:
    change = 100 * (before + sum(parts)) - 100 * before
    total = words.whole(abs(change) / 100) * (1 if change > 0 else -1)
    found = largest_remainder([100 * part for part in parts], total)
    assert sum(found) == total
    assert all(abs(shown - 100 * part) < 1 + 1e-9 for shown, part in zip(found, parts, strict=True))


@pytest.mark.parametrize(
    ("parts", "total", "shown"),
    [
        ([0.4, 0.4, 0.4], 1, [1, 0, 0]),
        ([-0.2, -0.2, -0.2], -1, [0, 0, -1]),
        ([3.0, 0.0, -3.0], 0, [3, 0, -3]),
        ([2.6, -1.2], 1, [2, -1]),
    ],
)
def test_largest_remainder(parts: list[float], total: int, shown: list[int]) -> None:
    assert largest_remainder(parts, total) == shown


@pytest.mark.parametrize("scenario", IDS)
def test_every_column_of_the_view_adds_up(scenario: str) -> None:
    view = build_explain(FOUND, scenario)
    assert view.headings[0] == FOUND.scenarios[scenario]
    for n, total in enumerate(view.total):
        assert signed(sum(int(cause.points[n]) for cause in view.causes)) == total
        name = next(k for k, v in FOUND.scenarios.items() if v == view.headings[n])
        change = FOUND.after.probabilities[name] - FOUND.before.probabilities[name]
        told = {"same": "0"}.get(words.points(change), words.points(change))
        assert told.replace("up ", "+").replace("down ", "-") == total


def test_what_is_odd_is_said() -> None:
    edited = dataclasses.replace(FOUND.shares[0], kind="edited")
    share = dataclasses.replace(FOUND.shares[1], error=dict.fromkeys(IDS, 0.0009))
    odd = dataclasses.replace(
        FOUND,
        shares=(edited, share),
        orders=1240,
        ess=41.2,
        failures=("R-hat 1.02",),
        before=dataclasses.replace(FOUND.before, entry=None),
    )
    view = build_explain(odd)
    assert view.causes[0].name == "Edited since"
    assert view.alarm.startswith("FIT NOT OK: R-hat 1.02.")
    assert [note.split(":")[0] for note in view.notes] == [
        "Change against week 47 recomputed as known 25 Nov 2024",
        "Edited since",
        "Readings and events in 1,240 orders drawn at random",
        "Of 40 combinations of causes 0 are told by weights that k-hat doubts, the worst by 41 "
        "effective draws",
    ]
    assert "standard error of a share 0.09 points at most" in view.notes[2]
    assert "FIT NOT OK" in screen(odd)


def test_nothing_moved_and_nothing_read() -> None:
    still = dataclasses.replace(
        FOUND, before=FOUND.after, shares=(), remainder=by_id(0, 0, 0, 0, 0, 0), weights=()
    )
    view = build_explain(still)
    assert view.title == "Opposition breakthrough unmoved since 2 Dec"
    assert view.weights_title == "Nothing was read of week 48 itself."
    assert "Bayes factor" not in screen(still)


def test_hostile_text_is_text() -> None:
    share = FOUND.shares[1]
    fact = dataclasses.replace(share.facts[0], source=HOSTILE, grade=HOSTILE, url=HOSTILE)
    found = dataclasses.replace(
        FOUND,
        case=HOSTILE,
        scenarios={name: f"{name} {HOSTILE}" for name in IDS},
        shares=(dataclasses.replace(share, name=HOSTILE, facts=(fact,)),),
        weights=(dataclasses.replace(FOUND.weights[0], name=HOSTILE),),
        failures=(HOSTILE,),
    )
    shown = screen(found)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[red]x[/red]" in shown


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_waterfall_is_the_same_for_the_same(tmp_path: Path, suffix: str) -> None:
    drawn = []
    for name in ("one", "two"):
        path = tmp_path / name / f"waterfall{suffix}"
        waterfall_chart(build_explain(FOUND), path)
        drawn.append(path.read_bytes())
    assert drawn[0] == drawn[1]
    other = tmp_path / f"other{suffix}"
    waterfall_chart(build_explain(FOUND, "other"), other)
    assert other.read_bytes() != drawn[0]


def test_the_axis_holds_steps_below_nothing_and_above_all() -> None:
    line = build_explain(FOUND).causes[0]
    steps = [(3.0, 4.0), (4.0, -2.5), (-2.5, 0.1), (0.1, 104.0)]
    causes = [dataclasses.replace(line, start=start, stop=stop) for start, stop in steps]
    assert span(causes[:1]) == (0.0, 10)
    assert span(causes[:3]) == (-2.5, 10)
    assert span(causes) == (-2.5, 104.0)


def test_the_waterfall_carries_what_it_shows(tmp_path: Path) -> None:
    view = build_explain(FOUND)
    assert view.alt_text == (
        "Waterfall of the probability of Limited interdiction, from 89 % to <1 %, in points: "
        "Time passing -4; Displacement W48 -30; Sorties W48 -27; Deaths W48 -14; Turkey W48 -11; "
        "Aleppo falls -3; Refit and rounding 0; in all -89."
    )
    waterfall_chart(view, tmp_path / "a.png")
    assert view.alt_text.encode() in (tmp_path / "a.png").read_bytes()
    assert "entry 26 (week 47" in view.caption
    assert "fingerprint dc113431" in view.caption
