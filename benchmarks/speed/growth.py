"""How time and memory grow with periods, indicators and scenarios."""

from __future__ import annotations

import json
import sys

import numpy as np

from benchmarks.speed.forward_backward import quickest
from benchmarks.speed.made import made, run, table

BASE = {"periods": 104, "counts": 5, "scenarios": 5}
SIZES = {
    "periods": (52, 104, 208, 520, 1040),
    "counts": (3, 5, 10, 20, 40),
    "scenarios": (3, 4, 6, 8, 12),
}


def section() -> list[str]:
    """Time the density with its gradient, in a process for each size."""
    rows = []
    for name, sizes in SIZES.items():
        took, memory = [], []
        for size in sizes:
            asked = BASE | {name: size}
            ran = run("-m", "benchmarks.speed.growth", *map(str, asked.values()))
            took.append(ran.told())
            memory.append(ran.megabytes)
        slope = float(np.polyfit(np.log(sizes), np.log(took), 1)[0])
        each = ", ".join(f"{t * 1e6:,.0f}" for t in took)
        rows.append(
            f"| {'indicators' if name == 'counts' else name} {', '.join(map(str, sizes))} "
            f"| {slope:.2f} | {each} | {memory[0]:.0f} to {memory[-1]:.0f} |"
        )
    others = "104 periods, 5 counts, 5 scenarios"
    return [
        "## Growth",
        "",
        f"One log-likelihood with its gradient; what does not grow is at {others}. The exponent is "
        "the slope of log time on log size. Most of the memory is libraries.",
        "",
        *table("| grows | exponent | µs | peak MB |", rows),
    ]


def main() -> None:
    """Time one size."""
    from forecast.model.data import data_of
    from forecast.model.kernel import density
    from forecast.model.packing import pack, size_of

    data = data_of(made(*map(int, sys.argv[1:])))
    theta = 0.3 * np.random.default_rng(1).normal(size=size_of(data))
    packed = pack(data)
    print(json.dumps(quickest(lambda: [density(theta, *packed) for _ in range(20)]) / 20))


if __name__ == "__main__":
    main()
