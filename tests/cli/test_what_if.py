"""`forecast what-if`: what is typed or written becomes suppositions; nothing is written."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from forecast.case import Case, CountExpectation
from forecast.explain.what_if_types import (
    Moment,
    Outcome,
    SupposedReading,
    Supposition,
    WhatIf,
)
from forecast.periods import Period
from forecast.readings import Reading
from tests.cli.conftest import Engine, Run, pin, snapshot


@dataclass
class Asked:
    """Stands where the engine of what-if is; remembers what it was asked."""

    suppositions: tuple[Supposition, ...] = ()
    as_of: date | None = None
    refit: bool = False
    calls: int = field(default=0)
    refused: set[str] = field(default_factory=set)  # suppositions, or "nothing new"
    failures: tuple[str, ...] = ()

    def what_if(
        self,
        case: Case,
        readings: Sequence[Reading],
        suppositions: Sequence[Supposition],
        as_of: date,
        progress: Callable[[float, str], None] | None = None,
        *,
        refit: bool = False,
    ) -> WhatIf:
        del readings, progress
        self.suppositions, self.as_of, self.refit = tuple(suppositions), as_of, refit
        self.calls += 1
        moment = Moment(
            Period.parse("2024-W49"), as_of, {"war": 0.3, "other": 0.7}, {"war": 0.1, "other": 0.6},
            {"war": 0.4, "other": 0.9},
        )  # fmt: skip
        return WhatIf(
            supposed=True,
            case=case.name,
            cadence=case.cadence,
            anchor=date(2024, 11, 25),
            failures=self.failures,
            scenarios={s.id: s.name for s in case.scenarios},
            indicators={i.id: i.name for i in case.indicators},
            held=(),
            today=moment,
            next=None if "nothing new" in self.refused else moment,
            outcomes=tuple(
                Outcome(
                    s.name,
                    tuple(map(supposed, s.readings)),
                    s.judgements,
                    None if s.name in self.refused else moment,
                    None if s.name in self.refused else 0.2,
                    (),
                )
                for s in suppositions
            ),
        )


def supposed(reading: Reading) -> SupposedReading:
    return SupposedReading(
        reading.indicator, reading.indicator.title(), reading.period, reading.value, None,
        reading.published, reading.source, reading.grade,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    engine = Asked()
    monkeypatch.setitem(
        sys.modules, "forecast.explain.what_if", SimpleNamespace(what_if=engine.what_if)
    )
    return engine


def only(asked: Asked) -> Supposition:
    (supposition,) = asked.suppositions
    return supposition


def test_readings_are_of_the_next_period_whole_and_usual(
    forecast: Run, root: Path, asked: Asked
) -> None:
    before = snapshot(root)
    result = forecast("what-if", "strikes=200", "border=2")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Supposed, not logged: A small case, as known Tue 10 Dec 2024\n")
    strikes, border = only(asked).readings
    assert (strikes.indicator, strikes.value, str(strikes.period)) == ("strikes", 200, "2024-W50")
    assert (strikes.published, strikes.source, strikes.days) == (date(2024, 12, 16), "sohr", 7)
    assert (strikes.grade, border.grade) == ("B2", "A1")  # usual; the best, for there is none
    assert (border.value, border.scope) == (2, "country")
    assert (asked.as_of, asked.refit) == (date(2024, 12, 10), True)
    assert snapshot(root) == before


def test_json_says_supposed_first(forecast: Run) -> None:
    result = forecast("what-if", "border=1", "--json")
    assert isinstance(result.json, dict)
    assert next(iter(result.json.items())) == ("supposed", True)


def test_grade_and_refit_are_passed_on(forecast: Run, root: Path, asked: Asked) -> None:
    pin(root)
    assert forecast("what-if", "strikes=3", "--grade", "C4", "--no-refit").code == 0
    (reading,) = only(asked).readings
    assert (reading.grade, str(reading.period), asked.refit) == ("C4", "2024-W49", False)
    assert asked.as_of == date(2024, 12, 2)


def test_judgements_are_those_of_a_file_that_has_them(
    forecast: Run, root: Path, asked: Asked
) -> None:
    before = snapshot(root)
    result = forecast(
        "what-if", "--prior", "strikes.war.median=100", "--prior", "war.lasts=[4, 20]"
    )
    assert result.code == 0
    supposition = only(asked)
    expected = supposition.case.expectations["strikes"]["war"]
    assert isinstance(expected, CountExpectation)
    assert (expected.median, supposition.case.scenarios[0].lasts_range) == (100.0, (4.0, 20.0))
    assert [(j.name, j.value, j.now) for j in supposition.judgements] == [
        ("strikes.war.median", 100, 60),
        ("war.lasts", [4, 20], 8),
    ]
    assert supposition.readings == ()
    assert "  war.lasts = [4, 20] instead of 8.\n" in result.out
    assert snapshot(root) == before


FILE = """\
[quiet]
readings = { strikes = 5, border = 0 }
prior.strikes.other.median = 6
prior.war.lasts = [4, 20]

["loud, but far"]
readings.strikes = 200
grade = "C3"
"""


def test_a_file_has_several_side_by_side(forecast: Run, root: Path, asked: Asked) -> None:
    (root / "many.toml").write_text(FILE, "utf-8")
    assert forecast("what-if", "--from", "many.toml").code == 0
    quiet, loud = asked.suppositions
    assert (quiet.name, loud.name) == ("quiet", "loud, but far")
    assert [(r.indicator, r.value, r.grade) for r in quiet.readings] == [
        ("strikes", 5, "B2"),
        ("border", 0, "A1"),
    ]
    assert [j.name for j in quiet.judgements] == ["strikes.other.median", "war.lasts"]
    assert [(r.value, r.grade) for r in loud.readings] == [(200, "C3")]
    assert loud.judgements == ()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "INDICATOR=VALUE: must be given, or --prior, or --from"),
        (["strikes"], 2, "INDICATOR=VALUE: must be a name, = and a value, found strikes"),
        (["strikes=1", "strikes=2"], 2, "INDICATOR=VALUE: must name each indicator once"),
        (["--prior", "war.lasts"], 2, "--prior: must be a name, = and a value"),
        (["--prior", "war.lasts=long"], 2, "--prior: must be a name, = and a number or list"),
        (["strikes=1", "--from", "x.toml"], 2, "--from: must be given without readings"),
        (["--grade", "B2", "--from", "x.toml"], 2, "--from: must be given without readings"),
        (["srikes=1"], 1, "srikes: must be an indicator of the case (did you mean strikes?)"),
        (["strikes=-1"], 1, "strikes, value: must be a finite number, at least 0, found -1"),
        (["border=3"], 1, "border, value: must be a level's number: 0 open, 1 tightened, 2"),
        (["border=2", "--grade", "G9"], 1, "border, grade: must be an Admiralty grade"),
        (["--prior", "war.last=2"], 1, "--prior: must name a judgement of the case"),
        (["--prior", "war.lasts=0"], 1, "priors/scenarios.toml, [war] lasts: must be at least 1"),
        (["--prior", "strikes.war.median=900"], 1, "[war] p90: must be above the median"),
        (["--from", "none.toml"], 1, "none.toml: must exist"),
    ],
)
def test_what_is_wrong_is_said_with_its_rule(
    forecast: Run, asked: Asked, arguments: list[str], code: int, said: str
) -> None:
    result = forecast("what-if", *arguments)
    assert (result.code, result.out, asked.calls) == (code, "", 0)
    assert said in result.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "many.toml: must not be empty"),
        ("x = 1", "many.toml, [x]: must be a table, found 1"),
        ("[x]", "many.toml, [x]: must suppose a reading or a judgement"),
        ("[x]\nreading.strikes = 1", "[x] reading: must be a known key (did you mean readings?)"),
        ("[x]\nreadings = 1", "[x] readings: must be a table such as { a = 1 }, found 1"),
        ("[x]\nreadings.strikes = 1\ngrade = 2", "[x] grade: must be text, found 2"),
        ("[a-name-that-has-no-end]\n", "must have a name of at most 16 characters"),
        ("[x]\nreadings.strikes = true", "[x] strikes, value: must be a finite number"),
        ("[x]\nreadings.border = 7", "many.toml, [x] border, value: must be a level's number"),
        ("[x]\nprior.war.last = 2", "many.toml, [x] prior: must name a judgement of the case"),
        ("[x]\nprior.war.lasts = 0", "priors/scenarios.toml, [war] lasts: must be at least 1"),
        ("[x\n", "many.toml, line 1, column 3: must be valid TOML"),
    ],
)
def test_a_file_with_anything_wrong_is_refused(
    forecast: Run, root: Path, asked: Asked, text: str, said: str
) -> None:
    (root / "many.toml").write_text(text, "utf-8")
    result = forecast("what-if", "--from", "many.toml")
    assert (result.code, result.out, asked.calls) == (1, "", 0)
    assert said in result.err


def test_it_is_a_question_of_the_help(forecast: Run) -> None:
    out: Any = forecast("--help").out
    questions = out.partition("Questions")[2].partition("Record")[0]
    assert "what-if" in questions
    assert "collect" in questions


@pytest.mark.parametrize("as_json", [[], ["--json"]])
@pytest.mark.parametrize(
    ("arguments", "refused", "seconds"),
    [
        (["strikes=200"], {"supposed"}, 20),
        (["strikes=200"], {"supposed", "nothing new"}, 40),
        (["--prior", "war.lasts=6"], {"supposed"}, 40),  # its anchor and its own
        (["strikes=200", "--prior", "war.lasts=6"], {"supposed", "nothing new"}, 60),
    ],
)
def test_what_is_not_answered_is_refused_with_its_remedy(
    forecast: Run,
    asked: Asked,
    arguments: list[str],
    refused: set[str],
    seconds: int,
    as_json: list[str],
) -> None:
    asked.refused = refused
    result = forecast("what-if", *arguments, *as_json)
    assert (result.code, result.out) == (1, "")
    assert f"without --no-refit it is sampled instead: about {seconds} s" in result.err
    assert "too few of its draws agree" in result.err
    assert result.err.startswith(" and ".join(sorted(refused)) + ": must ")


def test_what_is_answered_is_shown_beside_what_is_not(
    forecast: Run, root: Path, asked: Asked
) -> None:
    (root / "many.toml").write_text(FILE, "utf-8")
    asked.refused = {"loud, but far"}
    result = forecast("what-if", "--from", "many.toml")
    assert (result.code, "not told" in result.out, "30 %" in result.out) == (1, True, True)
    assert result.err.startswith("loud, but far: must be near enough to the fit of 2024-11-25")
    told = forecast("what-if", "--from", "many.toml", "--json")
    assert (told.code, isinstance(told.json, dict)) == (1, True)
    asked.refused = {"nothing new"}
    assert forecast("what-if", "--from", "many.toml").err.startswith("nothing new: must ")


def test_a_failed_fit_is_the_reason_where_it_is(forecast: Run, asked: Asked) -> None:
    asked.refused, asked.failures = {"supposed"}, ("R-hat 1.02",)
    result = forecast("what-if", "strikes=200")
    assert result.code == 1
    assert "supposed: must rest on a fit that passed its gate" in result.err


def test_now_is_what_was_logged_of_the_same_inputs(forecast: Run, engine: Engine) -> None:
    engine.shift = 0.02
    assert forecast("refresh", "--as-of", "2024-12-10").code == 0
    shown = forecast("what-if", "border=1").out
    assert re.search(r"War +32 % ", shown)
    assert (
        "Entry 1 has War at 32 %; computed here from the same inputs it is 30 %. Machines draw "
        "differently."
    ) in " ".join(shown.split())
    judged = forecast("what-if", "--prior", "war.lasts=6")
    assert "would move no scenario by a point" in judged.out  # as little as it does here
    found = forecast("what-if", "--prior", "war.lasts=6", "--json").json
    assert isinstance(found, dict)
    assert found["entry"] == 1
    assert found["today"]["probabilities"] == found["outcomes"][0]["moment"]["probabilities"]


def test_now_is_computed_where_inputs_are_others(forecast: Run, root: Path) -> None:
    assert forecast("refresh", "--as-of", "2024-12-10").code == 0
    with (root / "indicators" / "strikes.csv").open("a") as file:
        file.write("2024-W49,61,2024-12-10,sohr,B2,,,north-west,https://example.org/c,more\n")
    result = forecast("what-if", "border=1", "--json")
    assert isinstance(result.json, dict)
    assert (result.json["entry"], result.json["computed"]) == (None, None)
