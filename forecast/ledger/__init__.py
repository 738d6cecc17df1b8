"""The record: every forecast issued, appended, hash-chained, never edited.

::

    entries   one logged forecast; which one is the latest, a period's, the one to compare with
    chain     the lines of reports/ledger.jsonl: written, read, verified
    append    log a forecast: the ledger first, then the copy reports/<period>/forecast.json
    validate  whether what a line holds is a forecast
    rows      the rows each forecast was made from, and whether they are as they were
    lock      one process at a time writes to a case
"""

from forecast.ledger.append import Appended, append, edited_copies, repair_copies
from forecast.ledger.chain import line_ends_note, read, verify
from forecast.ledger.entries import LEDGER, Entry, for_period, latest, previous_of, standing
from forecast.ledger.lock import lock
from forecast.ledger.rows import changed_rows
from forecast.ledger.validate import first_fault

__all__ = [
    "LEDGER",
    "Appended",
    "Entry",
    "append",
    "changed_rows",
    "edited_copies",
    "first_fault",
    "for_period",
    "latest",
    "line_ends_note",
    "lock",
    "previous_of",
    "read",
    "repair_copies",
    "standing",
    "verify",
]
