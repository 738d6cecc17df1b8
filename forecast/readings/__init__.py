"""Readings: values of indicators, when each was published, and what was known on a date.

::

    coded    indicators/<id>.csv in, `Reading` rows or all problems out
    asof     which of them, and which one-off events, a forecast as-of a date may use; what is due
    resolutions  which scenario a period had or had not: for scores and for the filter
    derived  measures computed from readings: means, trends, periods since the last event
    drafts   which scenarios' conditions on readings a period meets
    append   new rows, all of them or nothing at all
    scale    whether a count is of the size that was elicited
    events   pulled events, and the readings counted from them: loaded by whoever has some
"""

from forecast.readings.append import (
    RECORDING,
    Batch,
    Recorded,
    append_reading,
    append_readings,
    finish_recording,
)
from forecast.readings.asof import Due, due, due_of, evidence_known, known_as_of, rates, usual_cells
from forecast.readings.coded import (
    check_readings,
    doubts_of,
    load_readings,
    reading_doubts,
    scope_doubts,
)
from forecast.readings.derived import derived_values, in_use
from forecast.readings.drafts import Fact, OutcomeDraft, Verdict, outcome_drafts
from forecast.readings.resolutions import (
    RESOLUTIONS,
    Resolution,
    Resolved,
    append_resolutions,
    check_resolutions,
    excluding,
    impossible_outcome,
    load_resolutions,
    periods_of,
    possible_as_of,
    resolution_doubts,
    run_of,
    with_outcomes,
)
from forecast.readings.row import absurdity
from forecast.readings.scale import unexpected
from forecast.readings.types import VINTAGES, Known, Reading

__all__ = [
    "RECORDING",
    "RESOLUTIONS",
    "VINTAGES",
    "Batch",
    "Due",
    "Fact",
    "Known",
    "OutcomeDraft",
    "Reading",
    "Recorded",
    "Resolution",
    "Resolved",
    "Verdict",
    "absurdity",
    "append_reading",
    "append_readings",
    "append_resolutions",
    "check_readings",
    "check_resolutions",
    "derived_values",
    "doubts_of",
    "due",
    "due_of",
    "evidence_known",
    "excluding",
    "finish_recording",
    "impossible_outcome",
    "in_use",
    "known_as_of",
    "load_readings",
    "load_resolutions",
    "outcome_drafts",
    "periods_of",
    "possible_as_of",
    "rates",
    "reading_doubts",
    "resolution_doubts",
    "run_of",
    "scope_doubts",
    "unexpected",
    "usual_cells",
    "with_outcomes",
]
