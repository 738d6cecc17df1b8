"""The default case: in order, honest about its elicitation, and what it says it is."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from forecast.case import Case, check_case, load_case
from forecast.model.believed import believed_counts
from forecast.model.data import blocks_of, data_of
from forecast.model.elicit import count_prior
from forecast.periods import Period
from forecast.readings import Reading, check_readings, known_as_of, load_readings
from forecast.refresh.arrays import spec_of

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(ROOT)


def test_the_case_is_in_order(case: Case) -> None:
    assert check_case(ROOT) == []
    assert check_readings(case) == []


def test_scenarios_and_indicators_are_those_of_the_watch_list(case: Case) -> None:
    assert [s.id for s in case.scenarios] == [
        "opposition-breakthrough",
        "negotiated-deescalation",
        "iranian-ground-surge",
        "sustained-air-campaign",
        "limited-interdiction",
        "other",
    ]
    assert {i.id for i in case.indicators} == {
        "sortie-intensity",
        "turkish-border-posture",
        "iranian-footprint",
        "casualty-trend",
        "displacement",
    }
    assert case.as_of == date(2024, 12, 2)


def test_elicited_counts_come_back_with_inertia_on(case: Case) -> None:
    assert case.as_of is not None
    counts = spec_of(case, known_as_of(case, (), case.as_of)).counts
    assert (counts.inertia > 0).all()
    assert count_prior(counts).reconciled.all()
    y = believed_counts(counts)
    np.testing.assert_allclose(np.median(y, axis=2), counts.median, rtol=0.10)
    np.testing.assert_allclose(np.quantile(y, 0.9, axis=2), counts.p90, rtol=0.20)


def test_elicited_levels_and_successors_come_back(case: Case) -> None:
    assert case.as_of is not None
    spec = spec_of(case, known_as_of(case, (), case.as_of))
    ((_, block, *_),) = blocks_of(data_of(spec))
    elicited = spec.of("ordinal")
    assert elicited is not None
    normals = np.random.default_rng(5).normal(size=(40_000, block.centre.shape[2]))
    for at in np.ndindex(block.scale.shape):
        x = block.centre[at] + block.scale[at] * normals
        q = np.exp(x - x.max(axis=1, keepdims=True))
        q /= q.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(q.mean(axis=0), elicited.elicited[at], atol=0.03)


def test_a_row_whose_source_cannot_be_opened_says_so(case: Case) -> None:
    for reading in load_readings(case):
        assert reading.url.startswith(("http://", "https://")) or reading.note.startswith(
            "not openable:"
        )


def test_no_expectation_rests_on_what_came_later(case: Case) -> None:
    with (ROOT / "docs" / "syria" / "analogs.csv").open(encoding="utf-8", newline="") as file:
        ends = {row["id"]: date.fromisoformat(row["period_end"]) for row in csv.DictReader(file)}
    allowed = {"A062"}  # the frozen front's label, read up to June 2024 (docs/syria.md)
    for expected in case.expectations.values():
        for expectation in expected.values():
            words = expectation.because.replace("(", " ").replace(")", " ").replace(",", " ")
            cited = {w for w in words.split() if w[0] == "A" and w[1:].isdigit()} - allowed
            assert all(ends[name] < date(2024, 7, 1) for name in cited)
            if expectation.basis == "judgement":
                assert expectation.worth <= 2


def test_resolutions_name_scenarios_and_periods(case: Case) -> None:
    known = {s.id for s in case.scenarios}
    with (ROOT / "reports" / "resolutions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        assert row["scenario"] in known
        period = Period.parse(row["period"])
        assert date.fromisoformat(row["published"]) >= period.first_day


with (ROOT / "docs" / "syria" / "facts.csv").open(encoding="utf-8", newline="") as _file:
    FACTS = {row["id"]: row for row in csv.DictReader(_file)}
# rows whose days are not those of the facts they cite, by docs/syria.md or their note
DAYS = {
    ("casualty-trend", "2024-W48", "2024-11-30"): "of F015's raids, not of its dead since the 27th",
    ("displacement", "2024-W40", "2024-10-03"): "a week's count shifted by four days",
    ("displacement", "2024-W40", "2024-10-08"): "seven days from a day before the week",
    ("displacement", "2024-W49", "2024-12-05"): "a difference keeps the days it covers",
    ("displacement", "2024-W49", "2024-12-06"): "a difference keeps the days it covers",
    ("displacement", "2024-W49", "2024-12-07"): "a difference keeps the days it covers",
    ("sortie-intensity", "2024-W34", "2024-10-18"): "the facts say that none came before",
    ("sortie-intensity", "2024-W50", "2024-12-14"): "judged, no source counts",
}
# the page that is linked is a second outlet, the first cannot be found again (the row's note)
PAGE = {("casualty-trend", "2024-W48", "2024-11-29")}


def cited(reading: Reading) -> list[dict[str, str]]:
    """The facts that a row rests on, in the order in which its note names them."""
    found = [FACTS[name] for name in re.findall(r"F\d+", reading.note)]
    assert found, f"{reading.indicator}, line {reading.line}: cites no fact"
    return found


def key(reading: Reading) -> tuple[str, str, str]:
    return reading.indicator, str(reading.period), reading.published.isoformat()


def test_no_grade_is_above_every_fact_it_rests_on(case: Case) -> None:
    for reading in load_readings(case):
        grades = [fact["reliability"] + fact["credibility"] for fact in cited(reading)]
        assert case.grades[reading.grade] <= max(case.grades[grade] for grade in grades), (
            key(reading), reading.grade, grades,
        )  # fmt: skip


def test_no_row_is_known_before_what_it_rests_on(case: Case) -> None:
    days: dict[str, date] = {}
    for fact in FACTS.values():
        day = date.fromisoformat(fact["published"])
        days[fact["url"]] = min(day, days.get(fact["url"], day))
    for reading in load_readings(case):
        first = date.fromisoformat(cited(reading)[0]["published"])
        assert reading.published >= first, key(reading)
        if key(reading) not in PAGE:
            assert reading.published >= days.get(reading.url, first), key(reading)


def test_no_count_covers_more_days_than_the_facts_it_rests_on(case: Case) -> None:
    counts = {indicator.id for indicator in case.indicators if indicator.family == "count"}
    odd = {}
    for reading in load_readings(case):
        if reading.indicator in counts:
            facts = cited(reading)
            first = max(reading.period.first_day, min(_day(f, "period_start") for f in facts))
            last = min(reading.last_period.last_day, max(_day(f, "period_end") for f in facts))
            if reading.days > (last - first).days + 1:
                odd[key(reading)] = (reading.days, (last - first).days + 1)
    assert odd.keys() == DAYS.keys(), odd


def _day(fact: dict[str, str], name: str) -> date:
    return date.fromisoformat(fact[name])
