"""What to collect: in order, in line with what-if, and right about what changes the lead."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from forecast.case import Case
from forecast.explain import collect as collecting
from forecast.explain.collect import collect
from forecast.explain.what_if import what_if
from forecast.kit.codec import plain
from forecast.model.data import Data, blocks_of
from forecast.model.fit import Fit, Progress
from forecast.model.joint import count_table, information
from forecast.model.outlook import Outlook, Report
from forecast.model.predict import Parameters, last_count
from forecast.readings import known_as_of
from forecast.refresh import draws
from tests.explain.test_what_if import from_the_posterior, of, supposing
from tests.explain.watched import readings, watched, with_truce

AS_OF = date(2024, 10, 14)


@pytest.fixture(autouse=True)
def no_sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[bytes, Fit] = {}

    def fit(data: Data, progress: Progress, *, refit: bool = False) -> Fit:
        key = data.value.tobytes() + data.centre.tobytes()
        if key not in made:
            made[key] = from_the_posterior(data, progress, refit=refit)
        return made[key]

    monkeypatch.setattr(draws, "fit", fit)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case with three scenarios, one of which looks like another."""
    return with_truce(watched(tmp_path))


def test_what_tells_most_comes_first(case: Case) -> None:
    found = collect(case, readings(), AS_OF)
    assert (str(found.period), str(found.as_of)) == ("2024-W42", "2024-10-14")
    bits = [indicator.bits for indicator in found.indicators]
    assert {indicator.id for indicator in found.indicators} == {"strikes", "border"}
    assert bits == sorted(bits, reverse=True)
    assert sum(found.probabilities.values()) == pytest.approx(1)
    p = np.array(list(found.probabilities.values()))
    assert found.entropy == pytest.approx(-(p * np.log2(p)).sum())
    for indicator in found.indicators:
        assert 0 < indicator.bits < found.entropy
        assert indicator.share == pytest.approx(indicator.bits / found.entropy)
        assert indicator.changes == pytest.approx(sum(u.probability for u in indicator.upsets))
    strikes = next(i for i in found.indicators if i.id == "strikes")
    assert (strikes.source, strikes.grade, strikes.held) == ("sohr", "B2", False)
    assert json.loads(json.dumps(plain(found), allow_nan=False))


def test_scenarios_that_look_alike_are_not_told_apart(case: Case) -> None:
    # of truce and other only the chain knows which it is
    found = collect(case, readings(), AS_OF)
    war = found.probabilities["war"]
    at_most = -(war * np.log2(war) + (1 - war) * np.log2(1 - war))
    assert all(indicator.bits < at_most + 0.01 for indicator in found.indicators)


def test_a_table_says_of_a_reading_what_supposing_it_does(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    # today's own fit, so that both have the very same draws; weights of what-if are smoothed
    monkeypatch.setattr(draws, "BLOCK", 1)
    known = known_as_of(case, readings(), AS_OF)
    today = draws.draws_as_of(case, readings(), known, lambda *_: None)
    data, outlook = today.data, Outlook.after(today.posterior)
    parameters = Parameters.of(data, today.theta)
    ((family, values, *_),) = blocks_of(data)
    memory = family.last(values, len(data.evidence), 2000, 0)
    level, _ = family.joint(values, parameters.series[0], outlook, 0, case.grades["A2"], memory)
    count = count_table(
        outlook, parameters, 0, Report(trust=case.grades["B2"]),
        last_count(data, parameters, 0), np.array([0.0, 40.0, 41.0]), len(case.scenarios),
    )  # fmt: skip
    for reading, column in ((of("border", 2.0), level[:, 2]), (of("strikes", 40.0), count[:, 1])):
        outcome = what_if(case, readings(), [supposing(case, reading)], AS_OF).outcomes[0]
        assert outcome.moment is not None
        told = np.array(list(outcome.moment.probabilities.values()))
        np.testing.assert_allclose(column / column.sum(), told, atol=0.005)
        assert abs(told - outlook.scenario.mean(axis=0)).max() > 0.03


def test_readings_that_change_the_leader(case: Case) -> None:
    believed = np.array([0.3, 0.5, 0.2])
    strikes, border = case.indicators[1], case.indicators[0]
    assert (strikes.id, border.id) == ("strikes", "border")
    war, other = [0.2, 0.1, 0.0, 0.0], [0.1, 0.2, 0.1, 0.1]
    table = np.array([war, other, [0.0, 0.0, 0.05, 0.15]])
    found = list(
        collecting._upsets(case, strikes, believed, table, np.array([0.0, 3.0, 10.0, 30.0]))
    )
    assert [(u.low, u.high, u.leader) for u in found] == [(0, 2, "war"), (30, None, "truce")]
    assert [u.probability for u in found] == pytest.approx([0.3, 0.25])
    levels = list(
        collecting._upsets(case, border, believed, table[:, 1:], np.array([0.0, 1.0, 2.0]))
    )
    assert [(u.low, u.high, u.leader) for u in levels] == [(2, 2, "truce")]


def test_fewer_draws_leave_scenarios_as_probable_as_all_do() -> None:
    table = np.random.default_rng(1).dirichlet(np.ones(12)).reshape(3, 4)
    table[2] = 0.0  # so rare that none of the fewer draws knows it
    believed = np.array([0.3, 0.69, 0.01])
    completed = collecting._completed(table, Outlook(believed[None], 0 * believed[None]))
    np.testing.assert_allclose(completed.sum(axis=1), [0.3, 0.69, 0.0])
    assert np.isfinite(information(completed))


def test_early_readings_are_named_and_not_used(case: Case) -> None:
    early = dataclasses.replace(of("border", 2.0), published=AS_OF)
    plain, found = (collect(case, rows, AS_OF) for rows in (readings(), (*readings(), early)))
    assert {i.id: i.held for i in found.indicators} == {"strikes": False, "border": True}
    assert [i.bits for i in found.indicators] == [i.bits for i in plain.indicators]
