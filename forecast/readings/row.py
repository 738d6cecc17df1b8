"""One row of ``indicators/<id>.csv``: cells of text in, a `Reading` or every broken rule out.

The rules of ``docs/case-format.md``, one function per column. Whatever offers a row, a file or the
command line, offers it as text and goes through `parse_row`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date

from forecast.case.folder import is_control
from forecast.case.types import Case, Indicator
from forecast.case.values import ADDRESS, GRADE, NOT_OPENABLE
from forecast.errors import Problem, did_you_mean, show
from forecast.periods import Period
from forecast.readings.types import Reading

COLUMNS = (
    "period",
    "value",
    "published",
    "source",
    "grade",
    "days",
    "span",
    "scope",
    "url",
    "note",
)

_NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[0-9]{1,3}")
_DAYS = re.compile(r"[0-9]{1,5}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Lone surrogates no file can hold; embeddings, overrides and isolates make a line read differently
# from what it says.
_DECEPTIVE = re.compile("[\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


class _Broken(Exception):  # noqa: N818  # never leaves this module: parse_row makes it a Problem
    def __init__(self, rule: str, hint: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.hint = hint


def parse_row(
    case: Case, indicator: Indicator, cells: Mapping[str, str], *, where: str, line: int
) -> Reading | list[Problem]:
    """Return the reading that `cells` (by column name) hold, or all that is wrong with them.

    ``where`` opens each problem's place, before the column: ``indicators/x.csv, line 7``.
    """
    problems: list[Problem] = []

    def take[T](column: str, parse: Callable[[str], T]) -> T | None:
        text = cells[column]
        try:
            return parse(_printable(column, text))
        except _Broken as broken:
            problems.append(Problem(f"{where}, {column}", broken.rule, show(text), broken.hint))
            return None

    period = take("period", lambda text: _period(case, text))
    value = take("value", lambda text: _value(indicator, text))
    published = take("published", lambda text: _published(period, text))
    source = take("source", lambda text: _source(indicator, text))
    grade = take("grade", _grade)
    span = take("span", lambda text: _span(indicator, text))
    days = take("days", lambda text: _days(period, span, text))
    scope = take("scope", _scope)
    note = take("note", lambda text: text)
    url = take("url", lambda text: _url(cells["note"], text))
    if (
        period is None
        or value is None
        or published is None
        or source is None
        or grade is None
        or days is None
        or span is None
        or scope is None
        or url is None
        or note is None
    ):
        return problems
    return Reading(
        indicator=indicator.id,
        period=period,
        value=value,
        published=published,
        source=source,
        grade=grade,
        days=days,
        span=span,
        scope=scope,
        url=url,
        note=note,
        line=line,
    )


def _printable(column: str, text: str) -> str:
    if any(is_control(character) for character in text) or _DECEPTIVE.search(text):
        raise _Broken("must have no tabs, line breaks, control or text-direction characters")
    if column != "note" and text != text.strip():
        raise _Broken("must not begin or end with a space", f"remove it: {show(text.strip())}")
    return text


def _period(case: Case, text: str) -> Period:
    try:
        period = Period.parse(text)
    except ValueError as error:
        raise _Broken(f"must be a {case.cadence}, for example {case.first}", str(error)) from None
    if period.cadence != case.cadence:
        raise _Broken(f"must be a {case.cadence}, the case's cadence, for example {case.first}")
    if period.ordinal < case.first.ordinal:
        raise _Broken(f"must not be before {case.first}, the case's first period")
    return period


def _value(indicator: Indicator, text: str) -> float:
    if indicator.family == "count":
        value = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(value):
            raise _Broken("must be a finite number, at least 0")
        return value
    names = indicator.levels if indicator.family == "ordinal" else ("no", "yes")
    if not _WHOLE.fullmatch(text) or int(text) >= len(names):
        levels = ", ".join(f"{number} {name}" for number, name in enumerate(names))
        raise _Broken(f"must be a level's number: {levels}")
    return float(text)


def _published(period: Period | None, text: str) -> date:
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        published = date.fromisoformat(text)
    except ValueError:
        raise _Broken("must be a date, for example 2024-12-02") from None
    if period is not None and published < period.first_day:
        raise _Broken(f"must not be before {period} began ({period.first_day})")
    return published


def _source(indicator: Indicator, text: str) -> str:
    if text not in indicator.sources:
        raise _Broken(
            f"must be one of the sources of {indicator.id}", did_you_mean(text, indicator.sources)
        )
    return text


def _grade(text: str) -> str:
    if not GRADE.fullmatch(text):
        likely = text.upper() if GRADE.fullmatch(text.upper()) else "B2"
        raise _Broken("must be an Admiralty grade, A-F then 1-6", f"for example {likely}")
    return text


def _span(indicator: Indicator, text: str) -> int:
    if text == "":
        return 1
    if not _WHOLE.fullmatch(text) or int(text) < 1:
        raise _Broken("must be a whole number of periods from 1 to 999, or empty")
    if int(text) > 1 and indicator.family != "count":
        raise _Broken("must be empty: only counts have totals over several periods")
    return int(text)


def _days(period: Period | None, span: int | None, text: str) -> int:
    if text and not _DAYS.fullmatch(text):
        raise _Broken("must be a whole number of days, at least 1, or empty")
    if period is None or span is None:  # their own problem is told
        return 1
    length = ((period + span).first_day - period.first_day).days
    if text == "":
        return length
    if not 1 <= int(text) <= length:
        what = "the period" if span == 1 else f"the {span} periods"
        raise _Broken(f"must be from 1 to {length}, the days of {what}, or empty")
    return int(text)


def _scope(text: str) -> str:
    if not text:
        raise _Broken("must be text: the area or category the value is about")
    return text


def _url(note: str, text: str) -> str:
    if text == "":
        if not note.startswith(NOT_OPENABLE):
            raise _Broken(f"must be an address, or empty with a note that begins {NOT_OPENABLE!r}")
    elif not ADDRESS.fullmatch(text):
        raise _Broken("must begin with http:// or https:// and hold no space")
    return text
