"""What a fit is examined by, and its sheet: chains that disagree, readings that do not fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from forecast.case import Case
from forecast.readings import load_readings
from forecast.refresh.diagnosis import Curve, Diagnosis, diagnosis_of
from forecast.refresh.tree import posterior_tree
from forecast.report.charts.diagnose import diagnose_sheet
from forecast.report.view import model_captions as words

AS_OF = date(2024, 11, 25)


@pytest.fixture
def tree(case: Case) -> xr.DataTree:
    return posterior_tree(case, load_readings(case), AS_OF)


@pytest.fixture
def found(tree: xr.DataTree) -> Diagnosis:
    return diagnosis_of(tree, tree)


def test_a_curve_leaves_its_band_where_shares_are_uneven() -> None:
    rng = np.random.default_rng(1)
    assert not Curve.of(rng.random(400), 400).outside
    assert Curve.of(rng.random(400) ** 2, 400).outside
    assert Curve.of(np.array([0.5]), 1.0).difference[75] == 0.25


def test_chains_of_one_distribution_agree(found: Diagnosis) -> None:
    assert set(found.ranks) == {"war", "other"}
    assert all(len(curves) == 4 for curves in found.ranks.values())
    assert not words.chains_apart(found)
    assert found.draws[-1] == 400
    assert 100 < found.bulk[-1] < 600


def test_chains_that_disagree_are_named(tree: xr.DataTree) -> None:
    apart = tree.copy(deep=True)
    now = apart["posterior"].dataset["now"]
    apart["posterior"] = apart["posterior"].dataset.assign(now=now.where(now.chain > 0, now + 0.5))
    found = diagnosis_of(tree, apart)
    assert words.chains_apart(found)
    assert words.title(found).startswith("The chains disagree")


def test_readings_that_are_not_as_expected_are_named(tree: xr.DataTree, case: Case) -> None:
    high = tree.copy(deep=True)
    observed = high["observed_data"].dataset
    high["observed_data"] = observed.assign(counts=observed["counts"] + 1e6)
    found = diagnosis_of(high, tree)
    assert found.pit["counts"].outside
    assert "counts are not as expected" in words.title(found)
    assert found.readings == {"counts": 4, "levels": 3}
    # without a reading there is nothing to hold them to
    empty = posterior_tree(case, (), AS_OF)
    assert diagnosis_of(empty, empty).pit == {}


def test_sensitivities_are_of_all_there_is(found: Diagnosis) -> None:
    assert set(found.sensitivity) == {
        "likelihood", "e_duration", "e_location", "e_dispersion", "e_inertia", "e_source",
        "e_level", "e_level_inertia",
    }  # fmt: skip
    assert set(found.sensitivity) <= set(words.SCALED)
    assert all(np.isfinite(value) and value >= 0 for value in found.sensitivity.values())


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_sheet_is_drawn_the_same_again(found: Diagnosis, tmp_path: Path, kind: str) -> None:
    first, second = tmp_path / f"a.{kind}", tmp_path / f"b.{kind}"
    for path in (first, second):
        diagnose_sheet(found, path)
    assert first.read_bytes() == second.read_bytes()
    if kind == "svg":
        assert words.title(found) in first.read_text("utf-8")


def test_a_case_of_which_nothing_varies_has_a_sheet_too(found: Diagnosis, tmp_path: Path) -> None:
    nothing = replace(found, ranks={}, pit={}, readings={}, sensitivity={})
    diagnose_sheet(nothing, tmp_path / "a.svg")
    assert words.title(nothing) == "The fit failed its gate; there is no reading."
