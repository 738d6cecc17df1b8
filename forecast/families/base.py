"""What a kind of indicator is, as far as it takes no arrays.

::

    indicator.toml   family = "count"      Family.keys       keys that only this kind has
    priors/*.toml    [talks] median = 8    expectation_keys  what is expected; `Expectation`
    a cell           52                    Family.parse      a number; which it may be: `allows`
    a screen         52 in 4 of 7 d        Family.text ...   the same number in words

`scale` and `adds_up` are what the rest of the program asks of a kind: how its values are drawn and
scored, and whether they grow with the days they cover. The other half of a kind, its likelihood, is
the emission of the same id in `forecast.model`.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self

from forecast.errors import show
from forecast.kit.checks import Key

type Basis = Literal["episode", "judgement"]
type ElicitedKind = Literal["median", "p90", "level", "probability"]
type Scale = Literal["log", "proportion", "level"]

_NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class Fault(NamedTuple):
    """What contradicts another key of an expectation: where, the rule, and what was found."""

    key: str
    rule: str
    found: str


class Elicited(NamedTuple):
    """One number of an expectation.

    Parameters
    ----------
    kind, item
        What it is, and of several which.
    keys
        Where it stands in the table of its scenario.
    words
        What it is in an analyst's words: "the median".
    scale
        "ratio" is that of what it exceeds ``above`` by, "odds" those of a probability.
    low, high
        The rules of the file refuse what lies beyond.
    shared
        Whether it sums to 1 with the others of its kind.
    """

    kind: ElicitedKind
    keys: tuple[str, ...]
    words: str
    value: float
    scale: Literal["ratio", "odds"]
    above: float = 0.0
    low: float = 0.0
    high: float = math.inf
    item: str | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation(ABC):
    """What is expected of an indicator in a full period while a scenario holds.

    Parameters
    ----------
    worth
        How many periods of watching it is worth.
    basis, because
        What it rests on, and why.
    """

    worth: float
    basis: Basis
    because: str

    @abstractmethod
    def elicited(self) -> Iterator[Elicited]:
        """The numbers that were elicited, beside their worth."""

    @abstractmethod
    def changed(self, kind: ElicitedKind, item: str | None, value: float) -> Self:
        """The same with one number another, and with it what has to follow it."""


class Family[E: Expectation](ABC):
    """One kind of indicator: a module of this package with an instance as its ``FAMILY``.

    What has a body here is right for most kinds. ``levels`` are always the names of an indicator's
    levels as `levels` gives them, empty of a kind that has none.
    """

    lead = ""
    """What stands before a value in words, with the space after it."""

    @property
    @abstractmethod
    def id(self) -> str:
        """What ``family`` of an indicator says, and the name of the module."""

    @property
    @abstractmethod
    def noun(self) -> str:
        """One value, with its article."""

    @property
    @abstractmethod
    def verb(self) -> str:
        """How a reading comes about: ``counted``."""

    @property
    @abstractmethod
    def scale(self) -> Scale:
        """On which scale values are drawn and scored.

        ``log``: log(1 + y), so that half and double are equally wrong; ``proportion``: as they are,
        from 0 to 1; ``level``: by number, a probability each.
        """

    @property
    @abstractmethod
    def adds_up(self) -> bool:
        """Whether values are amounts.

        Of a part of a period one is scaled up, over several it has a total; it shares shocks with
        others, is revised as late reports come in, and differs by source by a factor. The numbers
        elicited of it are a median and a 90th percentile.
        """

    @property
    @abstractmethod
    def keys(self) -> tuple[Key, ...]:
        """Keys of ``indicator.toml`` that not every kind has."""

    @property
    @abstractmethod
    def expectation_keys(self) -> tuple[Key, ...]:
        """Keys of an expectation, beside those of all: ``worth``, ``basis`` and ``because``."""

    @property
    def emission(self) -> str:
        """Whose distribution its readings have: a module of ``forecast.model.families``."""
        return self.id

    @property
    @abstractmethod
    def parameters(self) -> Mapping[str, str]:
        """Free parameters of the model whose prior an expectation is, by name, in words."""

    @property
    @abstractmethod
    def inertia(self) -> str:
        """The free parameter whose prior an indicator's inertia is."""

    # Values

    def levels(self, given: Sequence[str]) -> tuple[str, ...]:
        """Names of the levels, from 0, of an indicator that was given some."""
        return tuple(given)

    @abstractmethod
    def ends(self, levels: Sequence[str]) -> tuple[float, float | None]:
        """Smallest and largest value there can be; None: no largest."""

    def allows(self, value: float, levels: Sequence[str]) -> bool:
        """Whether there can be such a value."""
        least, most = self.ends(levels)
        if not (math.isfinite(value) and least <= value and (most is None or value <= most)):
            return False
        return self.scale != "level" or value == int(value)

    @abstractmethod
    def limits(self, levels: Sequence[str]) -> str:
        """What `allows` asks, as a rule in words."""

    @abstractmethod
    def rule(self, levels: Sequence[str]) -> str:
        """What the cell of a reading must be, in words."""

    @abstractmethod
    def number_in(self, text: str) -> float | None:
        """The number that a cell holds; None if it holds none."""

    def parse(self, text: str, levels: Sequence[str]) -> float | None:
        """The value that a cell holds; None if it breaks `rule`."""
        value = self.number_in(text)
        return value if value is not None and self.allows(value, levels) else None

    # Expectations

    @abstractmethod
    def faults(self, values: Mapping[str, Any], levels: Sequence[str] | None) -> Iterator[Fault]:
        """What keys of an expectation, each sound by itself, contradict.

        Parameters
        ----------
        values
            By key; of a key that is not sound there is none.
        levels
            None if they are not known.
        """

    @abstractmethod
    def expectation(self, values: Mapping[str, Any]) -> E:
        """The expectation of a table without faults."""

    @abstractmethod
    def numbers(self, expected: E) -> tuple[float, ...]:
        """What the model is given of an expectation, beside its worth."""

    # Words

    @abstractmethod
    def bare(self, value: float) -> str:
        """A value for narrow columns, without `lead`."""

    @abstractmethod
    def text(self, value: float) -> str:
        """A value in words."""

    def short(self, value: float) -> str:
        """A value in words for narrow columns."""
        return f"{self.lead}{self.bare(value)}"

    @abstractmethod
    def rough(self, value: float) -> str:
        """A value that is computed, no more exactly than it is known."""

    @abstractmethod
    def usual(self, expected: E) -> str:
        """An expectation in words."""

    def between(self, low: float, high: float | None, levels: Sequence[str]) -> str:
        """Values of a run, both ends included, to two digits; None: no upper end."""
        least, most = self.ends(levels)
        ends = [self.bare(float(f"{end:.2g}")) for end in (low, low if high is None else high)]
        if high is None or (high == most and low < high):
            return f"{self.lead}{ends[0]} or more"
        if low == high:
            name = f", {levels[int(low)]}" if levels else ""
            return f"{self.lead}{ends[0]}{name}"
        return (
            f"{self.lead}at most {ends[1]}" if low == least else f"{self.lead}{' to '.join(ends)}"
        )

    def outside(self, low: float, high: float, levels: Sequence[str]) -> str:
        """Values beyond two others, none where these are the smallest and largest in words."""
        least, most = self.ends(levels)
        parts = [f"below {self.rough(low)}"] if self.rough(low) != self.rough(least) else []
        if most is None or self.rough(high) != self.rough(most):
            parts.append(f"above {self.rough(high)}")
        return " or ".join(parts) or ("no level" if levels else "no reading")


def p90_above_median(values: Mapping[str, Any]) -> Iterator[Fault]:
    """The fault of a 90th percentile that is not above the median, if both are there."""
    median, p90 = values.get("median"), values.get("p90")
    if median is not None and p90 is not None and p90 <= median:
        yield Fault("p90", f"must be above the median, {show(median)}", show(p90))


def number_in(text: str) -> float | None:
    """A number written with digits, a point and an exponent, and no sign; None if it is none."""
    return float(text) if _NUMBER.fullmatch(text) else None
