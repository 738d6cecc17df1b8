"""Binaries: whether something happened, an ordinal of the two levels no and yes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from forecast.families.base import Elicited, ElicitedKind
from forecast.families.ordinal import LevelExpectation, Ordinal
from forecast.kit import checks
from forecast.kit.checks import Key

_PROBABILITY = checks.number("must be a probability above 0 and below 1", lambda x: 0 < x < 1)


@dataclass(frozen=True, slots=True)
class BinaryExpectation(LevelExpectation):
    """How probable no and yes are."""

    def elicited(self) -> Iterator[Elicited]:
        """See `Expectation.elicited`: the probability of yes."""
        words = "the probability of level 1"
        yield Elicited("probability", ("probability",), words, self.levels[1], "odds", high=1.0)

    def changed(self, kind: ElicitedKind, item: str | None, value: float) -> Self:
        """See `Expectation.changed`."""
        del kind, item
        return replace(self, levels=(1 - value, value))


class Binary(Ordinal):
    """0 is no, 1 is yes; what is elicited is the probability of yes."""

    id = "binary"
    keys = ()
    expectation_keys = (Key("probability", _PROBABILITY),)

    def levels(self, given: Sequence[str]) -> tuple[str, ...]:
        """No and yes."""
        del given
        return "no", "yes"

    def expectation(self, values: Mapping[str, Any]) -> BinaryExpectation:
        """See `Family.expectation`."""
        yes = float(values["probability"])
        return BinaryExpectation(
            (1 - yes, yes),
            worth=float(values["worth"]),
            basis=values["basis"],
            because=values["because"],
        )

    def text(self, value: float) -> str:
        """``yes`` or ``no``."""
        return "yes" if value >= 0.5 else "no"

    def short(self, value: float) -> str:
        """``yes`` or ``no``."""
        return self.text(value)

    def between(self, low: float, high: float | None, levels: Sequence[str]) -> str:
        """``yes`` or ``no``."""
        del high, levels
        return self.text(low)

    def outside(self, low: float, high: float, levels: Sequence[str]) -> str:
        """``yes``, ``no`` or ``neither answer``."""
        del levels
        return "yes" if high == 0 else "no" if low == 1 else "neither answer"


FAMILY = Binary()
