"""Versions of UCDP's events, and the days each speaks for.

::

    25.1           yearly, consolidated        1989 to the year before
    24.0.11        candidate events            one month, November 2024
    24.01.24.12    candidate events, revised   from one month to another, of one year
"""

from __future__ import annotations

import re
from datetime import date

from forecast.periods import Period

_YEARLY = re.compile(r"([0-9]{1,2})\.[1-9]")
_MONTH = re.compile(r"([0-9]{2})\.0\.([1-9]|1[0-2])")
_MONTHS = re.compile(r"([0-9]{2})\.(0[1-9]|1[0-2])\.([0-9]{2})\.(0[1-9]|1[0-2])")


def version_days(version: str) -> tuple[date, date] | None:
    """Return the first and the last day a version covers; None if it is no version."""
    if match := _YEARLY.fullmatch(version):
        last = 2000 + int(match[1]) - 1
        return date(1989, 1, 1), date(last, 12, 31)
    if match := _MONTH.fullmatch(version):
        return _days(match[1], match[2], match[1], match[2])
    if (match := _MONTHS.fullmatch(version)) and match.group(1, 2) <= match.group(3, 4):
        return _days(*match.groups())
    return None


def _days(year: str, month: str, last_year: str, last_month: str) -> tuple[date, date]:
    first, last = (
        Period.containing(date(2000 + int(y), int(m), 1), "month")
        for y, m in ((year, month), (last_year, last_month))
    )
    return first.first_day, last.last_day
