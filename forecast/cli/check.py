"""``forecast check``: every rule of the case format, all that is broken at once."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import typer

from forecast import clock
from forecast.case import (
    EVIDENCE,
    MARKER,
    SOURCES,
    Case,
    check_case,
    doubts,
    list_unended,
    load_case,
    partial_case,
)
from forecast.case.holds_when import comparisons
from forecast.cli.common import (
    AsJson,
    case_root,
    default_as_of,
    entries_of,
    load,
    print_json,
    pulled_readings,
    say,
    say_notes,
    say_problems,
    scenarios_of,
)
from forecast.cli.waiting import outcome_line
from forecast.errors import PROBLEMS_MOST, CaseError, LedgerError, Problem, counted, show
from forecast.families import FAMILIES
from forecast.ledger import LEDGER, changed_rows, edited_copies, line_ends_note, verify
from forecast.periods import Period
from forecast.readings import (
    VINTAGES,
    check_readings,
    check_resolutions,
    impossible_outcome,
    load_readings,
    possible_as_of,
    reading_doubts,
    resolution_doubts,
    scope_doubts,
    unexpected,
)
from forecast.readings.events import (
    absent_from,
    check_vintages,
    list_undeclared,
    vintages_of,
)
from forecast.report.view.pull import absent_notes

_YEAR = timedelta(days=366)


def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Check all files of the case."""
    root = case_root(ctx)
    problems = _problems(root)
    notes = [] if problems else _notes(root)
    if as_json:
        found = {"problems": problems, "notes": notes}
        listed = {name: [dataclasses.asdict(each) for each in found[name]] for name in found}
        print_json({"ok": not problems, **listed})
    if problems:
        say_problems(problems)
        more = " at least" if len(problems) >= PROBLEMS_MOST else ""  # they are looked for no more
        say(f"{counted(len(problems), 'problem')}{more}.")
        raise typer.Exit(1)
    say_notes(notes)
    if not as_json:
        case, readings = load(root)
        numbers = (len(case.scenarios), len(case.indicators), len(readings))
        things = zip(numbers, ("scenario", "indicator", "reading"), strict=True)
        typer.echo(f"Case is in order: {', '.join(counted(*each) for each in things)}.")
        entries = entries_of(root)
        if waiting := outcome_line(
            case, readings, (e.period for e in entries), default_as_of(case)
        ):
            typer.echo(waiting)


def _absurd(case: Case) -> list[Problem]:
    """Problems of what sound vintages add up to."""
    try:
        pulled_readings(case)
    except CaseError as error:
        return list(error.problems)
    return []


def _problems(root: Path) -> list[Problem]:
    problems = check_case(root)
    earlier, broken = _earlier(root)
    if case := partial_case(root) if problems else load_case(root):
        problems += check_readings(case)
        problems += check_vintages(case) or _absurd(case)
        problems += check_resolutions(case, earlier)
    if not problems and not broken:
        problems += _impossible(root)
    return problems + broken


def _impossible(root: Path) -> list[Problem]:
    """What is known of outcomes and is excluded by the case's own judgements."""
    case, _ = load(root)
    today = clock.today()
    possible = possible_as_of(case, today, Period.ended_before(today, case.cadence))
    found = impossible_outcome(case, possible)
    return [found] if found else []


def _earlier(root: Path) -> tuple[frozenset[str] | None, list[Problem]]:
    """The scenarios of all forecasts, and what is wrong with the ledger."""
    try:
        problems = verify(root / LEDGER, None)
        return (None if problems else scenarios_of(entries_of(root))), problems
    except LedgerError as error:
        return None, list(error.problems)


def _notes(root: Path) -> list[Problem]:
    """Return what is doubtful in a case in order."""
    case, readings = load(root)
    rule = "has no line end after its last line"
    notes = [Problem(name, rule, hint="is it cut off?") for name in list_unended(root)]
    entries = entries_of(root)
    notes += changed_rows(root, entries) + edited_copies((root / LEDGER).parent, entries)
    coded = load_readings(case)
    notes += scope_doubts(case, coded) + reading_doubts(coded) + unexpected(case, readings)
    notes += resolution_doubts(case)
    for item in case.evidence:
        notes += doubts(f"{EVIDENCE}, [{item.id}]", item.period, item.published)
    notes += _circular(case) + _unreachable(case) + _impossible_events(case)
    today = clock.today()
    for source in case.sources:
        if source.since and source.since > today:
            rule = f"is after today, {today}: nothing can be pulled before"
            notes.append(Problem(f"{SOURCES}, [{source.id}], since", rule, show(source.since)))
    notes += _uncounted(case)
    if case.first.first_day > today + _YEAR:
        notes.append(Problem(f"{MARKER}, first", "is more than a year ahead", str(case.first)))
    if note := line_ends_note(root / LEDGER):
        notes.append(Problem(LEDGER, note.removeprefix(f"{LEDGER}: ")))
    return notes


def _circular(case: Case) -> list[Problem]:
    """Scenarios whose test is a function of an indicator that also informs which one holds."""
    source = {indicator.id: indicator.id for indicator in case.indicators}
    source |= {measure.id: measure.source for measure in case.derived}
    family = {indicator.id: indicator.family for indicator in case.indicators}
    informs = {
        name
        for name, expected in case.expectations.items()
        if len({FAMILIES[family[name]].numbers(each) for each in expected.values()}) > 1
    }
    notes = []
    for scenario in case.scenarios:
        if scenario.holds_when is None:
            continue
        subjects = dict.fromkeys(each.subject for each, _ in comparisons(scenario.holds_when))
        both = dict.fromkeys(source[name] for name in subjects if source[name] in informs)
        if both:
            verb = "inform" if len(both) > 1 else "informs"
            rule = f"is a function of {' and '.join(both)}, which also {verb} it"
            hint = "once that is read the outcome follows: record it, the model only estimates it"
            notes.append(Problem(f"{MARKER}, [{scenario.id}] holds_when", rule, hint=hint))
    return notes


def _unreachable(case: Case) -> list[Problem]:
    """Scenarios that no other leads to."""
    if all(scenario.ends_case for scenario in case.scenarios):
        hint = "what holds in the first period holds for good"
        return [Problem(MARKER, "has no scenario that leads to another", hint=hint)]
    followers = {name for scenario in case.scenarios for name in scenario.then}
    rule = "follows no other scenario: it can hold only from the first period on"
    hint = "if it can come, name it in the then of what comes before"
    return [
        Problem(f"{MARKER}, [{scenario.id}]", rule, hint=hint)
        for scenario in case.scenarios
        if scenario.id not in followers
    ]


def _impossible_events(case: Case) -> list[Problem]:
    """Likelihoods of 0, which leave a scenario only if the report is wrong."""
    return [
        Problem(
            f"{EVIDENCE}, [{item.id}.likelihood.{analyst}] {scenario}",
            f"is 0: then it is out, unless the report is wrong ({1 - case.grades[item.grade]:.0%})",
            hint=f"because: {show(item.because)}",
        )
        for item in case.evidence
        for analyst, likelihoods in item.likelihoods.items()
        for scenario, likelihood in likelihoods.items()
        if likelihood == 0
    ]


def _uncounted(case: Case) -> list[Problem]:
    """Return what was pulled and is counted nowhere, and what counts nothing of it."""
    notes = [
        Problem(
            f"{VINTAGES}/{name}",
            "is of no source of the case, and no reading is counted from it",
            hint=f'has a source been renamed? was = ["{name}"] keeps its pulls',
        )
        for name in list_undeclared(case)
    ]
    for source in case.sources:
        counting = [i for i in case.indicators if any(c.source == source.id for c in i.counted)]
        vintages = vintages_of(case, source.id)
        listing = [i for i in case.indicators if source.id in i.sources and i not in counting]
        rule = f"has {source.id} among its sources, and no [counted.{source.id}]"
        if vintages:
            notes += [
                Problem(f"indicators/{each.id}.toml", f"{rule}: none of its pulls is counted")
                for each in listing
            ]
        if not counting and not (vintages and listing):
            notes.append(Problem(f"{SOURCES}, [{source.id}]", "is counted by no indicator"))
        if vintages and counting:
            notes += absent_notes(case, source, *absent_from(case, source, vintages))
    return notes
