"""Reliability: by hand, where forecasts are right, and where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.proof.calibration import reliability
from forecast.proof.scores import Array, Index, brier


def test_blocks_by_hand() -> None:
    said = np.array([[0.2, 0.8], [0.4, 0.6], [0.1, 0.9]])
    told = reliability(said, np.array([1, 0, 1]))
    # 0.1 no, 0.2 no, 0.4 yes, 0.6 no (pooled with 0.4), 0.8 yes, 0.9 yes
    assert [(b.low, b.high, b.number, b.held) for b in told.blocks] == [
        (0.1, 0.2, 2, 0.0), (0.4, 0.6, 2, 0.5), (0.8, 0.9, 2, 1.0),
    ]  # fmt: skip
    assert told.blocks[0].said == pytest.approx(0.15)


def drawn(n: int, sharper: float) -> tuple[Array, Index]:
    """Outcomes drawn from what is right; said is that, made more extreme by a power."""
    rng = np.random.default_rng(3)
    right = rng.dirichlet([1.0, 1.0, 1.0], n)
    held = (rng.random((n, 1)) > np.cumsum(right, axis=1)).sum(axis=1)
    said = right**sharper
    return said / said.sum(axis=1, keepdims=True), held


def test_the_parts_make_up_the_score() -> None:
    said, held = drawn(200, 2)
    told = reliability(said, held)
    parts = told.miscalibration - told.discrimination + told.uncertainty
    assert parts == pytest.approx(brier(said, held).mean() / 3, abs=1e-12)
    assert told.miscalibration >= 0
    assert told.discrimination >= 0


def test_right_forecasts_lie_in_the_band() -> None:
    said, held = drawn(400, 1)
    inside = [b.band_low <= b.held <= b.band_high for b in reliability(said, held).blocks]
    assert sum(inside) >= 0.75 * len(inside)


def test_overconfident_ones_do_not() -> None:
    said, held = drawn(400, 4)
    blocks = reliability(said, held).blocks
    assert blocks[-1].high > 0.99
    least = [b for b in blocks if b.said < 0.02]
    assert any(b.held > b.band_high for b in least)
    assert reliability(said, held).miscalibration > 5 * reliability(*drawn(400, 1)).miscalibration


def test_the_same_every_time() -> None:
    assert reliability(*drawn(30, 1)) == reliability(*drawn(30, 1))


def test_rows_need_not_be_over_as_many_scenarios() -> None:
    said, held = drawn(40, 1)
    both = reliability([*said[:20], *(np.array([p[0], 1 - p[0]]) for p in said[20:])],
                       np.concatenate([held[:20], np.minimum(held[20:], 1)]))  # fmt: skip
    assert sum(block.number for block in both.blocks) == 20 * 3 + 20 * 2
    one, more = ([0.5, 0.5], [0.5, 0.25, 0.25])
    blocks = reliability([one, more], np.array([0, 1])).blocks
    assert [(b.low, b.high, b.number, b.held) for b in blocks] == [(0.25, 0.5, 5, 0.4)]
