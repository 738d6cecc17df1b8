from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from forecast.case import init_case


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A case written from the template on Monday 3 March 2025."""
    init_case(tmp_path, example=False, today=date(2025, 3, 3))
    return tmp_path
