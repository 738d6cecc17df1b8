"""Readings: values of indicators, when each was published, and what was known on a date.

coded    indicators/<id>.csv in, `Reading` rows or all problems out
asof     which of them a forecast as-of a date may use, and what is due
rates    what was known of an indicator as a series, a value per full period
evidence which one-off events it may use
resolutions  which scenario held in a period: what forecasts are scored against
usual    the next period's reading as it usually comes
append   new rows, all of them or nothing at all
events   pulled events, and the readings counted from them
"""

from forecast.readings.append import append_reading, append_readings
from forecast.readings.asof import Due, due, known_as_of
from forecast.readings.coded import check_readings, load_readings
from forecast.readings.events import (
    Changed,
    Coverage,
    Stored,
    Unmatched,
    Vintage,
    check_vintages,
    counted_readings,
    coverage,
    store,
    vintages_of,
)
from forecast.readings.evidence import evidence_known
from forecast.readings.rates import rates
from forecast.readings.resolutions import (
    RESOLUTIONS,
    Resolution,
    append_resolutions,
    check_resolutions,
    load_resolutions,
    run_of,
)
from forecast.readings.types import Known, Reading
from forecast.readings.usual import usual_cells

__all__ = [
    "RESOLUTIONS",
    "Changed",
    "Coverage",
    "Due",
    "Known",
    "Reading",
    "Resolution",
    "Stored",
    "Unmatched",
    "Vintage",
    "append_reading",
    "append_readings",
    "append_resolutions",
    "check_readings",
    "check_resolutions",
    "check_vintages",
    "counted_readings",
    "coverage",
    "due",
    "evidence_known",
    "known_as_of",
    "load_readings",
    "load_resolutions",
    "rates",
    "run_of",
    "store",
    "usual_cells",
    "vintages_of",
]
