"""The posterior with names: what ArviZ opens is what the forecast is made of."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from forecast.case import Case
from forecast.errors import UsageError
from forecast.model.fit import Fit
from forecast.readings import known_as_of, load_readings
from forecast.refresh import draws as draws_module
from forecast.refresh import refresh
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import draws_as_of
from forecast.refresh.tree import as_netcdf, by_reading, posterior_tree, tree_of
from tests.refresh.conftest import from_the_prior

AS_OF = date(2024, 11, 25)


@pytest.fixture
def file(case: Case, tmp_path: Path) -> Path:
    path = tmp_path / "posterior.nc"
    path.write_bytes(as_netcdf(posterior_tree(case, load_readings(case), AS_OF)))
    return path


GROUPS = {
    "posterior", "unconstrained_posterior", "sample_stats", "log_likelihood", "log_prior",
    "observed_data", "posterior_predictive", "prior", "prior_predictive", "scenarios",
}  # fmt: skip


@pytest.fixture
def tree(case: Case) -> xr.DataTree:
    return posterior_tree(case, load_readings(case), AS_OF)


def test_arviz_opens_it(file: Path) -> None:
    import arviz  # comes with pymc; slow to load, so only here

    opened = arviz.from_netcdf(file)
    assert set(opened.children) == GROUPS
    assert opened["posterior"].dataset["location"].dims == ("chain", "draw", "count", "scenario")
    assert opened["log_likelihood"].dataset["readings"].dims == ("chain", "draw", "period")


def test_it_holds_what_the_forecast_says(case: Case, file: Path) -> None:
    forecast = refresh(case, load_readings(case), AS_OF)
    with xr.open_datatree(file) as opened:
        scenarios = opened["scenarios"].dataset
        assert opened.attrs["fingerprint"] == forecast.fingerprint
        assert opened.attrs["period"] == str(forecast.period)
        assert list(scenarios.period.to_numpy()) == [str(p.period) for p in forecast.history]
        now = scenarios["filtered"].sel(period=str(forecast.period)).mean(("chain", "draw"))
        also = opened["posterior"].dataset["now"].mean(("chain", "draw"))
        for scenario in forecast.scenarios:
            for found in (now.sel(scenario=scenario.id), also.sel(open_scenario=scenario.id)):
                assert float(found) == pytest.approx(scenario.probability, abs=1e-5)


def test_likelihood_and_prior_add_up(case: Case, tree: xr.DataTree) -> None:
    readings = load_readings(case)
    draws = draws_as_of(case, readings, known_as_of(case, readings, AS_OF), lambda *_: None)
    loglik = tree["log_likelihood"].dataset["readings"].sum("period")
    np.testing.assert_allclose(loglik.to_numpy().ravel(), draws.posterior.loglik, rtol=1e-5)
    prior = sum(tree["log_prior"].dataset.data_vars.values())
    lp = tree["sample_stats"].dataset["lp"]
    np.testing.assert_allclose(lp, loglik + prior, rtol=1e-5)
    free = tree["unconstrained_posterior"].dataset
    draws_of = free.chain.size * free.draw.size
    values = np.concatenate([free[n].to_numpy().reshape(draws_of, -1) for n in free], axis=1)
    expected = -0.5 * (values**2 + np.log(2 * np.pi)).sum(axis=1)
    np.testing.assert_allclose(prior.to_numpy().ravel(), expected, rtol=1e-5)  # type: ignore[union-attr]


def test_periods_without_a_reading_have_no_term(tree: xr.DataTree) -> None:
    terms = tree["log_likelihood"].dataset
    # a total of two weeks speaks in both, and one week of eight had no reading at all
    assert list(terms.period.to_numpy()) == [f"2024-W{n}" for n in (40, 42, 43, 44, 45, 46)]


def test_draws_of_a_fit_keep_their_chains_and_the_sampler_s_statistics(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    energy = np.arange(400.0)
    stats = {"energy": energy, "diverging": energy % 2, "tree_depth": energy % 7}

    def with_stats(*arguments: object, **settings: object) -> Fit:
        return replace(from_the_prior(*arguments, **settings), stats=stats)  # type: ignore[arg-type]

    monkeypatch.setattr(draws_module, "fit", with_stats)
    readings = load_readings(case)
    fitted = posterior_tree(case, readings, date(2024, 11, 4))
    draws = draws_as_of(
        case, readings, known_as_of(case, readings, date(2024, 11, 4)), lambda *_: None
    )
    found = fitted["sample_stats"].dataset
    np.testing.assert_array_equal(found["energy"], energy.reshape(4, 100))
    assert (found["diverging"].dtype, found["tree_depth"].dtype) == (bool, np.int64)
    assert fitted.attrs["method"] == "fit"
    assert draws.fit.failures  # a hundred draws do not pass the gate, and the file says so
    assert fitted.attrs["failures"] == "; ".join(draws.fit.failures)
    # an update's draws were picked out of all chains: what NUTS says of each is not theirs
    spec = spec_of(case, known_as_of(case, readings, date(2024, 11, 4)))
    updated = tree_of(replace(draws, khat=0.3), spec, {})
    assert set(updated["sample_stats"].dataset) == {"lp"}
    assert updated["posterior"].sizes["chain"] == 1
    assert updated.attrs["khat"] == 0.3


def test_every_variable_says_what_it_is_and_varies(file: Path) -> None:
    with xr.open_datatree(file) as opened:
        for group in ("posterior", "prior", "scenarios", "posterior_predictive"):
            for name, values in opened[group].dataset.data_vars.items():
                assert values.attrs["long_name"], (group, name)
                assert set(values.dims) <= set(values.coords)
        for name, values in opened["posterior"].dataset.data_vars.items():
            assert (values.std(("chain", "draw")) > 0).all(), name


def test_predictive_readings_stand_where_readings_do(tree: xr.DataTree) -> None:
    observed = tree["observed_data"].dataset
    assert [float(y) for y in observed["counts"]] == [4.0, 30.0, 50.0, 70.0]
    assert str(observed["count_series"].to_numpy()[2]) == "strikes, total"
    for group in ("prior_predictive", "posterior_predictive"):
        drawn = tree[group].dataset
        assert drawn["counts"].dims == ("chain", "draw", "count_reading")
        assert np.isfinite(drawn["counts"]).all()
        assert set(np.unique(drawn["levels"])) <= {0.0, 1.0, 2.0}


def test_the_term_of_a_reading_is_its_period_s(tree: xr.DataTree) -> None:
    terms = tree["log_likelihood"].dataset["readings"]
    each = by_reading(tree)["log_likelihood"].dataset
    expected = [
        terms.sel(period="2024-W40"), terms.sel(period="2024-W42"),
        terms.sel(period="2024-W43") + terms.sel(period="2024-W44"), terms.sel(period="2024-W46"),
    ]  # fmt: skip
    for n, term in enumerate(expected):
        np.testing.assert_allclose(each["counts"].isel(count_reading=n), term, rtol=1e-6)


TOOLS: dict[str, Callable[[Any, xr.DataTree], Any]] = {
    "summary": lambda az, tree: az.summary(tree).loc["now[war]"],
    "loo": lambda az, tree: az.loo(tree),
    "loo_pit": lambda az, tree: az.loo_pit(by_reading(tree)),
    "psense_summary": lambda az, tree: az.psense_summary(tree).loc["now[war]"],
    "plot_rank_dist": lambda az, tree: az.plot_rank_dist(tree, backend="matplotlib"),
    "plot_ppc_pit": lambda az, tree: az.plot_ppc_pit(tree, backend="matplotlib"),
}


def test_arviz_s_tools_work_on_it(case: Case) -> None:
    import arviz
    import matplotlib.pyplot as plt

    tree = posterior_tree(case, load_readings(case), AS_OF)
    plt.switch_backend("agg")
    found = {}
    with warnings.catch_warnings():
        # where few draws of few readings are drawn, ArviZ itself warns
        warnings.filterwarnings("ignore", "More than 20 figures|Estimated shape parameter")
        for name, tool in TOOLS.items():
            found[name] = tool(arviz, tree)
            plt.close("all")
    assert 0 < float(found["summary"]["mean"]) < 1
    assert float(found["psense_summary"]["likelihood"]) > 0
    assert found["loo"].n_data_points == 6
    pit = found["loo_pit"]["counts"]
    assert ((pit >= 0) & (pit <= 1)).all()


def test_equal_posteriors_give_equal_bytes(case: Case, file: Path) -> None:
    again = as_netcdf(posterior_tree(case, load_readings(case), AS_OF))
    assert again == file.read_bytes()


def test_without_h5netcdf_it_says_how_to_get_it(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = posterior_tree(case, load_readings(case), AS_OF)
    monkeypatch.setitem(sys.modules, "h5netcdf", None)
    with pytest.raises(UsageError, match=r"pip install '\.\[netcdf\]'"):
        as_netcdf(tree)
