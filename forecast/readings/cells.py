"""Cells that readings and resolutions have alike: text in, a value or the broken rule out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from forecast import clock
from forecast.case.dates import year_meant
from forecast.case.types import Case
from forecast.case.values import ADDRESS, NOT_OPENABLE
from forecast.errors import Problem, show
from forecast.kit.checks import is_control
from forecast.periods import Period, parse_day

# Lone surrogates no file can hold; embeddings, overrides and isolates make a line read differently
# from what it says.
_DECEPTIVE = re.compile("[\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


class Broken(Exception):  # noqa: N818  # never leaves a row: `parse_cell` makes it a Problem
    """A cell that breaks a rule."""

    def __init__(self, rule: str, hint: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.hint = hint


def parse_cell[T](
    cells: Mapping[str, str],
    column: str,
    parse: Callable[[str], T],
    *,
    where: str,
    problems: list[Problem],
) -> T | None:
    """The value of a row's cell; if it breaks a rule, None, and one more problem."""
    text = cells[column]
    try:
        return parse(_printable(column, text))
    except Broken as broken:
        problems.append(Problem(f"{where}, {column}", broken.rule, show(text), broken.hint))
        return None


def period_of(case: Case, text: str) -> Period:
    """A period of the case.

    Raises
    ------
    Broken
        If it is none, or before the first.
    """
    try:
        period = Period.parse(text)
    except ValueError as error:
        raise Broken(f"must be a {case.cadence}, for example {case.first}", str(error)) from None
    if period.cadence != case.cadence:
        raise Broken(f"must be a {case.cadence}, the case's cadence, for example {case.first}")
    if period.ordinal < case.first.ordinal:
        raise Broken(f"must not be before {case.first}, the case's first period")
    return period


def published_of(period: Period | None, text: str, known_by: date | None) -> date:
    """The day something could first be known; of a period, if that is known itself.

    Parameters
    ----------
    known_by
        The last day it may be; None of what is supposed.

    Raises
    ------
    Broken
        If it is no date, after that day, or before the period began.
    """
    try:
        published = parse_day(text)
    except ValueError:
        raise Broken("must be a date, for example 2024-12-02") from None
    if known_by is not None and published > known_by:
        hint = year_meant(published, period.first_day if period else date.min, known_by)
        raise Broken(f"must not be after today, {clock.today()}", hint)
    if period is not None and published < period.first_day:
        hint = year_meant(published, period.first_day, known_by or clock.today())
        raise Broken(f"must not be before {period} began ({period.first_day})", hint)
    return published


def url_of(note: str, text: str) -> str:
    """Return where a source can be opened, empty if the row's note says that it cannot.

    Raises
    ------
    Broken
        If it is neither.
    """
    if text == "":
        if not note.startswith(NOT_OPENABLE):
            raise Broken(f"must be an address, or empty with a note that begins {NOT_OPENABLE!r}")
    elif not ADDRESS.fullmatch(text):
        raise Broken("must begin with http:// or https:// and hold no space")
    return text


def _printable(column: str, text: str) -> str:
    steering = not text.isprintable() and any(map(is_control, text))
    if steering or _DECEPTIVE.search(text):
        raise Broken("must have no tabs, line breaks, control or text-direction characters")
    if column != "note" and text != text.strip():
        raise Broken("must not begin or end with a space", f"remove it: {show(text.strip())}")
    return text
