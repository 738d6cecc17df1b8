"""What analysts define: scenarios, indicators, what is expected of them, and the folder.

The format is in ``docs/case-format.md``. `load_case` reads a case or says all that is wrong with
its definitions; readings are the business of `forecast.readings`.
"""

from __future__ import annotations

from forecast.case.dates import doubts
from forecast.case.definitions import (
    check_case,
    judged_now,
    load_case,
    parse_toml,
    partial_case,
    read_toml,
)
from forecast.case.folder import (
    CSV_MOST,
    DERIVED,
    EVIDENCE,
    MARKER,
    SOURCES,
    TEXT_MOST,
    clean_text,
    clear_away,
    find_case,
    list_unended,
    read_file,
    read_text,
    too_large,
)
from forecast.case.holds_when import Condition
from forecast.case.init import init_case
from forecast.case.judgements import Change, Judgement, change_of, changed, judgements_of
from forecast.case.types import (
    BELOW,
    DEFAULT_RATIO,
    THRESHOLDS,
    Alerting,
    Case,
    Counting,
    Derived,
    Evidence,
    Indicator,
    Memory,
    Scenario,
)
from forecast.families import Expectation
from forecast.families.count import CountExpectation
from forecast.families.ordinal import LevelExpectation
from forecast.sources import EventSource

__all__ = [
    "BELOW",
    "CSV_MOST",
    "DEFAULT_RATIO",
    "DERIVED",
    "EVIDENCE",
    "MARKER",
    "SOURCES",
    "TEXT_MOST",
    "THRESHOLDS",
    "Alerting",
    "Case",
    "Change",
    "Condition",
    "CountExpectation",
    "Counting",
    "Derived",
    "EventSource",
    "Evidence",
    "Expectation",
    "Indicator",
    "Judgement",
    "LevelExpectation",
    "Memory",
    "Scenario",
    "change_of",
    "changed",
    "check_case",
    "clean_text",
    "clear_away",
    "doubts",
    "find_case",
    "init_case",
    "judged_now",
    "judgements_of",
    "list_unended",
    "load_case",
    "parse_toml",
    "partial_case",
    "read_file",
    "read_text",
    "read_toml",
    "too_large",
]
