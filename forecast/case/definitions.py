"""From the definition files of a case to a `Case`.

::

    files ──read──> Draft (sound values) ──RULES──> problems, all of them
                      └──────────────build────────> Case, if there are none

Readings are not looked at here: `forecast.readings` has their rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from forecast.case.build import build
from forecast.case.changes import Change
from forecast.case.draft import Draft
from forecast.case.folder import EVIDENCE, GRADES, MARKER, SOURCES, list_files, read_text
from forecast.case.rules import RULES
from forecast.case.rules.indicators import is_indicator
from forecast.case.tables import (
    CASE,
    COLUMNS,
    COUNTING,
    EXPECTATION,
    GRADE,
    INDICATOR,
    ITEM,
    SCENARIO,
    SOURCE,
    TRUST,
    WHERE,
    Key,
    Table,
    likelihood_keys,
    read_table,
)
from forecast.case.types import Case
from forecast.errors import CaseError, Problem, show

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")


def load_case(root: Path, changes: Sequence[Change] = ()) -> Case:
    """Read the case in a folder, some of its judgements changed.

    Raises
    ------
    CaseError
        With every problem of every definition.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from forecast.case import init_case
    >>> with TemporaryDirectory() as folder:
    ...     written = init_case(Path(folder) / "syria", example=True)
    ...     case = load_case(Path(folder) / "syria")
    >>> case.cadence, str(case.first), len(case.scenarios), len(case.indicators)
    ('week', '2024-W27', 6, 5)
    """
    draft, problems = _examine(root, changes)
    if problems:
        raise CaseError(*problems)
    return build(root, draft)


def check_case(root: Path) -> list[Problem]:
    """Return every problem of a case's definitions, file by file; none if `load_case` works."""
    return _examine(root)[1]


def partial_case(root: Path) -> Case | None:
    """Return what readings are checked against, even if the case has problems elsewhere.

    It has the calendar, the indicators without a problem of their own and, if nothing is wrong in
    their files, the evidence and the sources with what is counted from them; neither scenarios nor
    expectations: nothing to forecast with. None if the calendar itself is broken.
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
    if SOURCES not in broken:
        part.sources, part.columns = draft.sources, draft.columns
        part.countings, part.filters = draft.countings, draft.filters
    return build(root, part)


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


def judged_now(root: Path, change: Change) -> Any:
    """Return the value that a change replaces, None if its file has none.

    Raises
    ------
    CaseError
        If the file cannot be read.
    """
    return change.now(parse_toml(read_text(root / change.file, change.file), change.file))


def _examine(root: Path, changes: Sequence[Change] = ()) -> tuple[Draft, list[Problem]]:
    draft, problems = _read(root, changes)
    for rule in RULES:
        problems += rule(draft)
    return draft, sorted(problems, key=lambda problem: problem.where.partition(",")[0])


def _read(root: Path, changes: Sequence[Change]) -> tuple[Draft, list[Problem]]:
    draft = Draft(list_files(root))
    problems: list[Problem] = []

    def tables_of(name: str) -> dict[str, Any] | None:
        try:
            tables = parse_toml(read_text(root / name, name), name)
        except CaseError as error:
            problems.extend(error.problems)
            return None
        for change in changes:
            if change.file == name:
                change.make(tables)
        return tables

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
            draft.indicators[name] = indicator = read(where, raw, INDICATOR)
            countings = {
                source: read(f"{where}, [counted.{show(source)}]", table, COUNTING)
                for source, table in indicator.values.get("counted", {}).items()
            }
            draft.countings[name] = countings
            draft.filters[name] = {
                source: read(
                    f"{where}, [counted.{show(source)}.where]", table.values.get("where", {}), WHERE
                )
                for source, table in countings.items()
            }
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
        items = _tables_but(raw := tables_of(EVIDENCE) or {}, ())
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
        for name, given in read(GRADES, tables_of(GRADES) or {}, TRUST).values.items():
            draft.grades[name] = read(f"{GRADES}, [{name}]", given, GRADE[name])
    if Path(SOURCES).stem in draft.files.watched:
        raw = tables_of(SOURCES)
        sources = _tables_but(raw or {}, ())
        read(SOURCES, {k: v for k, v in (raw or {}).items() if k not in sources}, ())
        tables = {
            name: read(f"{SOURCES}, [{show(name)}]", values, SOURCE)
            for name, values in sources.items()
        }
        draft.sources = None if raw is None else tables
        for name, table in tables.items():
            if "columns" in table.values:
                where = f"{SOURCES}, [{show(name)}.columns]"
                draft.columns[name] = read(where, table.values["columns"], COLUMNS)
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
