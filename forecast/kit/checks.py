"""What a single value must be, whatever it is of.

A check takes any value TOML can hold and returns the rule it breaks as a sentence "must be ...",
or "" if it is as it must be. A truth value is no number, nan and infinity are no numbers either,
and a date with a time of day is no date.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeGuard

type Check = Callable[[object], str]

LEAST, MOST = 1e-9, 1e15  # sizes of numbers other than 0
SCALE_RULE = f"must be 0, or of a size from {LEAST:g} to {MOST:g}"
_EXACT = 2**53  # whole numbers beyond this have no exact float
_SUM = 1e-9  # how far probabilities may be from summing to 1


@dataclass(frozen=True, slots=True)
class Key:
    """A key a table may have, and whether it must."""

    name: str
    check: Check
    required: bool = True


def is_control(character: str) -> bool:
    """Whether a character steers a terminal or breaks a line rather than being read."""
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"}


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


def any_of(*checks: Check) -> Check:
    """Check for a value that passes one of several checks; the rule is the first one's."""
    if len(checks) == 1:
        return checks[0]
    return lambda value: "" if any(not check(value) for check in checks) else checks[0](value)


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


def _differ(values: Collection[object]) -> bool:
    return len(set(values)) == len(values)


def one_or_list(item: Check, rule: str) -> Check:
    """Check for a value that passes ``item``, or a list of such values that differ."""
    several = list_of(item, rule)
    return lambda value: several(value if isinstance(value, list) else [value])


def name(value: object) -> str:
    """Check for a name as another file may hold it: one line, without spaces around it."""
    if isinstance(value, str) and value != value.strip():
        return "must not begin or end with a space"
    return line(value)


def probabilities(value: object) -> str:
    """Check for a list of probabilities, none of them 0; their sum is a rule of its own."""
    if isinstance(value, list) and value and all(is_number(p) and 0 < p < 1 for p in value):
        return ""
    return "must be a list of probabilities, each above 0 and below 1"


def off_one(probabilities: Iterable[float]) -> str:
    """What probabilities sum to; empty if it is 1."""
    total = math.fsum(probabilities)
    return f"{total:.10g}" if abs(total - 1) > _SUM else ""
