"""From the definition files of a case to a `Case`.

::

    files ──read──> Draft (sound values) ──RULES──> problems, all of them
                      └──────────────build────────> Case, if there are none

Readings are not looked at here: `forecast.readings` has their rules.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from forecast.case.draft import Draft
from forecast.case.folder import EVIDENCE, GRADES, MARKER, list_files, read_text
from forecast.case.grades import trust_of
from forecast.case.rules import RULES
from forecast.case.rules.indicators import is_indicator
from forecast.case.tables import (
    CASE,
    EXPECTATION,
    GRADE,
    INDICATOR,
    ITEM,
    SCENARIO,
    TRUST,
    WEIGHT,
    Key,
    Table,
    likelihood_keys,
    read_table,
)
from forecast.case.types import (
    Case,
    CountExpectation,
    Evidence,
    Expectation,
    Indicator,
    LevelExpectation,
    Scenario,
)
from forecast.case.values import mean_duration
from forecast.errors import CaseError, Problem, show
from forecast.periods import Period

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")


def load_case(root: Path) -> Case:
    """Read the case in a folder.

    Raises
    ------
    CaseError
        With every problem of every definition.
    """
    draft, problems = _examine(root)
    if problems:
        raise CaseError(*problems)
    return _build(root, draft)


def check_case(root: Path) -> list[Problem]:
    """Return every problem of a case's definitions, file by file; none if `load_case` works."""
    return _examine(root)[1]


def partial_case(root: Path) -> Case | None:
    """Return what readings are checked against, even if the case has problems elsewhere.

    It has the calendar, the indicators without a problem of their own and, if nothing is wrong in
    its file, the evidence; neither scenarios nor expectations: nothing to forecast with. None if
    the calendar itself is broken.
    """
    draft, problems = _examine(root)
    broken = {problem.where.partition(",")[0] for problem in problems}
    if draft.case is None or not {"cadence", "first"} <= draft.case.values.keys():
        return None
    if any(problem.where == draft.case.at("first") for problem in problems):
        return None
    calendar = {"name": "", "horizons": (), "language": "icd203", **draft.case.values}
    sound = {k: v for k, v in draft.indicators.items() if f"indicators/{k}.toml" not in broken}
    part = Draft(draft.files, replace(draft.case, values=calendar), indicators=sound)
    if EVIDENCE not in broken:
        part.evidence, part.likelihoods = draft.evidence, draft.likelihoods
    return _build(root, part)


def parse_toml(text: str, where: str) -> dict[str, Any]:
    """Return what a TOML text holds.

    Raises
    ------
    CaseError
        With the line and column at which the text stops being TOML.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise CaseError(Problem(where, "must be valid TOML", hint="nested too deeply")) from None
    except ValueError as error:  # TOMLDecodeError is one, and so is a number of over 4300 digits
        message = str(error)
        lines = text.rstrip("\n").split("\n")
        if place := _TOML_PLACE.search(message):
            number = int(place[1] or len(lines))
            column = f", column {place[2]}" if place[2] else ""
            found = lines[min(number, len(lines)) - 1].strip()
            where = f"{where}, line {number}{column}"
            message = message[: place.start()]
        else:
            found = ""
        hint = show(message)
        raise CaseError(Problem(where, "must be valid TOML", found and show(found), hint)) from None


def _examine(root: Path) -> tuple[Draft, list[Problem]]:
    draft, problems = _read(root)
    for rule in RULES:
        problems += rule(draft)
    return draft, sorted(problems, key=lambda problem: problem.where.partition(",")[0])


def _read(root: Path) -> tuple[Draft, list[Problem]]:
    draft = Draft(list_files(root))
    problems: list[Problem] = []

    def tables_of(name: str) -> dict[str, Any]:
        try:
            return parse_toml(read_text(root / name, name), name)
        except CaseError as error:
            problems.extend(error.problems)
            return {}

    def read(where: str, raw: dict[str, Any], keys: tuple[Key, ...]) -> Table:
        table, found = read_table(where, raw, keys)
        problems.extend(found)
        return table

    if raw := tables_of(MARKER):
        scenarios = _tables_but(raw, CASE)
        draft.case = read(MARKER, {k: v for k, v in raw.items() if k not in scenarios}, CASE)
        for name, values in scenarios.items():
            draft.scenarios[name] = read(f"{MARKER}, [{show(name)}]", values, SCENARIO)
    for name in filter(is_indicator, draft.files.watched):
        where = f"indicators/{name}.toml"
        if raw := tables_of(where):
            draft.indicators[name] = read(where, raw, INDICATOR)
    for name in filter(is_indicator, draft.files.expected):
        where = f"priors/{name}.toml"
        if raw := tables_of(where):
            keys = _expectation_keys(draft.indicators.get(name))
            scenarios = _tables_but(raw, ())
            read(where, {k: v for k, v in raw.items() if k not in scenarios}, ())
            draft.expectations[name] = {
                scenario: read(f"{where}, [{show(scenario)}]", values, keys)
                for scenario, values in scenarios.items()
            }
    if Path(EVIDENCE).stem in draft.files.watched:
        items = _tables_but(raw := tables_of(EVIDENCE), ())
        read(EVIDENCE, {k: v for k, v in raw.items() if k not in items}, ())
        for name, values in items.items():
            item = f"{EVIDENCE}, [{show(name)}"
            draft.evidence[name] = read(f"{item}]", values, ITEM)
            draft.likelihoods[name] = {
                analyst: read(
                    f"{item}.likelihood.{show(analyst)}]",
                    table,
                    likelihood_keys(draft.scenarios or table),
                )
                for analyst, table in draft.evidence[name].values.get("likelihood", {}).items()
            }
    if Path(GRADES).stem in draft.files.watched:
        for name, given in read(GRADES, tables_of(GRADES), TRUST).values.items():
            draft.grades[name] = read(f"{GRADES}, [{name}]", given, GRADE[name])
    return draft, problems


def _tables_but(raw: dict[str, Any], keys: tuple[Key, ...]) -> dict[str, dict[str, Any]]:
    taken = {key.name for key in keys}
    return {k: v for k, v in raw.items() if isinstance(v, dict) and k not in taken}


def _expectation_keys(indicator: Table | None) -> tuple[Key, ...]:
    family = indicator.values.get("family") if indicator else None
    if family:
        return EXPECTATION[family]
    every = {key.name: key for keys in EXPECTATION.values() for key in keys}
    return tuple(replace(key, required=False) for key in every.values())


def _build(root: Path, draft: Draft) -> Case:
    if draft.case is None:  # a case without its file has problems
        raise CaseError(Problem(MARKER, "must exist"))
    case = draft.case.values
    return Case(
        root=root,
        name=case["name"],
        cadence=case["cadence"],
        first=Period.parse(case["first"]),
        as_of=case.get("as_of"),
        horizons=tuple(case["horizons"]),
        language=case["language"],
        scenarios=tuple(_scenario(name, table.values) for name, table in draft.scenarios.items()),
        indicators=tuple(
            _indicator(name, table.values) for name, table in draft.indicators.items()
        ),
        expectations={
            name: {scenario: _expectation(tables[scenario].values) for scenario in draft.scenarios}
            for name, tables in draft.expectations.items()
        },
        evidence=tuple(
            _evidence(name, table.values, draft.likelihoods[name])
            for name, table in draft.evidence.items()
        ),
        grades=trust_of(*(_trust(draft.grades.get(name)) for name in GRADE)),
    )


def _trust(table: Table | None) -> dict[str, float]:
    return {name: float(value) for name, value in table.values.items()} if table else {}


def _scenario(name: str, values: dict[str, Any]) -> Scenario:
    lasts = values.get("lasts", math.inf)
    return Scenario(
        id=name,
        name=values["name"],
        holds_if=values["holds_if"],
        assumes=values["assumes"],
        start=values["start"],
        lasts=mean_duration(*lasts) if isinstance(lasts, list) else float(lasts),
        lasts_range=(float(lasts[0]), float(lasts[1])) if isinstance(lasts, list) else None,
        then={follower: float(p) for follower, p in values.get("then", {}).items()},
        worth=float(values["worth"]),
        ends_case=values.get("ends_case", False),
    )


def _indicator(name: str, values: dict[str, Any]) -> Indicator:
    optional = {key: values[key] for key in ("inertia", "due_days") if key in values}
    return Indicator(
        id=name,
        name=values["name"],
        question=values["question"],
        family=values["family"],
        unit=values["unit"],
        coding=values["coding"],
        sources=tuple(values["sources"]),
        scope=values["scope"],
        levels=tuple(values.get("levels", ())),
        at_or_above=_thresholds(values.get("at_or_above")),
        at_or_below=_thresholds(values.get("at_or_below")),
        **optional,
    )


def _thresholds(values: dict[str, Any] | None) -> dict[str, float] | None:
    return {name: float(value) for name, value in values.items()} if values else None


def _expectation(values: dict[str, Any]) -> Expectation:
    basis = {
        "worth": float(values["worth"]),
        "basis": values["basis"],
        "because": values["because"],
    }
    if "median" in values:
        return CountExpectation(float(values["median"]), float(values["p90"]), **basis)
    if "levels" in values:
        return LevelExpectation(tuple(map(float, values["levels"])), **basis)
    yes = float(values["probability"])
    return LevelExpectation((1 - yes, yes), **basis)


def _evidence(name: str, values: dict[str, Any], analysts: dict[str, Table]) -> Evidence:
    return Evidence(
        id=name,
        name=values["name"],
        period=Period.parse(values["period"]),
        published=values["published"],
        grade=values["grade"],
        url=values.get("url", ""),
        note=values.get("note", ""),
        group=values.get("group"),
        because=values["because"],
        likelihoods={
            analyst: {key: float(p) for key, p in table.values.items() if key != WEIGHT.name}
            for analyst, table in analysts.items()
        },
        weights={analyst: float(table.values[WEIGHT.name]) for analyst, table in analysts.items()},
    )
