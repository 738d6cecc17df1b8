"""Everything `forecast score` says, from a ledger, what held and what was read.

At a horizon each settled question counts once. Over its **life** a question is scored in every
period from its first answer on by the answer then standing, so that being sure on the last day
does not make up for having been wrong for weeks::

    periods before the outcome   12 11 10 9 8 7 6 5   4 3 2   1   0
    the answer that stands       of horizon 12 ....   of 4    1   0     weights 8, 3, 1, 1
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.case import Case
from forecast.periods import Period
from forecast.proof.baselines import Baseline, Baselines, Said, baselines_of
from forecast.proof.calibration import reliability
from forecast.proof.indicators import indicator_tables
from forecast.proof.questions import MODES, Logged, ask, live_scored
from forecast.proof.scores import Array, Index, brier, log_score, needed, ranked_probability, skill
from forecast.proof.swings import swings
from forecast.proof.types import (
    FORECASTS,
    REVISED,
    Answer,
    Asked,
    Proof,
    ScoreRow,
    Skill,
    Table,
)
from forecast.readings import Known, Reading, Resolution

type Score = Callable[[Array, Index], Array]
type Losses = dict[str, Array]  # per score, a loss per question


@dataclass(frozen=True, slots=True)
class _Scored:
    """Settled answers and how much each weighs in its question, (m,); questions are in order."""

    answers: tuple[Answer, ...]
    weights: Array
    question: NDArray[np.intp]

    @classmethod
    def of(cls, answers: Sequence[Answer], weights: Sequence[float]) -> _Scored:
        targets = [answer.target.ordinal for answer in answers]
        places = np.unique(np.array(targets, dtype=np.intp), return_inverse=True)[1]
        return cls(tuple(answers), np.array(weights, dtype=float), places)


def prove(
    case: Case,
    logged: Sequence[Logged],
    resolutions: Mapping[Period, Resolution],
    readings: Iterable[Reading],
    known: Known,
    horizon: int | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Proof:
    """Score a ledger.

    Parameters
    ----------
    case
        Its scenarios are those scored, its judgements make the baselines.
    logged
        Forecasts in the order of the ledger.
    resolutions
        What held, by period.
    readings, known
        All readings, and what is known now.
    horizon
        One horizon instead of all, and of the lives of questions; indicators have horizon 1.
    progress
        Told the share done and of what, while indicators are scored.
    """
    asked = ask(case, logged, resolutions, known.period)
    rows = tuple(readings)
    baselines = baselines_of(case, rows) if any(each.settled for each in asked) else {}
    tables = []
    for mode in MODES:
        here = [each for each in asked if each.mode == mode]
        wanted = [each for each in here if horizon in (None, each.horizon)]
        tables += [_at_horizon(case, baselines, each) for each in wanted]
        if horizon is None and len(here) > 1:
            tables.append(_over_life(case, baselines, here))
    return Proof(
        case=case.name,
        cadence=case.cadence,
        pinned=case.as_of is not None,
        ordered=case.ordered,
        live_scored=live_scored(case, logged, resolutions),
        tables=tuple(tables),
        indicators=indicator_tables(case, logged, rows, known, progress)
        if horizon in (None, 1)
        else (),
        failed=sum(not forecast.fit.ok for _, forecast in logged),
        apart=len({a.entry for each in asked for a in each.answers if a.apart}),
        as_other=_as_other(asked),
        swings=swings(logged),
    )


def _as_other(asked: Sequence[Asked]) -> dict[str, int]:
    """Return in how many forecasts each scenario that was none yet counts as part of ``other``."""
    entries = {(a.as_other, a.entry) for each in asked for a in each.settled if a.as_other}
    return dict(sorted(Counter(name for name, _ in entries).items()))


def _at_horizon(case: Case, baselines: Baselines, asked: Asked) -> Table:
    settled = asked.settled
    scored = _Scored.of(settled, [1.0] * len(settled))
    instead = {name: _spoken(say, asked) for name, say in baselines.items()}
    last = {(a.period, a.scenarios): a.said for a in asked.revisions if a.held is not None}
    instead[REVISED] = [last.get((answer.period, answer.scenarios)) for answer in settled]
    rows = _rows(case, scored, instead, asked.horizon)
    return Table(
        mode=asked.mode,
        horizon=asked.horizon,
        issued=len(asked.answers),
        settled=len(settled),
        missing=len(asked.missing),
        revised=len(asked.revisions),
        periods=1.0,
        needed=needed(asked.horizon),
        rows=rows,
        reliability=reliability([a.said for a in settled], _outcomes(settled)) if settled else None,
        apart=sum(answer.apart for answer in asked.answers),
        known=len(asked.known),
        changes=sum(answer.changed is True for answer in settled),
        quiets=sum(answer.changed is False for answer in settled),
    )


def _over_life(case: Case, baselines: Baselines, here: Sequence[Asked]) -> Table:
    """The scores of questions over their lives, in one mode."""
    lives: dict[Period, list[Answer]] = {}
    instead: dict[tuple[str, int, Period], Said] = {}
    for asked in here:
        for name, say in baselines.items():
            spoken = _spoken(say, asked)
            for answer, each in zip(asked.settled, spoken, strict=True):
                instead[name, asked.horizon, answer.period] = each
        for answer in asked.answers:
            lives.setdefault(answer.target, []).append(answer)
    known = {p + asked.horizon: asked.horizon for asked in here for p in asked.known}
    settled = {
        t: _life(lives[t], known.get(t, -1))
        for t in sorted(lives)
        if any(a.held is not None for a in lives[t])
    }
    answers = [answer for life in settled.values() for answer, _ in life]
    weights = [weight for life in settled.values() for _, weight in life]
    scored = _Scored.of(answers, weights)
    longest = max(asked.horizon for asked in here)
    said = {n: [instead[n, a.horizon, a.period] for a in answers] for n in baselines}
    return Table(
        mode=here[0].mode,
        horizon=None,
        issued=len(lives),
        settled=len(settled),
        missing=0,
        revised=0,
        periods=sum(weights) / len(settled) if settled else 0.0,
        needed=needed(longest),
        rows=_rows(case, scored, said, longest),
        reliability=None,
        apart=sum(all(a.apart for a in life) for life in lives.values()),
    )


def _life(answers: Sequence[Answer], known: int) -> list[tuple[Answer, float]]:
    """A question's answers, with for how many periods each stood until the outcome was known.

    Parameters
    ----------
    known
        Periods ahead at which forecasts had the outcome; -1: at none.
    """
    ahead = sorted((a for a in answers if not a.apart), key=lambda answer: -answer.horizon)
    until = [answer.horizon for answer in ahead[1:]] + [known]
    return [(a, float(a.horizon - end)) for a, end in zip(ahead, until, strict=True)]


def _spoken(say: Baseline, asked: Asked) -> list[Said]:
    """Return what a baseline would have said in place of each settled answer."""
    said = say(asked.answers)
    return [s for s, a in zip(said, asked.answers, strict=True) if a.held is not None]


def _rows(
    case: Case, scored: _Scored, instead: Mapping[str, Sequence[Said]], horizon: int
) -> tuple[ScoreRow, ...]:
    if not scored.answers:
        return ()
    own = [answer.said for answer in scored.answers]
    rows = []
    for name, said in {FORECASTS: own, **instead}.items():
        there = np.array([each is not None for each in said])
        if there.any():
            theirs = _losses(case, scored, said, there)
            ours = _losses(case, scored, own, there)
            told = {} if name in (FORECASTS, REVISED) else _skill(ours, theirs, horizon)
            row = _row(name, theirs, ours, told)
            change, quiet = (_where(scored, said, changed=changed) for changed in (True, False))
            rows.append(replace(row, change=change, quiet=quiet))
    return tuple(rows)


def _where(scored: _Scored, said: Sequence[Said], *, changed: bool) -> float | None:
    """Mean log score where another scenario held than before, or where the same one did."""
    pairs = [
        (each, answer)
        for each, answer in zip(said, scored.answers, strict=True)
        if each is not None and answer.changed is changed
    ]
    if not pairs:
        return None
    outcomes = _outcomes([answer for _, answer in pairs])
    return float(_each(log_score, [each for each, _ in pairs], outcomes).mean())


def _losses(case: Case, scored: _Scored, said: Sequence[Said], there: NDArray[np.bool_]) -> Losses:
    """A loss per question, in order, over the answers that are there."""
    answers = [a for a, has in zip(scored.answers, there, strict=True) if has]
    told = [each for each, has in zip(said, there, strict=True) if has and each]
    outcomes = _outcomes(answers)
    weight, question = scored.weights[there], scored.question[there]
    total = np.bincount(question, weights=weight)
    seen = total > 0
    return {
        name: np.asarray(
            np.bincount(question, weights=weight * _each(score, told, outcomes))[seen] / total[seen]
        )
        for name, score in _scores(case).items()
    }


def _each(score: Score, forecasts: Sequence[tuple[float, ...]], outcomes: Index) -> Array:
    """The loss of each answer; those over as many scenarios are scored together."""
    losses = np.empty(len(forecasts))
    sizes = np.array([len(each) for each in forecasts])
    for size in {*map(int, sizes)}:
        here = np.flatnonzero(sizes == size)
        alike = np.array([each for each in forecasts if len(each) == size])
        losses[here] = score(alike, outcomes[here])
    return losses


def _scores(case: Case) -> dict[str, Score]:
    scores: dict[str, Score] = {"log": log_score, "brier": brier}
    if case.ordered:
        scores["ranked"] = ranked_probability
    return scores


def _outcomes(answers: Sequence[Answer]) -> Index:
    return np.array([a.held for a in answers if a.held is not None], dtype=np.intp)


def _skill(ours: Losses, theirs: Losses, horizon: int) -> dict[str, Skill]:
    told = {name: skill(ours[name], theirs[name], horizon) for name in theirs}
    return {name: found for name, found in told.items() if found is not None}


def _row(name: str, losses: Losses, beside: Losses, told: dict[str, Skill]) -> ScoreRow:
    mean = {score: float(loss.mean()) for score, loss in losses.items()}
    return ScoreRow(
        name=name,
        scored=len(losses["log"]),
        log=mean["log"],
        brier=mean["brier"],
        ranked=mean.get("ranked"),
        beside={score: float(loss.mean()) for score, loss in beside.items()},
        skill=told,
    )
