"""What a single value of a definition must be, whatever else the case says: see `kit.checks`."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import TypeGuard

from forecast.case.types import Alerting
from forecast.kit.checks import is_number, line, number, whole
from forecast.periods import Cadence, Period, parse_day
from forecast.sources import PROVIDERS

ID_RULE = "must be an id: a-z first, then a-z, 0-9 and -"

_ID = re.compile(r"[a-z][a-z0-9-]*")
_NUMBER_NAME = re.compile(r"[a-z][a-z0-9_-]*")
GRADE = re.compile(r"[A-F][1-6]")
NOT_OPENABLE = "not openable:"  # how a note begins where no address can be given
ADDRESS = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)


def is_id(value: object) -> TypeGuard[str]:
    """Whether a value can name a scenario, an indicator or a source."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


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


_PERIODS = re.compile(r"[1-9][0-9]{0,3}")


def duration(value: object) -> str:
    """Check for a mean duration in periods, the range it lies in, or shares of episodes over."""
    if is_number(value):
        return "" if value >= 1 else "must be at least 1"
    if isinstance(value, dict):
        return _shares_over(value)
    if not isinstance(value, list):
        return "must be a number, a range [low, high], or shares such as { 2 = 0.4, 12 = 0.8 }"
    if len(value) != 2 or not all(map(is_number, value)) or not 1 < value[0] < value[1]:
        return "must be a range [low, high] of two numbers, 1 < low < high"
    return "" if mean_duration(*value) <= value[1] else "must be a narrower range"


def _shares_over(value: dict[str, object]) -> str:
    rule = (
        "must be shares of episodes that are over after so many periods, both rising: at least two "
        "whole numbers from 1 to 5200, each with a share above 0 and below 1"
    )
    if len(value) < 2 or not all(_PERIODS.fullmatch(key) for key in value):
        return rule
    shares = [value[key] for key in sorted(value, key=int)]
    if not all(is_number(share) and 0 < share < 1 for share in shares):
        return rule
    rising = all(a < b for a, b in pairwise(shares))  # type: ignore[operator]
    return "" if rising and max(map(int, value)) <= 5200 else rule


resuming = number("must be a probability from 0, below 1", lambda x: 0 <= x < 1)


def since(value: object) -> str:
    """Check for when something began: a day, or a week or month."""
    return "" if _first_day(value) else "must be a date, a week such as 2020-W10 or a month 2020-03"


def began(value: object, cadence: Cadence) -> Period:
    """The period in which something began, of a value that is sound."""
    day = _first_day(value)
    if day is None:
        raise ValueError(f"{value!r} is no beginning")
    return Period.containing(day, cadence)


def _first_day(value: object) -> date | None:
    if type(value) is date:
        return value
    for read in (parse_day, lambda text: Period.parse(text).first_day):
        with suppress(ValueError):
            return read(value) if isinstance(value, str) else None
    return None


def mean_of_shares(over: Sequence[tuple[int, float]]) -> float:
    """The mean duration of which so many are over after so many periods, roughly.

    Between two points the hazard is taken as even, and after the last as between the last two.
    """
    mean, left, before, hazard = 0.0, 1.0, 0, 0.0
    for periods, share in over:
        length = periods - before
        ended = left - (1 - share)
        if ended > 1e-9:
            hazard = 1 - ((1 - share) / left) ** (1 / length)
            mean += ended / hazard
        else:  # none ends in between
            mean += length * left
        left, before = 1 - share, periods
    return mean + left / hazard


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


def spread(value: object) -> str:
    """Check for a median and a 90th percentile."""
    rule = "must be { median = .., p90 = .. }, two numbers, p90 the higher one"
    if not isinstance(value, dict) or value.keys() != {"median", "p90"}:
        return rule
    median, p90 = value["median"], value["p90"]
    return "" if is_number(median) and is_number(p90) and median < p90 else rule


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


def mean_duration(low: float, high: float) -> float:
    """Return the mean of the duration whose 5 and 95 % points are ``low`` and ``high``.

    A duration is 1 plus a log-normal number of periods (``docs/method.md``); infinite if the
    range is so wide that no float holds the mean.
    """
    log_low, log_high = math.log(low - 1), math.log(high - 1)
    sigma = (log_high - log_low) / (2 * 1.6448536269514722)  # the normal 95 % point
    log_mean = (log_low + log_high) / 2 + sigma**2 / 2
    return 1 + math.exp(log_mean) if log_mean < 700 else math.inf
