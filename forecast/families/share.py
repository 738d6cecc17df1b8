"""Shares: what part of a whole something is, a proportion from 0 to 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from forecast.families.base import (
    Elicited,
    ElicitedKind,
    Expectation,
    Family,
    Fault,
    Scale,
    number_in,
    p90_above_median,
)
from forecast.kit import checks
from forecast.kit.checks import Key
from forecast.kit.text import number, percent

# A spreadsheet may put a space there at which no line breaks.
_PERCENT = re.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)[ \u00a0\u202f]?%")
_INSIDE = checks.number("must be a proportion above 0 and below 1", lambda x: 0 < x < 1)


@dataclass(frozen=True, slots=True)
class ShareExpectation(Expectation):
    """What a share is expected to be: median and 90th percentile, both inside (0, 1)."""

    median: float
    p90: float

    def elicited(self) -> Iterator[Elicited]:
        """See `Expectation.elicited`."""
        median, p90 = self.median, self.p90
        yield Elicited("median", ("median",), "the median", median, "odds", high=1.0)
        yield Elicited("p90", ("p90",), "the 90th percentile", p90, "odds", low=median, high=1.0)

    def changed(self, kind: ElicitedKind, item: str | None, value: float) -> Self:
        """See `Expectation.changed`: a median takes its 90th percentile with it, in log odds."""
        del item
        if kind == "p90":
            return replace(self, p90=value)
        odds = _odds(self.p90) * _odds(value) / _odds(self.median)
        return replace(self, median=value, p90=odds / (1 + odds))


def _odds(proportion: float) -> float:
    return proportion / (1 - proportion)


class Share(Family[ShareExpectation]):
    """Proportions; 0 and 1 are among them."""

    id = "share"
    noun = "a share"
    verb = "measured"
    scale: Scale = "proportion"
    adds_up = False
    parameters: ClassVar[Mapping[str, str]] = {"share": "usual shares"}
    inertia = "share_hold"
    keys = ()
    expectation_keys = (Key("median", _INSIDE), Key("p90", _INSIDE))

    def ends(self, levels: Sequence[str]) -> tuple[float, float | None]:
        """See `Family.ends`."""
        del levels
        return 0.0, 1.0

    def limits(self, levels: Sequence[str]) -> str:
        """See `Family.limits`."""
        del levels
        return "must be a proportion, 0 to 1"

    def rule(self, levels: Sequence[str]) -> str:
        """See `Family.rule`."""
        del levels
        return "must be a proportion from 0 to 1, or per cent such as 35 %"

    def number_in(self, text: str) -> float | None:
        """See `Family.number_in`: ``0.35`` and ``35 %`` are one number."""
        if found := _PERCENT.fullmatch(text):
            return float(f"{found[1]}e-2")  # rounded once, as 0.35 is
        return number_in(text)

    def faults(self, values: Mapping[str, Any], levels: Sequence[str] | None) -> Iterator[Fault]:
        """See `Family.faults`: the 90th percentile lies above the median."""
        del levels
        return p90_above_median(values)

    def expectation(self, values: Mapping[str, Any]) -> ShareExpectation:
        """See `Family.expectation`."""
        return ShareExpectation(
            float(values["median"]),
            float(values["p90"]),
            worth=float(values["worth"]),
            basis=values["basis"],
            because=values["because"],
        )

    def numbers(self, expected: ShareExpectation) -> tuple[float, ...]:
        """Median and 90th percentile."""
        return expected.median, expected.p90

    def bare(self, value: float) -> str:
        """``35 %`` or ``35.7 %``; ``<0.1 %`` and ``>99.9 %`` only of what is not 0 or 1."""
        if 0 < value < 0.001:
            return "<0.1 %"
        return ">99.9 %" if 0.999 < value < 1 else f"{number(100 * value)} %"

    def text(self, value: float) -> str:
        """``35.7 %``."""
        return self.bare(value)

    def rough(self, value: float) -> str:
        """``36 %``."""
        return percent(value) if 0 < value < 1 else self.bare(value)

    def usual(self, expected: ShareExpectation) -> str:
        """``35 % (one in ten above 60 %)``."""
        return f"{self.rough(expected.median)} (one in ten above {self.rough(expected.p90)})"

    def outside(self, low: float, high: float, levels: Sequence[str]) -> str:
        """See `Family.outside`; the last per cent at either end is no room for a surprise."""
        low, high = low if low >= 0.01 else 0.0, high if high <= 0.99 else 1.0
        return super().outside(low, high, levels)


FAMILY = Share()
