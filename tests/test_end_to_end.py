"""The real command on the real model, once: same inputs, same forecast, whatever is cached."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from forecast.kit.cache import cache_folder
from tests.factories import HEADER, make_case


def run(case: Path, cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"XDG_CACHE_HOME": str(cache), "HOME": str(cache)}
    return subprocess.run(
        [sys.executable, "-m", "forecast", "-C", str(case), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


@pytest.mark.slow
def test_same_forecast_from_a_warm_and_from_a_deleted_cache(tmp_path: Path) -> None:
    case, cache = tmp_path / "case", tmp_path / "cache"
    make_case(case)
    compiled = cache_folder("compiled")  # the user's, and made here if there is none
    compiled.mkdir(parents=True, exist_ok=True)
    (cache / "watchlist-forecast").mkdir(parents=True)
    (cache / "watchlist-forecast" / "compiled").symlink_to(compiled)
    rows = "2024-W40,4,2024-10-07,sohr,B2,,,north-west,https://example.org/1,a [red] note\n"
    rows += "2024-W41,55,2024-10-14,sohr,B2,,,north-west,https://example.org/2,\n"
    (case / "indicators" / "strikes.csv").write_text(HEADER + rows, "utf-8")
    refresh = ("refresh", "--as-of", "2024-10-14", "--json")

    cold = run(case, cache, *refresh)
    assert cold.returncode == 0, cold.stderr
    assert "\x1b" not in cold.stdout + cold.stderr
    ledger = (case / "reports" / "ledger.jsonl").read_bytes()
    warm = run(case, cache, *refresh)
    [fits] = cache.rglob("fits")
    shutil.rmtree(fits)
    again = run(case, cache, *refresh)

    first, second, third = (json.loads(r.stdout) for r in (cold, warm, again))
    assert sum(s["probability"] for s in first["scenarios"]) == pytest.approx(1, abs=1e-9)
    assert first["fit"]["ok"], first["fit"]["failures"]
    assert first["fit"]["draws"] >= 2000
    for other in (second, third):
        other["issued"] = first["issued"]
        assert other == first
    assert (case / "reports" / "ledger.jsonl").read_bytes() == ledger
    assert "nothing appended" in warm.stderr
    copy = json.loads((case / "reports" / "2024-W41" / "forecast.json").read_text("utf-8"))
    assert copy == first
    war = first["scenarios"][0]
    assert war["probability"] > 0.5  # 55 strikes in a week: 60 expected in war, 5 otherwise
