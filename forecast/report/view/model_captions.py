"""Titles, captions and alternative texts of the charts that check the model.

Elicited against prior predictive quantities (priors), forecasts against outcomes (calibration),
and the diagnostics of a fit. Those of the charts of a forecast are in `captions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from forecast.explain.types import LEVEL_OFF, MEDIAN_OFF, P90_OFF, Priors, QuantileRow
from forecast.periods import day_label
from forecast.proof.types import Block, Proof, Table
from forecast.refresh.diagnosis import SENSITIVE, Diagnosis
from forecast.report.view import words
from forecast.report.view.priors import build_priors
from forecast.report.view.sanitise import clean
from forecast.report.view.scores import HINDSIGHT, horizon_name


def priors_title(priors: Priors) -> str:
    """Whether the model believes what it was told."""
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
    """Whether what was called came true as often, by the worst of the first table."""
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
    """How far what came true lies outside of what was to be expected."""
    return max(block.band_low - block.held, block.held - block.band_high)


def _share(block: Block) -> str:
    return f"{words.whole(block.held)} %"


SCALED = {
    "likelihood": "all readings",
    "e_duration": "how long scenarios last",
    "e_successor": "what follows a scenario",
    "e_location": "usual counts",
    "e_dispersion": "spread of counts",
    "e_inertia": "inertia of counts",
    "e_shock": "shared shock",
    "e_source": "source effects",
    "e_level": "usual levels",
    "e_level_inertia": "inertia of levels",
}
KINDS = {"counts": "counts", "levels": "levels", "silent_counts": "other sources"}
PANELS = {
    "ranks": "Do the chains agree?",
    "ess": "Are there draws enough?",
    "pit": "Are readings as expected?",
    "sensitivity": "What does the forecast hang on?",
}
AXES = {
    "ranks": "rank among all draws",
    "ess": "draws",
    "pit": "place of a reading in its forecast",
    "sensitivity": "power-scaling sensitivity",
}


def title(found: Diagnosis) -> str:
    """The findings, in one or two sentences."""
    apart = chains_apart(found)
    gate = (
        "The chains disagree" if apart else
        "The fit failed its gate" if found.failures else "The chains agree"
    )  # fmt: skip
    off = [KINDS[name] for name, curve in found.pit.items() if curve.outside]
    readings = f"{' and '.join(off)} are not as expected" if off else "readings are as expected"
    first = f"{gate}; {readings if found.pit else 'there is no reading'}."
    prior = leading_prior(found.sensitivity)
    return f"{first} Of judgements, it hangs most on those of {prior}." if prior else first


def chains_apart(found: Diagnosis) -> bool:
    """Whether, of any scenario, a chain's ranks are far from even: twice what chance allows."""
    curves = [curve for curves in found.ranks.values() for curve in curves]
    return any(curve.far > 2 for curve in curves)


def leading_prior(sensitivity: Mapping[str, float]) -> str:
    """The judgements with the largest sensitivity, if any is sensitive."""
    priors = {name: value for name, value in sensitivity.items() if name != "likelihood"}
    name = max(priors, key=lambda each: priors[each], default=None)
    return SCALED[name] if name is not None and priors[name] >= SENSITIVE else ""


def caption(found: Diagnosis) -> str:
    """How to read the panels, and what they are of."""
    sampled = (
        f"As-of {found.as_of}: draws of the fit as-of {found.fitted}, reweighted; chains and draws "
        "are that fit's."
        if found.method == "update"
        else f"As-of {found.as_of}, sampled anew ({found.method})."
    )
    return (
        "Chains: how far the ranks of each are from even. Readings: how far their places in the "
        "forecasts made of them, their own period left out, are from even; a line above the shade: "
        "they came lower than expected, below it: higher. Shaded, from -1 to 1: what 95 of 100 "
        "samples stay within. Sensitivity: how far the leader's probability moves as readings or a "
        f"kind of judgement count for more or less; from {SENSITIVE:g} on it matters. "
        f"{sampled}"
    )


def alt_text(found: Diagnosis) -> str:
    """What the sheet shows, for a reader who cannot see it."""
    parts = [title(found)]
    if len(found.bulk):
        least = min(found.bulk[-1], found.tail[-1])
        parts.append(f"Effective sample size {least:.0f}, of {found.enough:.0f} asked for.")
    scaled = [f"{SCALED[name]} {value:.2f}" for name, value in found.sensitivity.items()]
    if scaled:
        parts.append(f"Sensitivity: {', '.join(scaled)}.")
    return " ".join(parts)
