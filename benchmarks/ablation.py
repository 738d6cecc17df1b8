"""What each correction of the model is worth: all of them, none, and each left out.

    python -m benchmarks.ablation [--datasets 50] [--results FILE] [--workers 2]

On datasets drawn from the model itself (``benchmarks.simulate``: 52 weeks, everything generative
on, the last two weeks counted late, one-off events in one week of ten), and on the Syria replay,
week by week. Writes docs/ablation.md. Every fit is kept in ``--results`` (one JSON line each), so
an interrupted run goes on where it stopped; seeds are fixed, and neither the order of the fits
nor the number of workers changes a number.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.ablation_page import PAGE, Result, page
from benchmarks.simulate import SCENARIOS, Simulated, simulate
from benchmarks.without import WITHOUT
from forecast.case import load_case
from forecast.model.data import Data, data_of
from forecast.model.delay import Delay
from forecast.model.fit import DRAWS as DRAWS_OF_A_FORECAST
from forecast.model.fit import sample
from forecast.model.outlook import Outlook
from forecast.model.posterior import Posterior
from forecast.model.predict import Parameters, next_counts
from forecast.model.spec import Array, Spec
from forecast.periods import Period
from forecast.readings import known_as_of, load_readings
from forecast.refresh.arrays import spec_of

ROOT = Path(__file__).parent.parent
PERIODS = 52
DRAWS = 500  # from each of four chains, for datasets; Syria is fitted as a refresh fits it
# Of counts of the last week and of the one before: a third and an eighth missing, some far more.
DELAYS = (
    Delay((0.75, 0.25), (-0.4, -1.2), (0.2, 0.6)),
    Delay((0.85, 0.15), (-0.13, -0.5), (0.1, 0.4)),
)
# Of an event: how likely each of three kinds is under each scenario. One of them it is, so that
# what does not happen is no news.
EVENTS = np.array([[0.70, 0.25, 0.05], [0.25, 0.50, 0.25], [0.05, 0.25, 0.70]])
EVENTFUL = 0.1  # of weeks
WEEKS = tuple(Period.parse("2024-W40") + n for n in range(11))
# the readings of Syria are too few to learn delay from: without it nothing would change
IN_SYRIA = tuple(name for name in WITHOUT if name != "delay")

Job = tuple[int | str, str]  # what about, a dataset's number or a week, and the variant


def dataset(seed: int) -> Simulated:
    """Draw a dataset, events and all."""
    rng = np.random.default_rng([20241209, seed])
    drawn = simulate(rng, PERIODS, DELAYS)
    evidence = np.zeros((PERIODS, SCENARIOS))
    for t in np.flatnonzero(rng.random(PERIODS) < EVENTFUL):
        kind = rng.choice(EVENTS.shape[1], p=EVENTS[drawn.scenarios[t]])
        evidence[t] = np.log(EVENTS[:, kind])
    return replace(drawn, spec=replace(drawn.spec, evidence=evidence))


def syria(week: str) -> Spec:
    """Return what a refresh on the Monday after the week tells the model."""
    case = load_case(ROOT)
    readings = load_readings(case)
    return spec_of(case, known_as_of(case, readings, Period.parse(week).refresh_day))


def resolutions() -> dict[str, str]:
    """Return which scenario held in each settled week of Syria."""
    with (ROOT / "reports" / "resolutions.csv").open(encoding="utf-8", newline="") as file:
        return {row["period"]: row["scenario"] for row in csv.DictReader(file)}


def run(job: Job) -> Result:
    """Fit one variant to one dataset, or to Syria as known after one week."""
    about, variant = job
    simulated = dataset(about) if isinstance(about, int) else None
    spec = simulated.spec if simulated else syria(str(about))
    data = data_of(WITHOUT[variant](spec))
    begin = time.perf_counter()
    draws = DRAWS if simulated else DRAWS_OF_A_FORECAST
    fitted = sample(data, lambda *_: None, draws=draws)
    result = {
        "about": about,
        "variant": variant,
        "seconds": round(time.perf_counter() - begin, 1),
        "ok": not fitted.failures,
    }
    posterior = Posterior.of(data, fitted.theta)
    if not np.isfinite(posterior.filtered).all():
        raise FloatingPointError(f"{about}, {variant}: a probability is not a number")
    if simulated is None:
        return result | {"probability": posterior.now.mean(axis=0).tolist()}
    return result | _against(simulated, data, posterior, fitted.theta)


def _against(simulated: Simulated, data: Data, posterior: Posterior, theta: Array) -> Result:
    """Return what was said of a dataset, beside what held."""
    ahead = np.array(next_counts(data, Outlook.after(posterior), Parameters.of(data, theta), {}))
    low, high = np.quantile(ahead, [0.05, 0.95], axis=1, method="inverted_cdf")
    return {
        "probability": posterior.filtered.mean(axis=0).tolist(),
        "held": simulated.scenarios,
        "next_probability": posterior.horizons([1])[1].tolist(),
        "next_held": simulated.next_scenario,
        "inside": ((low <= simulated.next_counts) & (simulated.next_counts <= high)).tolist(),
    }


def jobs(datasets: int) -> list[Job]:
    """Return all that is to be fitted; a dataset's variants together, to be paired early."""
    simulated: list[Job] = [(seed, name) for seed in range(datasets) for name in WITHOUT]
    return simulated + [(str(week), name) for week in WEEKS for name in IN_SYRIA]


def collect(
    work: Callable[[Job], Result], wanted: Iterable[Job], path: Path, workers: int
) -> list[Result]:
    """Return the result of every job, in order; what a file does not hold is done and added."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    done = {(r["about"], r["variant"]): r for r in map(json.loads, lines)}
    missing = [job for job in wanted if job not in done]
    with path.open("a", encoding="utf-8") as file, get_context("spawn").Pool(workers) as pool:
        for n, result in enumerate(pool.imap_unordered(work, missing), 1):
            done[result["about"], result["variant"]] = result
            print(json.dumps(result), file=file, flush=True)
            print(f"{n} of {len(missing)}", file=sys.stderr, flush=True)
    return [done[job] for job in wanted]


def main() -> None:
    """Run what is missing, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=50)
    parser.add_argument("--results", type=Path, default=Path("ablation.jsonl"))
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    wanted = jobs(arguments.datasets)
    results = collect(run, wanted, arguments.results, arguments.workers)
    PAGE.write_text(page(results, load_case(ROOT), resolutions()), "utf-8")


if __name__ == "__main__":
    main()
