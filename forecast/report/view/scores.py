"""How forecasts fared, in words: every score for a screen, and a few lines of a memo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from forecast.proof.brief import Past
from forecast.proof.types import (
    FORECASTS,
    REVISED,
    Block,
    Proof,
    ScoreRow,
    Table,
)
from forecast.report.view import words
from forecast.report.view.indicator_scores import IndicatorBlock, build_indicator
from forecast.report.view.sanitise import clean
from forecast.report.view.types import View

HINDSIGHT = "One case, coded with hindsight, proves nothing of anyone's skill."


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """Forecasts, a baseline, or revisions. ``beaten``: by this baseline, in the scores marked."""

    name: str
    scored: str
    log: str
    brier: str
    ranked: str
    beside: str
    skill: str
    beaten: bool


@dataclass(frozen=True, slots=True)
class ReliabilityLine:
    """What was called by probabilities from ``called`` on, and what came true; ``off``: too far."""

    called: str
    number: str
    held: str
    expected: str
    off: bool


@dataclass(frozen=True, slots=True)
class HorizonBlock:
    """One horizon, or the life of questions; without lines nothing is settled."""

    title: str
    lines: tuple[ScoreLine, ...]
    reliability: tuple[ReliabilityLine, ...]


@dataclass(frozen=True, slots=True)
class ModeBlock:
    """Live or replayed: its own tables."""

    title: str
    horizons: tuple[HorizonBlock, ...]
    indicators: tuple[IndicatorBlock, ...]


@dataclass(frozen=True, slots=True)
class ScoresView:
    """Everything `forecast score` shows."""

    case: str
    bottom_line: str
    ordered: bool
    modes: tuple[ModeBlock, ...]
    legend: str


def build_scores(proof: Proof) -> ScoresView:
    """Return the answer in words."""
    told = bool(proof.tables or proof.indicators)
    return ScoresView(
        case=clean(proof.case),
        bottom_line=_bottom_line(proof),
        ordered=proof.ordered,
        modes=(_mode(proof, "live"), _mode(proof, "replayed")) if told else (),
        legend=_legend(proof) if told else "",
    )


def with_past(view: View, past: Iterable[Past], cadence: str, failed: int = 0) -> View:
    """Return a view whose record says how earlier forecasts of the case fared.

    Parameters
    ----------
    failed
        How many of them are of fits that failed their gate.
    """
    past = list(past)
    lines = [_past_line(mode, past, cadence) for mode in ("live", "replayed")]
    lines += filter(None, [words.failed_fits(failed)])
    return replace(view, record=(*view.record, *lines))


def horizon_name(horizon: int | None, cadence: str) -> str:
    """Return ``now``, ``1 week ahead``, or, of None, ``over the life of a question``."""
    if horizon is None:
        return "over the life of a question"
    if horizon == 0:
        return "now"
    return f"{words.counted(horizon, cadence)} ahead"


def _bottom_line(proof: Proof) -> str:
    told = [f"Live forecasts scored: {proof.live_scored}."]
    if not proof.tables:
        told.append("Nothing logged yet: run `forecast refresh`.")
    elif not any(table.settled or table.apart for table in proof.tables):
        told.append("Nothing is settled yet: `forecast resolve` records what held.")
    told += filter(None, [words.failed_fits(proof.failed)])
    if proof.apart:
        made = words.counted(proof.apart, "forecast")
        told.append(f"{made} had other scenarios than what held is recorded in: not scored there.")
    for name, number in proof.as_other.items():
        made = f"{words.counted(number, 'forecast')} did not have the scenario {clean(name)}"
        told.append(f"{made}: it counts there as part of other.")
    if proof.pinned:
        told.append(HINDSIGHT)
    return " ".join(told)


def _mode(proof: Proof, mode: str) -> ModeBlock:
    tables = [table for table in proof.tables if table.mode == mode]
    indicators = [table for table in proof.indicators if table.mode == mode]
    return ModeBlock(
        title=f"{mode.capitalize()}{'' if tables or indicators else ': none'}",
        horizons=tuple(_horizon(table, proof.cadence) for table in tables),
        indicators=tuple(build_indicator(t) for t in indicators if t.settled),
    )


def _horizon(table: Table, cadence: str) -> HorizonBlock:
    name = horizon_name(table.horizon, cadence)
    if table.horizon is None:
        counts = [f"{words.counted(table.settled, 'question')} settled", f"{table.open} open"]
        if table.settled:
            counts.append(f"answered for {table.periods:.1f} {cadence}s on average")
    else:
        counts = [
            f"{words.counted(table.issued, 'forecast')}",
            f"{table.settled} settled",
            f"{table.open} open",
            f"{table.missing} missing",
            f"{table.revised} revised",
        ]
    counts += [f"{table.apart} over other scenarios"] if table.apart else []
    counts += [f"{table.known} known when asked, not scored"] if table.known else []
    return HorizonBlock(
        title=f"{name[0].upper()}{name[1:]}: {', '.join(counts)}",
        lines=tuple(_line(row, table.needed) for row in table.rows),
        reliability=tuple(map(_reliable, table.reliability.blocks)) if table.reliability else (),
    )


def _line(row: ScoreRow, needed: int) -> ScoreLine:
    rival = row.name not in (FORECASTS, REVISED)
    losses = {"log": row.log, "brier": row.brier, "ranked": row.ranked}
    cells = {
        name: "" if loss is None else words.rival(loss, better=rival and loss < row.beside[name])
        for name, loss in losses.items()
    }
    told = row.skill.get("log")
    few = words.too_few(needed) if rival else ""
    return ScoreLine(
        name=row.name,
        scored=str(row.scored),
        log=cells["log"],
        brier=cells["brier"],
        ranked=cells["ranked"],
        beside="" if row.name == FORECASTS else words.loss(row.beside["log"]),
        skill=words.saved(told.value, told.low, told.high) if told else few,
        beaten=any("!" in cell for cell in cells.values()),
    )


def _reliable(block: Block) -> ReliabilityLine:
    return ReliabilityLine(
        called=f"{words.percent_range(block.low, block.high)} %"
        if words.whole(block.low) < words.whole(block.high)
        else words.percent(block.low),
        number=str(block.number),
        held=f"{words.whole(block.held)} %",
        expected=f"{words.whole(block.band_low)}-{words.whole(block.band_high)} %",
        off=not block.band_low <= block.held <= block.band_high,
    )


def _legend(proof: Proof) -> str:
    unit = proof.cadence
    ranked = "RPS: ranked probability score, of scenarios in their order. " if proof.ordered else ""
    return (
        "All scores are losses: 0 is perfect, less is better. Log: minus the log-probability of "
        "what held, in nats. Brier: squared error summed over scenarios, 0 to 2. "
        f"{ranked}"
        "On these: the forecasts' own log score on the questions the baseline had an answer to. "
        "!: the baseline did better. Log saved: skill, the share of the baseline's log score that "
        "forecasts save, with its 95 % interval by block bootstrap. "
        f"The first issue of a {unit} counts; revised: what was said last, of those issued again. "
        f"Live: issued before the outcome was published. Missing: {unit}s without a forecast. "
        f"Life: every {unit} from its first answer to the outcome counts once, by the answer "
        "standing. Came true: shares by isotonic regression over all scenarios, and where they "
        "would lie in 9 of 10 cases if forecasts were right. Indicators: CRPS of log(1 + y) of "
        f"counts and RPS of levels, the {unit} ahead; readings inside the central intervals; "
        f"thresholds: Brier score, v that of how often reached in the 12 {unit}s before; PIT: "
        "should be even. Smoothed: pseudo-counts of what followed such a value before in this "
        "case, which has no outside history. ETS, SARIMAX: of log(1 + y), on what was known then."
    )


def _past_line(mode: str, past: Iterable[Past], cadence: str) -> str:
    here = [each for each in past if each.mode == mode]
    told = [
        f"{horizon_name(each.horizon, cadence)} {words.loss(each.brier)} "
        f"({each.settled} of {each.issued} settled)"
        for each in here
        if each.brier is not None
    ]
    name = mode.capitalize()
    if not here:
        return f"{name}: no forecast."
    if not told:
        return f"{name}: no forecast is settled yet."
    even = words.loss(here[0].even)
    return (
        f"{name}, mean Brier score, 0 is perfect and equal probabilities score {even}: "
        f"{', '.join(told)}."
    )
