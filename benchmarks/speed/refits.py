"""Many refits with growing history in one process, caches present."""

from __future__ import annotations

import json
import sys
import time

from benchmarks.speed.made import made, run


def section(refits: int) -> list[str]:
    """Time a process that fits a case of 5 counts and 5 scenarios again and again."""
    ran = run("-m", "benchmarks.speed.refits", str(refits))
    each = ran.told()
    return [
        "## Refits in one process",
        "",
        f"{refits} fits of a made case (5 counts, 5 scenarios) of 5 to {4 + refits} periods, "
        "4 chains of 800 + 5,000 draws, from a cold process with caches present: "
        f"{ran.seconds:.0f} s in all, "
        f"**{ran.seconds / refits:.1f} s per refit** (the first {each[0]:.1f} s, the last "
        f"{each[-1]:.1f} s).",
        "",
    ]


def main() -> None:
    """Fit, and print the seconds of each."""
    from forecast.model.data import data_of
    from forecast.model.fit import sample

    took = []
    for n in range(int(sys.argv[1])):
        begin = time.perf_counter()
        sample(data_of(made(5 + n, 5, 5)), lambda *_: None)
        took.append(time.perf_counter() - begin)
    print(json.dumps(took))


if __name__ == "__main__":
    main()
