"""``indicators/derived.toml`` and ``holds_when``: what is loaded, and every rule broken once."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.case import Derived, load_case, partial_case
from forecast.case.holds_when import All, Comparison, Some, Window
from forecast.case.tables import TAKES
from tests.case.editing import edit, said

D, S, II = "indicators/derived.toml", "priors/scenarios.toml", "indicators/incidents.toml"
TEXT = """\
[incidents-4w]
name = "Incidents, 4 weeks"
from = "incidents"
take = "mean"
over = 4

[pace]
name = "Pace"
from = "incidents"
take = "trend"
over = 2
against = 8
role = "sign"
otherwise = { median = 0, p90 = 0.5 }
before = { escalation = { median = 0.8, p90 = 1.5 } }
because = "Three of four escalations were preceded by a rise"

[calm]
name = "Weeks of calm"
from = "rhetoric"
take = "periods-since"
value = 2
"""
TEST = 'holds_when = "pace >= -0.5 and rhetoric = threatening or incidents-4w > 9 for 2 of 3 weeks"'


@pytest.fixture
def derived(root: Path) -> Path:
    (root / D).write_text(TEXT, "utf-8")
    edit(root, S, "assumes  =", f"{TEST}\nassumes  =")
    return root


def test_what_is_written_is_what_is_loaded(derived: Path) -> None:
    case = load_case(derived)
    assert case.derived == (
        Derived("incidents-4w", "Incidents, 4 weeks", "incidents", "mean", over=4),
        Derived(
            "pace",
            "Pace",
            "incidents",
            "trend",
            over=2,
            against=8,
            role="sign",
            otherwise=(0.0, 0.5),
            before={"escalation": (0.8, 1.5)},
            because="Three of four escalations were preceded by a rise",
        ),
        Derived("calm", "Weeks of calm", "rhetoric", "periods-since", value=2.0),
    )
    pace = Comparison("pace", ">=", -0.5, "-0.5")
    harsh = Comparison("rhetoric", "=", 2.0, "threatening")
    often = Window(Comparison("incidents-4w", ">", 9.0, "9"), 2, 3)
    assert case.scenarios[0].holds_when == Some((All((pace, harsh)), often))
    assert [s.holds_when for s in case.scenarios[1:]] == [None, None]
    assert [i.id for i in case.indicators] == ["incidents", "rhetoric"]


def test_there_need_be_none(root: Path) -> None:
    assert load_case(root).derived == ()


PACE, CALM = f"{D}, [pace]", f"{D}, [calm]"
FIT = "must be maximum, periods-at-or-above or periods-since: the family is ordinal"
WHEN = f"{S}, [escalation] holds_when"


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        (D, "[pace]", "[Pace]", f"{D}, [Pace]: must be an id: a-z first, then a-z, 0-9 and -"),
        (
            D, "[calm]", "[rhetoric]",
            f"{D}, [rhetoric]: must differ from the indicator of indicators/rhetoric.toml",
        ),
        (
            D, '"Pace"', '"Incidents"',
            f"{PACE} name: must differ from the name in indicators/incidents.toml, found Incidents",
        ),
        (D, '"Pace"', '"Weeks of calm"', f"{CALM} name: must differ from the name in {PACE}"),
        (D, '"Pace"', f'"{"x" * 25}"', f"{PACE} name: must be at most 24 characters"),
        (
            D, 'from = "rhetoric"', 'from = "rethoric"',
            f"{CALM} from: must be an indicator, found rethoric (did you mean rhetoric?)",
        ),
        (
            D, 'from = "rhetoric"', 'from = "pace"',
            f"{CALM} from: must be an indicator that is read, found pace (pace is itself derived)",
        ),
        (D, 'from = "rhetoric"', 'from = "derived"', f"{CALM} from: must be an indicator, found"),
        (D, "over = 4", "over = 0", f"{D}, [incidents-4w] over: must be a whole number from 1 to"),
        (D, "over = 4\n", "", f"{D}, [incidents-4w] over: must be given: mean is taken"),
        (D, "against = 8\n", "", f"{PACE} against: must be given: trend is taken"),
        (D, "against = 8", "against = 2", f"{PACE} against: must be above 2, the periods of the"),
        (D, "over = 4", "over = 4\nvalue = 1", "[incidents-4w] value: must be left out: mean is"),
        (D, "value = 2", "value = 2\nover = 3", f"{CALM} over: must be left out: periods-since is"),
        (D, "value = 2", "value = 3", f"{CALM} value: must be a level, 0 to 2, found 3"),
        (D, "value = 2", "value = 0", f"{CALM} value: must be a number above 0, found 0"),
        (D, '"periods-since"\nvalue = 2', '"mean"\nover = 2', f"{CALM} take: {FIT}, found mean"),
        (D, '"periods-since"\nvalue = 2', '"sum"\nover = 2', f"{CALM} take: {FIT}, found sum"),
        (D, '"mean"', '"median"', f"{D}, [incidents-4w] take: must be mean, sum, maximum, periods"),
        (D, '"mean"\nover = 4', '"slow-mean"\nhalflife = 0', "halflife: must be a number of per"),
        (D, '"sign"', '"signal"', f"{PACE} role: must be fact or sign, found signal"),
        (D, "[pace]", "x = 1\n[pace]", f"{D}, [incidents-4w] x: must be a known key"),
        (D, "[incidents-4w]", "x = 1\n[incidents-4w]", f"{D}, x: must be a known key"),
        (S, "pace >=", "pcae >=", f"{WHEN}, character 1: must be an indicator or a derived measur"),
        (S, "= threatening", "= harsh", f"{WHEN}, character 29: must be a level: conciliatory, ac"),
        (S, "9 for", "-9 for", f"{WHEN}, character 59: must be a finite number, at least 0, to be"),
        (S, "9 for", "9 % for", f"{WHEN}, character 59: must be a finite number, at least 0, to"),
        (S, "3 weeks", "3 months", f"{WHEN}, character 72: must be periods or weeks"),
        (S, TEST, 'holds_when = ""', f"{WHEN}: must be text"),
        (
            S, 'holds_if = "None', 'holds_when = "pace > 1"\nholds_if = "None',
            f"{S}, [other] holds_when: must be left out of the last scenario",
        ),
    ],
)  # fmt: skip
def test_what_is_broken_is_said_once(
    derived: Path, name: str, old: str, new: str, problem: str
) -> None:
    edit(derived, name, old, new)
    # of a measure without its id or source the test of a scenario that looks at it says so too
    found = [each for each in said(derived) if not (name == D and each.startswith(S))]
    assert len(found) == 1
    assert problem in found[0]


def test_files_of_a_measure_are_none_of_an_indicator(derived: Path) -> None:
    (derived / "indicators" / "calm.csv").write_text("period\n", "utf-8")
    assert said(derived) == [
        f"indicators/calm.csv: must not exist: calm is a measure of {D}, and never read"
    ]


def test_a_test_is_not_blamed_for_a_broken_indicator(derived: Path) -> None:
    edit(derived, II, '"count"', '"cuont"')
    edit(derived, "indicators/rhetoric.toml", "levels   =", "levles =")
    assert [each for each in said(derived) if "holds_when" in each] == []


def test_a_case_broken_elsewhere_is_read_without_measures(derived: Path) -> None:
    edit(derived, S, "start    = 0.70", "start    = nan")
    case = partial_case(derived)
    assert case is not None
    assert case.derived == ()


def test_an_empty_file_says_nothing(root: Path) -> None:
    (root / D).write_text("# none yet\n", "utf-8")
    assert said(root) == [
        f"{D}: must not be empty (it holds nothing but comments; remove it, if that is all there "
        "is to say)"
    ]


@pytest.mark.parametrize("take", TAKES)
def test_every_take_is_documented(take: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "case-format.md"
    assert f"`{take}`" in page.read_text("utf-8")
