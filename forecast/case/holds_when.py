"""``holds_when``: the test of a scenario as a condition on readings, which a machine can check.

::

    condition  = all { "or" all }
    all        = one { "and" one }
    one        = ( "not" one | "(" condition ")" | comparison ) { "for" n "of" m periods }
    comparison = id ( ">=" | ">" | "<=" | "<" | "=" | "!=" ) value
    value      = number | number "%" | level | "level in quotes"
    periods    = "periods" | "weeks" or "months", as the cadence is

``not`` binds closest, then ``and``, then ``or``; ``for 2 of 3 weeks`` belongs to what stands right
before it, and means the period that is tested and those before it. An id is an indicator's or a
derived measure's; a level is written as the indicator names it.

`parse` knows what each id may be compared with (`Subject`), and says at which character a text
stops being a condition. What a condition comes to is the business of `forecast.readings`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, NoReturn

from forecast.errors import did_you_mean, show

type Operator = Literal[">=", ">", "<=", "<", "=", "!="]
type Condition = Comparison | Not | All | Some | Window

OPERATORS: tuple[Operator, ...] = (">=", ">", "<=", "<", "=", "!=")
_WORDS = ("and", "or", "not", "for", "of")
_WINDOW_MOST = 520  # periods, as far as a forecast reaches
_DEEPEST = 50  # conditions within one another
_LONGEST = 2000  # characters
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<operator>>=|<=|!=|[><=])
      | (?P<bracket>[()])
      | (?P<number>[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?![\w.-])(?:\s*%)?)
      | (?P<quoted>"[^"]*"|'[^']*')
      | (?P<word>\w[\w-]*)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is read of one indicator or derived measure, against a value; ``text`` is as written."""

    subject: str
    operator: Operator
    value: float
    text: str

    def __str__(self) -> str:
        return f"{self.subject} {self.operator} {self.text}"


@dataclass(frozen=True, slots=True)
class Not:
    """That a condition is not met."""

    condition: Condition

    def __str__(self) -> str:
        return f"not {_inside(self.condition)}"


@dataclass(frozen=True, slots=True)
class All:
    """That every one of several conditions is met."""

    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        return " and ".join(map(_inside, self.conditions))


@dataclass(frozen=True, slots=True)
class Some:
    """That at least one of several conditions is met."""

    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        return " or ".join(map(_inside, self.conditions))


@dataclass(frozen=True, slots=True)
class Window:
    """That a condition is met in at least so many of the last periods, this one among them."""

    condition: Condition
    least: int
    periods: int

    def __str__(self) -> str:
        return f"{_inside(self.condition)} for {self.least} of {self.periods} periods"


class Subject(NamedTuple):
    """What an id may be compared with.

    Parameters
    ----------
    value_of
        The value that a text, or a level's name, stands for; None if it is none.
    rule
        What the text must be, in words.
    """

    value_of: Callable[[str], float | None]
    rule: str


class NoConditionError(Exception):
    """A text that is no condition: the rule it breaks, and the character, from 1, where it does."""

    def __init__(self, rule: str, at: int, found: str = "", hint: str = "") -> None:
        super().__init__(rule)
        self.rule, self.at, self.found, self.hint = rule, at, found, hint


def parse(text: str, subjects: Mapping[str, Subject], cadence: str) -> Condition:
    """The condition that a text states.

    Parameters
    ----------
    subjects
        By id of indicator or derived measure.
    cadence
        ``week`` or ``month``: what a period may be called.

    Raises
    ------
    NoConditionError
        If it states none.

    Examples
    --------
    >>> any_number = Subject(float, "must be a number")
    >>> parse("dead >= 9 or not (dead = 0 for 2 of 3 weeks)", {"dead": any_number}, "week")
    ... # doctest: +ELLIPSIS
    Some(conditions=(Comparison(subject='dead', operator='>=', value=9.0, text='9'), Not(...
    """
    if len(text) > _LONGEST:
        rule = f"must be at most {_LONGEST:,} characters"
        raise NoConditionError(rule, _LONGEST + 1, f"{len(text):,}")
    return _Parser(tuple(_tokens(text)), subjects, cadence).whole()


def comparisons(condition: Condition, back: int = 1) -> Iterator[tuple[Comparison, int]]:
    """Every comparison of a condition, with how many periods up to the tested one it looks at."""
    match condition:
        case Comparison():
            yield condition, back
        case Not(inner):
            yield from comparisons(inner, back)
        case All(parts) | Some(parts):
            for part in parts:
                yield from comparisons(part, back)
        case Window(inner, _, periods):
            yield from comparisons(inner, back + periods - 1)


def _inside(condition: Condition) -> str:
    """A condition as it stands within another."""
    simple = isinstance(condition, Comparison)
    return str(condition) if simple else f"({condition})"


class _Token(NamedTuple):
    kind: str  # of `_TOKEN`; "end" after the last
    text: str
    at: int


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    end = len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            at = place + len(text[place:]) - len(text[place:].lstrip())
            rule = "must be made of comparisons, and, or, not, for, and round brackets"
            raise NoConditionError(rule, at + 1, show(text[at : at + 10]), _misspelt(text[at:]))
        yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup) + 1)
        place = found.end()
    yield _Token("end", "", end + 1)


def _misspelt(text: str) -> str:
    meant = {"&": "and", "|": "or", "!": "not", "≥": ">=", "≤": "<=", "≠": "!="}
    return next((f"write {word}" for sign, word in meant.items() if text.startswith(sign)), "")


class _Parser:
    """A reader of tokens from left to right, one method per rule of the grammar."""

    def __init__(
        self, tokens: tuple[_Token, ...], subjects: Mapping[str, Subject], cadence: str
    ) -> None:
        self._tokens, self._place, self._depth = tokens, 0, 0
        self._subjects, self._cadence = subjects, cadence

    def whole(self) -> Condition:
        condition = self._some()
        if self._next.kind != "end":
            self._refuse("must be followed by and, or, or for, or end here")
        return condition

    def _some(self) -> Condition:
        found = [self._all()]
        while self._takes("or"):
            found.append(self._all())
        return found[0] if len(found) == 1 else Some(tuple(found))

    def _all(self) -> Condition:
        found = [self._one()]
        while self._takes("and"):
            found.append(self._one())
        return found[0] if len(found) == 1 else All(tuple(found))

    def _one(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._refuse(f"must have at most {_DEEPEST} conditions within one another")
        found: Condition
        if self._takes("not"):
            found = Not(self._one())
        elif self._takes("("):
            found = self._some()
            if not self._takes(")"):
                self._refuse("must be followed by and, or, for, or a closing bracket")
        else:
            found = self._comparison()
        while self._takes("for"):
            found = self._window(found)
        self._depth -= 1
        return found

    def _comparison(self) -> Comparison:
        name = self._next
        if name.kind != "word" or name.text in _WORDS:
            self._refuse("must be the id of an indicator, not, or an opening bracket")
        if name.text not in self._subjects:
            hint = did_you_mean(name.text, self._subjects)
            self._refuse("must be an indicator or a derived measure of the case", hint)
        self._place += 1
        sign = self._next
        operator = next((each for each in OPERATORS if each == sign.text), None)
        if operator is None:
            hint = "write =" if sign.text in ("is", "equals") else ""
            self._refuse(f"must be one of {' '.join(OPERATORS)}", hint)
        self._place += 1
        value, subject = self._next, self._subjects[name.text]
        text = value.text[1:-1] if value.kind == "quoted" else value.text
        number = None
        if value.kind in ("number", "quoted", "word") and text not in _WORDS:
            number = subject.value_of(text)
        if number is None:
            self._refuse(f"{subject.rule}, to be compared with {name.text}")
        self._place += 1
        return Comparison(name.text, operator, number, value.text)

    def _window(self, condition: Condition) -> Window:
        least = self._count(1, _WINDOW_MOST)
        if not self._takes("of"):
            self._refuse("must be of, as in 2 of 3 periods")
        periods = self._count(max(least, 2), _WINDOW_MOST)
        known = [name + end for name in ("period", self._cadence) for end in ("s", "")]
        if not any(self._takes(word) for word in known):
            self._refuse(f"must be periods or {self._cadence}s, as in 2 of 3 periods")
        return Window(condition, least, periods)

    def _count(self, low: int, high: int) -> int:
        text = self._next.text
        if not (text.isascii() and text.isdigit() and len(text) < 5 and low <= int(text) <= high):
            hint = "as in 2 of 3 periods"
            self._refuse(f"must be a whole number from {low} to {high}", hint)
        self._place += 1
        return int(text)

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _takes(self, text: str) -> bool:
        """Whether the next token is this word or bracket, which is then passed."""
        there = self._next.kind in ("word", "bracket") and self._next.text == text
        self._place += there
        return there

    def _refuse(self, rule: str, hint: str = "") -> NoReturn:
        found = show(self._next.text) if self._next.text else "the end"
        raise NoConditionError(rule, self._next.at, found, hint)
