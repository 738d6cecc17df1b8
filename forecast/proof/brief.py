"""The record in brief: how far forecasts were from what held, by mode and horizon.

What a memo says of its own kind. Baselines, skill and intervals take longer: `prove`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from forecast.case import Case
from forecast.periods import Period
from forecast.proof.questions import Logged, ask
from forecast.readings import Resolution
from forecast.record import Mode


@dataclass(frozen=True, slots=True)
class Past:
    """Forecasts of one mode at one horizon; ``brier`` is None before any is settled.

    ``even`` is what equal probabilities would have scored.
    """

    mode: Mode
    horizon: int
    issued: int
    settled: int
    brier: float | None
    even: float


def past_scores(
    case: Case,
    logged: Iterable[Logged],
    resolutions: Mapping[Period, Resolution],
    until: Period,
) -> tuple[Past, ...]:
    """Return mean Brier scores; parameters are those of `ask`."""
    return tuple(
        Past(
            mode=asked.mode,
            horizon=asked.horizon,
            issued=len(asked.answers),
            settled=len(asked.settled),
            brier=_mean([_brier(answer.said, answer.held) for answer in asked.settled]),
            even=_mean([1 - 1 / len(answer.said) for answer in asked.settled])
            or 1 - 1 / len(case.scenarios),
        )
        for asked in ask(case, logged, resolutions, until)
    )


def _mean(scores: list[float]) -> float | None:
    return math.fsum(scores) / len(scores) if scores else None


def _brier(said: tuple[float, ...], held: int | None) -> float:
    """Return what `scores.brier` does, of one forecast; loading numpy takes longer than a memo."""
    return math.fsum((p - (place == held)) ** 2 for place, p in enumerate(said))
