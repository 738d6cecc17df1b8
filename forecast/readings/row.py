"""One row of ``indicators/<id>.csv``: cells of text in, a `Reading` or every broken rule out.

The rules of ``docs/case-format.md``, one function per column. Whatever offers a row, a file or the
command line, offers it as text and goes through `parse_row`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from forecast.case.types import Case, Indicator
from forecast.case.values import GRADE
from forecast.errors import Problem, did_you_mean
from forecast.families import FAMILIES
from forecast.kit.checks import SCALE_RULE, in_scale
from forecast.periods import Period
from forecast.readings.cells import Broken, parse_cell, period_of, published_of, url_of
from forecast.readings.scale import scale_of
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

UNGRADED = "F6"  # of a withdrawal that gives no grade
_WITHDRAW = "or empty with a note, to withdraw what the source said before"
_WHOLE = re.compile(r"[0-9]{1,3}")
_DAYS = re.compile(r"[0-9]{1,5}")


def parse_row(
    case: Case,
    indicator: Indicator,
    cells: Mapping[str, str],
    *,
    where: str,
    line: int,
    known_by: date | None = None,
) -> Reading | list[Problem]:
    """The reading that `cells` (by column name) hold, or all that is wrong with them.

    Parameters
    ----------
    where
        Opens each problem's place, before the column: ``indicators/x.csv, line 7``.
    known_by
        The last day on which it may have been published; None of what is supposed, which no
        source can withdraw either.
    """
    problems: list[Problem] = []
    withdrawn = known_by is not None and cells["value"] == "" and cells["note"].strip() != ""

    def take[T](column: str, parse: Callable[[str], T]) -> T | None:
        return parse_cell(cells, column, parse, where=where, problems=problems)

    period = take("period", lambda text: period_of(case, text))
    value = math.nan if withdrawn else take("value", lambda text: _value(indicator, text))
    published = take("published", lambda text: published_of(period, text, known_by))
    source = take("source", lambda text: _source(indicator, text))
    grade = UNGRADED if withdrawn and cells["grade"] == "" else take("grade", _grade)
    span = take("span", lambda text: _span(indicator, text))
    days = take("days", lambda text: _days(period, span, text))
    scope = take("scope", _scope)
    note = take("note", lambda text: text)
    url = "" if withdrawn and cells["url"] == "" else take("url", partial(url_of, cells["note"]))
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
    reading = Reading(
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
    absurd = absurdity(case, indicator, reading, where)
    return reading if absurd is None else [absurd]


def absurdity(case: Case, indicator: Indicator, reading: Reading, where: str) -> Problem | None:
    """Problem of a reading that is absurd beside what was elicited of it, None if it is not."""
    scale = scale_of(case, indicator, reading)
    if scale is None or reading.withdrawn or reading.value <= scale.most:
        return None
    about = f"{reading.span} {case.cadence}s" if reading.span > 1 else f"a {case.cadence}"
    return Problem(
        f"{where}, value",
        f"must be at most {scale.most:,.0f}: {scale.high:,.0f} is the most that any scenario "
        f"expects of such a report on {about}",
        f"{reading.value:,.0f}",
        f"if it is right, raise p90 in priors/{indicator.id}.toml",
    )


def value_rule(indicator: Indicator) -> str:
    """Return what the value of a reading must be, in words."""
    family = FAMILIES[indicator.family]
    return family.rule(family.levels(indicator.levels))


def _value(indicator: Indicator, text: str) -> float:
    family = FAMILIES[indicator.family]
    value = family.parse(text, family.levels(indicator.levels))
    if value is None:
        raise Broken(value_rule(indicator), _WITHDRAW if text == "" else "")
    if not in_scale(value):
        raise Broken(SCALE_RULE)
    return value


def _source(indicator: Indicator, text: str) -> str:
    if text not in indicator.sources:
        raise Broken(
            f"must be one of the sources of {indicator.id}", did_you_mean(text, indicator.sources)
        )
    return text


def _grade(text: str) -> str:
    if not GRADE.fullmatch(text):
        likely = text.upper() if GRADE.fullmatch(text.upper()) else "B2"
        raise Broken("must be an Admiralty grade, A-F then 1-6", f"for example {likely}")
    return text


def _span(indicator: Indicator, text: str) -> int:
    if text == "":
        return 1
    if not _WHOLE.fullmatch(text) or int(text) < 1:
        raise Broken("must be a whole number of periods from 1 to 999, or empty")
    if int(text) > 1 and not FAMILIES[indicator.family].adds_up:
        raise Broken("must be empty: only counts have totals over several periods")
    return int(text)


def _days(period: Period | None, span: int | None, text: str) -> int:
    if text and not _DAYS.fullmatch(text):
        raise Broken("must be a whole number of days, at least 1, or empty")
    if period is None or span is None:  # their own problem is told
        return 1
    length = ((period + span).first_day - period.first_day).days
    if text == "":
        return length
    if not 1 <= int(text) <= length:
        what = "the period" if span == 1 else f"the {span} periods"
        raise Broken(f"must be from 1 to {length}, the days of {what}, or empty")
    return int(text)


def _scope(text: str) -> str:
    if not text:
        raise Broken("must be text: the area or category the value is about")
    return text
