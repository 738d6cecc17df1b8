"""What a single value of a definition must be, whatever else the case says.

A check takes any value TOML can hold and returns the rule it breaks as a sentence "must be ...",
or "" if it is as it must be. A truth value is no number, nan and infinity are no numbers either,
and a date with a time of day is no date.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date, datetime
from itertools import pairwise
from typing import TypeGuard

from forecast.case.folder import is_control
from forecast.case.types import Alerting
from forecast.sources import PROVIDERS

type Check = Callable[[object], str]

ID_RULE = "must be an id: a-z first, then a-z, 0-9 and -"

_ID = re.compile(r"[a-z][a-z0-9-]*")
_NUMBER_NAME = re.compile(r"[a-z][a-z0-9_-]*")
GRADE = re.compile(r"[A-F][1-6]")
NOT_OPENABLE = "not openable:"  # how a note begins where no address can be given
ADDRESS = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
LEAST, MOST = 1e-9, 1e15  # sizes of numbers other than 0
SCALE_RULE = f"must be 0, or of a size from {LEAST:g} to {MOST:g}"
_EXACT = 2**53  # whole numbers beyond this have no exact float


def is_id(value: object) -> TypeGuard[str]:
    """Whether a value can name a scenario, an indicator or a source."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def in_scale(value: object) -> bool:
    """Whether a value, or each in a list or table, is 0 or of a size that arithmetic leaves.

    What is no number is in scale, and so is what is deeper: it is read by itself.
    """
    match value:
        case list():
            return all(map(_in_scale, value))
        case dict():
            return all(map(_in_scale, value.values()))
    return _in_scale(value)


def _in_scale(value: object) -> bool:
    if not isinstance(value, float) or not math.isfinite(value):
        return True
    return value == 0 or LEAST <= abs(value) <= MOST


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) <= _EXACT
    return isinstance(value, float) and math.isfinite(value)


def number(rule: str, holds: Callable[[float], bool]) -> Check:
    """Check for a finite number of which ``holds`` is true; ``rule`` says so in words."""
    return lambda value: "" if is_number(value) and holds(value) else rule


def whole(low: int, high: int) -> Check:
    """Check for a whole number from ``low`` to ``high``."""
    rule = f"must be a whole number from {low} to {high}"
    return lambda value: "" if _is_whole(value) and low <= value <= high else rule


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def one_of(*words: str) -> Check:
    """Check for one of a few words."""
    rule = f"must be {', '.join(words[:-1])} or {words[-1]}"
    return lambda value: "" if isinstance(value, str) and value in words else rule


def text(value: object) -> str:
    """Text, of several lines if need be."""
    if not isinstance(value, str) or not value.strip():
        return "must be text"
    if any(is_control(character) for character in value if character != "\n"):
        return "must have no control characters"
    return ""


def line(value: object) -> str:
    """Text on one line."""
    if isinstance(value, str) and "\n" in value:
        return "must be one line"
    return text(value)


def short(at_most: int) -> Check:
    """Check for text on one line that fits a column of a table."""

    def check(value: object) -> str:
        if isinstance(value, str) and len(value) > at_most:
            return f"must be at most {at_most} characters"
        return line(value)

    return check


def grade(value: object) -> str:
    """Check for an Admiralty grade."""
    if isinstance(value, str) and GRADE.fullmatch(value):
        return ""
    return "must be an Admiralty grade, A-F then 1-6"


def address(value: object) -> str:
    """Check for a web address, or an empty text."""
    if value == "":
        return ""
    if not isinstance(value, str) or not ADDRESS.fullmatch(value):
        return "must begin with http:// or https:// and hold no space"
    return line(value)


def place(value: object) -> str:
    """Check for where a file is: a path, or a web address."""
    if isinstance(value, str) and "://" in value and not ADDRESS.fullmatch(value):
        return "must be a path, or begin with http:// or https:// and hold no space"
    return line(value)


def version(value: object) -> str:
    """Check for a version of a provider's data."""
    versions = [each.versions for each in PROVIDERS.values() if each.versions]
    if isinstance(value, str) and any(each.days(value) for each in versions):
        return ""
    return f"must be {' or '.join(each.words for each in versions)}"


def day(value: object) -> str:
    """Check for a date, without a time of day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return ""
    return "must be a date, written 2024-12-02 without quotes"


def true_or_false(value: object) -> str:
    """Check for a truth value."""
    return "" if isinstance(value, bool) else "must be true or false"


def table(value: object) -> str:
    """Check for a table with at least one entry."""
    return "" if isinstance(value, dict) and value else "must be a table such as { a = 1 }"


def table_per(owner: str) -> Check:
    """Check for a table of tables, at least one; ``owner`` says what each belongs to."""

    def check(value: object) -> str:
        if isinstance(value, dict) and value and all(isinstance(v, dict) for v in value.values()):
            return ""
        return f"must hold a table per {owner}, at least one"

    return check


def list_of(item: Check, rule: str, at_least: int = 1) -> Check:
    """Check for a list of values that differ, each of which passes ``item``."""

    def check(value: object) -> str:
        if not isinstance(value, list) or len(value) < at_least:
            return rule
        return "" if not any(map(item, value)) and _differ(value) else rule

    return check


def one_or_list(item: Check, rule: str) -> Check:
    """Check for a value that passes ``item``, or a list of such values that differ."""
    several = list_of(item, rule)
    return lambda value: several(value if isinstance(value, list) else [value])


def name(value: object) -> str:
    """Check for a name as another file may hold it: one line, without spaces around it."""
    if isinstance(value, str) and value != value.strip():
        return "must not begin or end with a space"
    return line(value)


def number_name(value: object) -> str:
    """Check for what a number of an event may be called."""
    if isinstance(value, str) and _NUMBER_NAME.fullmatch(value):
        return ""
    return "must be the name of a number: a-z first, then a-z, 0-9, - and _"


def named_columns(value: object) -> str:
    """Check for a table of columns by the names that the case gives their numbers."""
    rule = 'must be a table such as { aircraft = "Aircraft" }, names of a-z, 0-9, - and _'
    if not isinstance(value, dict) or not value:
        return rule
    return rule if any(map(number_name, value)) or any(map(line, value.values())) else ""


def beginning(value: object) -> str:
    """Check for how words begin that are looked for in a text.

    Of letters and digits, and the marks that many scripts write vowels with.
    """
    if isinstance(value, str):
        composed = unicodedata.normalize("NFC", value)
        kinds = [unicodedata.category(character)[0] for character in composed]
        if len(kinds) > 1 and kinds[0] != "M" and {*kinds} <= {*"LMN"}:
            return ""
    return "must be at least 2 letters or digits"


def _differ(values: Collection[object]) -> bool:
    return len(set(values)) == len(values)


def probabilities(value: object) -> str:
    """Check for a list of probabilities, none of them 0; their sum is a rule of its own."""
    if isinstance(value, list) and value and all(is_number(p) and 0 < p < 1 for p in value):
        return ""
    return "must be a list of probabilities, each above 0 and below 1"


def identifier(value: object) -> str:
    """Check for an id."""
    return "" if is_id(value) else ID_RULE


def horizons(value: object) -> str:
    """Check for increasing whole numbers of periods."""
    is_horizon = whole(1, 520)
    if isinstance(value, list) and value and not any(map(is_horizon, value)):
        if all(a < b for a, b in pairwise(value)):
            return ""
        return "must increase"
    return "must be a list of whole numbers from 1 to 520"


def duration(value: object) -> str:
    """Check for a mean duration in periods, or the range ``[low, high]`` it lies in."""
    if is_number(value):
        return "" if value >= 1 else "must be at least 1"
    if not isinstance(value, list):
        return "must be a number or a range [low, high]"
    if len(value) != 2 or not all(map(is_number, value)) or not 1 < value[0] < value[1]:
        return "must be a range [low, high] of two numbers, 1 < low < high"
    return "" if mean_duration(*value) <= value[1] else "must be a narrower range"


def ratio(value: object) -> str:
    """Check for how much one source counts for each 1 of another: a number or a range."""
    if _is_ratio(value):
        return ""
    if not isinstance(value, list):
        return "must be a number from 0.01 to 100 or a range [low, high]"
    if len(value) != 2 or not all(map(_is_ratio, value)) or not value[0] < value[1]:
        return "must be a range [low, high] of two numbers, 0.01 <= low < high <= 100"
    return ""


def _is_ratio(value: object) -> TypeGuard[float]:
    return is_number(value) and 0.01 <= value <= 100


def alerting(value: object) -> str:
    """Check for when a probability is an alert: any of ``on``, ``off`` and ``quiet``."""
    rule = (
        "must be { on = .., off = .., quiet = .. }, 0 < off < on <= 1, quiet periods from 0 to 52"
    )
    if not isinstance(value, dict) or not value.keys() <= {"on", "off", "quiet"}:
        return rule
    default = Alerting()
    on, off = value.get("on", default.on), value.get("off", default.off)
    if not is_number(on) or not is_number(off) or not 0 < off < on <= 1:
        return rule
    return rule if whole(0, 52)(value.get("quiet", default.quiet)) else ""


def memory(value: object) -> str:
    """Check for what a count remembers besides its last reading."""
    rule = "must be { last = .., halflife = .. }, 0 <= last < 1, halflife above 0 and at most 520"
    if not isinstance(value, dict) or value.keys() != {"last", "halflife"}:
        return rule
    last, halflife = value["last"], value["halflife"]
    if not is_number(last) or not is_number(halflife):
        return rule
    return "" if 0 <= last < 1 and 0 < halflife <= 520 else rule


def mean_duration(low: float, high: float) -> float:
    """Return the mean of the duration whose 5 and 95 % points are ``low`` and ``high``.

    A duration is 1 plus a log-normal number of periods (``docs/method.md``); infinite if the
    range is so wide that no float holds the mean.
    """
    log_low, log_high = math.log(low - 1), math.log(high - 1)
    sigma = (log_high - log_low) / (2 * 1.6448536269514722)  # the normal 95 % point
    log_mean = (log_low + log_high) / 2 + sigma**2 / 2
    return 1 + math.exp(log_mean) if log_mean < 700 else math.inf
