"""Events that were pulled, and the readings counted from them.

::

    provider's file ──store──> indicators/vintages/<source>/<known>.parquet     never changed
                                   │
    [counted.<source>] ────────────┴──counted_readings──> Reading …   as known on each day

layouts   providers' columns, and what an event is made of
load      a file in such a layout becomes a table, or every broken rule
days      which days a pull speaks for: what is not covered is missing, not zero
vintages  pulls on disk
store     one more of them, or nothing at all
filters   what a case lets through, as patterns
leftout   what of the events is in no count, and which names of the case no event has
life      how long each row of each pull is believed: one pass of SQL
count     readings from that, cached
database  DuckDB, loaded when it is needed
"""

from forecast.readings.events.count import counted_readings, coverage
from forecast.readings.events.leftout import absent_from
from forecast.readings.events.store import store
from forecast.readings.events.types import (
    Changed,
    Coverage,
    LeftOut,
    Stored,
    Unmatched,
    Vintage,
)
from forecast.readings.events.vintages import check_vintages, list_undeclared, vintages_of

__all__ = [
    "Changed",
    "Coverage",
    "LeftOut",
    "Stored",
    "Unmatched",
    "Vintage",
    "absent_from",
    "check_vintages",
    "counted_readings",
    "coverage",
    "list_undeclared",
    "store",
    "vintages_of",
]
