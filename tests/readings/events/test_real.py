"""A real month of UCDP GED: ours and a count with standard tools; skipped without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.events import counted_weekly, default_path, plain_weekly


@pytest.fixture(scope="module")
def path() -> Path:
    path = default_path()
    if not path.is_file():
        pytest.skip(f"no UCDP month: {path} is not there (UCDP_GED names it)")
    return path


def test_counts_are_those_of_standard_tools(path: Path) -> None:
    ours = counted_weekly(path)
    assert ours == plain_weekly(path)
    assert (sum(ours["deaths"].values()), sum(ours["aerial"].values())) == (134, 18)
