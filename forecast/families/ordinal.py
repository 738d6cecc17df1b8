"""Ordinals: which of a few ordered levels something has reached, as somebody judges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from forecast.families.base import Elicited, ElicitedKind, Expectation, Family, Fault, Scale
from forecast.kit import checks
from forecast.kit.checks import Key, off_one
from forecast.kit.shares import with_share
from forecast.kit.text import number, percent, short_number

_WHOLE = re.compile(r"[0-9]{1,3}")
_NAMES = "must be a list of at least 2 names that differ"


@dataclass(frozen=True, slots=True)
class LevelExpectation(Expectation):
    """How probable each level is."""

    levels: tuple[float, ...]

    def elicited(self) -> Iterator[Elicited]:
        """See `Expectation.elicited`."""
        for level, share in enumerate(self.levels):
            item = str(level)
            yield Elicited(
                "level", ("levels", item), f"the probability of level {item}", share, "odds",
                high=1.0, item=item, shared=True,
            )  # fmt: skip

    def changed(self, kind: ElicitedKind, item: str | None, value: float) -> Self:
        """See `Expectation.changed`: a level takes from the others in proportion."""
        del kind
        levels = with_share(dict(enumerate(self.levels)), int(item or 0), value)
        return replace(self, levels=tuple(levels.values()))


class Ordinal(Family[LevelExpectation]):
    """Levels by number from 0, each with a name of the indicator's own."""

    id = "ordinal"
    noun = "a level's number"
    verb = "judged"
    scale: Scale = "level"
    adds_up = False
    emission = "ordinal"
    parameters: ClassVar[Mapping[str, str]] = {"level": "levels"}
    inertia = "hold"
    keys: tuple[Key, ...] = (Key("levels", checks.list_of(checks.line, _NAMES, at_least=2)),)
    expectation_keys: tuple[Key, ...] = (Key("levels", checks.probabilities),)
    lead = "level "

    def ends(self, levels: Sequence[str]) -> tuple[float, float | None]:
        """See `Family.ends`."""
        return 0.0, float(len(levels) - 1)

    def limits(self, levels: Sequence[str]) -> str:
        """See `Family.limits`."""
        return f"must be a level, 0 to {len(levels) - 1}"

    def rule(self, levels: Sequence[str]) -> str:
        """See `Family.rule`."""
        named = ", ".join(f"{level} {name}" for level, name in enumerate(levels))
        return f"must be a level's number: {named}"

    def number_in(self, text: str) -> float | None:
        """See `Family.number_in`."""
        return float(text) if _WHOLE.fullmatch(text) else None

    def faults(self, values: Mapping[str, Any], levels: Sequence[str] | None) -> Iterator[Fault]:
        """See `Family.faults`: a probability per level, and they sum to 1."""
        given = values.get("levels", [])
        if given and levels is not None and len(given) != len(levels):
            rule = f"must have {len(levels)} probabilities, one per level"
            yield Fault("levels", rule, str(len(given)))
        if given and (total := off_one(given)):
            yield Fault("levels", "must sum to 1", total)

    def expectation(self, values: Mapping[str, Any]) -> LevelExpectation:
        """See `Family.expectation`."""
        return LevelExpectation(
            tuple(map(float, values["levels"])),
            worth=float(values["worth"]),
            basis=values["basis"],
            because=values["because"],
        )

    def numbers(self, expected: LevelExpectation) -> tuple[float, ...]:
        """Probability of each level."""
        return expected.levels

    def bare(self, value: float) -> str:
        """``3``."""
        return short_number(value)

    def text(self, value: float) -> str:
        """``level 3``."""
        return f"{self.lead}{number(value)}"

    def rough(self, value: float) -> str:
        """``level 3``."""
        return self.text(value)

    def usual(self, expected: LevelExpectation) -> str:
        """Most probable level: ``level 3 (55 %)``."""
        level = max(range(len(expected.levels)), key=expected.levels.__getitem__)
        return f"{self.text(level)} ({percent(expected.levels[level])})"


FAMILY = Ordinal()
