"""``forecast add``: one reading, given in full; a file of many; or a walk through all due.

The walk (`walk`) asks for every indicator that is due, one question at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from forecast.case import Case, Indicator, load_case
from forecast.cli.common import case_root, default_as_of, load, say
from forecast.cli.recording import default_published, record_file, record_reading
from forecast.cli.waiting import due_line
from forecast.errors import Problem, ReadingError, UsageError, show
from forecast.families import FAMILIES
from forecast.readings import Due, Reading, due, known_as_of
from forecast.report.terminal.console import make_console, put, put_text

_NOUNS = sorted({family.noun for family in FAMILIES.values()})
_VALUE = f"{', '.join(_NOUNS[:-1])}, or {_NOUNS[-1]}".capitalize()
_WITHDRAWN = ("", "-", "NA", "N/A")


def add(
    ctx: typer.Context,
    indicator: Annotated[
        str | None, typer.Argument(metavar="INDICATOR", help="Left out: walk through all due.")
    ] = None,
    value: Annotated[
        str | None,
        typer.Argument(metavar="VALUE", help=f"{_VALUE}; NA withdraws it, with a --note."),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD", help="For example 2024-W48; default: what is due, if one is."
        ),
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="ID", help="Who says so; default: the source, if one.")
    ] = None,
    grade: Annotated[
        str | None, typer.Option(metavar="GRADE", help="Admiralty, for example B2.")
    ] = None,
    published: Annotated[
        str | None, typer.Option(metavar="DATE", help="Default: today, if the case is live.")
    ] = None,
    days: Annotated[str, typer.Option(metavar="N", help="Days covered; default: all.")] = "",
    span: Annotated[str, typer.Option(metavar="N", help="Periods a total covers.")] = "",
    scope: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Default: the indicator's.")
    ] = None,
    url: Annotated[str, typer.Option(metavar="URL", help="Where a reader can open it.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Any text.")] = "",
    file: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE.csv", help="Many at once, all or none; -: stdin."),
    ] = None,
) -> None:
    """Add a reading, a file of them, or walk through those due."""
    root = case_root(ctx)
    case = load_case(root)
    options = (period, source, grade, published, days, span, scope, url, note)
    if file is not None:
        if any(given is not None for given in (indicator, value)) or any(options):
            hint = "the file has a column for each: indicator, period, value and so on"
            raise UsageError(Problem("--from", "must be given alone", hint=hint))
        record_file(case, file)
        return
    if indicator is None:
        if any(options):
            raise UsageError(Problem("INDICATOR", "must be given, and VALUE, with options"))
        walk(case)
        return
    readings = load(root)[1] if period is None else ()
    withdrawn = value is not None and value.upper() in _WITHDRAWN
    cells = {
        "value": "" if withdrawn else value,
        "period": period or _only_due(case, readings, indicator),
        "published": published or default_published(case) or None,
        "source": source or _only_source(case, indicator),
        "grade": "" if withdrawn and grade is None else grade,
    }
    required = {name: text for name, text in cells.items() if text is not None}
    if missing := [_as_given(name) for name in cells if name not in required]:
        pinned = case.as_of is not None and "--published" in missing
        sources = _sources(case, indicator)
        hint = "the case is pinned, so today is not its date" if pinned else ""
        if not pinned and "--source" in missing and sources:
            hint = f"{indicator} has {', '.join(sources)}"
        raise UsageError(Problem(", ".join(missing), "must be given", hint=hint))
    if withdrawn and not note:
        rule = "must say why the source has withdrawn it"
        raise UsageError(Problem("--note", rule, hint=f"{show(value)} withdraws a reading"))
    optional = {"days": days, "span": span, "url": url, "note": note}
    own = {"scope": scope} if scope is not None else {}
    record_reading(case, indicator, **required, **optional, **own)


def _only_due(case: Case, readings: Sequence[Reading], indicator: str) -> str | None:
    """The period that a reading can only be of: the one that is due, if it is one."""
    waiting = due(case, readings, default_as_of(case))
    periods = [(d.since, d.period) for d in waiting if d.indicator.id == indicator]
    return str(periods[0][0]) if periods and periods[0][0] == periods[0][1] else None


def _only_source(case: Case, indicator: str) -> str | None:
    """The source of an indicator that has one."""
    sources = _sources(case, indicator)
    return sources[0] if len(sources) == 1 else None


def _sources(case: Case, indicator: str) -> tuple[str, ...]:
    """Sources of an indicator; none of one that the case does not have."""
    return next((each.sources for each in case.indicators if each.id == indicator), ())


def _as_given(column: str) -> str:
    return "VALUE" if column == "value" else f"--{column}"


def walk(case: Case) -> None:
    """Ask for a reading of each indicator that is due; each is recorded as soon as confirmed.

    Raises
    ------
    UsageError
        If nobody sits at the other end.
    """
    if not sys.stdin.isatty():
        rule = "must be given where stdin is no terminal"
        raise UsageError(Problem("INDICATOR and VALUE", rule))
    console = make_console()
    _, readings = load(case.root)
    as_of = default_as_of(case)
    put_text(console, due_line(case, readings, as_of))
    try:
        for waiting in due(case, readings, as_of):
            _introduce(waiting, _last(case, waiting.indicator, readings, as_of), console)
            while not _asked(case, waiting):
                put_text(console, "Not recorded; once more:")
    except EOFError:
        put(console)


def _introduce(waiting: Due, last: str, console: Console) -> None:
    indicator = waiting.indicator
    put(console)
    put_text(console, f"{indicator.name}, {waiting.period.label()}", style="bold")
    put_text(console, indicator.question)
    put_text(console, indicator.coding, lead="  coding  ")
    put_text(console, indicator.unit, lead="  unit    ")
    if indicator.levels:
        levels = ", ".join(f"{number} {name}" for number, name in enumerate(indicator.levels))
        put_text(console, levels, lead="  levels  ")
    put_text(console, last, lead="  last    ")


def _last(case: Case, indicator: Indicator, readings: tuple[Reading, ...], as_of: date) -> str:
    known = known_as_of(case, readings, as_of)
    last = max(
        (r for r in (*known.speaking.values(), *known.spans) if r.indicator == indicator.id),
        key=lambda r: (r.last_period, r.published),
        default=None,
    )
    if last is None:
        return "none"
    return f"{last.value:g} for {last.period}, {last.source} {last.grade}, {last.note}"


def _asked(case: Case, waiting: Due) -> bool:
    """Ask for one reading; False if what was answered could not be recorded."""
    indicator = waiting.indicator
    value = _answer("value (empty: skip, q: quit)")
    if value == "q":
        raise EOFError
    if not value:
        return True
    cells = {
        "period": str(waiting.period),
        "value": value,
        "published": _answer("published", default_published(case)),
        "source": _answer(f"source ({', '.join(indicator.sources)})", indicator.sources[0]),
        "grade": _answer("grade"),
        "days": _answer(f"days covered of {waiting.period.days} (empty: all)"),
        "url": _answer("url"),
        "note": _answer("note"),
    }
    if _answer("record it? y or n", "y").lower() not in ("y", "yes"):
        return True
    try:
        record_reading(case, indicator.id, **cells)
    except ReadingError as error:
        for problem in error.problems:
            say(str(problem))
        return False
    return True


def _answer(label: str, default: str = "") -> str:
    shown = f"  {label} [{default}]: " if default else f"  {label}: "
    return input(shown).strip() or default
