"""Worlds: what a fit leaves out is left out, and what a world has is in its readings."""

from __future__ import annotations

import numpy as np

from benchmarks.simulate import World, simulate, with_lives, with_signs
from benchmarks.worlds import EVERY_FIT, FITS, WORLDS, fits_of, frequencies, plain
from forecast.model.data import data_of


def medians(world: World, seed: int = 1, periods: int = 400) -> tuple[list[int], np.ndarray]:
    made = simulate(np.random.default_rng(seed), periods, world=world)
    strikes = np.full(periods, np.nan)
    rows = made.spec.counts.series == 0
    strikes[made.spec.counts.weight[:, rows].argmax(axis=0)] = made.spec.counts.value[rows]
    return made.scenarios, strikes


def test_a_fit_without_is_a_fit_of_the_same_readings() -> None:
    made = simulate(np.random.default_rng(1), 20).spec
    again = plain(with_lives(with_signs(made)))
    whole, other = data_of(made), data_of(again)
    for name, one, two in zip(whole._fields, whole, other, strict=True):
        np.testing.assert_array_equal(one, two, err_msg=name)
    for fit in FITS.values():
        np.testing.assert_array_equal(fit(made).counts.value, made.counts.value)


def test_signs_are_read_in_the_last_week_before() -> None:
    before: list[float] = []
    ahead: list[float] = []
    for seed in range(40):
        made = simulate(np.random.default_rng(seed), 60, signs=True)
        (posture,) = made.spec.series
        path = [*made.scenarios, made.next_scenario]
        for level, t, trust in zip(posture.value, posture.at, posture.trust, strict=True):
            if trust == 1 and path[t] == 1:
                (before if path[t + 1] == 0 else ahead).append(level)
    assert np.mean(before) < np.mean(ahead) - 0.3  # before calm it is that of calm


def test_readings_ramp_up_before_a_change() -> None:
    z, ramped = medians(World(ramp=4))
    same, plainly = medians(World())
    assert z == same
    last = [t for t in range(len(z) - 1) if z[t] == 0 and z[t + 1] == 2]
    middle = [t for t in range(len(z) - 5) if len({*z[t : t + 5]}) == 1]
    assert np.nanmean(np.log1p(ramped[last])) > np.nanmean(np.log1p(plainly[last]))
    np.testing.assert_allclose(
        np.nanmedian(ramped[middle]), np.nanmedian(plainly[middle]), rtol=0.3, atol=2
    )


def test_every_world_has_its_fits_and_frequencies() -> None:
    assert set(EVERY_FIT) <= set(WORLDS)
    assert all("without either" in fits_of(world) for world in WORLDS)
    shares = frequencies("of the model")
    assert shares.sum() == 1
    assert (shares > 0.1).all()
