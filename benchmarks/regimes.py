"""Lives and signs on real data: regimes of 132 countries as known outcomes of a case each.

    python -m benchmarks.regimes [PATH] [--learn-to YEAR] [--every MONTHS]

PATH as of `benchmarks.panel`. A regime of a month is quiet (fewer than 25/3 deaths), active or war
(100 or more). From the months up to YEAR (2012) come the numbers of one case, the same for all
countries, and every sixth later month is an origin (``--every``): the country's regimes so far are
outcomes, its deaths readings, and the refresh says the regimes 1, 3 and 6 months ahead. Replaces
what stands between the two marks of docs/regimes.md.

::

    memoryless              lasts = the mean
    lives                   lasts = shares that are over, counted (Kaplan & Meier 1958)
    lives and flare-ups     and resumes; counted, or by maximum likelihood (`regimes_learn`)
    and signs               measures of deaths with role = "sign": this month's, the trend of two
                            months over twelve, a slow mean with a half-life of twelve
    smoothed last twelve    (regimes of the last 12 months + 3 x what followed) / 15
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.marks import filled
from benchmarks.panel_data import ROOT, default_path, load, month_number
from benchmarks.regimes_learn import Numbers, chain_learned, signs_learned
from forecast.case import Case, Derived, Indicator, Scenario
from forecast.case.types import OutcomeRow
from forecast.families import FAMILIES
from forecast.families.count import CountExpectation
from forecast.model.data import data_of
from forecast.model.elicit import ended_by
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from forecast.model.spec import Array, Index
from forecast.model.update import evenly
from forecast.periods import Period
from forecast.readings import Reading, known_as_of
from forecast.readings.derived import measured
from forecast.refresh.arrays import spec_of

PAGE = ROOT / "docs" / "regimes.md"
BEGIN, END = "<!-- scores of regimes -->\n", "<!-- end of scores -->\n"
NAMES = ("quiet", "active", "war")
EDGES = (25 / 3, 100.0)
HORIZONS = (1, 3, 6)
SHORT = 3  # months: an episode that may have been a flare-up
POINTS = (1, 3, 12, 60)  # months after which episodes are counted
RESAMPLES = 1000
DRAWS, SEED = 16, 1
FIRST = Period.parse("1989-01")
DEATHS = Indicator(
    "deaths", "Deaths", "", "count", "", "", ("ucdp",), "", at_or_above={"warning": 100.0}
)
MEASURES = {
    "this month": Derived("now", "This month", "deaths", "maximum", over=1, role="sign"),
    "trend": Derived("trend", "Trend", "deaths", "trend", over=2, against=12, role="sign"),
    "slow mean": Derived("slow", "Slow mean", "deaths", "slow-mean", halflife=12.0, role="sign"),
}
SIGNS = (("trend",), ("slow mean",), ("trend", "slow mean"), ("this month", "trend", "slow mean"))
_P90 = 1.2815515655446004  # the normal 90 % point

type Spell = tuple[int, int, bool]  # regime, months, whether its end was seen


def regimes_of(deaths: Array) -> Index:
    """The regime of every month and country."""
    return np.digitize(deaths, EDGES)


def spells_of(regimes: Index) -> list[Spell]:
    """Episodes of one country, in order; the end of the last is not seen."""
    starts = np.flatnonzero(np.diff(regimes, prepend=-1))
    ends = np.append(starts[1:], len(regimes))
    last = len(starts) - 1
    return [
        (int(regimes[a]), int(b - a), n < last)
        for n, (a, b) in enumerate(zip(starts, ends, strict=True))
    ]


def resumed(spells: list[Spell], n: int) -> bool:
    """Whether an episode goes on with what a short one before it interrupted."""
    return n >= 2 and spells[n - 1][1] <= SHORT and spells[n - 2][0] == spells[n][0]


def elicited(regimes: Index, *, lives: bool, flare_ups: bool) -> tuple[Scenario, ...]:
    """The scenarios of a case, counted in (T, C) regimes of the past.

    An episode counts from its beginning: those that the record begins in, and those that only go
    on after a flare-up, are of an unknown age or older.
    """
    every = [spells_of(column) for column in regimes.T]
    size = len(NAMES)
    moves, short, passed = np.full((size, size), 0.5), np.ones(size), np.full(size, 0.5)
    lengths: list[list[tuple[int, bool]]] = [[] for _ in NAMES]
    months, ended = np.ones(size), np.ones(size)
    for spells in every:
        for n, (regime, length, seen) in enumerate(spells):
            months[regime] += length
            ended[regime] += seen
            again = flare_ups and resumed(spells, n)
            if n and not again:
                lengths[regime].append((length, seen))
            if seen:
                goes_on = flare_ups and resumed(spells, n + 1)
                if flare_ups and n and length <= SHORT:
                    short[regime] += 1
                    passed[regime] += goes_on
                if not goes_on:
                    moves[regime, spells[n + 1][0]] += 1
    np.fill_diagonal(moves, 0.0)
    moves /= moves.sum(axis=1, keepdims=True)
    start = np.bincount(regimes.ravel(), minlength=size) / regimes.size
    return tuple(
        Scenario(
            id=name,
            name=name,
            holds_if="",
            assumes="",
            start=float(start[k]),
            lasts=float(months[k] / ended[k]),
            lasts_range=None,
            then={other: float(moves[k, j]) for j, other in enumerate(NAMES) if j != k},
            worth=50.0,
            over=tuple(over(lengths[k])) if lives else (),
            resumes=float(passed[k] / short[k]) if flare_ups else 0.0,
        )
        for k, name in enumerate(NAMES)
    )


def over(lengths: list[tuple[int, bool]]) -> Iterator[tuple[int, float]]:
    """Shares of episodes that are over after `POINTS` (Kaplan & Meier)."""
    length, seen = np.array(lengths, dtype=int).reshape(-1, 2).T
    left = 1.0
    for n in range(1, max(POINTS) + 1):
        at_risk = (length >= n).sum()
        left *= 1 - ((length == n) & (seen > 0)).sum() / max(at_risk, 1)
        if n in POINTS and left > 0.01:  # none is over for certain
            yield n, float(1 - left)


def scenarios_of(numbers: Numbers, regimes: Index) -> tuple[Scenario, ...]:
    """The scenarios of a case with learned numbers: shares of episodes that are over."""
    start = np.bincount(regimes.ravel(), minlength=len(NAMES)) / regimes.size
    points, found = np.array(POINTS, dtype=float), []
    for k, name in enumerate(NAMES):
        lasts, share = 1 / numbers.hazard[k], numbers.share[k]
        ended = zip(POINTS, ended_by(points, lasts, share, 0.0).tolist(), strict=True)
        follows = numbers.successor[k]
        found.append(
            Scenario(
                id=name,
                name=name,
                holds_if="",
                assumes="",
                start=float(start[k]),
                lasts=float(share @ lasts),
                lasts_range=None,
                then={other: float(follows[j]) for j, other in enumerate(NAMES) if j != k},
                worth=50.0,
                over=tuple((n, p) for n, p in ended if p < 0.995),
                resumes=float(numbers.resumes[k]),
            )
        )
    return tuple(found)


def measures_of(numbers: Numbers, names: Sequence[str]) -> tuple[Derived, ...]:
    """Measures of a case that are signs, with learned medians and 90th percentiles."""
    found = []
    for name, spreads in zip(names, numbers.spreads, strict=True):
        measure = MEASURES[name]
        ends = np.stack([spreads[:, 0], spreads[:, 0] + _P90 * spreads[:, 1]], axis=1)
        if measure.take != "trend":
            ends = np.maximum(np.expm1(ends), 0.0)
        otherwise, *before = (tuple(pair) for pair in ends.tolist())
        found.append(
            replace(measure, otherwise=otherwise, before=dict(zip(NAMES, before, strict=True)))
        )
    return tuple(found)


def values_of(deaths: Array, name: str) -> Array:
    """A measure of every month and country as the case computes it, on the scale of its numbers."""
    columns = [measured(MEASURES[name], column.tolist(), FAMILIES["count"]) for column in deaths.T]
    values = np.array(columns).T
    values = np.where(np.isnan(values), np.nanmedian(values), values)
    return values if MEASURES[name].take == "trend" else np.log1p(values)


def case_of(scenarios: tuple[Scenario, ...], measures: tuple[Derived, ...], regimes: Index) -> Case:
    """One country: its regimes are outcomes known at the end of their month."""
    spread = CountExpectation(10.0, 100.0, worth=1.0, basis="judgement", because="")
    return Case(
        root=Path(), name="", cadence="month", first=FIRST, as_of=None, horizons=HORIZONS,
        language="icd203", scenarios=scenarios, derived=measures,
        indicators=(DEATHS,) if measures else (),
        expectations={DEATHS.id: dict.fromkeys(NAMES, spread)} if measures else {},
        outcomes=tuple(
            OutcomeRow(FIRST + t, NAMES[k], (), (FIRST + t).refresh_day, "", "", t + 2)
            for t, k in enumerate(regimes.tolist())
        ),
    )  # fmt: skip


def readings_of(deaths: Array) -> tuple[Reading, ...]:
    """Deaths of one country as readings, published at the end of their month."""
    return tuple(
        Reading(DEATHS.id, FIRST + t, value, (FIRST + t).refresh_day, "ucdp", "A2",
                (FIRST + t).days, 1, "", "", "", t + 2)
        for t, value in enumerate(deaths.tolist())
    )  # fmt: skip


def played(
    scenarios: tuple[Scenario, ...],
    measures: tuple[Derived, ...],
    deaths: Array,
    origins: Index,
) -> Array:
    """p(regime so many months ahead), (horizons, origins, C, K), as a refresh has it.

    Averaged over draws of the prior, weighted by how well they fit the country's own record: what
    a fit of its case would learn.
    """
    regimes = regimes_of(deaths)
    out = np.empty((len(HORIZONS), len(origins), regimes.shape[1], len(NAMES)))
    for c, column in enumerate(regimes.T):
        case, readings = case_of(scenarios, measures, column), readings_of(deaths[:, c])
        for n, origin in enumerate(origins.tolist()):
            day = (FIRST + origin).refresh_day
            data = data_of(spec_of(case, known_as_of(case, readings if measures else (), day)))
            theta = np.random.default_rng(SEED).normal(size=(DRAWS, size_of(data)))
            posterior = Posterior.of(data, theta)
            weights = np.exp(posterior.loglik - posterior.loglik.max())
            ahead = posterior.take(evenly(weights / weights.sum())).horizons(HORIZONS)
            out[:, n, c] = [ahead[h] for h in HORIZONS]
    return out


def smoothed(regimes: Index, origins: Index, cut: int) -> Array:
    """The last twelve regimes, smoothed by what followed such a regime in the past."""
    out = np.empty((len(HORIZONS), len(origins), regimes.shape[1], len(NAMES)))
    counts = np.array(
        [[(regimes[t - 11 : t + 1] == k).sum(axis=0) for k in range(3)] for t in origins]
    ).transpose(0, 2, 1)
    for n, h in enumerate(HORIZONS):
        followed = np.full((len(NAMES), len(NAMES)), 0.5)
        np.add.at(followed, (regimes[: cut - h], regimes[h:cut]), 1)
        followed /= followed.sum(axis=1, keepdims=True)
        out[n] = (counts + 3 * followed[regimes[origins]]) / 15
    return out


def losses(ahead: Array, regimes: Index, origins: Index) -> Array:
    """Log scores, (horizons, origins, C)."""
    came = np.stack([regimes[origins + h] for h in HORIZONS])
    chance = np.take_along_axis(ahead, came[..., None], axis=-1)[..., 0]
    return np.asarray(-np.log(chance + 1e-12))


def table(scores: dict[str, Array], regimes: Index, origins: Index) -> Iterator[str]:
    """Rows of the page: log scores, those where it rises, and what is saved with its interval."""
    yield "| | ahead | log score | where it rises | saved v smoothed |"
    yield "|---|---|---|---|---|"
    base, rng = scores["smoothed last twelve"], np.random.default_rng(0)
    picks = rng.integers(0, regimes.shape[1], (RESAMPLES, regimes.shape[1]))
    for name, score in scores.items():
        for n, h in enumerate(HORIZONS):
            rises = regimes[origins + h] > regimes[origins]
            gain, total = (base - score)[n].mean(axis=0), base[n].mean()
            low, high = np.quantile(gain[picks].mean(axis=1) / total, [0.025, 0.975])
            saved = f"{gain.mean() / total:+.1%} ({low:+.1%} to {high:+.1%})"
            cells = f"{score[n].mean():.4f} | {score[n][rises].mean():.2f} | {saved}"
            yield f"| {name} | {h} | {cells} |"


def reliability(ahead: Array, regimes: Index, origins: Index) -> Iterator[str]:
    """Rows of the page: how often it changed where a change was given so much, by horizon."""
    yield "| change given | 1 ahead | 3 ahead | 6 ahead |"
    yield "|---|---|---|---|"
    edges = (0.0, 0.05, 0.2, 0.4, 1.0)
    for low, high in pairwise(edges):
        cells = []
        for n, h in enumerate(HORIZONS):
            now = regimes[origins]
            change = 1 - np.take_along_axis(ahead[n], now[..., None], axis=-1)[..., 0]
            inside = (change >= low) & (change < high)
            came = (regimes[origins + h] != now)[inside]
            said = f"{change[inside].mean():.0%}" if inside.any() else "-"
            cells.append(f"{said} given, {came.mean():.0%} came ({inside.sum():,})")
        yield f"| {low:.0%} to {high:.0%} | {' | '.join(cells)} |"


def played_variants(deaths: Array, cut: int, origins: Index) -> tuple[dict[str, Array], list[str]]:
    """Every row of the page, and what the learned cases were given."""
    regimes = regimes_of(deaths)
    past = regimes[:cut]
    signs = {name: values_of(deaths[:cut], name) for name in MEASURES}
    learned = chain_learned(past, len(NAMES), flare_ups=True)
    variants: dict[str, tuple[tuple[Scenario, ...], tuple[Derived, ...]]] = {
        "memoryless": (elicited(past, lives=False, flare_ups=False), ()),
        "lives, counted": (elicited(past, lives=True, flare_ups=False), ()),
        "lives and flare-ups, counted": (elicited(past, lives=True, flare_ups=True), ()),
        "lives and flare-ups, learned": (scenarios_of(learned, past), ()),
    }
    for names in SIGNS:
        _say(f"learning {', '.join(names)}")
        numbers = signs_learned(learned, past, [signs[name] for name in names])
        measures = measures_of(numbers, names)
        variants[f"and signs: {', '.join(names)}"] = scenarios_of(learned, past), measures
    ahead = {}
    for name, given in variants.items():
        _say(f"playing {name}")
        ahead[name] = played(*given, deaths, origins)
    ahead["smoothed last twelve"] = smoothed(regimes, origins, cut)
    best = f"and signs: {', '.join(SIGNS[1])}"
    ahead[f"{best}, half smoothed"] = (ahead[best] + ahead["smoothed last twelve"]) / 2
    return ahead, [*_given(*variants[best])]


def _given(scenarios: tuple[Scenario, ...], measures: tuple[Derived, ...]) -> Iterator[str]:
    for s in scenarios:
        ends = ", ".join(f"after {n} {p:.0%}" for n, p in s.over)
        yield f"- {s.id}: over {ends}; resumes {s.resumes:.2f}"
    for m in measures:
        otherwise = m.otherwise or (0.0, 0.0)
        before = "; ".join(f"before {k} {a:.2g}, {b:.2g}" for k, (a, b) in m.before.items())
        yield f"- {m.name}, median and 90th percentile: {before}; else {otherwise[0]:.2g}, " + (
            f"{otherwise[1]:.2g}"
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Play all variants and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", nargs="?", type=Path, default=default_path())
    parser.add_argument("--learn-to", type=int, default=2012)
    parser.add_argument("--every", type=int, default=6, help="Every so many months an origin.")
    given = parser.parse_args()
    deaths = load(given.path).history
    cut = month_number(f"{given.learn_to + 1}-01")
    origins = np.arange(cut, len(deaths) - max(HORIZONS), given.every)
    ahead, numbers = played_variants(deaths, cut, origins)
    regimes = regimes_of(deaths)
    scores = {name: losses(each, regimes, origins) for name, each in ahead.items()}
    lines = [
        f"Learned to {given.learn_to}-12; {len(origins)} origins from {given.learn_to + 1}-01 on, "
        f"{regimes.shape[1]} countries. The cases with {' and '.join(SIGNS[1])} as signs:\n",
        *numbers,
        "",
        *table(scores, regimes, origins),
        "",
    ]
    for name in ("lives and flare-ups, learned", f"and signs: {', '.join(SIGNS[1])}"):
        lines += [f"Reliability, {name}:\n", *reliability(ahead[name], regimes, origins), ""]
    text = "\n".join(lines)
    print(text)
    if PAGE.exists():
        PAGE.write_text(filled(PAGE.read_text("utf-8"), BEGIN, END, text), "utf-8")


if __name__ == "__main__":
    main()
