"""Signs of what begins next, as files have them: what is loaded, and every rule broken once."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.case import load_case
from forecast.case.judgements import changed, judgements_of
from tests.case.editing import edit, said

P, R, E, D = (
    "priors/incidents.toml",
    "priors/rhetoric.toml",
    "indicators/evidence.toml",
    "indicators/derived.toml",
)
INCIDENTS = """
[escalation.before]
median  = 12
p90     = 40
worth   = 1
basis   = "judgement"
because = "They had doubled before both"
"""
RHETORIC = """
[talks.before]
levels  = [0.4, 0.5, 0.1]
worth   = 1
basis   = "judgement"
because = "Words soften first"
"""
EVENT = """\
[harbour]
name      = "Harbour closes"
period    = "2025-W10"
published = 2025-03-03
grade     = "B2"
url       = "https://example.org"
because   = "Before both"

[harbour.likelihood.desk]
weight     = 1.0
escalation = 0.4
talks      = 0.05
other      = 0.1
before     = { escalation = 0.3 }
"""
PACE = """\
[pace]
name = "Pace"
from = "incidents"
take = "trend"
over = 2
against = 8
role = "sign"
otherwise = { median = 0, p90 = 0.5 }
before = { escalation = { median = 0.8, p90 = 1.5 } }
because = "A rise came before three of four"
"""


@pytest.fixture
def signed(root: Path) -> Path:
    for name, more in ((P, INCIDENTS), (R, RHETORIC)):
        with (root / name).open("a", encoding="utf-8") as file:
            file.write(more)
    edit(root, "priors/scenarios.toml", "first    = ", 'first    = "2025-W01" # ')
    (root / E).write_text(EVENT, "utf-8")
    (root / D).write_text(PACE, "utf-8")
    return root


def test_what_is_written_is_what_is_loaded(signed: Path) -> None:
    case = load_case(signed)
    assert {i: list(signs) for i, signs in case.before.items()} == {
        "incidents": ["escalation"],
        "rhetoric": ["talks"],
    }
    assert [each.value for each in case.before["incidents"]["escalation"].elicited()] == [12, 40]
    assert case.evidence[0].before == {"desk": {"escalation": 0.3}}
    assert case.evidence[0].likelihoods["desk"].keys() == {"escalation", "talks", "other"}
    assert case.derived[0].before == {"escalation": (0.8, 1.5)}


def test_there_need_be_none(root: Path) -> None:
    assert load_case(root).before == {}


SIGN = "[escalation.before]"


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        (P, "median  = 12\n", "", f"{P}, {SIGN} median: must be given"),
        (P, "p90     = 40", "p90     = 10", f"{P}, {SIGN} p90: must be above the median, 12"),
        (P, "p90     = 40", "p90     = 40\nx = 1", f"{P}, {SIGN} x: must be a known key"),
        (P, "[escalation.before]\nmedian  = 12\np90     = 40\nworth   = 1",
         "[escalation.before]\nmedian  = 12\np90     = 40\nworth   = 3",
         f"{P}, {SIGN} worth: must be at most 2 for a judgement"),
        (R, "[0.4, 0.5, 0.1]", "[0.4, 0.5]", f"{R}, [talks.before] levels: must have 3 probab"),
        (R, "[talks.before]", "[paece.before]", "[paece]"),
        (E, "{ escalation = 0.3 }", "{ escalation = 3 }",
         f"{E}, [harbour.likelihood.desk.before] escalation: must be a likelihood"),
        (E, "{ escalation = 0.3 }", "{ war = 0.3 }",
         f"{E}, [harbour.likelihood.desk.before] war: must be a known key"),
        (D, 'because = "A rise came before three of four"\n', "",
         f"{D}, [pace] because: must be given: the role is sign"),
        (D, "otherwise = { median = 0, p90 = 0.5 }\n", "", f"{D}, [pace] otherwise: must be given"),
        (D, "{ median = 0, p90 = 0.5 }", "{ median = 0.5, p90 = 0.5 }",
         f"{D}, [pace] otherwise: must be {{ median = .., p90 = .. }}, two numbers, p90 the"),
        (D, "{ escalation = {", "{ war = {", f"{D}, [pace.before] war: must be a known key"),
        (D, 'take = "trend"\nover = 2\nagainst = 8\nrole = "sign"\notherwise = { median = 0,',
         'take = "mean"\nover = 2\nrole = "sign"\notherwise = { median = -1,',
         f"{D}, [pace] otherwise: must be {{ median = .., p90 = .. }}, both at least 0"),
    ],
)  # fmt: skip
def test_what_is_broken_is_said(signed: Path, name: str, old: str, new: str, problem: str) -> None:
    edit(signed, name, old, new)
    assert problem in "\n".join(said(signed))


def test_a_fact_is_before_nothing(signed: Path) -> None:
    edit(signed, D, 'role = "sign"\n', "")
    rule = "must be left out: the role is not sign"
    assert said(signed) == [
        f"{D}, [pace] {key}: {rule}" for key in ("otherwise", "before", "because")
    ]


def test_nothing_is_a_sign_of_what_never_begins(signed: Path) -> None:
    for then in ("{ talks = 0.5, other = 0.5 }", "{ escalation = 0.2, other = 0.8 }"):
        edit(signed, "priors/scenarios.toml", then, "{ other = 1.0 }")
    edit(signed, "priors/scenarios.toml", "{ escalation = 0.3, talks = 0.7 }", "{ talks = 1.0 }")
    rule = "must be left out: no scenario has escalation in its then"
    assert [each.split(" (")[0] for each in said(signed)] == [
        f"{D}, [pace.before] escalation: {rule}",
        f"{E}, [harbour.likelihood.desk.before] escalation: {rule}",
        f"{P}, [escalation.before]: {rule}",
    ]


def test_a_scenario_is_not_called_as_a_key_of_evidence(signed: Path) -> None:
    edit(signed, E, "before     = { escalation = 0.3 }\n", "")
    for name in ("priors/scenarios.toml", P, R, E, D):
        text = (signed / name).read_text("utf-8")
        (signed / name).write_text(text.replace("talks", "before"), "utf-8")
    assert "must not be called before" in "\n".join(said(signed))


def test_every_number_is_a_judgement_that_can_be_changed(signed: Path) -> None:
    case = load_case(signed)
    addresses = {judgement.address: judgement for judgement in judgements_of(case)}
    for address, value in (
        ("incidents.escalation.before.median", 20.0),
        ("rhetoric.talks.before.levels.0", 0.5),
        ("harbour.likelihood.desk.before.escalation", 0.2),
        ("pace.before.escalation.median", 1.0),
        ("pace.otherwise.p90", 0.9),
    ):
        other = changed(case, addresses[address], value)
        again = {judgement.address: judgement for judgement in judgements_of(other)}
        assert again[address].value == pytest.approx(value)
        same = {a for a in again if again[a].value == addresses[a].value}
        follow = {
            "incidents.escalation.before.p90",
            *(f"rhetoric.talks.before.levels.{n}" for n in (1, 2)),
        }
        assert {*addresses} - same <= {address} | follow
