"""The words of the sheet of diagnostics: what was found, and what each panel asks."""

from __future__ import annotations

from collections.abc import Mapping

from forecast.refresh.diagnosis import SENSITIVE, Diagnosis

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
