"""Why a forecast moved, on a small case whose draws are resampled from the prior: all orders."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from forecast.case import Case
from forecast.explain import movement as module
from forecast.explain.movement import movement
from forecast.explain.movement_types import Movement, Share
from forecast.model.data import data_of
from forecast.model.fit import Fit
from forecast.model.posterior import Posterior
from forecast.readings import Known, Reading, known_as_of
from forecast.record import Forecast
from forecast.refresh import fingerprint
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import Draws
from tests.explain.watched import AS_OF, FIRST, readings, resampled, watched
from tests.factories import make_forecast

EARLIER = AS_OF - timedelta(weeks=1)
DRAWS = 3000


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return watched(tmp_path)


@pytest.fixture(autouse=True)
def no_sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(case: Case, rows: Iterable[Reading], known: Known, progress: object) -> Draws:
        del rows, progress
        data = data_of(spec_of(case, known))
        theta = resampled(data, DRAWS)
        posterior = Posterior.of(data, theta)
        fit = Fit(theta, posterior.loglik, 1.0, 900.0, 0, {}, [])
        return Draws(data, theta, posterior, known.as_of, None, fit, 900.0)

    monkeypatch.setattr(module, "draws_as_of", drawn)
    monkeypatch.setattr(module, "BUDGET", 8000)


def issued(case: Case, rows: tuple[Reading, ...], as_of: date, war: float) -> Forecast:
    """Return a forecast that used what is known on a day, and said this."""
    known = known_as_of(case, rows, as_of)
    like = make_forecast(str(known.period), as_of.isoformat(), fingerprint(case, known))
    said = zip(like.scenarios, (war, 1 - war), strict=True)
    scenarios = [structs.replace(s, probability=p) for s, p in said]
    return structs.replace(like, scenarios=scenarios)


def moved(case: Case, rows: tuple[Reading, ...] = (), war: float = 0.3) -> Movement:
    rows = rows or readings()
    return movement(case, rows, (7, issued(case, rows, EARLIER, war)), AS_OF)


def share(found: Movement, name: str | None, kind: str = "reading") -> Share:
    (result,) = [s for s in found.shares if (s.kind, s.id) == (kind, name)]
    return result


def adds_up(found: Movement) -> bool:
    return all(
        abs(
            found.before.probabilities[name]
            + sum(share.moved[name] for share in found.shares)
            + found.remainder[name]
            - found.after.probabilities[name]
        )
        < 1e-9
        for name in found.scenarios
    )


def test_shares_and_remainder_add_up_to_the_change(case: Case) -> None:
    found = moved(case)
    assert [(s.kind, s.id) for s in found.shares] == [
        ("time", None), ("reading", "border"), ("reading", "strikes"), ("event", "bridge"),
    ]  # fmt: skip
    assert adds_up(found)
    assert found.orders == 0
    assert (found.before.entry, str(found.before.period)) == (7, "2024-W42")
    assert (found.after.entry, str(found.after.period)) == (None, "2024-W43")
    assert max(abs(s.moved["war"]) for s in found.shares) > 0.02


@pytest.mark.parametrize("seed", range(4))
def test_they_add_up_whatever_is_read(case: Case, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = tuple(
        dataclasses.replace(r, value=float(rng.integers(0, 3 if r.indicator == "border" else 90)))
        for r in readings()
    )
    assert adds_up(moved(case, rows, war=rng.random()))


def test_the_remainder_is_what_refits_and_thinning_cost(case: Case) -> None:
    known = known_as_of(case, readings(), EARLIER)
    data = data_of(spec_of(case, known))
    war = float(Posterior.of(data, resampled(data, DRAWS)).now[:, 0].mean())
    assert abs(moved(case, war=war).remainder["war"]) < 0.01
    assert moved(case, war=war - 0.1).remainder["war"] == pytest.approx(0.1, abs=0.01)


def test_a_reading_said_again_is_no_cause(case: Case) -> None:
    again = dataclasses.replace(readings()[1], published=AS_OF, line=50)
    assert moved(case, (*readings(), again)).shares == moved(case).shares


def test_events_that_say_the_same_move_the_same(case: Case) -> None:
    event = case.evidence[0]
    twice = dataclasses.replace(case, evidence=(event, dataclasses.replace(event, id="tunnel")))
    found = moved(twice)
    one, other = share(found, "bridge", "event"), share(found, "tunnel", "event")
    assert one.moved["war"] == pytest.approx(other.moved["war"], abs=1e-12)
    assert abs(one.moved["war"]) > 1e-3


def test_the_order_of_indicators_and_rows_is_irrelevant(case: Case) -> None:
    turned = dataclasses.replace(case, indicators=case.indicators[::-1])
    found, other = moved(case), moved(turned, readings()[::-1])
    for name in ("strikes", "border"):
        assert share(found, name).moved == pytest.approx(share(other, name).moved, abs=1e-9)


def test_what_was_edited_is_a_cause_of_its_own(case: Case) -> None:
    start = [
        dataclasses.replace(s, start=p) for s, p in zip(case.scenarios, (0.6, 0.4), strict=True)
    ]
    edited = dataclasses.replace(case, scenarios=tuple(start))
    before = issued(case, readings(), EARLIER, 0.3)
    found = movement(edited, readings(), (7, before), AS_OF)
    data = data_of(spec_of(edited, known_as_of(edited, readings(), EARLIER)))
    anew = Posterior.of(data, resampled(data, DRAWS)).now[:, 0].mean()
    assert share(found, None, "edited").moved["war"] == pytest.approx(anew - 0.3)
    assert adds_up(found)
    assert abs(found.remainder["war"]) < 0.02


def test_a_scenario_that_was_not_there_begins_at_nothing(case: Case) -> None:
    before = issued(case, readings(), EARLIER, 0.3)
    renamed = [structs.replace(s, id={"war": "old"}.get(s.id, s.id)) for s in before.scenarios]
    before = structs.replace(before, scenarios=renamed, fingerprint="0" * 64)
    found = movement(case, readings(), (7, before), AS_OF)
    assert found.before.probabilities == {"war": 0.0, "other": 0.7}
    assert adds_up(found)


def test_what_was_logged_is_explained_if_it_used_the_same(case: Case) -> None:
    before = (7, issued(case, readings(), EARLIER, 0.3))
    after = issued(case, readings(), AS_OF, 0.9)
    found = movement(case, readings(), before, AS_OF, (8, after))
    assert (found.after.entry, found.after.probabilities["war"]) == (8, 0.9)
    assert adds_up(found)
    stale = structs.replace(after, fingerprint="0" * 64)
    found = movement(case, readings(), before, AS_OF, (8, stale))
    assert found.after.entry is None
    assert found.after.probabilities["war"] != 0.9


def test_each_cause_has_the_dated_source_behind_it(case: Case) -> None:
    early = dataclasses.replace(
        readings()[3], value=12.0, days=3, published=AS_OF - timedelta(days=3), line=60
    )
    found = moved(case, (*readings(), early))
    told = share(found, "strikes")
    assert [(fact.value, fact.published) for fact in told.facts] == [
        (22.0, date(2024, 10, 28)), (12.0, date(2024, 10, 25)),
    ]  # fmt: skip
    assert (told.facts[0].source, told.facts[0].grade, told.facts[0].level) == ("sohr", "B2", "")
    assert told.instead is None
    assert share(found, "border").facts[0].level == "tightened"
    assert share(found, "bridge", "event").facts[0].published == AS_OF
    assert share(found, None, "time").facts == ()


def test_a_revision_names_what_had_spoken(case: Case) -> None:
    revised = dataclasses.replace(readings()[1], value=60.0, published=AS_OF, line=60)
    found = moved(case, (*readings(), revised))
    (told,) = [s for s in found.shares if s.facts and s.facts[0].value == 60.0]
    assert told.instead is not None
    assert told.instead.value == 14.0


def without(name: str) -> Callable[[Reading], bool]:
    return lambda row: not (row.indicator == name and row.period == FIRST + 3)


def test_weights_are_of_the_forecast_period_and_say_what_is_left_without(case: Case) -> None:
    found = moved(case)
    assert [weight.id for weight in found.weights] == ["border", "strikes"]
    rows = tuple(filter(without("strikes"), readings()))
    data = data_of(spec_of(case, known_as_of(case, rows, AS_OF)))
    exact = Posterior.of(data, resampled(data, 20_000)).now.mean(axis=0)
    weight = found.weights[1]
    assert list(weight.without.values()) == pytest.approx(exact, abs=0.02)
    leader, rival = found.leading
    for_leader = found.after.probabilities[leader] > weight.without[leader]
    assert (weight.log_factor > 0) == for_leader
    assert found.after.probabilities[leader] >= found.after.probabilities[rival]


def test_beyond_ten_causes_orders_are_drawn_and_the_error_said(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = case.evidence[0]
    many = tuple(dataclasses.replace(event, id=f"bridge-{n}") for n in range(9))
    monkeypatch.setattr(module, "EVALUATIONS", 100)
    monkeypatch.setattr(module, "FEWEST", 60)
    found = moved(dataclasses.replace(case, evidence=many))
    assert found.orders > 0
    assert adds_up(found)
    assert 0 < max(max(s.error.values()) for s in found.shares) <= 0.001


def test_what_readings_say_is_what_was_logged_of_the_same_inputs(case: Case) -> None:
    after = issued(case, readings(), AS_OF, 0.6)
    said = {i.id: {"war": -1.0, "other": -1.25} for i in case.indicators}
    logged = structs.replace(
        after,
        support={"war": -2.0, "other": -3.5},
        indicators=[
            structs.replace(after.indicators[0], id=name, support=values)
            for name, values in said.items()
        ],
    )
    before = (7, issued(case, readings(), EARLIER, 0.3))
    found = movement(case, readings(), before, AS_OF, (8, logged))
    assert (found.leading, found.log_factor) == (("war", "other"), 1.5)
    factors = {weight.id: weight.log_factor for weight in found.weights}
    assert {factors["strikes"], factors["border"]} == {0.25}
    edited = structs.replace(logged, fingerprint="0" * 64)  # then it is computed
    assert movement(case, readings(), before, AS_OF, (8, edited)).log_factor != 1.5


def test_what_logged_fits_failed_is_failed_of_the_explanation(case: Case) -> None:
    def failed(forecast: Forecast, said: str) -> Forecast:
        return structs.replace(
            forecast, fit=structs.replace(forecast.fit, ok=False, failures=[said])
        )

    before = (7, failed(issued(case, readings(), EARLIER, 0.3), "then"))
    after = (8, failed(issued(case, readings(), AS_OF, 0.6), "now"))
    assert movement(case, readings(), before, AS_OF, after).failures == ("then", "now")
