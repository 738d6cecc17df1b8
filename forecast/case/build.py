"""From a draft without problems to a `Case`: plain values become typed and frozen ones.

Nothing is checked here; what the rules let through can be built.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from forecast.case.draft import Draft
from forecast.case.folder import MARKER
from forecast.case.grades import CREDIBILITY, RELIABILITY
from forecast.case.rules.derived import condition_of
from forecast.case.tables import BEFORE, WEIGHT, Table
from forecast.case.types import (
    Alerting,
    Case,
    Counting,
    Derived,
    Evidence,
    Indicator,
    Memory,
    Scenario,
)
from forecast.case.values import began, mean_duration, mean_of_shares
from forecast.errors import CaseError, Problem
from forecast.families import FAMILIES, Expectation
from forecast.periods import Period
from forecast.sources import EventSource


def build(root: Path, draft: Draft) -> Case:
    """Return the case of a folder.

    Raises
    ------
    CaseError
        If the draft has no calendar at all.
    """
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
        scenarios=tuple(
            _scenario(draft, name, table.values, Period.parse(case["first"]))
            for name, table in draft.scenarios.items()
        ),
        indicators=tuple(
            _indicator(name, table.values, _countings(draft, name))
            for name, table in draft.indicators.items()
        ),
        expectations={
            name: _expectations(draft, name, tables) for name, tables in draft.expectations.items()
        },
        evidence=tuple(
            _evidence(
                name, table.values, draft.likelihoods[name], draft.likely_before.get(name, {})
            )
            for name, table in draft.evidence.items()
        ),
        reliability=RELIABILITY | _trust(draft.grades.get("reliability")),
        credibility=CREDIBILITY | _trust(draft.grades.get("credibility")),
        sources=tuple(
            _source(name, table.values, draft.columns.get(name))
            for name, table in (draft.sources or {}).items()
        ),
        ordered=case.get("ordered", False),
        alerts=Alerting(**case.get("alerts", {})),
        derived=tuple(
            _derived(name, table.values, draft.measure_before.get(name))
            for name, table in draft.derived.items()
        ),
        before=_before(draft),
    )


def _trust(table: Table | None) -> dict[str, float]:
    return {name: float(value) for name, value in table.values.items()} if table else {}


def _scenario(draft: Draft, name: str, values: dict[str, Any], first: Period) -> Scenario:
    lasts = values.get("lasts", math.inf)
    over: tuple[tuple[int, float], ...] = ()
    if isinstance(lasts, dict):
        over = tuple((int(n), float(lasts[n])) for n in sorted(lasts, key=int))
        lasts = mean_of_shares(over)
    since = values.get("since")
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
        over=over,
        resumes=float(values.get("resumes", 0.0)),
        elapsed=first - began(since, first.cadence) if since else None,
        holds_when=condition_of(draft, values["holds_when"]) if "holds_when" in values else None,
    )


def _indicator(name: str, values: dict[str, Any], counted: tuple[Counting, ...]) -> Indicator:
    optional = {key: values[key] for key in ("inertia", "due_days", "shock") if key in values}
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
        memory=_memory(values.get("memory")),
        ratio={source: _range(value) for source, value in values.get("ratio", {}).items()},
        counted=counted,
        **optional,
    )


def _derived(name: str, values: dict[str, Any], before: Table | None) -> Derived:
    optional = {key: float(values[key]) for key in ("value", "halflife") if key in values}
    return Derived(
        id=name,
        name=values["name"],
        source=values["from"],
        take=values["take"],
        over=values.get("over"),
        against=values.get("against"),
        role=values.get("role", "fact"),
        otherwise=_spread(values["otherwise"]) if "otherwise" in values else None,
        before={k: _spread(v) for k, v in before.values.items()} if before else {},
        because=values.get("because", ""),
        **optional,
    )


def _countings(draft: Draft, indicator: str) -> tuple[Counting, ...]:
    return tuple(
        Counting(
            source=source,
            grade=table.values["grade"],
            measure=table.values["measure"],
            column=table.values.get("column", ""),
            where={
                word: tuple(names)
                for word, names in draft.filters[indicator][source].values.items()
            },
            words=tuple(table.values.get("words", ())),
        )
        for source, table in draft.countings.get(indicator, {}).items()
    )


def _source(name: str, values: dict[str, Any], columns: Table | None) -> EventSource:
    country = values.get("country", [])
    return EventSource(
        id=name,
        kind=values["kind"],
        at=values.get("at", ""),
        version=values.get("version", ""),
        country=tuple(country) if isinstance(country, list) else (country,),
        since=values.get("since"),
        until=values.get("until"),
        **(_columns(columns.values) if columns else {}),
        dates=values.get("dates", "ymd"),
        decimal=values.get("decimal", "."),
        missing=tuple(values.get("missing", ())),
        longer=values.get("longer", "total"),
        delay=values.get("delay"),
        was=tuple(values.get("was", ())),
    )


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """What a source has of its table of columns, whose ``id`` may be one or several."""
    names = {k: v for k, v in values.items() if k not in ("values", "day_rows")}
    match names["id"]:
        case [first, *others]:
            key = (first, *others) if others else ()
            names["id"] = first
        case _:
            key = ()
    return {
        "columns": names,
        "key": key,
        "numbers": dict(values.get("values", {})),
        "day_rows": values.get("day_rows"),
    }


def _memory(values: dict[str, float] | None) -> Memory | None:
    return Memory(float(values["last"]), float(values["halflife"])) if values else None


def _range(value: float | list[float]) -> tuple[float, float]:
    low, high = value if isinstance(value, list) else (value, value)
    return float(low), float(high)


def _thresholds(values: dict[str, Any] | None) -> dict[str, float] | None:
    return {name: float(value) for name, value in values.items()} if values else None


def _expectations(draft: Draft, indicator: str, tables: dict[str, Table]) -> dict[str, Expectation]:
    family = FAMILIES[draft.indicators[indicator].values["family"]]
    return {each: family.expectation(tables[each].values) for each in draft.scenarios}


def _before(draft: Draft) -> dict[str, dict[str, Expectation]]:
    """Expectations before a scenario begins, scenarios in the case's order."""
    found = {}
    for indicator, tables in draft.before.items():
        family = FAMILIES[draft.indicators[indicator].values["family"]]
        found[indicator] = {
            each: family.expectation(tables[each].values)
            for each in draft.scenarios
            if each in tables
        }
    return found


def _spread(values: dict[str, float]) -> tuple[float, float]:
    return float(values["median"]), float(values["p90"])


def _evidence(
    name: str, values: dict[str, Any], analysts: dict[str, Table], before: dict[str, Table]
) -> Evidence:
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
            analyst: {
                key: float(p)
                for key, p in table.values.items()
                if key not in (WEIGHT.name, BEFORE.name)
            }
            for analyst, table in analysts.items()
        },
        before={
            analyst: {key: float(p) for key, p in table.values.items()}
            for analyst, table in before.items()
        },
        weights={analyst: float(table.values[WEIGHT.name]) for analyst, table in analysts.items()},
    )
