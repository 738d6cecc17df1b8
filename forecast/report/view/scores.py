"""Scores of forecasts, of scenarios and of indicators, in words; in brief for a memo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from forecast.families import FAMILIES
from forecast.proof.questions import Past
from forecast.proof.types import (
    EMPIRICAL,
    ETS,
    FEWEST,
    FORECASTS,
    LAST_VALUE,
    REVISED,
    SARIMAX,
    SMOOTHED,
    Block,
    IndicatorRow,
    IndicatorTable,
    Proof,
    ScoreRow,
    Table,
)
from forecast.report.view import words
from forecast.report.view.sanitise import clean
from forecast.report.view.types import View

_BESIDE = (LAST_VALUE, EMPIRICAL, SMOOTHED)
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """Forecasts of an indicator or a baseline. ``beaten``: by this baseline."""

    name: str
    scored: str
    loss: str
    beside: str
    skill: str
    beaten: bool


@dataclass(frozen=True, slots=True)
class IndicatorBlock:
    """One indicator; ``score`` names the loss, ``told`` are coverage, thresholds and PIT."""

    title: str
    score: str
    lines: tuple[ExpectedLine, ...]
    told: str


def build_indicator(table: IndicatorTable) -> IndicatorBlock:
    """The block of an indicator that has settled forecasts."""
    scale = FAMILIES[table.family].scale
    parts = f" ({table.partial} in part)" if table.partial else ""
    title = f"{clean(table.name)}: {words.counted(table.issued, 'forecast')}"
    rows = {row.name: row for row in table.rows}
    names = (*_BESIDE, ETS, SARIMAX) if scale == "log" else _BESIDE
    return IndicatorBlock(
        title=f"{title}, {table.settled} settled{parts}, {table.issued - table.settled} open",
        score="RPS" if scale == "level" else "CRPS",
        lines=(
            _indicator_line(rows[FORECASTS], table.needed),
            *(
                _indicator_line(rows[name], table.needed) if name in rows else _absent(name)
                for name in names
            ),
        ),
        told=_told(table),
    )


def _indicator_line(row: IndicatorRow, needed: int) -> ExpectedLine:
    if row.name == FORECASTS:
        return ExpectedLine(row.name, str(row.scored), words.rival(row.loss), "", "", beaten=False)
    better = row.loss < row.beside
    told = row.skill
    return ExpectedLine(
        name=row.name,
        scored=str(row.scored),
        loss=words.rival(row.loss, better=better),
        beside=words.loss(row.beside),
        skill=words.saved(told.value, told.low, told.high) if told else words.too_few(needed),
        beaten=better,
    )


def _absent(name: str) -> ExpectedLine:
    fitted = name in (ETS, SARIMAX)
    why = f"never {FEWEST} readings to fit" if fitted else "nothing read before"
    return ExpectedLine(name, "0", "", "", why, beaten=False)


def _told(table: IndicatorTable) -> str:
    said = []
    if table.inside:
        inside = [
            f"{table.inside[share]} in {percent}"
            for share, percent in (("0.5", "50 %"), ("0.9", "90 %"))
        ]
        said.append(f"Of {words.counted(table.settled, 'reading')} {', '.join(inside)}.")
    if table.thresholds:
        scores = [
            f"{name.replace('_', ' ')} {words.loss(ours)} v "
            f"{words.rival(theirs, better=theirs < ours, otherwise='')}"
            for name, (ours, theirs) in table.thresholds.items()
        ]
        said.append(f"Thresholds: {', '.join(scores)}.")
    if table.pit:
        tenths = [0] * _TENTHS
        for pit in table.pit:
            tenths[min(int(_TENTHS * pit), _TENTHS - 1)] += 1
        said.append(f"PIT {words.sparkline(tenths)}")
    return " ".join(said)


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
    split: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModeBlock:
    """Live or replayed: its own tables."""

    title: str
    horizons: tuple[HorizonBlock, ...]
    swing: str
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
    """The answer in words."""
    told = bool(proof.tables or proof.indicators)
    return ScoresView(
        case=clean(proof.case),
        bottom_line=_bottom_line(proof),
        ordered=proof.ordered,
        modes=(_mode(proof, "live"), _mode(proof, "replayed")) if told else (),
        legend=_legend(proof) if told else "",
    )


def with_past(view: View, past: Iterable[Past], cadence: str, failed: int = 0) -> View:
    """A view whose record says how earlier forecasts of the case fared.

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
        swing=_swing(proof, mode),
        indicators=tuple(build_indicator(t) for t in indicators if t.settled),
    )


def _swing(proof: Proof, mode: str) -> str:
    """How many probabilities came to lie where they were expected."""
    found = next((each for each in proof.swings if each.mode == mode), None)
    if found is None:
        return ""
    share = words.percent(found.inside / found.expected)
    return (
        f"Of {words.number(found.expected)} probabilities of a next {proof.cadence} 80 % were "
        f"expected inside a range given before: {words.number(found.inside)} ({share}) were."
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
        split=tuple(_split(table, cadence)) if table.horizon is not None else (),
    )


def _split(table: Table, cadence: str) -> Iterator[str]:
    """Log scores in periods of change and of quiet, of forecasts and of every baseline."""
    rows = [row for row in table.rows if row.name != REVISED]
    changes, quiets = {r.name: r.change for r in rows}, {r.name: r.quiet for r in rows}
    for number, what, losses in (
        (table.changes, "change", changes),
        (table.quiets, "quiet", quiets),
    ):
        if number:
            yield f"Log score in {words.counted(number, cadence)} of {what}: {_named(losses)}."


def _named(losses: dict[str, float | None]) -> str:
    ours = losses[FORECASTS] or 0.0
    said = [
        f"{name} {words.rival(loss, better=loss < ours, otherwise='')}"
        for name, loss in losses.items()
        if loss is not None
    ]
    return ", ".join(said)


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
        "should be even. Change: another scenario held than in the forecast's "
        f"{unit} (now: than the {unit} before), where both are recorded; quiet: the same. "
        "Smoothed: pseudo-counts of what followed such a value before in this "
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
