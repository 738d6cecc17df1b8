"""Delay and revision: what the vintages of every count taught, source by source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from forecast.case import Case
from forecast.explain.types import SHARES, DelayRow, Delays
from forecast.families import FAMILIES
from forecast.model.delay import FEWEST, quantiles
from forecast.readings import Reading, known_as_of
from forecast.refresh.delay import FINAL, LEAST, Revisions, revisions_of


def delays(case: Case, readings: Sequence[Reading], as_of: date, only: str | None = None) -> Delays:
    """Return what readings published on or before a date taught of delay, in the case's order.

    Parameters
    ----------
    only
        The id of the one indicator that is asked about; if it is no count there are no rows.
    """
    counts = {
        i.id: i.name for i in case.indicators if FAMILIES[i.family].adds_up and only in (None, i.id)
    }
    found = revisions_of(case, known_as_of(case, readings, as_of))
    return Delays(
        case=case.name,
        cadence=case.cadence,
        as_of=as_of,
        indicators=counts,
        fewest=FEWEST,
        least=LEAST,
        final=FINAL,
        rows=tuple(_row(revisions) for revisions in found if revisions.indicator in counts),
    )


def _row(revisions: Revisions) -> DelayRow:
    pairs = len(revisions.log_completeness)
    fitted = seen = None
    if pairs >= FEWEST:
        fitted = tuple(quantiles(revisions.delay, np.array(SHARES)).tolist())
        ratios = np.exp(-np.array(revisions.log_completeness))
        seen = tuple(np.quantile(ratios, SHARES).tolist())
    return DelayRow(revisions.indicator, revisions.source, revisions.ages, pairs, fitted, seen)
