"""A few turns of the crash benchmark: verbs killed and their disk broken before chosen calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import crash

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(crash.STRACE is None, reason="needs strace"),
]


@pytest.mark.parametrize(
    ("names", "kills", "errors"),
    [(["add --from"], 6, 4), (["init", "init here"], 4, 3)],
    ids=["rows", "init"],
)
def test_no_kill_and_no_broken_disk_leaves_anything_half(
    tmp_path: Path, names: list[str], kills: int, errors: int
) -> None:
    summary = crash.torment(tmp_path, names, kills, errors, seed=7, fitted=False)
    assert "all held" in summary
