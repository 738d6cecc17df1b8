"""One clock and one calendar: a day is a day where the analyst is.

::

    moment          2026-11-29 23:30 UTC
    in Manila       2026-11-30 07:30 +08:00   Monday: the as-of, `published`, what a pull covers
    in Honolulu     2026-11-29 13:30 -10:00   Sunday, still

Whatever is compared with a day (as-of, published, resolved, pulled) comes from here, so that no two
calendars meet. A moment that is stored keeps the offset from UTC of where it was written, and its
day is the day it was *there*, whoever reads it later.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

_FIRST_MIDNIGHT = timezone(timedelta(hours=14))  # where a day begins before it does anywhere else


def now() -> datetime:
    """Return this moment, with the local offset from UTC."""
    return datetime.now(UTC).astimezone()


def today() -> date:
    """Return the day it is here."""
    return now().date()


def latest_today() -> date:
    """Return the latest day it is anywhere: a colleague's row may be of a day not begun here."""
    return now().astimezone(_FIRST_MIDNIGHT).date()


def local_day(moment: datetime) -> date:
    """Return the day of a moment here; without an offset it is taken for local time."""
    return moment.astimezone().date()
