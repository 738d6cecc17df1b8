"""What-if is the refresh by update that adding the readings would bring."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from forecast.case import Case, change_of, load_case
from forecast.errors import CaseError
from forecast.explain.what_if import what_if
from forecast.explain.what_if_types import Moment, Supposition, as_logged, carried_over
from forecast.kit.codec import plain
from forecast.model.data import Data, data_of
from forecast.model.fit import Fit, Progress
from forecast.model.posterior import Posterior
from forecast.readings import Reading, known_as_of
from forecast.record import Forecast
from forecast.refresh import draws, refresh
from forecast.refresh.arrays import spec_of
from tests.explain.watched import FIRST, readings, resampled
from tests.factories import make_case

AS_OF, LATER = date(2024, 10, 14), date(2024, 10, 21)  # W41 has ended, W42 has: one block


def from_the_posterior(data: Data, progress: Progress, *, refit: bool = False) -> Fit:
    """Stand in for the sampler; what is resampled is as good as independent."""
    del progress, refit
    theta = resampled(data, 2000)
    return Fit(theta, Posterior.of(data, theta).loglik, 1.0, 2000.0, 0, {}, [])


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path)


@pytest.fixture(autouse=True)
def sampled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count what would be sampled, by how many periods it knows."""
    done: list[int] = []

    def fit(data: Data, progress: Progress, *, refit: bool = False) -> Fit:
        done.append(len(data.evidence))
        return from_the_posterior(data, progress, refit=refit)

    monkeypatch.setattr(draws, "fit", fit)
    return done


def of(indicator: str, value: float) -> Reading:
    """A reading of the next period."""
    one = next(r for r in readings() if r.indicator == indicator)
    return dataclasses.replace(one, period=FIRST + 2, value=value, published=LATER)


def supposing(case: Case, *rows: Reading, name: str = "supposed") -> Supposition:
    return Supposition(name, case, rows, ())


def same(moment: Moment | None, forecast: Forecast) -> None:
    assert moment is not None
    assert forecast.fit.method == "update"
    assert (moment.period, moment.as_of) == (forecast.period, forecast.as_of)
    for scenario in forecast.scenarios:
        told = (moment.probabilities, moment.low, moment.high)
        refreshed = scenario.probability, scenario.low, scenario.high
        assert [each[scenario.id] for each in told] == pytest.approx(refreshed, abs=1e-12)


def test_it_is_adding_the_readings_and_refreshing_by_update(case: Case) -> None:
    known = tuple(r for r in readings() if r.published <= AS_OF)
    more = of("strikes", 40.0), of("border", 1.0)
    found = what_if(case, readings(), [supposing(case, *more), supposing(case, more[0])], AS_OF)
    same(found.today, refresh(case, known, AS_OF))
    same(found.next, refresh(case, known, LATER))
    both, one = found.outcomes
    same(both.moment, refresh(case, (*known, *more), LATER))
    same(one.moment, refresh(case, (*known, more[0]), LATER))
    assert found.next is not None
    assert both.moment is not None
    assert abs(both.moment.probabilities["war"] - found.next.probabilities["war"]) > 0.05


def test_early_readings_count_as_they_will_in_the_refresh(case: Case) -> None:
    early = dataclasses.replace(of("border", 2.0), published=AS_OF)
    rows = (*(r for r in readings() if r.published <= AS_OF), early)
    found = what_if(case, rows, [supposing(case, of("strikes", 40.0))], AS_OF)
    assert found.held == ("border",)
    same(found.next, refresh(case, rows, LATER))
    same(found.outcomes[0].moment, refresh(case, (*rows, of("strikes", 40.0)), LATER))


def test_judgements_alone_are_about_today(case: Case, sampled: list[int]) -> None:
    changes = [change_of(case, ("strikes", "other", "median"), 15, "")]
    changed = load_case(case.root, changes)
    found = what_if(case, readings(), [Supposition("judged", changed, (), ())], AS_OF)
    assert sampled == [1]  # the anchor, and nothing for the judgement
    assert found.next is None
    (outcome,) = found.outcomes
    assert outcome.moment is not None
    assert (str(outcome.moment.period), str(outcome.moment.as_of)) == ("2024-W41", "2024-10-14")
    # by hand: the anchor's draws weighted by what they say of all readings as now judged
    anchor = data_of(spec_of(case, known_as_of(case, readings(), date(2024, 10, 7))))
    theta = resampled(anchor, 2000)
    then = Posterior.of(data_of(spec_of(changed, known_as_of(case, readings(), AS_OF))), theta)
    weight = np.exp(then.loglik - Posterior.of(anchor, theta).loglik)
    expected = weight @ then.now / weight.sum()
    told = list(outcome.moment.probabilities.values())
    np.testing.assert_allclose(told, expected, atol=0.003)
    assert abs(told[0] - found.today.probabilities["war"]) > 0.01


def test_what_draws_cannot_tell_is_sampled_only_if_asked(case: Case, sampled: list[int]) -> None:
    beyond = [supposing(case, of("strikes", 1e7))]
    found = what_if(case, readings(), beyond, AS_OF)
    assert (found.outcomes[0].moment, found.outcomes[0].khat) == (None, None)
    assert sampled == [1]
    found = what_if(case, readings(), beyond, AS_OF, refit=True)
    assert sampled == [1, 1, 1, 3]  # today's anchor; the refresh's, and its own
    assert found.outcomes[0].moment is not None
    assert found.outcomes[0].khat is None


def test_a_fit_that_failed_its_gate_tells_nothing_and_says_so(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(data: Data, progress: Progress, *, refit: bool = False) -> Fit:
        made = from_the_posterior(data, progress, refit=refit)
        return dataclasses.replace(made, failures=["R-hat 1.02"])

    monkeypatch.setattr(draws, "fit", failing)
    found = what_if(case, readings(), [supposing(case, of("strikes", 40.0))], AS_OF)
    assert found.failures == ("R-hat 1.02",)
    assert (found.next, found.outcomes[0].moment) == (None, None)


def test_it_says_what_is_supposed_and_becomes_json(case: Case) -> None:
    answer = what_if(case, readings(), [supposing(case, of("border", 1.0), name="shut")], AS_OF)
    found = json.loads(json.dumps(plain(answer), allow_nan=False))
    assert found["supposed"] is True
    (outcome,) = found["outcomes"]
    assert outcome["name"] == "shut"
    (reading,) = outcome["readings"]
    assert (reading["name"], reading["value"], reading["level"]) == ("Border", 1.0, "tightened")
    assert (reading["period"], reading["published"]) == ("2024-W42", "2024-10-21")
    for moment in (found["today"], found["next"], outcome["moment"]):
        assert sum(moment["probabilities"].values()) == pytest.approx(1)
        for scenario, p in moment["probabilities"].items():
            assert moment["low"][scenario] <= p <= moment["high"][scenario]


def test_before_the_first_period_there_is_nothing_to_suppose_on(case: Case) -> None:
    with pytest.raises(CaseError, match="first possible as-of is 2024-10-07"):
        what_if(case, (), [supposing(case)], date(2024, 10, 6))


simplexes = st.lists(st.floats(0.001, 1), min_size=3, max_size=3).map(
    lambda values: dict(zip("abc", (v / sum(values) for v in values), strict=True))
)


@given(simplexes, simplexes, simplexes)
def test_a_supposition_moves_what_was_logged_as_what_is_computed(
    logged: dict[str, float], computed: dict[str, float], supposed: dict[str, float]
) -> None:
    made = carried_over(logged, computed, supposed)
    assert sum(made.values()) == pytest.approx(1)
    assert min(made.values()) >= 0
    assert carried_over(logged, computed, computed) == pytest.approx(logged)
    assert carried_over(computed, computed, supposed) == pytest.approx(supposed)
    for name, p in made.items():  # none the other way
        change = supposed[name] - computed[name]
        if all(logged[n] + supposed[n] - computed[n] >= 0 for n in logged):
            assert p - logged[name] == pytest.approx(change, abs=1e-9)


def test_todays_figures_are_those_logged_and_judgements_change_them(case: Case) -> None:
    changed = load_case(case.root, [change_of(case, ("strikes", "other", "median"), 15, "")])
    found = what_if(
        case,
        readings(),
        [Supposition("judged", changed, (), ()), supposing(case, of("border", 1.0))],
        AS_OF,
    )
    forecast = refresh(case, readings(), AS_OF)
    war, other = forecast.scenarios
    drifted = structs.replace(
        forecast,
        scenarios=[
            structs.replace(war, probability=war.probability + 0.02),
            structs.replace(other, probability=other.probability - 0.02),
        ],
    )
    shown = as_logged(found, 4, drifted)
    assert (shown.entry, shown.computed) == (4, found.today)
    assert shown.today.probabilities["war"] == war.probability + 0.02
    assert (shown.today.low["war"], shown.today.high["war"]) == (war.low, war.high)
    judged, read = found.outcomes
    assert judged.moment is not None
    assert shown.outcomes[0].moment is not None
    assert shown.outcomes[0].moment.probabilities["war"] == pytest.approx(
        judged.moment.probabilities["war"] + 0.02
    )
    assert shown.outcomes[1] == read  # of the next period, which was not logged
