"""Episodes counted from regimes, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.regimes import elicited, over, regimes_of, resumed, smoothed, spells_of


def test_episodes_of_a_record_and_which_of_them_only_go_on() -> None:
    spells = spells_of(np.array([0, 0, 1, 0, 0, 0, 0, 2, 2]))
    assert spells == [(0, 2, True), (1, 1, True), (0, 4, True), (2, 2, False)]
    assert [resumed(spells, n) for n in range(4)] == [False, False, True, False]


def test_regimes_are_cut_where_the_page_says() -> None:
    assert regimes_of(np.array([8.0, 8.4, 99.0, 100.0])).tolist() == [0, 1, 1, 2]


def test_shares_of_episodes_over_count_those_whose_end_was_not_seen() -> None:
    shares = dict(over([(1, True), (2, True), (3, False), (12, True)]))
    assert shares[1] == pytest.approx(1 / 4)
    assert shares[3] == pytest.approx(1 - 3 / 4 * 2 / 3)  # the third was still going on
    assert 12 not in shares  # all over: no share


def test_a_short_episode_that_passes_is_no_successor() -> None:
    # quiet is broken by a month of war twice, then war stays
    record = np.array([0] * 5 + [2] + [0] * 5 + [2] + [0] * 5 + [1] * 6 + [2] * 6)
    quiet, _, war = elicited(record[:, None], lives=False, flare_ups=True)
    assert war.resumes == pytest.approx((0.5 + 2) / (1 + 2))
    assert war.then["quiet"] == war.then["active"]  # nothing seen but what passed
    assert quiet.then["active"] < quiet.then["war"]
    assert sum(quiet.then.values()) == pytest.approx(1.0)


def test_the_smoothed_record_is_a_distribution() -> None:
    regimes = np.random.default_rng(1).integers(0, 3, (60, 4))
    found = smoothed(regimes, np.array([40, 50]), 36)
    np.testing.assert_allclose(found.sum(axis=-1), 1.0)
