"""Readings: values of indicators, when each was published, and what was known on a date.

coded    indicators/<id>.csv in, `Reading` rows or all problems out
asof     which of them a forecast as-of a date may use, and what is due
evidence which one-off events it may use
append   new rows, all of them or nothing at all
"""

from forecast.readings.append import append_reading, append_readings
from forecast.readings.asof import Due, due, known_as_of
from forecast.readings.coded import check_readings, load_readings
from forecast.readings.evidence import evidence_known
from forecast.readings.types import Known, Reading

__all__ = [
    "Due",
    "Known",
    "Reading",
    "append_reading",
    "append_readings",
    "check_readings",
    "due",
    "evidence_known",
    "known_as_of",
    "load_readings",
]
