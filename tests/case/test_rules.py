"""Every rule broken once, and what is said about it."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from forecast.case.rules import (
    RULES,
    counting,
    evidence,
    expectations,
    indicators,
    scenarios,
    sources,
)
from tests.case import broken, broken_indicators
from tests.case.broken import II, IR, PI, PR, S
from tests.case.editing import edit, said

BROKEN = broken.BROKEN | broken_indicators.BROKEN


@pytest.mark.parametrize(("name", "old", "new", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rule_is_said(
    root: Path, name: str, old: str, new: str, expected: str | list[str]
) -> None:
    edit(root, name, old, new)
    assert said(root) == ([expected] if isinstance(expected, str) else expected)


def test_the_last_scenario_is_other(root: Path) -> None:
    text = (root / S).read_text()
    swapped = text.replace("[talks]", "[?]").replace("[other]", "[talks]").replace("[?]", "[other]")
    swapped = swapped.replace("talks = ", "? = ").replace("other = ", "talks = ")
    (root / S).write_text(swapped.replace("? = ", "other = "))
    assert said(root) == [f"{S}, [talks]: must not be last: the last scenario is other"]


def test_one_scenario_is_too_few(root: Path) -> None:
    text = (root / S).read_text()
    head, tail = text.split("[escalation]")[0], text.split("\n[other]")[1]
    (root / S).write_text(f"{head}\n[other]{tail}")
    assert f"{S}: must have at least two scenarios, found 1" in said(root)


def test_a_scenario_is_named_by_an_id(root: Path) -> None:
    for name in (S, PI, PR):
        edit(root, name, "[talks]", "[Talks]")
    text = (root / S).read_text().replace("talks = ", "Talks = ")
    (root / S).write_text(text)
    assert said(root) == [f"{S}, [Talks]: must be an id: a-z first, then a-z, 0-9 and -"]


def test_an_indicator_needs_priors(root: Path) -> None:
    (root / PR).unlink()
    assert said(root) == [f"{PR}: must exist: the indicator is watched"]


def test_priors_need_an_indicator(root: Path) -> None:
    (root / IR).rename(root / "indicators" / "rethoric.toml")
    assert said(root) == [
        "priors/rethoric.toml: must exist: the indicator is watched",
        f"{PR}: must have its {IR} (did you mean rethoric?)",
    ]


def test_readings_need_an_indicator(root: Path) -> None:
    (root / "indicators" / "incidnts.csv").write_text("period,value\n")
    assert said(root) == [
        "indicators/incidnts.csv: must have its indicators/incidnts.toml (did you mean incidents?)"
    ]


def test_a_case_watches_something(root: Path) -> None:
    for folder in ("indicators", "priors"):
        for path in (root / folder).iterdir():
            if path.name != "scenarios.toml":
                path.unlink()
    assert said(root) == ["indicators: must have at least one <indicator>.toml"]


@pytest.mark.parametrize(
    "name",
    [
        "indicators/evidence.csv",
        "indicators/scenarios.toml",
        "priors/evidence.toml",
        "priors/grades.toml",
        "indicators/sources.csv",
        "priors/sources.toml",
    ],
)
def test_reserved_names_are_no_indicators(root: Path, name: str) -> None:
    (root / name).write_text((root / II).read_text())
    assert said(root) == [f"{name}: must not exist: {Path(name).stem} is no indicator"]


def test_an_indicator_is_named_by_an_id(root: Path) -> None:
    (root / "indicators" / "My list\x1b.toml").write_text((root / II).read_text())
    assert said(root) == [
        "indicators/My list\\x1b.toml: must be named by an id: a-z first, then a-z, 0-9 and -"
    ]


def test_every_rule_is_in_the_table() -> None:
    written = {
        function
        for module in (scenarios, indicators, expectations, evidence, sources, counting)
        for name, function in inspect.getmembers(module, inspect.isgeneratorfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert written <= set(RULES)
    assert len(RULES) == len(set(RULES))
