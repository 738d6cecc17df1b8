"""Cases of any size, and running something in a process of its own."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from forecast.model.spec import ChainSpec, CountSpec, OverlapSpec, Spec

ROOT = Path(__file__).parent.parent.parent
NOTHING = np.zeros(0)
NONE = np.zeros(0, dtype=np.int64)


def made(periods: int, counts: int, scenarios: int) -> Spec:
    """Return a case without gaps: every count read every period, scenarios twice apart each."""
    rng = np.random.default_rng([periods, counts, scenarios])
    median = 10.0 * 2.0 ** np.arange(scenarios) * np.ones((counts, 1))
    rows = periods * counts
    at, series = np.divmod(np.arange(rows), counts)
    weight = np.zeros((periods, rows))
    weight[at, np.arange(rows)] = 1.0
    held = np.repeat(rng.integers(scenarios, size=periods // 8 + 1), 8)[:periods]
    rate = median[series, held[at]] * rng.gamma(2.0, 0.5, size=rows)
    value = rng.poisson(rate).astype(float)
    before = np.concatenate([np.zeros(counts), np.log1p(value[:-counts])])
    shape = (counts, scenarios)
    return Spec(
        periods=tuple(map(str, range(periods))),
        scenarios=tuple(f"s{k}" for k in range(scenarios)),
        chain=ChainSpec(
            start=np.full(scenarios, 1 / scenarios),
            lasts=np.full(scenarios, 8.0),
            spread=np.full(scenarios, 0.5),
            then=(1 - np.eye(scenarios)) / (scenarios - 1),
            worth=np.full(scenarios, float(scenarios)),
            absorbing=np.zeros(scenarios, dtype=bool),
        ),
        counts=CountSpec(
            ids=tuple(f"c{c}" for c in range(counts)),
            median=median,
            p90=3 * median,
            worth=np.ones(shape),
            inertia=np.full(counts, 0.5),
            recent=np.ones(counts),
            decay=np.zeros(counts),
            shock=np.zeros(counts),
            houses=(),
            house_centre=NOTHING,
            house_sd=NOTHING,
            value=value,
            log_exposure=np.zeros(rows),
            gap=np.where(at > 0, 1.0, np.inf),
            memory=before,
            memory_weight=np.ones(rows),
            trust=np.full(rows, 0.95),
            trust_before=np.full(rows, 0.95),
            series=series,
            house=np.full(rows, -1),
            house_before=np.full(rows, -1),
            delay_weight=np.tile([1.0, 0.0], (rows, 1)),
            delay_shift=np.zeros((rows, 2)),
            delay_spread=np.zeros((rows, 2)),
            weight=weight,
        ),
        overlaps=OverlapSpec(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NONE, NONE, NONE, NONE),
        series=(),
        evidence=np.zeros((periods, scenarios)),
    )


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that has ended: wall seconds, peak memory in MB, and what it printed.

    One that was ended at its limit has infinite seconds.
    """

    seconds: float
    megabytes: float
    out: str

    def told(self) -> Any:
        """Return its last line as JSON."""
        return json.loads(self.out.splitlines()[-1])


def run(
    *arguments: str, caches: Path | None = None, repeat: int = 1, limit: float = math.inf
) -> Ran:
    """Run this Python with arguments, from the case's folder; return the quickest of its runs."""
    runs = (_once(arguments, caches, limit) for _ in range(repeat))
    return min(runs, key=lambda ran: ran.seconds)


def _once(arguments: tuple[str, ...], caches: Path | None, limit: float) -> Ran:
    env = dict(os.environ)
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed programs run: compiled once, then kept
    if caches:
        env["XDG_CACHE_HOME"] = str(caches)
        env["PYTENSOR_FLAGS"] = f"base_compiledir={caches / 'pytensor'}"
    if arguments[:2] == ("-m", "forecast"):
        env.pop("PYTENSOR_FLAGS", None)  # the tool says itself where its compiled code lies
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        begin = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=env, stdout=out, start_new_session=True
        )
        peak = 0.0
        try:
            while process.poll() is None:  # what wait4 tells includes the parent's memory
                peak = max(peak, _peak(process.pid))
                time.sleep(0.005)
                if time.perf_counter() - begin > limit:
                    return Ran(math.inf, peak, "")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)  # with the processes it began
                process.wait()
        seconds = time.perf_counter() - begin
        if process.returncode:
            raise SystemExit(f"python {' '.join(arguments)} ended with {process.returncode}")
        out.seek(0)
        return Ran(seconds, peak, out.read())


def _peak(pid: int) -> float:
    """Return the most memory a process and its children have had, in MB; 0 once it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    own = int(found.group(1)) / 1024 if found else 0.0
    return own + sum(_peak(int(child)) for child in children)


def table(head: str, rows: list[str]) -> list[str]:
    """Return the lines of a markdown table; the first column is text, the others numbers."""
    columns = head.count("|") - 1
    return [head, "|---|" + "--:|" * (columns - 1), *rows, ""]
