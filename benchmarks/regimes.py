"""Lives of episodes on real data: regimes of 132 countries as known outcomes of a case each.

    python -m benchmarks.regimes [PATH] [--learn-to YEAR] [--every MONTHS]

PATH as of `benchmarks.panel`. A regime of a month is quiet (fewer than 25/3 deaths), active or war
(100 or more). From the months up to YEAR (2012) the numbers of one case are counted as an analyst
would, the same for all countries: shares of episodes that are over after so many months
(Kaplan & Meier 1958), what follows, and how often what a short episode interrupted goes on. Every
sixth later month is an origin (``--every``): the filter knows the country's regimes so far, and
says those 1, 3 and 6 months ahead. Replaces what stands between the two marks of docs/regimes.md.

::

    memoryless              lasts = the mean
    lives                   lasts = shares that are over
    lives and flare-ups     and resumes
    smoothed last twelve    (regimes of the last 12 months + 3 x what followed) / 15
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.marks import filled
from benchmarks.panel_data import ROOT, default_path, load, month_number
from forecast.case import Case, Scenario
from forecast.model.data import Data, data_of
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from forecast.model.spec import Array, Index
from forecast.model.update import evenly
from forecast.periods import Period
from forecast.readings import known_as_of
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


def case_of(scenarios: tuple[Scenario, ...], months: int) -> Data:
    """A case of so many months in which nothing is read."""
    first = Period.parse("1989-01")
    case = Case(
        root=Path(), name="", cadence="month", first=first, as_of=None, horizons=HORIZONS,
        language="icd203", scenarios=scenarios, indicators=(), expectations={},
    )  # fmt: skip
    as_of = (first + (months - 1)).refresh_day
    return data_of(spec_of(case, known_as_of(case, (), as_of)))


def played(scenarios: tuple[Scenario, ...], regimes: Index, origins: Index) -> Array:
    """p(regime so many months ahead), (horizons, origins, C, K), from known outcomes alone.

    Averaged over draws of the prior, weighted by how well they fit the country's own record: what
    a fit of its case would learn.
    """
    whole = case_of(scenarios, len(regimes))
    theta = np.random.default_rng(SEED).normal(size=(DRAWS, size_of(whole)))
    out = np.empty((len(HORIZONS), len(origins), regimes.shape[1], len(NAMES)))
    for c, column in enumerate(regimes.T):
        known = np.eye(len(NAMES))[column]
        for n, origin in enumerate(origins):
            so_far = whole._replace(
                evidence=whole.evidence[: origin + 1], possible=known[: origin + 1]
            )
            posterior = Posterior.of(so_far, theta)
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


def main() -> None:
    """Play all variants and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", nargs="?", type=Path, default=default_path())
    parser.add_argument("--learn-to", type=int, default=2012)
    parser.add_argument("--every", type=int, default=6, help="Every so many months an origin.")
    given = parser.parse_args()
    regimes = regimes_of(load(given.path).history)
    cut = month_number(f"{given.learn_to + 1}-01")
    origins = np.arange(cut, len(regimes) - max(HORIZONS), given.every)
    variants = {
        "memoryless": elicited(regimes[:cut], lives=False, flare_ups=False),
        "lives": elicited(regimes[:cut], lives=True, flare_ups=False),
        "lives and flare-ups": elicited(regimes[:cut], lives=True, flare_ups=True),
    }
    ahead = {name: played(scenarios, regimes, origins) for name, scenarios in variants.items()}
    ahead["smoothed last twelve"] = smoothed(regimes, origins, cut)
    both = ahead["lives and flare-ups"] + ahead["smoothed last twelve"]
    ahead["lives and flare-ups, half smoothed"] = both / 2
    scores = {name: losses(each, regimes, origins) for name, each in ahead.items()}
    lines = [
        f"Learned to {given.learn_to}-12; {len(origins)} origins from {given.learn_to + 1}-01 on, "
        f"{regimes.shape[1]} countries.\n",
        *(
            f"- {s.id}: over {', '.join(f'after {n} {p:.0%}' for n, p in s.over)}; "
            f"resumes {s.resumes:.2f}"
            for s in variants["lives and flare-ups"]
        ),
        "",
        *table(scores, regimes, origins),
        "",
        "Reliability of lives and flare-ups:\n",
        *reliability(ahead["lives and flare-ups"], regimes, origins),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if PAGE.exists():
        PAGE.write_text(filled(PAGE.read_text("utf-8"), BEGIN, END, text), "utf-8")


if __name__ == "__main__":
    main()
