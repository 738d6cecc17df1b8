"""Elicited against prior predictive quantities in words, and the posterior beside them.

What `forecast priors` shows, whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from forecast.explain.types import (
    LEVEL_OFF,
    MEDIAN_OFF,
    MOVED,
    P90_OFF,
    EpisodeRow,
    Learned,
    LearnedRow,
    LevelIndicator,
    LevelRow,
    Priors,
    QuantileIndicator,
    QuantileRow,
    Summary,
)
from forecast.families import FAMILIES
from forecast.report.view import words
from forecast.report.view.sanitise import clean

_UNMOVED = "not learned"
_SHARED = {
    "inertia": "Inertia",
    "dispersion": "Spread, times asked",
    "loading": "Shared shock, times",
}
_LEGEND = (
    "Mean and 5-95 % before and after the readings. sd: standard deviations of the prior. Not "
    f"learned: about as wide as before and moved by less than {MOVED} sd. Medians: as asked, then "
    "moved as far as the scenario's usual rate was."
)


@dataclass(frozen=True, slots=True)
class LearnedLine:
    """One parameter before and after the readings; ``strong`` if it moved."""

    name: str
    prior: str
    posterior: str
    verdict: str
    strong: bool


@dataclass(frozen=True, slots=True)
class LearnedBlock:
    """The parameters of one indicator, or the durations of all scenarios."""

    title: str
    lines: tuple[LearnedLine, ...]


@dataclass(frozen=True, slots=True)
class LearnedView:
    """Prior and posterior of every parameter."""

    alarm: str
    summary: str
    blocks: tuple[LearnedBlock, ...]
    legend: str


def build_learned(priors: Priors, learned: Learned) -> LearnedView:
    """Return what was learned in words; ``priors`` has the names."""
    return LearnedView(
        alarm=_alarm(learned),
        summary=_summary(learned),
        blocks=tuple(_blocks(priors, learned)),
        legend=_LEGEND,
    )


def _alarm(learned: Learned) -> str:
    if not learned.failures:
        return ""
    return f"FIT NOT OK: {'; '.join(learned.failures)}. What follows may not be what was learned."


def _summary(learned: Learned) -> str:
    taught = sum(row.learned for row in learned.rows)
    total = words.counted(len(learned.rows), "parameter")
    day = words.day_month_year(learned.as_of)
    return f"Readings as known {day} moved or narrowed {taught} of {total}."


def _blocks(priors: Priors, learned: Learned) -> Iterator[LearnedBlock]:
    lasting = [row for row in learned.rows if row.quantity == "duration"]
    names = {name: clean(text) for name, text in priors.scenarios.items()}
    if lasting:
        lines = tuple(_line(row, names[row.scenario or ""]) for row in lasting)
        yield LearnedBlock(f"How long scenarios last, in {priors.cadence}s", lines)
    for indicator in priors.indicators:
        rows = [row for row in learned.rows if row.indicator == indicator.id]
        title = clean(indicator.name)
        if isinstance(indicator, QuantileIndicator):
            title += f": median, {clean(indicator.unit)}"
        else:
            title += ": probability of each level"
        yield LearnedBlock(title, tuple(_lines(rows, names)))


def _lines(rows: list[LearnedRow], names: dict[str, str]) -> Iterator[LearnedLine]:
    for scenario, name in names.items():
        mine = [row for row in rows if row.scenario == scenario]
        if len(mine) == 1:
            yield _line(mine[0], name)
        elif any(row.learned for row in mine):
            yield LearnedLine(name, "", "", "", strong=False)
            for row in mine:
                yield _line(row, f"- level {row.level}")
        elif mine:
            yield LearnedLine(name, "as asked", "as asked", _UNMOVED, strong=False)
    for row in rows:
        if row.scenario is None:
            yield _line(row, _SHARED.get(row.quantity) or f"{clean(row.source or '')}, times")


def _line(row: LearnedRow, name: str) -> LearnedLine:
    shown = _percents if row.quantity in ("inertia", "level") else _numbers
    return LearnedLine(
        name, shown(row.prior), shown(row.posterior), _verdict(row), strong=row.learned
    )


def _verdict(row: LearnedRow) -> str:
    if not row.learned:
        return _UNMOVED
    if abs(row.moved) < MOVED:
        return "narrower"
    return f"{'higher' if row.moved > 0 else 'lower'} by {abs(row.moved):.1f} sd"


def _percents(summary: Summary) -> str:
    return f"{words.percent(summary.mean)} ({words.percent_range(summary.low, summary.high)})"


def _numbers(summary: Summary) -> str:
    mean, low, high = (words.rough_number(n) for n in (summary.mean, summary.low, summary.high))
    return f"{mean} ({low}-{high})"


@dataclass(frozen=True, slots=True)
class ExpectationRow:
    """One scenario: numbers asked and believed, in step with the headings of the block."""

    name: str
    asked: tuple[str, ...]
    believed: tuple[str, ...]
    shape: str
    worth: str
    basis: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class ExpectationBlock:
    """One indicator; ``reasons`` (scenario, because) only where it is the only one shown."""

    name: str
    about: str
    headings: tuple[str, ...]
    shape_heading: str
    rows: tuple[ExpectationRow, ...]
    flags: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """How long a scenario's episodes last."""

    name: str
    over: str
    ends: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class PriorsView:
    """Everything `forecast priors` shows; without ``--learned`` no learned part."""

    case: str
    bottom_line: str
    blocks: tuple[ExpectationBlock, ...]
    legend: str
    learned: LearnedView | None
    episodes: tuple[EpisodeLine, ...]


def build_priors(priors: Priors, *, reasons: bool = False) -> PriorsView:
    """The answer in words.

    Parameters
    ----------
    reasons
        Show why each expectation is what it is.
    """
    return PriorsView(
        case=clean(priors.case),
        bottom_line=_bottom_line(priors),
        blocks=tuple(_block(indicator, reasons=reasons) for indicator in priors.indicators),
        legend=_legend(priors),
        learned=build_learned(priors, priors.learned) if priors.learned else None,
        episodes=tuple(_episodes(priors, row) for row in priors.episodes),
    )


def _episodes(priors: Priors, row: EpisodeRow) -> EpisodeLine:
    """``over after 2 weeks 40 % (elicited 40 %)``; ``ends within a week: 35 % if new, ...``."""
    over = [
        f"{words.counted(n, priors.cadence)} {words.percent(given)} (elicited {words.percent(p)})"
        for n, p, given in row.over
    ]
    (_, new), *later = row.ends
    ends = [f"{words.percent(new)} if new"]
    ends += [f"{words.percent(chance)} after {n}" for n, chance in later]
    return EpisodeLine(
        name=clean(row.name),
        over=f"over after {', '.join(over)}",
        ends=f"ends within a {priors.cadence}: {', '.join(ends)}",
        flagged=row.off,
    )


def _bottom_line(priors: Priors) -> str:
    rows = [row for indicator in priors.indicators for row in indicator.rows]
    wrong = sum(map(flagged, rows)) + sum(row.off for row in priors.episodes)
    total = len(rows) + len(priors.episodes)
    if not wrong:
        return f"All {total} expectations come back as asked."
    come = "does" if wrong == 1 else "do"
    return f"{wrong} of {total} expectations {come} not come back as asked."


def flagged(row: QuantileRow | LevelRow) -> bool:
    """Tell whether an expectation does not come back as asked."""
    if isinstance(row, LevelRow):
        return any(row.off)
    return row.median_off or row.p90_off or not row.reconciled


def _legend(priors: Priors) -> str:
    return (
        f"Asked: of a full {priors.cadence} while the scenario holds. Believed: what the model "
        "predicts of it before any reading. Bars: how likely each size is believed to be, on a log "
        "scale that all scenarios of an indicator share; or each level. Worth: in "
        f"{priors.cadence}s of watching. !: cannot be had, or off by more than "
        f"{words.percent(MEDIAN_OFF)} (median), {words.percent(P90_OFF)} (p90), "
        f"{words.bare_percent(LEVEL_OFF)} points (level)."
    )


def _block(indicator: QuantileIndicator | LevelIndicator, *, reasons: bool) -> ExpectationBlock:
    carried = f"inertia {words.percent(indicator.inertia)}" if indicator.inertia else "no inertia"
    if isinstance(indicator, QuantileIndicator):
        if indicator.memory is not None:
            last, halflife = words.percent(indicator.memory.last), indicator.memory.halflife
            carried += f" ({last} of the last reading, else of a mean of half-life {halflife:g})"
        headings: tuple[str, ...] = ("median", "p90")
        about = f"{clean(indicator.unit)}; {carried}"
        rows = tuple(_quantile_row(indicator, row) for row in indicator.rows)
        axis = _axis(indicator)
    else:
        headings = tuple(str(number) for number in range(len(indicator.levels)))
        levels = ", ".join(f"{n} {clean(name)}" for n, name in enumerate(indicator.levels))
        about = f"per cent; {levels}; {carried}"
        rows, axis = tuple(map(_level_row, indicator.rows)), ""
    return ExpectationBlock(
        name=clean(indicator.name),
        about=about,
        headings=headings,
        shape_heading=axis,
        rows=rows,
        flags=tuple(_flags(indicator)),
        reasons=tuple((clean(r.name), clean(r.because)) for r in indicator.rows if reasons),
    )


def _quantile_row(indicator: QuantileIndicator, row: QuantileRow) -> ExpectationRow:
    rough = FAMILIES[indicator.family].rough
    off = row.median_off, row.p90_off or not row.reconciled
    believed = zip((row.believed_median, row.believed_p90), off, strict=True)
    return ExpectationRow(
        name=clean(row.name),
        asked=tuple(rough(n) for n in (row.asked_median, row.asked_p90)),
        believed=tuple(rough(n) + _mark(wrong) for n, wrong in believed),
        shape=words.sparkline(row.shares),
        worth=words.number(row.worth),
        basis=row.basis,
        flagged=flagged(row),
    )


def _level_row(row: LevelRow) -> ExpectationRow:
    believed = zip(row.believed, row.off, strict=True)
    return ExpectationRow(
        name=clean(row.name),
        asked=tuple(words.bare_percent(p) for p in row.asked),
        believed=tuple(words.bare_percent(p) + _mark(wrong) for p, wrong in believed),
        shape=words.sparkline(row.believed),
        worth=words.number(row.worth),
        basis=row.basis,
        flagged=flagged(row),
    )


def _mark(wrong: bool) -> str:
    return "!" if wrong else " "


def _axis(indicator: QuantileIndicator) -> str:
    """The ends and the middle of the bars' axis, as wide as the bars."""
    edges = indicator.edges
    bins = len(edges) - 1
    ends = (float(f"{edges[at]:.2g}") for at in (0, bins // 2, bins))
    low, middle, high = map(FAMILIES[indicator.family].rough, ends)
    return low + middle.center(bins)[len(low) : bins - len(high)] + high


def _flags(indicator: QuantileIndicator | LevelIndicator) -> Iterator[str]:
    where = f"priors/{indicator.id}.toml"
    if isinstance(indicator, LevelIndicator):
        for level_row in indicator.rows:
            for level, off in enumerate(level_row.off):
                if off:
                    yield (
                        f"{clean(level_row.name)}: level {level} asked "
                        f"{words.percent(level_row.asked[level])}, believed "
                        f"{words.percent(level_row.believed[level])}."
                    )
        return
    rough = FAMILIES[indicator.family].rough
    for row in indicator.rows:
        name = clean(row.name)
        if not row.reconciled:
            yield f"{name}: {_impossible(row)} in {where}."
            continue
        for what, off, asked, believed in (
            ("median", row.median_off, row.asked_median, row.believed_median),
            ("90th percentile", row.p90_off, row.asked_p90, row.believed_p90),
        ):
            if off:
                share = words.whole(abs(believed / asked - 1))
                sense = "above" if believed > asked else "below"
                yield (
                    f"{name}: {what} believed {rough(believed)}, {share} % {sense} "
                    f"what was asked; bring median and p90 closer in {where}."
                )


def _impossible(row: QuantileRow) -> str:
    """Return why a count cannot be as asked, and what to change."""
    median, p90 = words.number(row.asked_median), words.number(row.asked_p90)
    told = f"no count has a median of {median} and a 90th percentile of {p90}"
    if row.least_p90 is None:
        return f"{told}; change them"
    least = math.ceil(row.least_p90 * 10) / 10 if row.least_p90 < 10 else math.ceil(row.least_p90)
    return (
        f"{told}: chance alone spreads it wider (Poisson). Set p90 to {words.number(least)} or more"
    )
