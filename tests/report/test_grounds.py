"""What a forecast rests on, and what would surprise us, in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from forecast.case import load_case
from forecast.readings import known_as_of, load_readings
from forecast.record import NextPeriod
from forecast.report.view.grounds import Grounds, build_grounds
from tests.factories import HEADER, make_case, make_forecast

from .sample import indicators, view

ROWS = (
    "2024-W47,20,2024-11-25,sohr,B2,,,north-west,https://example.org/a,\n"
    "2024-W48,52,2024-12-02,sohr,C3,4,,north-west,https://example.org/b,\n"
    "2024-W48,52,2024-12-03,acled,C3,4,,north-west,https://example.org/b,later\n"
)


def grounds(root: Path) -> Grounds:
    make_case(root)
    (root / "indicators" / "strikes.csv").write_text(HEADER + ROWS, "utf-8")
    case = load_case(root)
    known = known_as_of(case, load_readings(case), date(2024, 12, 2))
    return build_grounds(make_forecast(), case, known)


def test_assumptions_are_the_cases(tmp_path: Path) -> None:
    assert grounds(tmp_path).assumes == (
        ("War", "Nobody stops it"),
        ("Other", "Somebody stops it"),
    )


def test_usual_is_what_was_asked_under_the_two_most_probable(tmp_path: Path) -> None:
    made = grounds(tmp_path)
    assert made.under == ("Other", "War")
    assert made.usual == (("5 (one in ten above 20)", "60 (one in ten above 200)"),)


def test_every_reading_used_has_grade_and_source(tmp_path: Path) -> None:
    made = grounds(tmp_path)
    assert [(r.period, r.value, r.grade, r.source, r.url, r.published) for r in made.readings] == [
        ("W48", "52 in 4 of 7 d", "C3", "sohr", "https://example.org/b", "2 Dec 2024"),
        ("W47", "20", "B2", "sohr", "https://example.org/a", "25 Nov 2024"),
    ]
    assert made.note == (
        "The case now holds 2 readings known by the as-of date; this forecast used 1."
    )


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(4.0, 300.0, "below 4 or above 300"), (0.0, 30.4, "above 30"), (0.04, 2.0, "above 2")],
)
def test_a_count_outside_its_range_surprises(low: float, high: float, said: str) -> None:
    following = NextPeriod({"0.05": low, "0.5": 1.0, "0.95": high}, {}, [])
    shown = view(indicators=[structs.replace(indicators()[0], next=following)])
    assert shown.surprising == (("Sorties", said),)


@pytest.mark.parametrize(
    ("family", "levels", "said"),
    [
        ("ordinal", [0.02, 0.12, 0.16, 0.45, 0.25], "below level 1"),
        ("ordinal", [0.02, 0.02, 0.92, 0.03, 0.01], "below level 2 or above level 2"),
        ("ordinal", [0.5, 0.5], "no level"),
        ("binary", [0.97, 0.03], "yes"),
        ("binary", [0.03, 0.97], "no"),
        ("binary", [0.5, 0.5], "neither answer"),
    ],
)
def test_a_level_out_in_the_tail_surprises(family: str, levels: list[float], said: str) -> None:
    following = NextPeriod({}, {}, levels)
    names = [f"level {n}" for n in range(len(levels))] if family == "ordinal" else []
    item = structs.replace(indicators()[1], family=family, level_names=names, next=following)
    assert view(indicators=[item]).surprising[0][1] == said
