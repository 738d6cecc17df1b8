"""A collection list as it is printed, from numbers set by hand."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from forecast.explain.collect import Collectable, Collection, Upset
from forecast.explain.types import Pair
from forecast.periods import Period
from forecast.report.terminal.explain import render_collection, render_pairs
from forecast.report.view.collect import build_collection

from .hostile import HOSTILE
from .test_priors import trimmed
from .test_terminal import printed

SCENARIOS = {"calm": "Calm", "surge": "Iranian-backed ground surge", "other": "Other"}


def indicator(name: str, family: str, bits: float, *upsets: Upset) -> Collectable:
    levels = {"ordinal": ("open", "tightened", "closed"), "count": (), "binary": ()}[family]
    changes = sum(upset.probability for upset in upsets)
    return Collectable(
        name.lower(), name, family, levels, "sohr", "B2", bits, bits / 1.5, changes, upsets,
        held=name == "Border",
    )  # fmt: skip


FOUND = Collection(
    case="A small case",
    cadence="week",
    as_of=date(2024, 12, 2),
    period=Period.parse("2024-W49"),
    failures=(),
    scenarios=SCENARIOS,
    probabilities={"calm": 0.3, "surge": 0.6, "other": 0.1},
    entropy=1.5,
    draws=400,
    indicators=(
        indicator(
            "Strikes", "count", 0.412,
            Upset(0, 39, "calm", 0.11), Upset(40, 57, "other", 0.004),
            Upset(12_345, None, "other", 0.021),
        ),
        indicator("Border", "ordinal", 0.2, Upset(0, 0, "calm", 0.2), Upset(1, 2, "other", 0.1)),
        indicator("Deaths", "count", 0.1, Upset(100, 158, "other", 0.003)),
        indicator("Talks", "binary", 0.05, Upset(1, 1, "calm", 0.3)),
        indicator("Displacement", "count", 0.0004),
    ),
)  # fmt: skip

EXPECTED = """\
A small case: what to collect for week 49, as known 2 Dec 2024
Before anything is read of week 49 Iranian-backed ground surge (60 %) leads;
1.50 bits of its scenario are unknown: most is told by Strikes, 27 % of it.

                            changes
Collect       bits  share  the lead  if it reads
Strikes       0.41   27 %      14 %  at most 39: Calm
                                     12k or more: Other
Border        0.20   13 %      30 %  level 0, open: Calm
                                     level 1 or more: Other
Deaths        0.10    7 %      <1 %  100 to 160: Other
Talks         0.05    3 %      30 %  yes: Calm
Displacement  0.00   <1 %         -  none

Bits: what the next reading would on average tell of the scenario, alone, in
full, from the indicator's first source at its usual grade. Changes: the chance
that after it another scenario leads; beside it the readings after which one
does.
Early readings of Border for week 49 are held and not counted here.
Counts are averaged over 400 draws, in about 200 bins.
"""


def screen(found: Collection, width: int = 80) -> str:
    view = build_collection(found)
    return trimmed(printed(lambda console: render_collection(view, console), width))


def test_screen() -> None:
    assert screen(FOUND) == EXPECTED


@pytest.mark.parametrize("width", [30, 80, 120])
def test_nothing_is_cut(width: int) -> None:
    text = screen(FOUND, width)
    assert set(EXPECTED.split()) == set(text.split())
    assert width < 80 or max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize(
    ("upset", "said"),
    [
        (Upset(0, 0, "calm", 0.1), "level 0, open: Calm"),
        (Upset(0, 1, "calm", 0.1), "level at most 1: Calm"),
        (Upset(1, 2, "calm", 0.1), "level 1 or more: Calm"),
        (Upset(2, 2, "calm", 0.1), "level 2, closed: Calm"),
        (Upset(0, 2, "calm", 0.1), "level 0 or more: Calm"),
    ],
)
def test_levels_that_would(upset: Upset, said: str) -> None:
    found = dataclasses.replace(FOUND, indicators=(indicator("Border", "ordinal", 0.2, upset),))
    (row,) = build_collection(found).rows
    assert row.readings == (said,)


def test_at_most_three_ranges_the_likeliest_first() -> None:
    upsets = [Upset(n, n, "calm", 0.01 * (n + 1)) for n in range(5)]
    found = dataclasses.replace(FOUND, indicators=(indicator("Strikes", "count", 0.2, *upsets),))
    (row,) = build_collection(found).rows
    assert row.readings == ("4: Calm", "3: Calm", "2: Calm")
    assert row.changes == "15 %"


def test_where_no_reading_would_tell_anything() -> None:
    nothing = dataclasses.replace(FOUND, indicators=FOUND.indicators[-1:])
    assert "no reading would tell more than 0.01 of them" in " ".join(screen(nothing).split())


def test_a_fit_that_is_not_ok_is_said_first() -> None:
    lines = screen(dataclasses.replace(FOUND, failures=("R-hat 1.02",))).splitlines()
    assert lines[1] == "FIT NOT OK: R-hat 1.02. What follows may be wrong with it."


def test_the_longest_names_and_25_indicators_fit() -> None:
    names = dict.fromkeys(SCENARIOS, "The longest of names that a scenario was ever given")
    row = FOUND.indicators[0]
    many = tuple(dataclasses.replace(row, name=f"Indicator no. {n:02}") for n in range(25))
    found = dataclasses.replace(FOUND, scenarios=names, indicators=many)
    for width in (80, 120):
        text = screen(found, width)
        assert max(map(len, text.splitlines())) <= width
        assert sum("  0.41  " in line for line in text.splitlines()) == 25


def test_hostile_text_is_inert() -> None:
    row = dataclasses.replace(
        FOUND.indicators[1], name=HOSTILE, level_names=(HOSTILE,) * 3, source=HOSTILE
    )
    text = screen(
        dataclasses.replace(
            FOUND,
            case=HOSTILE,
            failures=(HOSTILE,),
            scenarios=dict.fromkeys(SCENARIOS, HOSTILE),
            indicators=(row,),
        )
    )
    assert "[red]x[/red]" in text
    assert not any(c in text for c in "\x1b\x07\u202e\ufffe\ud800")


def test_pairs_that_are_told_apart_and_one_that_is_not() -> None:
    names = [each.id for each in FOUND.indicators]
    told = Pair("surge", "calm", 2.4, dict.fromkeys(names, 7.6) | {"border": None})
    never = Pair("calm", "other", None, dict.fromkeys(names))
    view = build_collection(dataclasses.replace(FOUND, pairs=(told, never)))
    assert view.pair_headings[:2] == ("in all", "Strikes")
    assert view.pairs[0].name == "Iranian-backed ground surge or Calm"
    assert view.pairs[0].periods[:3] == ("2", "8", "-")
    assert set(view.pairs[1].periods) == {"-"}
    screen = trimmed(printed(lambda console: render_pairs(view, console), 80))
    assert "Weeks until readings tell two apart, 9 to 1." in screen
    assert "No indicator separates Calm from Other within a year; nor do all of them." in screen
