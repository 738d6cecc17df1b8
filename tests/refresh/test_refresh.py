"""The refresh: adds up, uses only what was known, is the same twice, says what it compares with."""

from __future__ import annotations

import dataclasses
import json
import math
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.case import Alerting, Case, Memory
from forecast.errors import CaseError
from forecast.ledger.validate import first_fault
from forecast.periods import Period
from forecast.readings import Reading, known_as_of, load_readings, with_outcomes
from forecast.record import Forecast
from forecast.refresh import fingerprint, refresh

AS_OF = date(2024, 11, 18)


def without_issued(forecast: Forecast) -> dict[str, Any]:
    data = forecast.to_json()
    del data["issued"]
    return data


def test_probabilities_of_every_moment_sum_to_one(case: Case) -> None:
    forecast = refresh(case, load_readings(case), AS_OF)
    assert sum(s.probability for s in forecast.scenarios) == pytest.approx(1, abs=1e-9)
    for horizon in ("1", "4"):
        assert sum(s.horizons[horizon] for s in forecast.scenarios) == pytest.approx(1, abs=1e-9)
    for point in forecast.history:
        assert sum(point.filtered) == pytest.approx(1, abs=1e-9)
        assert sum(point.smoothed) == pytest.approx(1, abs=1e-9)
    for s in forecast.scenarios:
        assert 0 <= s.low <= s.probability <= s.high <= 1
        assert s.ever_within["1"] <= s.ever_within["4"]
        assert s.ever_within["1"] == pytest.approx(s.horizons["1"])
    assert len(forecast.history) == 7
    assert json.loads(json.dumps(forecast.to_json(), allow_nan=False)) == forecast.to_json()


def test_the_same_inputs_give_the_same_forecast(case: Case) -> None:
    first, second = (refresh(case, load_readings(case), AS_OF) for _ in range(2))
    assert without_issued(first) == without_issued(second)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    later=st.dates(date(2024, 11, 19), date(2025, 2, 1)),
    week=st.integers(-6, 4),
    value=st.integers(0, 10**6),
    indicator=st.sampled_from(["strikes", "border"]),
)
def test_rows_published_later_change_nothing(
    case: Case, later: date, week: int, value: int, indicator: str
) -> None:
    readings = load_readings(case)
    planted = Reading(
        indicator=indicator,
        period=Period.parse("2024-W46") + week,
        value=float(value if indicator == "strikes" else value % 3),
        published=later,
        source="sohr" if indicator == "strikes" else "desk",
        grade="A1",
        days=7,
        span=1,
        scope="north-west" if indicator == "strikes" else "country",
        url="",
        note="",
        line=99,
    )
    plain = refresh(case, readings, AS_OF)
    assert without_issued(refresh(case, (*readings, planted), AS_OF)) == without_issued(plain)
    known = dataclasses.replace(planted, published=AS_OF)
    assert refresh(case, (*readings, known), AS_OF).fingerprint != plain.fingerprint


def test_the_fingerprint_knows_what_was_replaced(case: Case) -> None:
    first, *others = load_readings(case)
    older = dataclasses.replace(first, value=99.0, published=date(2024, 10, 6))
    plain = known_as_of(case, (first, *others), AS_OF)
    assert fingerprint(case, known_as_of(case, (first, older, *others), AS_OF)) != fingerprint(
        case, plain
    )


def test_change_is_against_the_forecast_given(case: Case) -> None:
    readings = load_readings(case)
    earlier = refresh(case, readings, date(2024, 11, 11))
    assert earlier.change_since is None
    assert all(s.change is None for s in earlier.scenarios)
    logged = refresh(case, readings, AS_OF, (3, earlier))
    assert logged.change_since is not None
    assert (str(logged.change_since.period), logged.change_since.entry) == ("2024-W45", 3)
    for now, before in zip(logged.scenarios, earlier.scenarios, strict=True):
        assert now.change == pytest.approx(now.probability - before.probability)
    recomputed = refresh(case, readings, AS_OF, (None, earlier))
    assert recomputed.change_since is not None
    assert recomputed.change_since.entry is None


def test_alerts_follow_from_those_of_the_forecast_given(case: Case) -> None:
    eager = dataclasses.replace(case, alerts=Alerting(on=1e-9, off=1e-10))
    first = refresh(eager, load_readings(case), AS_OF - timedelta(days=7))
    assert {alert.state for alert in first.alerts} == {"raised"}
    second = refresh(eager, load_readings(case), AS_OF, (1, first))
    assert {alert.state for alert in second.alerts} == {"crossed"}
    alone = refresh(eager, load_readings(case), AS_OF)
    assert alone.alerts == []  # what is reached already is no alert
    assert alone.fingerprint == refresh(case, load_readings(case), AS_OF).fingerprint


def test_held_readings_are_listed_and_not_used(case: Case) -> None:
    readings = load_readings(case)
    early = dataclasses.replace(
        readings[-1], period=Period.parse("2024-W47"), published=date(2024, 11, 18)
    )
    forecast = refresh(case, (*readings, early), AS_OF)
    assert [(h.indicator, h.period) for h in forecast.held] == [(early.indicator, early.period)]
    plain = refresh(case, readings, AS_OF)
    assert [s.probability for s in forecast.scenarios] == [s.probability for s in plain.scenarios]


def test_states_thresholds_and_recent_values(case: Case) -> None:
    border, strikes = refresh(case, load_readings(case), AS_OF).indicators
    assert (strikes.value, strikes.state, strikes.due) == (70.0, "warning", "reported")
    assert strikes.recent[-7:] == [4.0, None, 30.0, 25.0, 25.0, None, 70.0]
    assert str(strikes.recent_first) == "2024-W35"
    assert strikes.next.thresholds["watch"] >= strikes.next.thresholds["warning"]
    assert len(strikes.next.quantiles) == 23
    values = list(strikes.next.quantiles.values())
    assert values == sorted(values)
    assert (border.value, border.state) == (2.0, "warning")
    assert sum(border.next.levels) == pytest.approx(1)
    assert border.next.thresholds["warning"] == pytest.approx(border.next.levels[2])
    assert set(strikes.support) == {"war", "other"}


def test_an_indicator_without_a_reading_says_nothing(case: Case) -> None:
    border, strikes = refresh(case, load_readings(case), date(2024, 11, 11)).indicators
    assert (strikes.due, strikes.support, strikes.age_days) == ("due", {}, 0)
    assert (str(strikes.period), strikes.span, strikes.state) == ("2024-W43", 2, "watch")
    assert border.due == "reported"


def test_a_part_period_reaches_a_threshold_above_never_one_below(case: Case) -> None:
    strikes = case.indicators[1]
    lower = dataclasses.replace(strikes, at_or_below={"warning": 5.0, "watch": 9.0})
    narrow = dataclasses.replace(case, indicators=(case.indicators[0], lower))
    readings = load_readings(case)
    part = refresh(narrow, readings, date(2024, 10, 21)).indicators[1]
    assert (part.value, part.days, part.state) == (9.0, 3, "watch_pace")  # 21 a week
    whole = refresh(narrow, readings, date(2024, 10, 7)).indicators[1]
    assert (whole.value, whole.state) == (4.0, "warning_below")


def test_a_mode_is_live_only_today_and_unpinned(case: Case) -> None:
    today = date.today()
    assert refresh(case, (), today).mode == "live"
    assert refresh(case, (), AS_OF).mode == "replayed"
    pinned = dataclasses.replace(case, as_of=today)
    assert refresh(pinned, (), today).mode == "replayed"


def test_an_as_of_before_the_first_period_is_refused(case: Case) -> None:
    with pytest.raises(CaseError, match="first possible as-of is 2024-10-07"):
        refresh(case, (), date(2024, 10, 6))


def test_definitions_seed_and_versions_are_part_of_the_fingerprint(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = load_readings(case)
    plain = refresh(case, readings, AS_OF).fingerprint
    war = dataclasses.replace(case.scenarios[0], start=0.3)
    other = dataclasses.replace(case.scenarios[1], start=0.7)
    assert (
        refresh(dataclasses.replace(case, scenarios=(war, other)), readings, AS_OF).fingerprint
        != plain
    )
    moved = dataclasses.replace(case, root=case.root / "elsewhere")
    assert refresh(moved, readings, AS_OF).fingerprint == plain
    border, strikes = case.indicators
    strikes = dataclasses.replace(strikes, memory=Memory(last=0.4, halflife=6.0))
    recalled = dataclasses.replace(case, indicators=(border, strikes))
    assert refresh(recalled, readings, AS_OF).fingerprint != plain
    monkeypatch.setattr("forecast.model.names.SEED", 2)
    assert refresh(case, readings, AS_OF).fingerprint != plain


OUTCOME = "period,scenario,published,url,note\n"


def resolved(case: Case, *rows: str) -> Case:
    path = case.root / "reports" / "resolutions.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(OUTCOME + "".join(f"{row},https://example.org,\n" for row in rows))
    return with_outcomes(case)


@pytest.mark.parametrize("period", ["2024-W40", "2024-W43", "2024-W46"])
@pytest.mark.parametrize("cell", ["war", "not war"])
def test_what_is_known_not_to_have_held_has_probability_0(
    case: Case, period: str, cell: str
) -> None:
    told = resolved(case, f"{period},{cell},2024-11-18")
    made = refresh(told, load_readings(case), AS_OF)
    (point,) = [p for p in made.history if str(p.period) == period]
    at, gone = (1, 0) if cell == "not war" else (0, 1)
    assert (point.filtered[gone], point.smoothed[gone], point.low[gone], point.high[gone]) == (
        0, 0, 0, 0,
    )  # fmt: skip
    for p in made.history:
        assert sum(p.filtered) == pytest.approx(1, abs=1e-9)
        assert sum(p.smoothed) == pytest.approx(1, abs=1e-9)
    assert point.filtered[at] == pytest.approx(1, abs=1e-12)
    if period == "2024-W46":
        assert [s.probability for s in made.scenarios][gone] == 0
        assert 0 < made.scenarios[gone].horizons["1"] < 1
    assert all(map(math.isfinite, made.support.values()))
    data = json.loads(json.dumps(made.to_json(), allow_nan=False))
    left = ["other"] if cell == "not war" else ["war"]
    assert data["outcomes"] == [{"period": period, "possible": left}]
    assert first_fault(data) == ""
    assert Forecast.from_json(data) == made


def test_outcomes_are_known_from_their_publication_to_their_withdrawal(case: Case) -> None:
    readings = load_readings(case)
    plain = refresh(case, readings, AS_OF)
    assert "outcomes" not in plain.to_json()
    told = resolved(case, "2024-W43,war,2024-11-12", "2024-W43,other,2024-11-19")
    path = case.root / "reports" / "resolutions.csv"
    path.write_text(path.read_text() + "2024-W43,,2024-11-26,,a slip\n")
    told = with_outcomes(case)
    at = {
        day: refresh(told, readings, date.fromisoformat(day))
        for day in ("2024-11-11", "2024-11-18", "2024-11-25", "2024-12-02")
    }
    assert [[o.possible for o in made.outcomes] for made in at.values()] == [
        [], [["war"]], [["other"]], [],
    ]  # fmt: skip
    before = refresh(case, readings, date(2024, 11, 11))
    assert without_issued(at["2024-11-11"]) == without_issued(before)
    after = refresh(case, readings, date(2024, 12, 2))
    assert without_issued(at["2024-12-02"]) == without_issued(after)
    assert at["2024-11-18"].fingerprint != plain.fingerprint


def test_an_outcome_of_the_period_after_is_not_used_yet(case: Case) -> None:
    """Known on the Wednesday of its week, as it is where the analyst has that day."""
    told = resolved(case, "2024-W46,war,2024-11-13")
    readings = load_readings(case)
    early = refresh(told, readings, date(2024, 11, 14))
    assert early.outcomes == []
    assert early.fingerprint == refresh(case, readings, date(2024, 11, 14)).fingerprint
    assert [str(o.period) for o in refresh(told, readings, AS_OF).outcomes] == ["2024-W46"]
