"""Questions of scenarios and of indicators, and the forecasts of the ledger that answer them.

A question is: which scenario holds in this period? A forecast answers it for its own period
(horizon 0) and for those it looks ahead to::

    forecast of   W44 ──4──────────────────────┐
                  W47 ──────────────1────────┐ │
                  W48 ──────────────────0──┐ │ │
                                           v v v
    question                     what holds in W48?       resolved W48: 2024-12-02

* The **first issue** of a forecast period counts; later ones of the same period are revisions, to
  be shown apart, or a forecaster could wait and see.
* **Live** is what was issued as a forecast before the outcome was first published. Everything else
  is **replayed**, question by question: of one forecast the near may be known and the far not.
* What has no outcome yet is counted as open, and a period without a forecast as missing.
* What a forecast was given as a known outcome was no question: it is counted, and not scored. What
  was ruled out in part still is one.
* A forecast is judged over the scenarios it had; an outcome in other terms is counted apart.

The question of an indicator is its next period's reading. The first issue of a period counts, in
each mode apart; live is what was issued before any reading of the expected period was published.
The outcome is the reading as known now, the latest vintage; a part of a period is scaled to all of
it.

`past_scores` are mean Brier scores by mode and horizon, for a memo: plain Python. Baselines, skill
and intervals need numpy, and more time: `prove`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from forecast.case import Case, Indicator
from forecast.periods import Period
from forecast.proof.types import Answer, Asked
from forecast.readings import Known, Reading, Resolution
from forecast.record import Forecast, IndicatorForecast, Mode

MODES: tuple[Mode, ...] = ("live", "replayed")
OTHER = "other"  # the last scenario of every case

type Logged = tuple[int, Forecast]  # a forecast and its number in the ledger


def ask(
    case: Case,
    logged: Iterable[Logged],
    resolutions: Mapping[Period, Resolution],
    until: Period,
) -> tuple[Asked, ...]:
    """Sort what a ledger says by mode and horizon.

    Parameters
    ----------
    case
        Its scenarios, in order, are those of ``Answer.said``, unless a forecast had others.
    logged
        Forecasts in the order of the ledger.
    resolutions
        What held, by period.
    until
        The last period there could be a live forecast of: later ones are not missing.
    """
    answers = [a for entry in logged for a in answers_of(case, entry, resolutions)]
    horizons = sorted({answer.horizon for answer in answers})
    return tuple(
        asked
        for mode in MODES
        for horizon in horizons
        if (asked := _asked(answers, mode, horizon, until)).answers or asked.known
    )


def answers_of(
    case: Case, logged: Logged, resolutions: Mapping[Period, Resolution]
) -> list[Answer]:
    """Return what one forecast says, of its own period and of those ahead.

    Over the scenarios it had. What held is of its terms if it had a scenario of that id; else, if
    scenarios were only added since, it was then part of ``other``. Where some were removed or
    renamed since, nobody can tell what the rest became.
    """
    number, forecast = logged
    now = [scenario.id for scenario in case.scenarios]
    said = {scenario.id: scenario for scenario in forecast.scenarios}
    ids = now if {*now} == said.keys() else list(said)
    period, issued = forecast.period, forecast.issued_day
    given = {outcome.period for outcome in forecast.outcomes if len(outcome.possible) == 1}
    answers = []
    for horizon in [0, *sorted(map(int, forecast.scenarios[0].horizons))]:
        outcome = resolutions.get(period + horizon)
        known = outcome is not None and outcome.first_published <= issued
        then = _then(outcome.scenario, ids, now) if outcome else None
        was_other = outcome is not None and then not in (None, outcome.scenario)
        answers.append(
            Answer(
                entry=number,
                as_of=forecast.as_of,
                period=period,
                horizon=horizon,
                mode="replayed" if known else forecast.mode,
                said=tuple(
                    said[i].horizons[str(horizon)] if horizon else said[i].probability for i in ids
                ),
                held=None if then is None or period + horizon in given else ids.index(then),
                scenarios=tuple(ids),
                apart=outcome is not None and then is None,
                as_other=outcome.scenario if outcome and was_other else "",
                known=period + horizon in given,
                informed=bool(forecast.outcomes),
                changed=_changed(outcome, resolutions.get(period if horizon else period - 1)),
            )
        )
    return answers


def _changed(outcome: Resolution | None, before: Resolution | None) -> bool | None:
    if outcome is None or before is None:
        return None
    return outcome.scenario != before.scenario


def _then(outcome: str, ids: Sequence[str], now: Sequence[str]) -> str | None:
    """Return which of a forecast's scenarios an outcome was; None if that is not known."""
    if outcome in ids and outcome != OTHER:
        return outcome
    if {*ids} <= {*now} and outcome in now:
        return OTHER
    return None


def live_scored(
    case: Case, logged: Iterable[Logged], resolutions: Mapping[Period, Resolution]
) -> int:
    """Return of how many periods a live forecast can be scored, at one horizon at least."""
    answers = (a for entry in logged for a in answers_of(case, entry, resolutions))
    return len({a.period for a in answers if a.mode == "live" and a.held is not None})


def _asked(answers: list[Answer], mode: Mode, horizon: int, until: Period) -> Asked:
    here = [answer for answer in answers if answer.mode == mode]
    first: dict[Period, Answer] = {}
    revisions = []
    at_horizon = [answer for answer in here if answer.horizon == horizon]
    for answer in at_horizon:
        if not answer.known and first.setdefault(answer.period, answer) is not answer:
            revisions.append(answer)
    spoken = {answer.period for answer in here}
    # what came too late to be live is missing there; a live answer is none too few of the replayed
    counted = answers if mode == "replayed" else here
    there = {answer.period for answer in counted if answer.horizon == horizon}
    return Asked(
        mode=mode,
        horizon=horizon,
        answers=tuple(first[period] for period in sorted(first)),
        revisions=tuple(revisions),
        missing=tuple(p for p in _between(spoken, mode, until) if p not in there),
        known=tuple(sorted({a.period for a in at_horizon} - first.keys())),
    )


def _between(spoken: set[Period], mode: Mode, until: Period) -> list[Period]:
    """The periods from the first spoken of to the last; live ones are due up to now."""
    if not spoken:
        return []
    start, end = min(spoken), max(spoken)
    if mode == "live":
        end = max(end, until)
    return [start + step for step in range(end - start + 1)]


type Since = Mapping[tuple[str, Period], date]  # since when an indicator's period is known


@dataclass(frozen=True, slots=True)
class Issue:
    """What was expected of one period as-of a day, and its reading: None while there is none."""

    mode: Mode
    as_of: date
    target: Period
    said: IndicatorForecast
    reading: Reading | None


def known_since(readings: Iterable[Reading]) -> Since:
    """The day on which the first reading of each indicator and period was published."""
    since: dict[tuple[str, Period], date] = {}
    for reading in readings:
        for period in () if reading.withdrawn else reading.periods:
            key = (reading.indicator, period)
            since[key] = min(since.get(key, reading.published), reading.published)
    return since


def first_issues(
    indicator: Indicator, logged: Sequence[Logged], since: Since, known: Known
) -> Iterator[Issue]:
    """Yield, by forecast period, the first issue of each mode that spoke of an indicator."""
    seen = set()
    for _, forecast in sorted(logged, key=lambda entry: (entry[1].period, entry[0])):
        said = next((each for each in forecast.indicators if each.id == indicator.id), None)
        if said is None or said.family != indicator.family:
            continue
        target = forecast.period + 1
        first = since.get((indicator.id, target))
        late = first is not None and first <= forecast.issued_day
        mode: Mode = "replayed" if late else forecast.mode
        if (mode, target) not in seen:
            seen.add((mode, target))
            as_of = forecast.as_of
            yield Issue(mode, as_of, target, said, known.speaking.get((indicator.id, target)))


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
