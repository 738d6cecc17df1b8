"""The panel on made countries: nothing is known early, and scores are what they should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import scoringrules as sr

from benchmarks import panel_model
from benchmarks.panel import EARLIER, PAGE, REPORTED
from benchmarks.panel_baselines import Smoother, empirical, last_value
from benchmarks.panel_data import (
    LEARNED,
    Panel,
    Vintage,
    default_path,
    known,
    load,
    month_name,
    month_number,
    origins,
    outcome,
)
from benchmarks.panel_learn import (
    LEVEL,
    Past,
    band,
    expected,
    first_guess,
    improved,
    learn,
    remembered,
    running_mean,
)
from benchmarks.panel_model import MONTHS, case_of, cases, model_forecast
from benchmarks.panel_page import saved, saved_table
from benchmarks.panel_play import LAST, OURS, PLAIN, SMOOTHED, STACK, WINDOW, play, stack_weights
from benchmarks.panel_scores import (
    GRID,
    HORIZONS,
    class_of,
    classes,
    crps,
    distribution,
    on_grid,
    scores,
)
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from forecast.model.spec import Array

ORIGIN = date(2024, 3, 21)
COUNTRIES = 5
ABSURD = 77_777.0


@pytest.fixture(scope="module")
def panel() -> Panel:
    """Five countries from quiet to war; a vintage every month, each value revised once."""
    rng = np.random.default_rng(6)
    walk = np.cumsum(rng.normal(0, 0.25, (LEARNED + 24, COUNTRIES)), axis=0)
    rate = np.exp(np.clip(walk + np.array([-5.0, -2.0, 0.5, 3.0, 6.0]), -7, 8))
    truth = rng.poisson(rate).astype(float)
    vintages: dict[date, Vintage] = {}
    for i in range(16):
        last = month_number("2023-10") + i
        year, month = divmod(2023 * 12 + 10 + i, 12)
        vintages[date(year, month + 1, 21)] = {
            (t, c): truth[t, c] // (2 if t == last else 1)
            for t in range(LEARNED, min(last + 1, len(truth)))
            for c in range(COUNTRIES)
        }
    final = {(t, c): truth[t, c] for t in range(LEARNED, len(truth)) for c in range(COUNTRIES)}
    return Panel(("a", "b", "c", "d", "e"), truth[:LEARNED], vintages, final)


def all_forecasts(panel: Panel, origin: date) -> list[Array]:
    """Return what every forecaster says at an origin, all learned from the history."""
    history = panel.history[:LEARNED]
    learned, values = learn(history, rounds=1), known(panel, origin).values
    return [
        last_value(values),
        empirical(values),
        Smoother.learn(history)(values),
        model_forecast(learned, values),
    ]


def test_months_are_counted_from_1989() -> None:
    assert (month_number("1989-01"), month_number("2022-12")) == (0, LEARNED - 1)
    assert month_name(month_number("2024-03")) == "2024-03"


def test_a_month_is_known_by_the_latest_value_published_by_then(panel: Panel) -> None:
    origin = date(2024, 1, 21)
    values = known(panel, origin).values
    assert len(values) == month_number("2023-12") + 1
    first = panel.vintages[origin][(month_number("2023-12"), 4)]
    assert values[-1, 4] == first != panel.final[(month_number("2023-12"), 4)]
    assert values[-2, 4] == panel.final[(month_number("2023-11"), 4)]  # revised since


def test_a_country_that_a_month_does_not_list_had_none(panel: Panel) -> None:
    day, month = date(2023, 11, 21), month_number("2023-10")
    vintage = {at: y for at, y in panel.vintages[day].items() if at != (month, 4)}
    assert known(replace(panel, vintages={day: vintage}), day).values[-1, 4] == 0


def test_later_vintages_and_months_move_no_earlier_forecast(panel: Panel) -> None:
    planted = replace(
        panel,
        vintages={
            day: {at: ABSURD if day > ORIGIN else deaths for at, deaths in vintage.items()}
            for day, vintage in panel.vintages.items()
        },
        final=dict.fromkeys(panel.final, ABSURD),
    )
    for before, after in zip(
        all_forecasts(panel, ORIGIN), all_forecasts(planted, ORIGIN), strict=True
    ):
        np.testing.assert_array_equal(before, after)


def test_a_vintage_of_the_day_itself_does_move_them(panel: Panel) -> None:
    planted = {
        day: dict.fromkeys(v, ABSURD) if day == ORIGIN else v for day, v in panel.vintages.items()
    }
    moved = all_forecasts(replace(panel, vintages=planted), ORIGIN)
    for before, after in zip(all_forecasts(panel, ORIGIN), moved, strict=True):
        assert np.abs(before - after).max() > 0.1


def test_origins_are_one_vintage_a_month(panel: Panel) -> None:
    two = panel.vintages | {date(2024, 1, 26): panel.vintages[date(2024, 1, 21)]}
    days = origins(replace(panel, vintages=dict(sorted(two.items()))), "2023-12", "2024-02")
    assert days == [date(2023, 12, 21), date(2024, 1, 26), date(2024, 2, 21)]


def test_an_outcome_that_final_values_do_not_reach_is_none(panel: Panel) -> None:
    assert outcome(panel, month_number("2024-12")) is not None
    assert outcome(panel, month_number("2025-01")) is None


def test_the_grid_keeps_values_in_their_class_and_within_about_one_per_cent() -> None:
    deaths = np.concatenate([np.arange(3000.0), [98_765.0, 630_417.0]])
    near = GRID[on_grid(deaths)]
    np.testing.assert_array_equal(class_of(near), class_of(deaths))
    assert np.abs(np.log1p(near) - np.log1p(deaths)).max() < 0.012
    np.testing.assert_array_equal(near[:101], deaths[:101])


def test_crps_is_that_of_the_library() -> None:
    rng = np.random.default_rng(0)
    samples = rng.choice(GRID[:300], (20, 40))
    deaths = rng.integers(0, 900, 20).astype(float)
    expected_score = sr.crps_ensemble(np.log1p(deaths), np.log1p(samples))
    np.testing.assert_allclose(crps(distribution(samples), deaths), expected_score, atol=1e-12)


def test_scores_by_hand() -> None:
    p = distribution(np.array([[0.0, 0.0, 30.0, 2000.0]]))
    np.testing.assert_allclose(classes(p), [[0.5, 0, 0.25, 0, 0.25]])
    log, _, rps = scores(p, np.array([40.0]))[0]
    assert log == pytest.approx(-np.log(0.25))
    assert rps == pytest.approx(0.5**2 + 0.5**2 + 0.25**2 + 0.25**2)
    even = scores(p, np.array([40.0]), even=0.5)[0, 0]
    assert even == pytest.approx(-np.log(0.125 + 0.1))


def test_smoothing_adds_what_followed_such_a_month(panel: Panel) -> None:
    smoother = Smoother.learn(panel.history)
    values = np.zeros((12, 1))
    p = smoother(values)[0]
    for h, worth in enumerate(smoother.worth):
        wanted = (12 * (GRID == 0) + worth * smoother.follows[h, 0]) / (12 + worth)
        np.testing.assert_allclose(p[h], wanted)


def test_learning_raises_the_likelihood(panel: Panel) -> None:
    past, learned, before = Past.of(panel.history), first_guess(), -np.inf
    for _ in range(4):
        now = expected(learned, past)
        assert now.loglik > before
        learned, before = improved(learned, past, now), now.loglik


def test_learning_and_the_models_kernel_have_one_likelihood(panel: Panel) -> None:
    """Of months at one level, which is what a case has."""
    learned, values = first_guess(), panel.history[:, [3]]
    level = float(running_mean(values, LEVEL)[-1, 0])
    past = Past(
        values[-MONTHS:], remembered(values)[:, -MONTHS - 1 : -1], np.full((MONTHS, 1), level)
    )
    memory = np.tensordot(learned.shares, past.before, 1)[:, 0].copy()
    data = case_of(learned, past.deaths[:, 0].copy(), memory, level)
    found = Posterior.of(data, np.zeros((1, size_of(data)))).loglik[0]
    assert found == pytest.approx(expected(learned, past).loglik, abs=1e-6)
    np.testing.assert_allclose(
        cases(learned, values).transition[0], learned.transition[band(np.array(level))], atol=1e-9
    )


def test_a_month_ahead_is_drawn_as_the_likelihood_has_it(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel_model, "PATHS", 40_000)
    learned, values = first_guess(), panel.history[:, [3]]
    p = classes(model_forecast(learned, values)[:, 0])[0]
    level = float(running_mean(values, LEVEL)[-1, 0])
    memory = np.tensordot(learned.shares, remembered(values), 1)[-MONTHS:, 0].copy()

    def loglik(y: float) -> float:
        months = np.append(values[-MONTHS + 1 :, 0], y)
        data = case_of(learned, months, memory, level)
        return float(Posterior.of(data, np.zeros((1, size_of(data)))).loglik[0])

    chance = np.exp([loglik(y) for y in range(100)])
    ratio = chance[:25].sum() / chance[25:].sum()
    assert p[:2].sum() / p[2] == pytest.approx(ratio, rel=0.1)


def test_the_stack_finds_the_forecaster_that_knows(panel: Panel) -> None:
    history = panel.history

    def knows(values: Array) -> Array:
        ahead = [history[len(values) - 1 + h] for h in HORIZONS]
        return np.stack([distribution(y[:, None]) for y in ahead], axis=1)

    played = play(
        {OURS: knows, WINDOW: empirical, SMOOTHED: Smoother.learn(history), LAST: last_value},
        [history[:end] for end in (300, 320, 340)],
        lambda month: history[month],
    )
    np.testing.assert_array_equal(stack_weights(played), np.tile([1.0, 0.0, 0.0], (3, 1)))


def test_what_is_saved_by_hand() -> None:
    loss, base = np.array([[1.0, 2.0], [1.0, np.nan]]), np.array([[2.0, 4.0], [2.0, np.nan]])
    everyone = np.ones((2, 2), dtype=bool)
    assert saved(loss, base, 1, everyone) == (0.5, 0.5, 0.5)
    share, low, high = saved(loss, np.array([[2.0, 2.0], [2.0, np.nan]]), 1, everyone)
    assert share == pytest.approx(1 - 4 / 6)
    assert (low, high) == (0.0, 0.5)


def test_a_lost_comparison_says_so() -> None:
    rng = np.random.default_rng(1)
    losses = {name: rng.random((3, 4, 3, 3)) + 1 for name in (LAST, WINDOW, SMOOTHED, PLAIN)}
    losses[OURS], losses[STACK] = losses[WINDOW] * 1.1, losses[WINDOW] * 0.9
    lines = saved_table(losses, np.ones((3, 4), dtype=bool), (WINDOW,))
    assert lines[2].count("lost") == 6
    assert lines[3].count("lost") == 0


@pytest.fixture(scope="module")
def path() -> Path:
    path = default_path()
    if not path.is_dir():
        pytest.skip(f"no UCDP vintages: {path} is not there (UCDP_MONTHLY names it)")
    return path


def test_the_real_panel_is_as_told(path: Path) -> None:
    real = load(path)
    assert len(real.countries) == 132
    assert real.history.shape == (LEARNED, 132)
    assert (len(origins(real, *EARLIER)), len(origins(real, *REPORTED))) == (7, 6)
    assert known(real, origins(real, *EARLIER)[0]).values.shape == (LEARNED + 10, 132)


def test_baselines_of_the_page_are_those_of_the_data(path: Path) -> None:
    """What takes no learning is computed anew: the page is not older than the code that scores."""
    real = load(path)
    played = play(
        {LAST: last_value, WINDOW: empirical},
        [known(real, day).values for day in origins(real, *REPORTED)],
        partial(outcome, real),
    )
    page = PAGE.read_text("utf-8")
    for name, loss in played.losses().items():
        mean = np.nanmean(loss, axis=(0, 1)).ravel()
        row = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
        assert [cell.strip(" *") for cell in row.split("|")[2:-1]] == [f"{x:.3f}" for x in mean]
