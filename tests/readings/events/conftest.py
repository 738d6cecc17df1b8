"""A case in a folder of its own, and a cache that is nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.case import Case
from forecast.kit import cache
from tests.factories import make_case
from tests.readings.events.pulls import CIVILIANS, counting


@pytest.fixture(autouse=True)
def _cache_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / "cache" / name)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Weekly from 2024-W40; "strikes-0" sums civilian deaths of the table "events"."""
    return counting(make_case(tmp_path / "case"), CIVILIANS)
