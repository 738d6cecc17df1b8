"""Real revisions: what is fitted to UCDP's vintages is what they are; skipped without them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.delay import (
    PAGE,
    SHARES,
    default_path,
    log_completeness,
    page,
    pairs_of,
    seen,
)
from forecast.model.delay import learn_delay, quantiles
from forecast.refresh.delay import LEAST


@pytest.fixture(scope="module")
def path() -> Path:
    path = default_path()
    if not path.is_dir():
        pytest.skip(f"no UCDP vintages: {path} is not there (UCDP_MONTHLY names it)")
    return path


def test_fitted_quantiles_are_those_of_real_revisions(path: Path) -> None:
    x = log_completeness([pair for pair in pairs_of(path) if pair.first >= LEAST])
    assert len(x) == 299
    stated = [0.44, 0.87, 1.00, 1.18, 2.20]
    np.testing.assert_allclose(seen(x), stated, atol=0.005)
    np.testing.assert_allclose(quantiles(learn_delay(x), SHARES), stated, rtol=0.10)


def test_the_page_is_what_the_benchmark_writes(path: Path) -> None:
    assert PAGE.read_text("utf-8") == page(pairs_of(path))
