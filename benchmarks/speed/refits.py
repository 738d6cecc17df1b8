"""Many refits with growing history in one process, caches present."""

from __future__ import annotations

import json
import sys
import time

from benchmarks.speed.made import made, run

TUNE, DRAWS = 400, 500  # of each chain


def section(refits: int) -> list[str]:
    """Time a process that fits a case of 5 counts and 5 scenarios again and again."""
    ran = run("-m", "benchmarks.speed.refits", str(refits))
    told = ran.told()
    each = told["seconds"]
    return [
        "## Refits in one process",
        "",
        f"{refits} fits of a made case (5 counts, 5 scenarios) of 5 to {4 + refits} periods, "
        f"4 chains of {TUNE} + {DRAWS} draws, from a cold process: {ran.seconds:.0f} s in all, "
        f"**{ran.seconds / refits:.1f} s per refit** (the first, with what it compiles, "
        f"{each[0]:.1f} s, the last {each[-1]:.1f} s). "
        f"{told['passed']} of {refits} pass the gate of a forecast, "
        "which has 5,000 draws a chain: they show the time, not that so few draws do.",
        "",
    ]


def main() -> None:
    """Fit, and print the seconds of each."""
    from forecast.model.data import data_of
    from forecast.model.fit import sample

    took, passed = [], 0
    for n in range(int(sys.argv[1])):
        begin = time.perf_counter()
        fit = sample(data_of(made(5 + n, 5, 5)), lambda *_: None, draws=DRAWS, tune=TUNE)
        took.append(time.perf_counter() - begin)
        passed += not fit.failures
    print(json.dumps({"seconds": took, "passed": passed}))


if __name__ == "__main__":
    main()
