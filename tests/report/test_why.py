"""Why: which two scenarios are compared, and that it never contradicts what moved or `explain`."""

from __future__ import annotations

import dataclasses
import math
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from forecast.explain.movement_types import Moment, Weight
from forecast.periods import Period
from forecast.record import Forecast, ScenarioForecast
from forecast.report.view import words
from forecast.report.view.explain import build_explain
from forecast.report.view.why import ranked, why

from .moved import FOUND
from .sample import indicators, make, scenarios

TELLING = math.log(1.5)
NAMES = ("Alpha", "Beta", "Gamma", "Delta")


def forecast_of(
    now: list[float], before: list[float], support: list[list[float]], extra: float = 0.0
) -> Forecast:
    """A forecast of as many scenarios as there are numbers, and of an indicator per support.

    ``extra`` is what all readings together say for the first scenario beyond their sum.
    """
    ids = [name.lower() for name in NAMES[: len(now)]]
    made = [
        structs.replace(
            scenarios()[0],
            id=ids[k],
            name=NAMES[k],
            probability=now[k],
            low=now[k],
            high=now[k],
            change=now[k] - before[k],
        )
        for k in range(len(now))
    ]
    read = [
        structs.replace(item, support=dict(zip(ids, values, strict=True)))
        for item, values in zip(indicators(), support, strict=False)
    ]
    together = {
        name: sum(values[k] for values in support) + (extra if k == 0 else 0.0)
        for k, name in enumerate(ids)
    }
    return make(scenarios=made, indicators=read, support=together if support else {})


def simplex(size: int) -> st.SearchStrategy[list[float]]:
    weights = st.lists(st.floats(0.001, 1), min_size=size, max_size=size)
    return weights.map(lambda values: [value / sum(values) for value in values])


@st.composite
def forecasts(draw: st.DrawFn) -> Forecast:
    size = draw(st.integers(2, 4))
    each = st.lists(st.floats(-4, 0), min_size=size, max_size=size)
    support = draw(st.lists(each, min_size=0, max_size=4))
    extra = draw(st.floats(-2, 2)) if len(support) > 1 else 0.0
    return forecast_of(draw(simplex(size)), draw(simplex(size)), support, extra)


def expected_rival(forecast: Forecast) -> ScenarioForecast:
    """The other scenario that rose or fell most, of those at 5 % or more now or then."""
    leader, *others = ranked(forecast)
    moved = [
        s
        for s in others
        if abs(s.change or 0) >= 0.005
        and max(s.probability, s.probability - (s.change or 0)) >= 0.05
    ]
    assert leader not in others
    return max(moved, key=lambda s: abs(s.change or 0), default=others[0])


def odds(forecast: Forecast, one: ScenarioForecast, other: ScenarioForecast) -> float:
    return forecast.support[one.id] - forecast.support[other.id]


def gained(one: ScenarioForecast, other: ScenarioForecast) -> float:
    """By how much the log odds of one over the other rose."""

    def log(p: float) -> float:
        return math.log(max(p, 1e-6))

    before = [s.probability - (s.change or 0) for s in (one, other)]
    return log(one.probability) - log(other.probability) - log(before[0]) + log(before[1])


@given(forecasts())
def test_it_compares_with_what_moved_most_and_says_where_readings_did_not_do_it(
    forecast: Forecast,
) -> None:
    said = " ".join(why(forecast))
    leader, rival = ranked(forecast)[0], expected_rival(forecast)
    if not forecast.support:
        moved = any(abs(s.change or 0) >= 0.005 for s in forecast.scenarios)
        assert said.startswith("No reading for week 48: nothing new")
        assert ("What moved is time" in said) == moved
        return
    compared = (
        f"for {leader.name} over {rival.name}",
        f"separate {leader.name} from {rival.name}",
        f"separates {leader.name} from {rival.name}",
    )
    assert any(phrase in said for phrase in compared)
    total, change = odds(forecast, leader, rival), gained(leader, rival)
    shown = max(abs(s.change or 0) for s in (leader, rival)) >= 0.005
    otherwise = total * change <= 0 or abs(total) < TELLING
    still = re.search(r"Still (\w+) gained on (\w+): time", said)
    assert bool(still) == (shown and abs(change) >= TELLING and otherwise)
    if still:  # who gained is who did
        names = (leader.name, rival.name) if change > 0 else (rival.name, leader.name)
        assert still.groups() == names


@given(forecasts())
def test_every_reading_is_on_the_side_it_speaks_for(forecast: Forecast) -> None:
    lines = why(forecast)
    leader, rival = ranked(forecast)[0], expected_rival(forecast)
    said = next((line for line in lines if f"for {leader.name} over {rival.name}" in line), "")
    if not said:
        return
    pros, _, rest = said.partition(f"for {leader.name} over {rival.name}")
    cons = rest.split("the other way")[0] if "the other way" in rest else ""
    for item in forecast.indicators:
        factor = item.support[leader.id] - item.support[rival.id] if item.support else 0.0
        assert (f"{item.name} " in pros) == (factor >= TELLING)
        assert (f"{item.name} " in cons) == (factor <= -TELLING)


@given(forecasts())
def test_it_and_explain_say_the_same_of_the_top_two(forecast: Forecast) -> None:
    if not forecast.support:
        return
    first, second = ranked(forecast)[:2]
    factor = odds(forecast, first, second)
    found = build_explain(
        dataclasses.replace(
            FOUND,
            scenarios={s.id: s.name for s in forecast.scenarios},
            before=_moment(forecast, "2024-W47", "2024-11-25", before=True),
            after=_moment(forecast, "2024-W48", "2024-12-02", before=False),
            shares=(),
            remainder={s.id: s.change or 0.0 for s in forecast.scenarios},
            leading=(first.id, second.id),
            log_factor=factor,
            weights=(Weight("x", "X", factor, {s.id: 0.5 for s in forecast.scenarios}),),
        )
    )
    said = " ".join(why(forecast))
    told = f"speaks {words.odds(factor)} {'for' if factor >= 0 else 'against'} {first.name} over"
    assert told in found.weights_title
    if (favour := re.search(r"Readings favour (\w+) over (\w+), ([\d.,]+ to 1)", said)) is not None:
        better = (first.name, second.name) if factor > 0 else (second.name, first.name)
        assert favour.groups() == (*better, words.odds(factor).removeprefix("over "))
    elif abs(factor) >= TELLING and expected_rival(forecast) is second:
        assert words.odds(factor) in said


def _moment(forecast: Forecast, period: str, as_of: str, *, before: bool) -> Moment:
    by = {s.id: s.probability - before * (s.change or 0.0) for s in forecast.scenarios}
    return Moment(Period.parse(period), date.fromisoformat(as_of), None, by)


@pytest.mark.parametrize(
    ("now", "before", "rival"),
    [
        ([0.6, 0.3, 0.1], [0.6, 0.1, 0.3], "Beta"),  # the same, one up and one down: more probable
        ([0.55, 0.35, 0.1], [0.8, 0.1, 0.1], "Beta"),  # the leader fell, this one rose
        ([0.6, 0.36, 0.04], [0.1, 0.3, 0.6], "Gamma"),  # it hardly matters now, and did
        ([0.6, 0.38, 0.02], [0.6, 0.4, 0.0], "Beta"),  # that one never did
        ([0.6, 0.3, 0.1], [0.6, 0.3, 0.1], "Beta"),  # nothing moved: the runner-up
    ],
)
def test_who_the_leader_is_compared_with(now: list[float], before: list[float], rival: str) -> None:
    said = why(forecast_of(now, before, [[0.0, -2.0, -2.0]]))
    assert f"for Alpha over {rival}" in said[0]


def test_a_total_over_several_periods_is_a_reading_of_each() -> None:
    forecast = forecast_of([0.7, 0.3], [0.4, 0.6], [[-1.0, -2.0]])
    total = structs.replace(
        forecast.indicators[0], period=Period.parse("2024-W47"), span=2, days=14, support={}
    )
    alone = structs.replace(forecast, indicators=[total])
    assert why(alone) == ("Sorties W47-48 2.7 to 1 for Alpha over Beta.",)
    beside = structs.replace(forecast, indicators=[*forecast.indicators, total])
    assert why(beside) == (
        "Sorties 2.7 to 1 for Alpha over Beta; 2.7 to 1 in all, with Sorties W47-48.",
    )
    over = structs.replace(
        alone, indicators=[structs.replace(total, period=Period.parse("2024-W45"))]
    )
    assert why(over)[0].startswith("No reading for week 48: ")


def test_a_rise_against_the_readings_is_said_to_be_one() -> None:
    said = why(forecast_of([0.7, 0.3], [0.4, 0.6], [[-2.0, -1.0]]))
    assert said == (
        "No reading speaks for Alpha over Beta; Sorties 2.7 to 1 the other way.",
        "Still Alpha gained on Beta: time, late or corrected readings, or edits.",
    )
