"""What one-off events add: pooled over analysts, weakened by grade, averaged in groups."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pytest

from forecast.case import Case, Evidence
from forecast.periods import Period
from forecast.readings import load_readings
from forecast.refresh import refresh
from forecast.refresh.evidence import contributions

AS_OF = date(2024, 11, 18)
ITEM = Evidence(
    id="harbour-closes",
    name="Harbour closes",
    period=Period.parse("2024-W46"),
    published=date(2024, 11, 15),
    grade="B2",
    url="https://example.org/h",
    note="",
    group=None,
    because="As before",
    likelihoods={"desk": {"war": 0.8, "other": 0.2}, "field": {"war": 0.2, "other": 0.2}},
    weights={"desk": 0.5, "field": 0.5},
)


def believed(case: Case, trust: float) -> Case:
    return dataclasses.replace(
        case,
        reliability=case.reliability | {"B": trust},
        credibility=case.credibility | {"2": 1.0},
    )


def test_analysts_are_pooled_and_only_ratios_matter(case: Case) -> None:
    whole = believed(case, 1.0)
    said = contributions(whole, (ITEM,))["harbour-closes"]
    np.testing.assert_allclose(said, [0.0, 0.5 * np.log(0.25)])  # sqrt(4 to 1)
    halved = {a: {s: p / 2 for s, p in given.items()} for a, given in ITEM.likelihoods.items()}
    again = contributions(whole, (dataclasses.replace(ITEM, likelihoods=halved),))
    np.testing.assert_allclose(again["harbour-closes"], said)


def test_a_weaker_report_says_less_and_one_without_trust_nothing(case: Case) -> None:
    ratios = [
        float(np.ptp(contributions(believed(case, trust), (ITEM,))["harbour-closes"]))
        for trust in (0.0, 0.3, 0.9, 1.0)
    ]
    assert ratios[0] == 0.0
    assert ratios == sorted(ratios)


def test_items_of_a_group_are_averaged(case: Case) -> None:
    first = dataclasses.replace(ITEM, group="blockade")
    second = dataclasses.replace(first, id="again")
    alone = contributions(case, (ITEM,))["harbour-closes"]
    both = contributions(case, (first, second))
    np.testing.assert_allclose(both["harbour-closes"] + both["again"], alone)


def test_evidence_moves_the_forecast_only_once_it_is_known(case: Case) -> None:
    readings = load_readings(case)
    with_item = dataclasses.replace(case, evidence=(ITEM,))
    plain, moved = (refresh(c, readings, AS_OF) for c in (case, with_item))
    assert moved.scenarios[0].probability > plain.scenarios[0].probability
    assert moved.evidence[0].support["war"] > moved.evidence[0].support["other"]
    assert moved.fingerprint != plain.fingerprint
    later = dataclasses.replace(ITEM, published=date(2024, 11, 19))
    unknown = refresh(dataclasses.replace(case, evidence=(later,)), readings, AS_OF)
    assert unknown.fingerprint == plain.fingerprint
    assert [s.probability for s in unknown.scenarios] == [s.probability for s in plain.scenarios]
    early = dataclasses.replace(ITEM, period=Period.parse("2024-W47"), published=AS_OF)
    held = refresh(dataclasses.replace(case, evidence=(early,)), readings, AS_OF)
    assert held.evidence[0].support == {}
    assert held.scenarios[0].probability == plain.scenarios[0].probability


def test_grades_weigh_readings_in_the_refresh(case: Case) -> None:
    readings = load_readings(case)
    none = refresh(believed(case, 0.0), readings, AS_OF)
    start = refresh(case, (), AS_OF)
    for nothing, unread in zip(none.scenarios, start.scenarios, strict=True):
        assert nothing.probability == pytest.approx(unread.probability, abs=1e-12)
