"""The posterior with names: what ArviZ opens is what the forecast is made of."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from forecast.case import Case
from forecast.errors import UsageError
from forecast.readings import known_as_of, load_readings
from forecast.refresh import refresh
from forecast.refresh.draws import draws_as_of
from forecast.refresh.tree import VARIABLES, as_netcdf, posterior_tree

AS_OF = date(2024, 11, 25)  # an update: its anchor is that of 4 November


@pytest.fixture
def file(case: Case, tmp_path: Path) -> Path:
    path = tmp_path / "posterior.nc"
    path.write_bytes(as_netcdf(posterior_tree(case, load_readings(case), AS_OF)))
    return path


def test_arviz_opens_it(file: Path) -> None:
    import arviz  # comes with pymc; slow to load, so only here

    opened = arviz.from_netcdf(file)
    assert set(opened.children) == {"posterior", "sample_stats"}
    assert opened["posterior"].dataset["filtered"].dims == ("chain", "draw", "period", "scenario")


def test_it_holds_what_the_forecast_says(case: Case, file: Path) -> None:
    forecast = refresh(case, load_readings(case), AS_OF)
    with xr.open_datatree(file) as opened:
        posterior = opened["posterior"].dataset
        assert opened.attrs["fingerprint"] == forecast.fingerprint
        assert opened.attrs["period"] == str(forecast.period)
        assert list(posterior.period.to_numpy()) == [str(p.period) for p in forecast.history]
        now = posterior["filtered"].sel(period=str(forecast.period)).mean(("chain", "draw"))
        for scenario in forecast.scenarios:
            found = float(now.sel(scenario=scenario.id))
            assert found == pytest.approx(scenario.probability, abs=1e-5)


def test_draws_of_a_fit_keep_their_chains(case: Case) -> None:
    readings = load_readings(case)
    fitted = posterior_tree(case, readings, date(2024, 11, 4))
    draws = draws_as_of(
        case, readings, known_as_of(case, readings, date(2024, 11, 4)), lambda *_: None
    )
    loglik = fitted["sample_stats"].dataset["loglik"].to_numpy()
    assert loglik.shape == (4, 100)
    np.testing.assert_allclose(loglik.ravel(), draws.posterior.loglik, rtol=1e-6)
    assert fitted.attrs["method"] == "fit"
    assert draws.fit.failures  # a hundred draws do not pass the gate, and the file says so
    assert fitted.attrs["failures"] == "; ".join(draws.fit.failures)


def test_every_variable_says_what_it_is(file: Path) -> None:
    with xr.open_datatree(file) as opened:
        posterior = opened["posterior"].dataset
        for name in posterior.data_vars:
            dims, meaning = VARIABLES[str(name)]
            assert posterior[name].attrs["long_name"] == meaning
            assert set(posterior[name].coords) == set(dims)
        chances = posterior["probability"].sum("level")
        np.testing.assert_allclose(chances, 1, atol=1e-5)


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
