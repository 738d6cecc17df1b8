"""Which one-off events a forecast may use: those known by its as-of, about a period it covers.

::

    evidence ── published after the as-of ──────────────> does not exist
       ├── about a period after the forecast period ────> held
       └── the others ──────────────────────────────────> known
"""

from __future__ import annotations

from datetime import date

from forecast.case.types import Case, Evidence
from forecast.periods import Period


def evidence_known(case: Case, as_of: date, period: Period) -> tuple[Evidence, ...]:
    """Return the items known on a date about periods up to the forecast period.

    In order of their period, then id.
    """
    known = (e for e in case.evidence if e.published <= as_of and e.period <= period)
    return tuple(sorted(known, key=lambda item: (item.period, item.id)))
