"""Counts: how many events, people or pieces there were in a period."""

from __future__ import annotations

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
from forecast.kit.text import number, rough_number, short_number

_ABOVE_0 = checks.number("must be a number above 0", lambda x: x > 0)


@dataclass(frozen=True, slots=True)
class CountExpectation(Expectation):
    """What a count is expected to be: median and 90th percentile."""

    median: float
    p90: float

    def elicited(self) -> Iterator[Elicited]:
        """See `Expectation.elicited`."""
        yield Elicited("median", ("median",), "the median", self.median, "ratio")
        yield Elicited(
            "p90", ("p90",), "the 90th percentile", self.p90, "ratio", self.median, self.median
        )

    def changed(self, kind: ElicitedKind, item: str | None, value: float) -> Self:
        """See `Expectation.changed`: a median takes its 90th percentile with it."""
        del item
        if kind == "p90":
            return replace(self, p90=value)
        return replace(self, median=value, p90=self.p90 * (value / self.median))


def _memory(value: object) -> str:
    """Check for what a count remembers besides its last reading."""
    rule = "must be { last = .., halflife = .. }, 0 <= last < 1, halflife above 0 and at most 520"
    if not isinstance(value, dict) or value.keys() != {"last", "halflife"}:
        return rule
    last, halflife = value["last"], value["halflife"]
    if not checks.is_number(last) or not checks.is_number(halflife):
        return rule
    return "" if 0 <= last < 1 and 0 < halflife <= 520 else rule


class Count(Family[CountExpectation]):
    """Amounts from 0 up, without an upper end."""

    id = "count"
    noun = "a count"
    verb = "counted"
    scale: Scale = "log"
    adds_up = True
    parameters: ClassVar[Mapping[str, str]] = {"location": "usual rates", "dispersion": "spread"}
    inertia = "inertia"
    keys = (
        Key("shock", checks.one_of("with", "against", "none"), required=False),
        Key("memory", _memory, required=False),
        Key("ratio", checks.table, required=False),
        Key("counted", checks.table_per("source"), required=False),
    )
    expectation_keys = (Key("median", _ABOVE_0), Key("p90", _ABOVE_0))

    def ends(self, levels: Sequence[str]) -> tuple[float, float | None]:
        """See `Family.ends`."""
        del levels
        return 0.0, None

    def limits(self, levels: Sequence[str]) -> str:
        """See `Family.limits`."""
        del levels
        return "must be a number, at least 0"

    def rule(self, levels: Sequence[str]) -> str:
        """See `Family.rule`."""
        del levels
        return "must be a finite number, at least 0"

    def number_in(self, text: str) -> float | None:
        """See `Family.number_in`."""
        return number_in(text)

    def faults(self, values: Mapping[str, Any], levels: Sequence[str] | None) -> Iterator[Fault]:
        """See `Family.faults`: the 90th percentile lies above the median."""
        del levels
        return p90_above_median(values)

    def expectation(self, values: Mapping[str, Any]) -> CountExpectation:
        """See `Family.expectation`."""
        return CountExpectation(
            float(values["median"]),
            float(values["p90"]),
            worth=float(values["worth"]),
            basis=values["basis"],
            because=values["because"],
        )

    def numbers(self, expected: CountExpectation) -> tuple[float, ...]:
        """Median and 90th percentile."""
        return expected.median, expected.p90

    def bare(self, value: float) -> str:
        """``48.5k``."""
        return short_number(value)

    def text(self, value: float) -> str:
        """``48,500``."""
        return number(value)

    def rough(self, value: float) -> str:
        """``48.5k``, and whole from ten on."""
        return rough_number(value)

    def usual(self, expected: CountExpectation) -> str:
        """``110 (one in ten above 350)``."""
        return f"{self.rough(expected.median)} (one in ten above {self.rough(expected.p90)})"


FAMILY = Count()
