"""What the readings made of the priors, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forecast.explain.types import MOVED, Learned, LearnedRow, Priors, QuantileIndicator, Summary
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
