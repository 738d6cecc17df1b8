"""Dates that are a year off: which year was meant, and what is doubtful without being wrong.

A slip in the year is the commonest one in a date. It either cannot be (the day has not come, or the
period had not begun) and is refused, or can be and is doubtful: published a year or more after the
period it is about began.
"""

from __future__ import annotations

from datetime import date, timedelta

from forecast import clock
from forecast.errors import Problem, show
from forecast.periods import Period

_YEAR = timedelta(days=365)
_MONTHS = timedelta(days=150)


def year_meant(day: date, first: date, last: date) -> str:
    """Return the hint which day was meant if only its year is wrong; empty if none lies between.

    The latest year counts for which the day lies from ``first`` to ``last``; a day that is but
    some months outside of them is not of another year.
    """
    if first - day < _MONTHS and day - last < _MONTHS:
        return ""
    for year in (last.year, last.year - 1):
        meant = _in_year(day, year)
        if meant != day and first <= meant <= last:
            return f"did you mean {meant}?"
    return ""


def doubts(where: str, period: Period, published: date) -> list[Problem]:
    """Return what is doubtful in when something about a period was published, if anything is.

    ``where`` names the place, before ``published``.
    """
    today = clock.today()
    if published > today:  # where it was written that day has begun, else it is refused
        rule = f"is after today here, {today}: not used before"
        return [Problem(f"{where}, published", rule, show(published))]
    if _in_year(published, published.year - 1) < period.first_day:
        return []
    meant = [str(_in_year(published, published.year - 1))]
    later = Period.containing(period.first_day + _YEAR, period.cadence)
    if later.first_day <= published:
        meant.append(f"of {later}")
    rule = f"is a year or more after {period} began"
    hint = f"did you mean {' or '.join(meant)}?"
    return [Problem(f"{where}, published", rule, show(published), hint)]


def _in_year(day: date, year: int) -> date:
    """Return the same day of another year; 28 February for a 29th that is not there."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=max(year, 1), day=28)
