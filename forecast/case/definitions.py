"""From the definition files of a case to a `Case`.

::

    files ──read──> Draft (sound values) ──RULES──> problems, all of them
                      └──────────────build────────> Case, if there are none

Readings are not looked at here: `forecast.readings` has their rules.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from forecast.case.build import build
from forecast.case.draft import Draft
from forecast.case.folder import (
    DERIVED,
    EVIDENCE,
    GRADES,
    MARKER,
    SOURCES,
    TOML_MOST,
    Files,
    list_files,
    read_text,
)
from forecast.case.judgements import Change
from forecast.case.rules import RULES
from forecast.case.rules.indicators import is_indicator
from forecast.case.tables import (
    BEFORE,
    CASE,
    COLUMNS,
    COUNTING,
    GRADE,
    INDICATOR,
    ITEM,
    MEASURE,
    SCENARIO,
    SOURCE,
    TRUST,
    WHERE,
    expectation_keys,
    likelihood_keys,
    likely_before_keys,
    read_table,
    spread_keys,
)
from forecast.case.types import Case
from forecast.errors import CaseError, Problem, first_problems, show
from forecast.kit.checks import Key

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")
_PARTS = 8  # of a key, as in a.b.c: the format has four at most
_TEXTS = re.compile(  # what dots are no dots of a key in: texts, whole or cut off, and comments
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^']++|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\n]++|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)
_LONG_KEY = re.compile(rf"(?:\.[^.,=\[\]{{}}\n]*+){{{_PARTS}}}")


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
        part.likely_before = draft.likely_before
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
    _refuse_long_keys(text, where)
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


def _refuse_long_keys(text: str, where: str) -> None:
    """Refuse keys of so many parts that their tables would fill the memory."""
    bare = _TEXTS.sub(lambda found: "\n" * found[0].count("\n") or "_", text)
    if found := _LONG_KEY.search(bare):
        line = bare.count("\n", 0, found.start()) + 1
        rule = f"must have keys of at most {_PARTS} parts"
        raise CaseError(Problem(f"{where}, line {line}", rule, hint="dots are between parts"))


def read_toml(path: Path, where: str) -> dict[str, Any]:
    """Content of a TOML file.

    Raises
    ------
    CaseError
        If it cannot be read as one.
    """
    return parse_toml(read_text(path, where, TOML_MOST), where)


def judged_now(root: Path, change: Change) -> Any:
    """Value that a change replaces, None if its file has none, or does not exist.

    Raises
    ------
    CaseError
        If the file cannot be read.
    """
    path = root / change.file
    return change.now(read_toml(path, change.file)) if os.path.lexists(path) else None


def _examine(root: Path, changes: Sequence[Change] = ()) -> tuple[Draft, list[Problem]]:
    try:
        draft = Draft(list_files(root))
    except CaseError as error:
        return Draft(Files((), (), ())), list(error.problems)
    rules = chain.from_iterable(rule(draft) for rule in RULES)
    problems = first_problems(chain(_read(root, draft, changes), rules))
    return draft, sorted(problems, key=lambda problem: problem.where.partition(",")[0])


def _read(root: Path, draft: Draft, changes: Sequence[Change]) -> Iterator[Problem]:
    """Fill a draft from the files, and yield what is wrong in each by itself."""

    def tables_of(
        name: str, *, absent: bool = False
    ) -> Generator[Problem, None, dict[str, Any] | None]:
        tables: dict[str, Any] = {}
        try:
            tables = tables if absent else read_toml(root / name, name)
        except CaseError as error:
            yield from error.problems
            return None
        if not tables and not absent:
            hint = "it holds nothing but comments; remove it, if that is all there is to say"
            yield Problem(name, "must not be empty", hint=hint)
            return None
        for change in changes:
            if change.file == name:
                change.make(tables)
        return tables

    if (raw := (yield from tables_of(MARKER))) is not None:
        scenarios = _tables_but(raw, CASE)
        own = {k: v for k, v in raw.items() if k not in scenarios}
        draft.case = yield from read_table(MARKER, own, CASE)
        for name, values in scenarios.items():
            where = f"{MARKER}, [{show(name)}]"
            draft.scenarios[name] = yield from read_table(where, values, SCENARIO)
    for name in filter(is_indicator, draft.files.watched):
        where = f"indicators/{name}.toml"
        if (raw := (yield from tables_of(where))) is not None:
            draft.indicators[name] = indicator = yield from read_table(where, raw, INDICATOR)
            draft.countings[name], draft.filters[name] = {}, {}
            for source, table in indicator.values.get("counted", {}).items():
                place = f"{where}, [counted.{show(source)}"
                counting = yield from read_table(f"{place}]", table, COUNTING)
                draft.countings[name][source] = counting
                asked = counting.values.get("where", {})
                filtered = yield from read_table(f"{place}.where]", asked, WHERE)
                draft.filters[name][source] = filtered
    for name in filter(is_indicator, draft.files.expected):
        where = f"priors/{name}.toml"
        if (raw := (yield from tables_of(where))) is not None:
            of = draft.indicators.get(name)
            keys = expectation_keys(of.values.get("family") if of else None)
            scenarios = _tables_but(raw, ())
            yield from read_table(where, {k: v for k, v in raw.items() if k not in scenarios}, ())
            draft.expectations[name] = {}
            for scenario, values in scenarios.items():
                place = f"{where}, [{show(scenario)}"
                expected = yield from read_table(f"{place}]", values, (*keys, BEFORE))
                draft.expectations[name][scenario] = expected
                if (table := expected.values.get("before")) is not None:
                    sign = yield from read_table(f"{place}.before]", table, keys)
                    draft.before.setdefault(name, {})[scenario] = sign
    if Path(EVIDENCE).stem in draft.files.watched:
        raw = (yield from tables_of(EVIDENCE)) or {}
        items = _tables_but(raw, ())
        yield from read_table(EVIDENCE, {k: v for k, v in raw.items() if k not in items}, ())
        for name, values in items.items():
            place = f"{EVIDENCE}, [{show(name)}"
            draft.evidence[name] = item = yield from read_table(f"{place}]", values, ITEM)
            draft.likelihoods[name] = {}
            for analyst, table in item.values.get("likelihood", {}).items():
                where = f"{place}.likelihood.{show(analyst)}]"
                keys = likelihood_keys(draft.scenarios or table)
                likely = yield from read_table(where, table, keys)
                draft.likelihoods[name][analyst] = likely
                if (before := likely.values.get("before")) is not None:
                    keys = likely_before_keys(draft.scenarios or before)
                    where = f"{where.removesuffix(']')}.before]"
                    signs = draft.likely_before.setdefault(name, {})
                    signs[analyst] = yield from read_table(where, before, keys)
    if Path(DERIVED).stem in draft.files.watched:
        raw = (yield from tables_of(DERIVED)) or {}
        measures = _tables_but(raw, ())
        yield from read_table(DERIVED, {k: v for k, v in raw.items() if k not in measures}, ())
        for name, values in measures.items():
            where = f"{DERIVED}, [{show(name)}]"
            draft.derived[name] = measure = yield from read_table(where, values, MEASURE)
            if (table := measure.values.get("before")) is not None:
                keys = spread_keys(draft.scenarios or table)
                place = f"{DERIVED}, [{show(name)}.before]"
                draft.measure_before[name] = yield from read_table(place, table, keys)
    absent = Path(GRADES).stem not in draft.files.watched
    if not absent or any(change.file == GRADES for change in changes):
        raw = (yield from tables_of(GRADES, absent=absent)) or {}
        trust = yield from read_table(GRADES, raw, TRUST)
        for name, given in trust.values.items():
            draft.grades[name] = yield from read_table(f"{GRADES}, [{name}]", given, GRADE[name])
    if Path(SOURCES).stem in draft.files.watched:
        found = yield from tables_of(SOURCES)
        raw = found or {}
        sources = _tables_but(raw, ())
        yield from read_table(SOURCES, {k: v for k, v in raw.items() if k not in sources}, ())
        tables = {}
        for name, values in sources.items():
            where = f"{SOURCES}, [{show(name)}]"
            tables[name] = table = yield from read_table(where, values, SOURCE)
            if "columns" in table.values:
                where = f"{SOURCES}, [{show(name)}.columns]"
                columns = yield from read_table(where, table.values["columns"], COLUMNS)
                draft.columns[name] = columns
        draft.sources = None if found is None else tables


def _tables_but(raw: dict[str, Any], keys: tuple[Key, ...]) -> dict[str, dict[str, Any]]:
    taken = {key.name for key in keys}
    return {k: v for k, v in raw.items() if isinstance(v, dict) and k not in taken}
