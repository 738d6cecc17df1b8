"""Which forecasts answer which question: first issues, live or replayed, nothing dropped."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from forecast.case import Case
from forecast.periods import Period
from forecast.proof.questions import _brier, _mean, ask, live_scored
from forecast.proof.scores import brier
from forecast.proof.types import Asked
from forecast.readings import Resolution
from forecast.record import Forecast, KnownOutcome, Mode
from tests.factories import make_case

from .ledgers import held, issue

W44 = Period.parse("2024-W44")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


def asked(case: Case, *forecasts: Forecast, **changes: object) -> dict[tuple[str, int], Asked]:
    given = {"resolutions": {}, "until": W44} | changes
    tables = ask(case, list(enumerate(forecasts, 1)), **given)  # type: ignore[arg-type]
    return {(table.mode, table.horizon): table for table in tables}


def test_a_forecast_answers_for_its_own_period_and_those_ahead(case: Case) -> None:
    tables = asked(case, issue("2024-W44", 0.3, one=0.4, four=0.5))
    assert list(tables) == [("live", 0), ("live", 1), ("live", 4)]
    answers = [table.answers[0] for table in tables.values()]
    assert [str(answer.target) for answer in answers] == ["2024-W44", "2024-W45", "2024-W48"]
    assert [answer.said for answer in answers] == [(0.3, 0.7), (0.4, 0.6), (0.5, 0.5)]


def test_the_first_issue_counts_and_later_ones_are_apart(case: Case) -> None:
    tables = asked(case, issue("2024-W44", 0.3), issue("2024-W44", 0.9), issue("2024-W44", 0.8))
    assert [a.entry for a in tables["live", 0].answers] == [1]
    assert [a.entry for a in tables["live", 0].revisions] == [2, 3]


def test_a_replay_revises_no_live_forecast(case: Case) -> None:
    tables = asked(case, issue("2024-W44", 0.3), issue("2024-W44", 0.9, mode="replayed"))
    assert tables["live", 0].revisions == ()
    assert tables["replayed", 0].answers[0].entry == 2


@pytest.mark.parametrize(
    ("published", "mode"), [("2024-11-01", "replayed"), ("2024-11-02", "live")]
)
def test_what_was_known_when_issued_is_replayed(case: Case, published: str, mode: str) -> None:
    resolutions = held("war", "2024-W44", published=published)
    tables = asked(case, issue("2024-W44", 0.9), resolutions=resolutions)
    assert (mode, 0) in tables
    assert ("live", 1) in tables  # of the same forecast, what lay ahead was not known


def test_a_correction_does_not_make_the_outcome_unknown_again(case: Case) -> None:
    ((period, first),) = held("war", "2024-W44", published="2024-10-30").items()
    corrected = dataclasses.replace(first, published=date(2024, 12, 24))
    tables = asked(case, issue("2024-W44", 0.9), resolutions={period: corrected})
    assert ("replayed", 0) in tables


def test_open_questions_are_counted_and_not_scored(case: Case) -> None:
    table = asked(
        case, issue("2024-W43", 0.3), issue("2024-W44", 0.3), resolutions=held("war", "2024-W43")
    )["live", 0]
    assert (len(table.answers), len(table.settled)) == (2, 1)


def test_missing_forecasts_are_counted_up_to_now(case: Case) -> None:
    tables = asked(
        case, issue("2024-W41", 0.3), issue("2024-W43", 0.3), until=Period.parse("2024-W45")
    )
    assert [str(p) for p in tables["live", 1].missing] == ["2024-W42", "2024-W44", "2024-W45"]


def test_what_came_too_late_is_missing_among_the_live(case: Case) -> None:
    known = held("war", "2024-W43", published="2024-10-28")
    tables = asked(case, issue("2024-W43", 0.9), issue("2024-W44", 0.3), resolutions=known)
    assert [str(p) for p in tables["live", 0].missing] == ["2024-W43"]
    assert tables["live", 1].missing == ()
    assert tables["replayed", 0].missing == ()


def test_replayed_forecasts_are_not_due(case: Case) -> None:
    tables = asked(case, issue("2024-W41", 0.3, mode="replayed"))
    assert tables["replayed", 0].missing == ()


def had(*ids: str) -> Forecast:
    """A forecast of week 44 over other scenarios than the case has, the first at 0.3."""
    made = issue("2024-W44", 0.3)
    first, rest = made.scenarios
    share = 0.7 / (len(ids) - 1)
    ahead = dict.fromkeys(rest.horizons, share)
    others = [structs.replace(rest, id=name, probability=share, horizons=ahead) for name in ids[1:]]
    return structs.replace(made, scenarios=[structs.replace(first, id=ids[0]), *others])


@pytest.mark.parametrize(
    ("ids", "outcome", "then", "as_other"),
    [
        (("war", "other"), "war", "war", ""),
        (("other", "war"), "war", "war", ""),  # in another order
        (("truce", "other"), "truce", "truce", ""),  # removed since, resolved before
        (("war", "truce", "other"), "war", "war", ""),
        (("war", "truce", "other"), "other", None, ""),  # what became of a truce?
        (("battle", "other"), "war", None, ""),  # renamed, or another thing
        (("battle", "other"), "other", None, ""),
        (("war", "other"), "gone", None, ""),
    ],
)
def test_a_forecast_is_judged_over_the_scenarios_it_had(
    case: Case, ids: tuple[str, ...], outcome: str, then: str | None, as_other: str
) -> None:
    table = asked(case, had(*ids), resolutions=held(outcome, "2024-W44"))["live", 0]
    (answer,) = table.answers
    assert {*answer.scenarios} == {*ids}
    assert (answer.scenarios[answer.held] if answer.held is not None else None) == then
    assert (answer.apart, answer.as_other) == (then is None, as_other)
    assert sum(answer.said) == pytest.approx(1)


def test_what_was_no_scenario_yet_counts_as_part_of_other(case: Case) -> None:
    war, other = case.scenarios
    grown = dataclasses.replace(case, scenarios=(war, dataclasses.replace(war, id="truce"), other))
    resolutions = held("truce", "2024-W44")
    (answer,) = asked(grown, issue("2024-W44", 0.3), resolutions=resolutions)["live", 0].answers
    assert (answer.scenarios, answer.held, answer.as_other) == (("war", "other"), 1, "truce")
    assert live_scored(grown, [(1, issue("2024-W44", 0.3))], resolutions) == 1


def test_live_scored_counts_periods_that_can_be_scored(case: Case) -> None:
    logged = [
        (1, issue("2024-W43", 0.3)),
        (2, issue("2024-W43", 0.4)),
        (3, issue("2024-W44", 0.3)),
        (4, issue("2024-W42", 0.3, mode="replayed")),
    ]
    assert live_scored(case, logged, {}) == 0
    assert live_scored(case, logged, held("war", "2024-W42")) == 0
    assert live_scored(case, logged, held("war", "2024-W48")) == 1
    assert live_scored(case, logged, held("war", "2024-W44", "2024-W45")) == 2


@given(st.lists(st.floats(0.001, 1.0), min_size=2, max_size=7), st.integers(0, 6))
def test_one_forecast_scores_what_it_scores_elsewhere(weights: list[float], held: int) -> None:
    said = tuple(weight / sum(weights) for weight in weights)
    held = min(held, len(said) - 1)
    assert _brier(said, held) == pytest.approx(float(brier(said, held)), abs=1e-12)


def test_mean_of_what_is_settled() -> None:
    assert _mean([]) is None
    assert _mean([_brier((0.3, 0.7), 1), _brier((0.5, 0.5), 0)]) == pytest.approx(0.34)


def informed(made: Forecast, **possible: str) -> Forecast:
    """A forecast that had outcomes: of week 44 by ``w44="war"``."""
    known = [
        KnownOutcome(Period.parse(f"2024-W{name[1:]}"), left.split())
        for name, left in possible.items()
    ]
    return structs.replace(made, outcomes=known)


@pytest.mark.parametrize("mode", ["live", "replayed"])
@pytest.mark.parametrize("resolved", [held("war", "2024-W44"), held("other", "2024-W44"), {}])
def test_what_a_forecast_had_as_an_outcome_is_counted_and_not_scored(
    case: Case, mode: Mode, resolved: dict[Period, Resolution]
) -> None:
    """Also where it was corrected or withdrawn since."""
    made = informed(issue("2024-W44", 1.0, mode=mode), w43="other", w44="war")
    tables = asked(case, made, resolutions=resolved)
    table = tables[mode, 0]
    assert (table.answers, table.settled, table.missing) == ((), (), ())
    assert [str(period) for period in table.known] == ["2024-W44"]
    (ahead,) = tables[mode, 1].answers
    assert (str(ahead.target), ahead.known, ahead.informed) == ("2024-W45", False, True)
    assert tables[mode, 1].known == ()


def test_what_was_ruled_out_in_part_still_is_a_question(case: Case) -> None:
    forecast = informed(had("war", "truce", "other"), w44="truce other")
    (answer,) = asked(case, forecast, resolutions=held("truce", "2024-W44"))["live", 0].settled
    assert (answer.known, answer.informed) == (False, True)


def test_a_forecast_without_the_outcome_counts_beside_one_that_had_it(case: Case) -> None:
    had_it = informed(issue("2024-W44", 1.0), w44="war")
    for forecasts in ((had_it, issue("2024-W44", 0.3)), (issue("2024-W44", 0.3), had_it)):
        table = asked(case, *forecasts, resolutions=held("war", "2024-W44"))["live", 0]
        assert [answer.said for answer in table.settled] == [(0.3, 0.7)]
        assert (table.known, table.revisions) == ((), ())


@pytest.mark.parametrize("offset", [-11, 0, 14])
def test_what_was_known_does_not_hang_on_the_time_zone(case: Case, offset: int) -> None:
    """The filter had it or not: days of publication and of issue are not compared."""
    zone = timezone(timedelta(hours=offset))
    made = issue("2024-W44", 1.0)
    made = structs.replace(made, issued=datetime(2024, 11, 4, 0, 30, tzinfo=zone))
    resolutions = held("war", "2024-W44", published="2024-11-04")
    (plain,) = [t for t in asked(case, made, resolutions=resolutions).values() if t.horizon == 0]
    assert (len(plain.settled), plain.known) == (1, ())
    made = informed(made, w44="war")
    (told,) = [t for t in asked(case, made, resolutions=resolutions).values() if t.horizon == 0]
    assert (len(told.settled), len(told.known)) == (0, 1)
