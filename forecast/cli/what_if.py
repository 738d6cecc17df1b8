"""``forecast what-if``: what readings or judgements would make of scenarios; never logged.

Suppositions are typed, or written in a small TOML::

    sortie-intensity=200                                   a reading of the next period
    --prior sortie-intensity.other.median=20               a judgement

    [quiet]                                                several, side by side
    readings = { sortie-intensity = 5, turkish-border-posture = 1 }
    grade    = "B2"
    prior.sortie-intensity.other.median = 20

Readings meet the rules of a row of readings, judgements those of the file they stand in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from forecast.case import (
    Case,
    Change,
    change_of,
    judged_now,
    load_case,
    parse_toml,
    read_toml,
)
from forecast.cli.common import (
    AsJson,
    case_root,
    default_as_of,
    entries_of,
    flag,
    load,
    print_json,
)
from forecast.cli.step import interrupt_ends_it, logged_now, shown_progress
from forecast.errors import (
    CaseError,
    FitError,
    Problem,
    ReadingError,
    UsageError,
    did_you_mean,
    printable,
    show,
)
from forecast.explain.what_if_types import SupposedJudgement, Supposition, WhatIf, as_logged
from forecast.readings import Known, Reading, known_as_of, usual_cells
from forecast.readings.row import parse_row
from forecast.report.view import words
from forecast.report.view.what_if import build_what_if

_SECONDS = 20  # that a fit takes


def what_if(
    ctx: typer.Context,
    readings: Annotated[
        list[str] | None,
        typer.Argument(metavar="INDICATOR=VALUE", help="Readings of the next period."),
    ] = None,
    prior: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="A judgement, such as war.lasts=6; may be repeated."
        ),
    ] = None,
    grade: Annotated[
        str | None, typer.Option(metavar="GRADE", help="Of the readings; default: the usual one.")
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE.toml", help="Several suppositions, side by side."),
    ] = None,
    refit: Annotated[
        bool,
        flag(
            "--refit/--no-refit",
            text="Sample what the draws at hand cannot tell (about 20 s a fit), or refuse it.",
        ),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Suppose readings or judgements; see what they would do."""
    if file is not None and (readings or prior or grade):
        hint = "each table of the file has readings, prior and grade of its own"
        raise UsageError(
            Problem("--from", "must be given without readings, --prior and --grade", hint=hint)
        )
    if file is None and not readings and not prior:
        rule = "must be given, or --prior, or --from"
        raise UsageError(Problem("INDICATOR=VALUE", rule))
    root = case_root(ctx)
    case, rows = load(root)
    as_of = default_as_of(case)
    known = known_as_of(case, rows, as_of)
    if file is not None:
        suppositions = from_file(case, known, file)
    else:
        suppositions = (typed(case, known, readings or [], prior or [], grade),)
    from forecast.explain.what_if import what_if as ask

    with shown_progress() as progress, interrupt_ends_it():
        answer = ask(case, rows, suppositions, as_of, progress, refit=refit)
    if logged := logged_now(case, known, entries_of(root)):
        answer = as_logged(answer, *logged)
    unanswered = _unanswered(answer)
    if unanswered and all(outcome.moment is None for outcome in answer.outcomes):
        raise unanswered
    if as_json:
        print_json(answer)
    else:
        from forecast.report.terminal.console import make_console
        from forecast.report.terminal.explain import render_what_if

        render_what_if(build_what_if(answer), make_console())
    if unanswered:
        raise unanswered


def _unanswered(answer: WhatIf) -> FitError | None:
    """Return what says which suppositions were not answered, and what answers them in what time."""
    refused = [outcome for outcome in answer.outcomes if outcome.moment is None]
    names, fits = [outcome.name for outcome in refused], 0
    for outcome in refused:  # other judgements have an anchor of their own
        fits += 2 if outcome.judgements else 1
    if answer.next is None and any(outcome.readings for outcome in answer.outcomes):
        names, fits = ["nothing new", *names], fits + 1
    if not names:
        return None
    if answer.failures:
        rule = f"must rest on a fit that passed its gate, not on that of {answer.anchor}"
    else:
        rule = f"must be near enough to the fit of {answer.anchor}: too few of its draws agree"
    hint = f"without --no-refit it is sampled instead: about {_SECONDS * fits} s"
    return FitError(Problem(words.listed(names), rule, hint=hint))


NAME_MOST = 16  # characters: a column of its own has to fit
_KEYS = ("readings", "grade", "prior")


@dataclass(frozen=True, slots=True)
class _Stated:
    """What is supposed, not yet checked; ``where`` opens the place of its problems."""

    name: str
    where: str
    readings: dict[str, str] = field(default_factory=dict)
    judgements: tuple[tuple[tuple[str, ...], Any], ...] = ()
    grade: str | None = None


def typed(
    case: Case, known: Known, readings: Sequence[str], judgements: Sequence[str], grade: str | None
) -> Supposition:
    """The one supposition a command line states.

    Raises
    ------
    UsageError
        If something is no ``NAME=VALUE``.
    CaseError, ReadingError
        With all that is wrong with it otherwise.
    """
    pairs = [_assigned(text, "INDICATOR=VALUE") for text in readings]
    if len(by_name := dict(pairs)) < len(pairs):
        raise UsageError(Problem("INDICATOR=VALUE", "must name each indicator once"))
    stated = _Stated(
        name="supposed",
        where="",
        readings=by_name,
        judgements=tuple(_judged(text) for text in judgements),
        grade=grade,
    )
    return _supposition(case, known, stated)


def from_file(case: Case, known: Known, name: str) -> tuple[Supposition, ...]:
    """The suppositions of a TOML file, in its order.

    Raises
    ------
    CaseError, ReadingError
        If it cannot be read, or with all that is wrong with the first that is not as it must be.
    """
    where = printable(name)
    tables = read_toml(Path(name), where)
    if not tables:
        raise CaseError(Problem(where, "must hold a table per supposition, at least one"))
    return tuple(
        _supposition(case, known, _stated(f"{where}, [{show(key)}]", key, table))
        for key, table in tables.items()
    )


def _assigned(text: str, what: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise UsageError(Problem(what, "must be a name, = and a value", show(text)))
    return name, value


def _judged(text: str) -> tuple[tuple[str, ...], Any]:
    name, value = _assigned(text, "--prior")
    try:
        return tuple(name.split(".")), parse_toml(f"value = {value}", "--prior")["value"]
    except CaseError:
        rule, hint = "must be a name, = and a number or list", "for example war.lasts=[4, 20]"
        raise UsageError(Problem("--prior", rule, show(text), hint)) from None


def _stated(where: str, name: str, table: object) -> _Stated:
    """Return what a table of a file states.

    Raises
    ------
    CaseError
        If its keys are not as they must be.
    """
    problems = []
    if len(name) > NAME_MOST:
        problems.append(Problem(where, f"must have a name of at most {NAME_MOST} characters"))
    if not isinstance(table, dict):
        raise CaseError(*problems, Problem(where, "must be a table", show(table)))
    for key in table.keys() - set(_KEYS):
        hint = did_you_mean(key, _KEYS)
        problems.append(Problem(f"{where} {show(key)}", "must be a known key", hint=hint))
    readings, prior = (table.get(key, {}) for key in ("readings", "prior"))
    for key, given in (("readings", readings), ("prior", prior)):
        if not isinstance(given, dict):
            rule = "must be a table such as { a = 1 }"
            problems.append(Problem(f"{where} {key}", rule, show(given)))
    grade = table.get("grade")
    if not isinstance(grade, str | None):
        problems.append(Problem(f"{where} grade", "must be text", show(grade)))
    if problems:
        raise CaseError(*problems)
    cells = {key: str(value) for key, value in readings.items()}
    return _Stated(name, where, cells, tuple(_leaves(prior)), grade)


def _leaves(
    tables: dict[str, Any], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in tables.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _supposition(case: Case, known: Known, stated: _Stated) -> Supposition:
    if not stated.readings and not stated.judgements:
        where = stated.where or "INDICATOR=VALUE"
        raise CaseError(Problem(where, "must suppose a reading or a judgement"))
    problems: list[Problem] = []
    readings = []
    for name, value in stated.readings.items():
        found = _reading(case, known, name, value, stated)
        if isinstance(found, list):
            problems += found
        else:
            readings.append(found)
    if problems:
        raise ReadingError(*problems)
    changes: list[Change] = []
    place = f"{stated.where} prior" if stated.where else "--prior"
    for keys, value in stated.judgements:
        try:
            changes.append(change_of(case, keys, value, place))
        except CaseError as error:
            problems += error.problems
    if problems:
        raise CaseError(*problems)
    return Supposition(
        name=stated.name,
        case=replace(load_case(case.root, changes), outcomes=case.outcomes) if changes else case,
        readings=tuple(readings),
        judgements=tuple(
            SupposedJudgement(c.name, c.value, judged_now(case.root, c)) for c in changes
        ),
    )


def _reading(
    case: Case, known: Known, name: str, value: str, stated: _Stated
) -> Reading | list[Problem]:
    """A reading of the next period, whole, from the first source, on its refresh day."""
    indicator = next((i for i in case.indicators if i.id == name), None)
    where = f"{stated.where} {show(name)}".strip()
    if indicator is None:
        hint = did_you_mean(name, [i.id for i in case.indicators])
        return [Problem(where, "must be an indicator of the case", hint=hint)]
    cells = usual_cells(case, known, indicator) | {"value": value}
    if stated.grade is not None:
        cells["grade"] = stated.grade
    return parse_row(case, indicator, cells, where=where, line=0)
