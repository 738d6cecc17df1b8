"""How well two normals tell of real revisions: deaths by country and month, UCDP.

    python -m benchmarks.delay [PATH]

PATH is the folder ``ucdp-monthly`` (DESIGN, data at hand; Davies, Pettersson & Öberg, and Hegre et
al. 2020, CC BY 4.0), which stays outside the repository: by default $UCDP_MONTHLY, else
../shared/data/ucdp-monthly beside it. Writes docs/delay.md: the first value of every month of 2024
against its final one, as they are and as fitted, also on countries the fit has not seen.
"""

from __future__ import annotations

import argparse
import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.special import logsumexp

from forecast.model.delay import Delay, learn_delay, quantiles
from forecast.model.spec import Array
from forecast.refresh.delay import LEAST

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "delay.md"
SHARES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
YEAR = "2024"


@dataclass(frozen=True, slots=True)
class Pair:
    """Deaths of one country and month as first published and as finally known."""

    country: str
    first: float
    final: float

    @property
    def log_completeness(self) -> float:
        """ln(first / final), a final 0 taken as 1, as `forecast.refresh.delay` does."""
        return float(np.log(self.first / max(self.final, 1.0)))


def default_path() -> Path:
    """Return where the vintages are, whether or not anything is there."""
    beside = ROOT.parent / "shared" / "data" / "ucdp-monthly"
    return Path(os.environ.get("UCDP_MONTHLY", beside))


def pairs_of(path: Path) -> list[Pair]:
    """Return first against final values of the year, zeros and all, by country and month."""
    first: dict[tuple[str, str], tuple[str, float]] = {}
    for row in _rows(path / "vintages.csv"):
        key, vintage = (row["country"], row["month"]), (row["published"], float(row["deaths_best"]))
        first[key] = min(first.get(key, vintage), vintage)
    final = {(r["country"], r["month"]): float(r["deaths_best"]) for r in _rows(path / "final.csv")}
    return [
        Pair(key[0], first[key][1], final[key])
        for key in sorted(first.keys() & final.keys())
        if key[1].startswith(YEAR)
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def log_completeness(pairs: list[Pair]) -> Array:
    """Return ln(known / final) of pairs, (n,)."""
    return np.array([pair.log_completeness for pair in pairs])


def seen(x: Array) -> Array:
    """Return the quantiles of final / known as they are, (5,): of two neighbours the lower."""
    return np.asarray(np.quantile(np.exp(-x), SHARES, method="lower"))


def log_score(x: Array, delay: Delay) -> float:
    """Return the mean log density of ln(known / final) under a fit."""
    each = stats.norm.logpdf(x[:, None], delay.shift, delay.spread)
    return float(logsumexp(each, b=delay.weight, axis=1).mean())


def line(name: str, values: Array) -> str:
    """Return a line of a markdown table."""
    return f"| {name} | " + " | ".join(f"{value:.2f}" for value in values) + " |"


def page(pairs: list[Pair]) -> str:
    """Return the page."""
    used = [pair for pair in pairs if pair.first >= LEAST]
    x = log_completeness(used)
    fitted = learn_delay(x)
    heading = [
        "| final / first | " + " | ".join(f"{100 * share:.0f} %" for share in SHARES) + " |",
        "|---|" + "--:|" * len(SHARES),
    ]
    lines = [
        "# Delay and revision\n",
        "Written by `python -m benchmarks.delay` from deaths by country and month: UCDP Candidate",
        "Events as first published against the consolidated release of July 2025 (Davies,",
        "Pettersson & Öberg; Hegre et al. 2020; CC BY 4.0).\n",
        f"Months of {YEAR} first counted at {LEAST:.0f} deaths or more: {len(used)}, of which",
        f"{np.mean(x == 0):.0%} were not revised, and {sum(pair.final == 0 for pair in used)} were",
        "withdrawn altogether (their final value is taken as 1).\n",
        "## Two normals of the log ratio, by maximum likelihood\n",
        *heading,
        line("as they are", seen(x)),
        line("fitted", quantiles(fitted, SHARES)),
        "",
        *(
            f"- {weight:.0%}: ln(first / final) about {shift:+.2f}, standard deviation {spread:.2f}"
            for weight, shift, spread in zip(
                fitted.weight, fitted.shift, fitted.spread, strict=True
            )
        ),
        "",
        f"Mean log density {log_score(x, fitted):.2f} nat; of one normal "
        f"{log_score(x, one_normal(x)):.2f}.\n",
        "## On countries the fit has not seen\n",
        "Every country under a fit of all the others, pooled.\n",
        *unseen(used),
        "## Why small counts teach nothing\n",
        f"By first value, months of {YEAR}. A count of a few is revised event by event: it is",
        "withdrawn altogether far more often, and no factor tells of that. Pairs whose first",
        f"value is below {LEAST:.0f} are therefore left out. What larger counts taught is applied",
        "to small ones too: there it promises more than it can keep.\n",
        *by_size(pairs),
    ]
    return "\n".join(lines) + "\n"


def one_normal(x: Array) -> Delay:
    """Return a single normal in the same form."""
    return Delay((1.0, 0.0), (float(x.mean()), 0.0), (float(x.std()), 1.0))


def unseen(pairs: list[Pair]) -> list[str]:
    """Return how every country fares under fits of all the others, pooled over countries."""
    tested = []
    for country in sorted({pair.country for pair in pairs}):
        others = log_completeness([pair for pair in pairs if pair.country != country])
        x = log_completeness([pair for pair in pairs if pair.country == country])
        two, one = learn_delay(others), one_normal(others)
        tested += [
            [*(np.exp(-each) < quantiles(two, SHARES)), log_score(each, two), log_score(each, one)]
            for each in x[:, None]
        ]
    *below, two_score, one_score = np.mean(tested, axis=0)
    cells = " | ".join(f"{share:.0%}" for share in below)
    return [
        "| fitted quantile | " + " | ".join(f"{share:.0%}" for share in SHARES) + " |",
        "|---|" + "--:|" * len(SHARES),
        f"| of the unseen lie below it | {cells} |",
        "",
        f"Mean log density {two_score:.2f} nat; of one normal {one_score:.2f}.\n",
    ]


def by_size(pairs: list[Pair]) -> list[str]:
    """Return a table of first values: how many, how many withdrawn, quartiles of final / first."""
    lines = [
        "| first value | months | withdrawn | 25 % | 50 % | 75 % |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for low, high in ((1, 5), (5, 10), (10, 25), (25, 100), (100, np.inf)):
        some = [pair for pair in pairs if low <= pair.first < high]
        quartiles = np.quantile([pair.final / pair.first for pair in some], SHARES[1:4])
        name = f"{low} to {high - 1:.0f}" if np.isfinite(high) else f"{low} or more"
        withdrawn = np.mean([pair.final == 0 for pair in some])
        lines.append(line(f"{name} | {len(some)} | {withdrawn:.0%}", quartiles))
    return lines


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=default_path())
    PAGE.write_text(page(pairs_of(parser.parse_args().path)), "utf-8")


if __name__ == "__main__":
    main()
