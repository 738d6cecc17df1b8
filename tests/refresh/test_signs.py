"""Signs of what begins next: arrays of the model, ratios by hand, what a refresh says."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from forecast.case import Case, Derived, Evidence, load_case
from forecast.families import FAMILIES
from forecast.periods import Period
from forecast.readings import known_as_of, load_readings
from forecast.record import Forecast
from forecast.refresh import fingerprint, refresh
from forecast.refresh.arrays import spec_of
from forecast.refresh.evidence import contributions, sign_contributions
from forecast.refresh.signs import ratio_of, ratios_ahead, sign_ratios

AS_OF = date(2024, 11, 18)
PACE = Derived(
    "pace",
    "Pace",
    "strikes",
    "maximum",
    over=1,
    role="sign",
    otherwise=(10.0, 40.0),
    before={"war": (30.0, 120.0)},
    because="As before other wars",
)
HARBOUR = Evidence(
    id="harbour-closes",
    name="Harbour closes",
    period=Period.parse("2024-W46"),
    published=date(2024, 11, 15),
    grade="B2",
    url="https://example.org/h",
    note="",
    group=None,
    because="As before",
    likelihoods={"desk": {"war": 0.1, "other": 0.1}},
    weights={"desk": 1.0},
    before={"desk": {"war": 0.4}},
)


def signed(case: Case) -> Case:
    """Strikes before war as in it, border before peace as never otherwise."""
    levels = {"levels": [0.98, 0.01, 0.01], "worth": 1, "basis": "judgement", "because": "So"}
    peace = FAMILIES["ordinal"].expectation(levels)
    before = {
        "strikes": {"war": case.expectations["strikes"]["war"]},
        "border": {"other": peace},
    }
    return dataclasses.replace(case, before=before, derived=(PACE,), evidence=(HARBOUR,))


def test_conditions_are_scenarios_and_then_signs(case: Case) -> None:
    spec = spec_of(signed(case), known_as_of(case, load_readings(case), AS_OF))
    assert spec.conditions == ("war", "other", "before war", "before other")
    np.testing.assert_array_equal(spec.counts.median, [[60, 5, 60, np.nan]])
    (border,) = spec.series
    assert np.isnan(border.elicited[0, 2]).all()
    np.testing.assert_array_equal(border.elicited[0, 3], [0.98, 0.01, 0.01])
    assert spec.signs is not None
    assert spec.signs.evidence.shape == (7, 2, 2)
    assert spec.signs.ratio.shape == (7, 2)


def test_without_signs_nothing_is_other(case: Case) -> None:
    known = known_as_of(case, load_readings(case), AS_OF)
    assert spec_of(case, known).signs is None
    facts = dataclasses.replace(
        case, derived=(dataclasses.replace(PACE, role="fact", otherwise=None, before={}),)
    )
    assert spec_of(facts, known).signs is None
    assert fingerprint(facts, known) == fingerprint(case, known)
    assert fingerprint(signed(case), known) != fingerprint(case, known)


def test_a_ratio_by_hand(case: Case) -> None:
    def density(x: float, median: float, p90: float) -> float:
        sd = (np.log1p(p90) - np.log1p(median)) / norm.ppf(0.9)
        return float(norm.pdf(np.log1p(x), np.log1p(median), sd))

    known = known_as_of(case, load_readings(case), AS_OF)
    found = sign_ratios(signed(case), known)
    assert found is not None
    before, otherwise = density(70, 30, 120), density(70, 10, 40)
    trust, even = case.grades["B2"], (before + otherwise) / 2
    expected = (trust * before + (1 - trust) * even) / (trust * otherwise + (1 - trust) * even)
    assert found[-1, 0] == pytest.approx(expected)
    np.testing.assert_array_equal(found[:, 1], 1.0)  # a sign of war alone
    np.testing.assert_array_equal(found[3:6], 1.0)  # nothing is read in W43 to W45


@pytest.mark.parametrize("trust", [0.3, 0.8, 0.97])
def test_a_ratio_has_its_bounds_and_rises_with_what_it_is_of(case: Case, trust: float) -> None:
    ratios = [ratio_of(case, PACE, x, trust, "war") for x in (20, 40, 80, 1e3, 1e6)]
    assert ratios == sorted(ratios)
    assert ratios[-1] <= (1 + trust) / (1 - trust)
    assert ratio_of(case, PACE, 0.0, trust, "war") >= (1 - trust) / (1 + trust)
    assert ratio_of(case, PACE, 80.0, 0.0, "war") == 1.0


def test_a_trend_is_normal_as_it_is(case: Case) -> None:
    trend = dataclasses.replace(
        PACE, take="trend", otherwise=(0.0, 0.5), before={"war": (0.5, 1.0)}
    )
    assert ratio_of(case, trend, 0.25, 0.9, "war") == pytest.approx(1.0)  # halfway between
    assert ratio_of(case, trend, 0.5, 0.9, "war") > 1.5


def test_an_event_is_likelier_before_what_it_is_a_sign_of(case: Case) -> None:
    usual = contributions(case, (HARBOUR,))["harbour-closes"]
    signs = sign_contributions(case, (HARBOUR,), ["war", "other"])["harbour-closes"]
    trust = case.grades["B2"]
    weak = np.log(1 - trust + trust * 0.25)
    np.testing.assert_allclose(usual, [weak, weak])
    np.testing.assert_allclose(signs, [[0.0, weak], [0.0, weak]])


def test_what_begins_next_is_said_of_readings_events_and_measures(case: Case) -> None:
    found = refresh(signed(case), load_readings(case), AS_OF)
    signs = {(sign.id, sign.scenario): sign for sign in found.signs}
    assert list(signs) == [
        ("strikes", "war"), ("harbour-closes", "war"), ("pace", "war"), ("border", "other"),
    ]  # fmt: skip
    assert signs["harbour-closes", "war"].factor == pytest.approx(
        -np.log(1 - case.grades["B2"] * 0.75), rel=1e-6
    )
    assert signs["pace", "war"].value == 70
    assert signs["border", "other"].factor < 0  # it is closed
    assert Forecast.from_json(found.to_json()) == found


def test_signs_move_what_comes_and_hardly_what_is(case: Case) -> None:
    calm = tuple(r for r in load_readings(case) if r.period == case.first)
    event = dataclasses.replace(case, evidence=(HARBOUR,))
    plain = dataclasses.replace(case, evidence=(dataclasses.replace(HARBOUR, before={}),))
    (now, coming), (usual, usually) = (
        (war.probability, war.horizons["1"])
        for war in (refresh(each, calm, AS_OF).scenarios[0] for each in (event, plain))
    )
    assert now < usual  # what begins next does not hold yet
    assert coming - now > 1.2 * (usually - usual)


@pytest.mark.usefixtures("case")
def test_files_say_the_same(tmp_path: Path) -> None:
    text = (tmp_path / "priors" / "strikes.toml").read_text("utf-8")
    more = '[war.before]\nmedian = 60\np90 = 200\nworth = 2\nbasis = "judgement"\nbecause = "So"\n'
    tables = text.replace("war   = {", "[war]\n").replace("other = {", "[other]\n")
    lines = [
        "\n".join(line.rstrip(" }").split(", ")) if "median" in line else line
        for line in tables.splitlines()
    ]
    (tmp_path / "priors" / "strikes.toml").write_text("\n".join([*lines, more]), "utf-8")
    loaded = load_case(tmp_path)
    known = known_as_of(loaded, load_readings(loaded), AS_OF)
    np.testing.assert_array_equal(spec_of(loaded, known).counts.median, [[60, 5, 60]])


def test_a_slow_mean_weighs_on_and_fades_by_half_lives(case: Case) -> None:
    slow = dataclasses.replace(PACE, take="slow-mean", over=None, halflife=2.0)
    known = known_as_of(case, load_readings(case), AS_OF)
    both = dataclasses.replace(case, derived=(slow, PACE), horizons=(1, 4))
    now = sign_ratios(dataclasses.replace(case, derived=(slow,)), known)
    assert now is not None
    fades = 0.5 ** (np.arange(1, 4) / 2)
    np.testing.assert_allclose(
        np.log(ratios_ahead(both, known)), fades[:, None] * np.log(now[-1]), rtol=1e-12
    )
    assert ratios_ahead(dataclasses.replace(case, derived=(PACE,)), known).shape == (0, 2)
