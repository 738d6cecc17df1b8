"""The record: every forecast issued, appended, hash-chained, never edited.

::

    entries   one logged forecast; which one is the latest, a period's, the one to compare with
    chain     the lines of reports/ledger.jsonl: written, read, verified
    copies    reports/<period>/forecast.json
    append    log a forecast: the ledger first, the copy after
    lock      one process at a time writes to a case
"""

from forecast.ledger.append import Appended, append
from forecast.ledger.chain import LEDGER, read, verify
from forecast.ledger.copies import repair_copies
from forecast.ledger.entries import Entry, for_period, latest, previous_of, standing
from forecast.ledger.lock import lock

__all__ = [
    "LEDGER",
    "Appended",
    "Entry",
    "append",
    "for_period",
    "latest",
    "lock",
    "previous_of",
    "read",
    "repair_copies",
    "standing",
    "verify",
]
