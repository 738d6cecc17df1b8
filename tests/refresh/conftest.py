"""A small case with readings, and a sampler that hands out draws from the prior."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forecast.case import Case
from forecast.model.data import Data
from forecast.model.fit import Fit, Progress, examine
from forecast.model.packing import size_of
from forecast.refresh import draws
from tests.factories import HEADER, make_case

STRIKES = """\
2024-W40,4,2024-10-07,sohr,B2,,,north-west,https://example.org/1,
2024-W42,9,2024-10-21,sohr,B2,3,,north-west,https://example.org/2,
2024-W42,30,2024-10-30,sohr,B2,,,north-west,https://example.org/3,corrected
2024-W43,50,2024-11-11,acled,B2,14,2,north-west,https://example.org/4,two weeks in one
2024-W46,70,2024-11-18,sohr,B2,,,north-west,https://example.org/5,
"""
BORDER = """\
2024-W40,0,2024-10-07,desk,B2,,,country,https://example.org/6,
2024-W45,2,2024-11-11,desk,B2,,,country,https://example.org/7,
2024-W46,2,2024-11-18,desk,B2,,,country,https://example.org/8,
"""


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = make_case(tmp_path)
    (tmp_path / "indicators" / "strikes.csv").write_text(HEADER + STRIKES, "utf-8")
    (tmp_path / "indicators" / "border.csv").write_text(HEADER + BORDER, "utf-8")
    return made


def from_the_prior(data: Data, progress: Progress, *, refit: bool = False) -> Fit:
    """Stand in for the sampler: independent draws of every free parameter."""
    del progress, refit
    rng = np.random.default_rng(1)
    return examine(data, rng.normal(size=(4, 100, size_of(data))), 0)


@pytest.fixture(autouse=True)
def no_sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "fit", from_the_prior)
