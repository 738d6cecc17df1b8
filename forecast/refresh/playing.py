"""Which sources of an indicator take part in a forecast.

A filter over events may be declared long before anybody pulls them, or by somebody who has no
account to pull them with. Until a reading came of it, it must move no number: not by one more
parameter of the model, not by another fingerprint.
"""

from __future__ import annotations

from itertools import chain

from forecast.case import Indicator
from forecast.readings import Known


def sources_in_play(indicator: Indicator, known: Known) -> tuple[str, ...]:
    """Return an indicator's sources but those only counted from events, without a reading yet.

    The first stays, whatever it has: the others are compared with it.
    """
    counted = {counting.source for counting in indicator.counted}
    rows = chain(known.speaking.values(), known.spans, known.silent, known.held, known.replaced)
    heard = {row.source for row in rows if row.indicator == indicator.id}
    first, *others = indicator.sources
    return (first, *(source for source in others if source in heard or source not in counted))
