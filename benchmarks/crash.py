"""Kill a hundred refreshes at random moments and look at the ledger each time.

    python -m benchmarks.crash [--times 100] [--seed 1]

Works on a copy of the Syria case in a temporary folder. Every refresh is the real command, as-of
one of eleven Mondays; after every kill the chain must verify, and no forecast that was
acknowledged (printed) may be lost, none logged twice. Exits with 1 at the first that fails.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from forecast.ledger import LEDGER, read, verify
from forecast.periods import Period

ROOT = Path(__file__).parent.parent
FIRST = Period.parse("2024-W40")
WEEKS = 11


def command(case: Path, period: Period) -> list[str]:
    """Return the refresh as-of the Monday after a week."""
    as_of = period.refresh_day.isoformat()
    return [
        sys.executable,
        "-m",
        "forecast",
        "-C",
        str(case),
        "refresh",
        "--as-of",
        as_of,
        "--json",
    ]


def fingerprints(ledger: Path) -> list[str]:
    """Return the fingerprint of every entry, in order."""
    return [entry.forecast["fingerprint"] for entry in read(ledger)] if ledger.exists() else []


def main() -> None:
    """Kill, look, repeat; then let every week finish once and look again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311 - moments to kill at, no secret
    periods = [FIRST + n for n in range(WEEKS)]
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case"
        for part in ("priors", "indicators"):
            shutil.copytree(ROOT / part, case / part)
        ledger = case / LEDGER
        print("filling the cache of fits ...", flush=True)
        times = []
        for period in periods:
            subprocess.run([*command(case, period), "--draft"], check=True, capture_output=True)
            begin = time.monotonic()
            subprocess.run([*command(case, period), "--draft"], check=True, capture_output=True)
            times.append(time.monotonic() - begin)
        usual = statistics.median(times)
        acknowledged: set[str] = set()
        killed = 0
        for turn in range(arguments.times):
            if turn % WEEKS == 0 and ledger.exists():
                ledger.unlink()  # a fresh chain, so that there is something to append
                acknowledged.clear()
            with subprocess.Popen(
                command(case, periods[turn % WEEKS]),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            ) as process:
                time.sleep(chance.uniform(0.5, 1.0) * usual)
                killed += process.poll() is None
                process.kill()
                said, _ = process.communicate()
            with contextlib.suppress(ValueError):  # killed before it had said anything
                acknowledged.add(json.loads(said)["fingerprint"])
            problems = verify(ledger, None) if ledger.exists() else []
            problems = [p for p in problems if "unfinished" not in str(p)]
            logged = fingerprints(ledger)
            doubled = len(set(logged)) < len(logged)
            if problems or doubled or acknowledged - set(logged):
                sys.exit(f"turn {turn}: {problems or 'a forecast was lost or doubled'}")
        for period in periods:
            subprocess.run(command(case, period), check=True, capture_output=True)
        logged = fingerprints(ledger)
        intact = verify(ledger, None) == [] and len(logged) == len(set(logged)) == WEEKS
        print(f"{arguments.times} refreshes, {killed} killed before they ended.")
        print(f"Ledger verified after each; at the end {len(logged)} entries for {WEEKS} weeks.")
        if not intact:
            sys.exit("the chain did not survive")


if __name__ == "__main__":
    main()
