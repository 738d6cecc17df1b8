"""Real replays in processes of their own, with a sampler that takes its time and says what it did.

Only the sampler is a stand-in (draws from the prior): everything else is the program, in as many
processes as it likes. Fits are kept in a cache folder of their own, compiled code in the user's.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from forecast.ledger import read
from tests.factories import HEADER, make_case
from tests.refresh.conftest import BORDER, STRIKES

ROOT = Path(__file__).parents[2]
WEEKS = 7
REPLAY = ("replay", "--from", "2024-W40", "--to", "2024-W46", "--score", "--json")
RESOLVED = "period,scenario,published,url,note\n" + "".join(
    f"2024-W{week},{'war' if week > 44 else 'other'},2025-01-01,https://example.org,\n"
    for week in range(40, 49)
)
# every Python process that finds it on its path samples like this
SAMPLER = """
import os, time
from forecast.model import store
from tests.refresh.conftest import from_the_prior

def say(*words):
    with open(os.environ["SAMPLES"], "a") as file:
        file.write(" ".join(words) + "\\n")

def sample(data, progress, attempt):
    say("begin", store.FITS.path(*store._key(data)).stem)
    time.sleep(float(os.environ["SLOWLY"]))
    return from_the_prior(data, progress)

def save(fit, *key, quick=store.FITS.save):
    quick(fit, *key)
    say("kept", store.FITS.path(*key).stem)

store.fitted, store.FITS.save = sample, save
"""


@dataclass(frozen=True)
class Desk:
    """A case, a cache and a protocol of what was sampled."""

    folder: Path
    slowly: float = 0.1

    @property
    def case(self) -> Path:
        return self.folder / "case"

    @property
    def ledger(self) -> Path:
        return self.case / "reports" / "ledger.jsonl"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PYTHONPATH": os.pathsep.join([str(self.folder / "path"), str(ROOT)]),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "SAMPLES": str(self.folder / "samples"),
            "SLOWLY": str(self.slowly),
        }

    def samples(self, what: str) -> list[str]:
        """Return the hashes of the fits that were begun, or kept, in order."""
        path = self.folder / "samples"
        lines = path.read_text().splitlines() if path.exists() else []
        return [key for said, key in map(str.split, lines) if said == what]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a replay of seven weeks."""
        command = [sys.executable, "-m", "forecast", "-C", str(self.case), *REPLAY, *arguments]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def replay(self, *arguments: str) -> Any:
        """Replay seven weeks and return their scores."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        return json.loads(out)

    def logged(self) -> list[dict[str, Any]]:
        """Return what was logged, but for when."""
        return [{**entry.stored, "issued": ""} for entry in read(self.ledger)]


def make_desk(folder: Path, slowly: float = 0.1) -> Desk:
    """Write a case of seven weeks, settled, and an empty cache of fits."""
    desk = Desk(folder, slowly)
    make_case(desk.case)
    (desk.case / "indicators" / "strikes.csv").write_text(HEADER + STRIKES, "utf-8")
    (desk.case / "indicators" / "border.csv").write_text(HEADER + BORDER, "utf-8")
    (desk.case / "reports").mkdir()
    (desk.case / "reports" / "resolutions.csv").write_text(RESOLVED, "utf-8")
    (folder / "path").mkdir()
    (folder / "path" / "sitecustomize.py").write_text(SAMPLER, "utf-8")
    compiled = user_cache_path("watchlist-forecast", appauthor=False) / "compiled"
    compiled.mkdir(parents=True, exist_ok=True)
    here = folder / "cache" / "watchlist-forecast"
    here.mkdir(parents=True)
    (here / "compiled").symlink_to(compiled)
    return desk


def until(happened: Callable[[], object], seconds: float = 120) -> None:
    """Wait for something, and fail if it does not come."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def kill(process_ids: Sequence[int]) -> None:
    """End processes as a power cut would."""
    for number in process_ids:
        os.kill(number, signal.SIGKILL)
