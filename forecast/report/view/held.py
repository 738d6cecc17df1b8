"""What stands above, below and instead of the charts that hold the model to something.

To what it was asked (priors), and to what came true (calibration); the charts of a forecast have
theirs in `findings` and `captions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from forecast.explain.types import LEVEL_OFF, MEDIAN_OFF, P90_OFF, Priors, QuantileRow
from forecast.periods import day_label
from forecast.proof.types import Block, Proof, Table
from forecast.report.view import words
from forecast.report.view.priors import build_priors
from forecast.report.view.sanitise import clean
from forecast.report.view.scores import HINDSIGHT, horizon_name


def priors_title(priors: Priors) -> str:
    """Return whether the model believes what it was told."""
    return build_priors(priors).bottom_line.rstrip(".")


def priors_caption(priors: Priors, as_of: date) -> str:
    """Return how to read asked beside believed, and what it rests on."""
    return (
        f"Of a full {priors.cadence} while the scenario holds, before any reading. Counts (log "
        "scale): median and 90th percentile, asked above with open marks, believed below with full "
        "ones. Levels: probability, asked as outline, believed filled. !: cannot be had, or off by "
        f"more than {words.percent(MEDIAN_OFF)} (median), {words.percent(P90_OFF)} (90th "
        f"percentile), {words.bare_percent(LEVEL_OFF)} points (level). "
        f"Source: {clean(priors.case)}, judgements as of {day_label(as_of)}. Model: prior "
        "predictive of the Bayesian scenario filter."
    )


def priors_alt(priors: Priors) -> str:
    """Return what asked beside believed shows."""
    parts = []
    for indicator in priors.indicators:
        rows = []
        for row in indicator.rows:
            if isinstance(row, QuantileRow):
                asked, believed = (
                    f"{words.rough_number(median)} (one in ten above {words.rough_number(p90)})"
                    for median, p90 in (
                        (row.asked_median, row.asked_p90),
                        (row.believed_median, row.believed_p90),
                    )
                )
            else:
                asked, believed = (_levels(each) for each in (row.asked, row.believed))
            rows.append(f"{clean(row.name)} asked {asked}, believed {believed}")
        parts.append(f"{clean(indicator.name)}: {'; '.join(rows)}.")
    return f"{priors_title(priors)}. {' '.join(parts)}"


def calibration_title(table: Table, cadence: str) -> str:
    """Return whether what was called came true as often, by the worst of the first table."""
    about = words.counted(table.settled, f"{table.mode} forecast")
    where = f"{about} {horizon_name(table.horizon, cadence)}"
    off = [block for block in _blocks([table]) if _miss(block) > 0]
    if not off:
        return f"What was called came true as often, as far as {where} can tell"
    worst = max(off, key=_miss)
    called = f"{words.percent_range(worst.low, worst.high)} %"
    return f"What was called {called} came true in {_share(worst)} of cases: {where}"


def calibration_caption(proof: Proof) -> str:
    """Return how to read a reliability diagram."""
    told = (
        "Lines: probabilities that isotonic regression calls by one rate, over all scenarios; "
        "dots: their mean, and the share that came true; numbers: how many. Bars: where that "
        "share would lie in 9 of 10 cases if every forecast were right. "
        f"Source: {clean(proof.case)}."
    )
    marks = [words.failed_fits(proof.failed), HINDSIGHT if proof.pinned else ""]
    return " ".join(filter(None, [told, *marks]))


def calibration_alt(tables: Sequence[Table], cadence: str) -> str:
    """Return what a reliability diagram shows."""
    parts = []
    for table in tables:
        rates = [
            f"of {block.number} called {words.percent_range(block.low, block.high)} % "
            f"{_share(block)} came true"
            for block in _blocks([table])
        ]
        parts.append(f"{horizon_name(table.horizon, cadence)}: {', '.join(rates)}")
    return f"Called against came true, one panel per horizon. {'; '.join(parts)}."


def _levels(chances: Iterable[float]) -> str:
    return ", ".join(f"level {n} {words.percent(p)}" for n, p in enumerate(chances))


def _blocks(tables: Iterable[Table]) -> list[Block]:
    return [block for table in tables if table.reliability for block in table.reliability.blocks]


def _miss(block: Block) -> float:
    """Return how far what came true lies outside of what was to be expected."""
    return max(block.band_low - block.held, block.held - block.band_high)


def _share(block: Block) -> str:
    return f"{words.whole(block.held)} %"
