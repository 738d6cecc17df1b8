"""The whole proof: three forecasts by hand, lives of questions, baselines on the same questions."""

from __future__ import annotations

import dataclasses
import math
from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from forecast.case import Case
from forecast.periods import Period
from forecast.proof.prove import prove
from forecast.proof.types import Proof, ScoreRow, Table
from forecast.readings import Resolution, known_as_of
from forecast.record import Forecast, KnownOutcome
from tests.factories import make_case

from .ledgers import held, issue

WAR_AND_PEACE = held("war", "2024-W43", "2024-W45") | held("other", "2024-W44")
THREE = (issue("2024-W43", 0.5), issue("2024-W44", 0.2), issue("2024-W45", 0.9))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


def proven(
    case: Case,
    *forecasts: Forecast,
    resolutions: dict[Period, Resolution] = WAR_AND_PEACE,
    horizon: int | None = None,
) -> Proof:
    known = known_as_of(case, [], date(2024, 11, 11))
    return prove(case, list(enumerate(forecasts, 1)), resolutions, [], known, horizon)


def table(proof: Proof, horizon: int | None) -> Table:
    (found,) = [t for t in proof.tables if t.horizon == horizon]
    return found


def row(table: Table, name: str = "forecasts") -> ScoreRow:
    return next(row for row in table.rows if row.name == name)


def test_three_forecasts_by_hand(case: Case) -> None:
    mine = row(table(proven(case, *THREE), 0))
    assert mine.scored == 3
    assert mine.log == pytest.approx(-(math.log(0.5) + math.log(0.8) + math.log(0.9)) / 3)
    assert mine.brier == pytest.approx((0.5 + 0.08 + 0.02) / 3)
    assert mine.ranked is None


def test_ordered_scenarios_have_a_ranked_score(case: Case) -> None:
    mine = row(table(proven(dataclasses.replace(case, ordered=True), *THREE), 0))
    assert mine.ranked == pytest.approx((0.25 + 0.04 + 0.01) / 3)


def test_probabilities_are_not_rounded(case: Case) -> None:
    proof = proven(case, issue("2024-W43", 1e-12), issue("2024-W45", 1 - 1e-12))
    assert row(table(proof, 0)).log == pytest.approx(6 * math.log(10), rel=1e-6)


def test_a_baseline_stands_beside_the_forecasts_of_the_same_questions(case: Case) -> None:
    repeated = row(table(proven(case, *THREE), 0), "last forecast repeated")
    assert repeated.scored == 2
    assert repeated.log == pytest.approx(-(math.log(0.5) + math.log(0.2)) / 2)
    assert repeated.beside["log"] == pytest.approx(-(math.log(0.8) + math.log(0.9)) / 2)
    assert row(table(proven(case, *THREE), 0), "uniform").log == pytest.approx(math.log(2))


def test_revisions_are_apart(case: Case) -> None:
    again = (issue("2024-W44", 0.4), issue("2024-W44", 0.01))
    now = table(proven(case, *THREE, *again), 0)
    assert now.revised == 2
    assert row(now).log == row(table(proven(case, *THREE), 0)).log
    revised = row(now, "as last revised")
    assert revised.scored == 1
    assert revised.log == pytest.approx(-math.log(0.99))
    assert revised.beside["log"] == pytest.approx(-math.log(0.8))


def test_late_certainty_does_not_make_up_for_a_life_of_error(case: Case) -> None:
    proof = proven(
        case,
        issue("2024-W41", 0.5, four=0.1),
        issue("2024-W44", 0.5, one=0.6),
        issue("2024-W45", 0.99),
        resolutions=held("war", "2024-W45"),
    )
    life = table(proof, None)
    assert (life.settled, life.periods) == (1, 5.0)
    errors = 3 * math.log(0.1) + math.log(0.6) + math.log(0.99)  # the first stood for 3 weeks
    assert row(life).log == pytest.approx(-errors / 5)
    assert row(table(proof, 0)).log == pytest.approx(-math.log(0.99))


def test_every_question_weighs_the_same_however_long_its_life(case: Case) -> None:
    proof = proven(
        case,
        issue("2024-W41", 0.5, four=0.2),
        issue("2024-W43", 0.7),
        resolutions=held("war", "2024-W43", "2024-W45"),
    )
    assert row(table(proof, None)).log == pytest.approx(-(math.log(0.2) + math.log(0.7)) / 2)


def test_what_is_open_or_missing_is_counted(case: Case) -> None:
    now = table(proven(case, THREE[0], THREE[2], resolutions=held("war", "2024-W43")), 0)
    assert (now.issued, now.settled, now.open, now.missing) == (2, 1, 1, 1)


def test_nothing_settled_has_no_rows(case: Case) -> None:
    proof = proven(case, *THREE, resolutions={})
    assert all(t.rows == () and t.reliability is None for t in proof.tables)
    assert proof.live_scored == 0


def test_one_horizon_can_be_asked_for(case: Case) -> None:
    assert [t.horizon for t in proven(case, *THREE, horizon=1).tables] == [1]


def test_live_and_replayed_do_not_mix(case: Case) -> None:
    replayed = [structs.replace(f, mode="replayed") for f in THREE]
    alone, both = proven(case, *THREE), proven(case, *replayed, *THREE)
    assert [t for t in both.tables if t.mode == "live"] == list(alone.tables)
    assert [t.mode for t in both.tables] == ["live"] * 4 + ["replayed"] * 4


def test_too_few_forecasts_have_no_skill_told(case: Case) -> None:
    first = Period.parse("2024-W43")
    many = [issue(str(first + n), 0.8) for n in range(20)]
    resolutions = held("war", *(str(first + n) for n in range(20)))
    assert row(table(proven(case, *many[1:], resolutions=resolutions), 0), "uniform").skill == {}
    told = row(table(proven(case, *many, resolutions=resolutions), 0), "uniform").skill["log"]
    assert told.value == pytest.approx(1 - math.log(0.8) / math.log(0.5))


def renamed(forecast: Forecast, name: str) -> Forecast:
    war, other = forecast.scenarios
    return structs.replace(forecast, scenarios=[structs.replace(war, id=name), other])


def test_scores_of_other_scenarios_stay_and_what_cannot_be_told_is_counted_apart(
    case: Case,
) -> None:
    war, other = case.scenarios
    truce = dataclasses.replace(war, id="truce", start=0.05, then={"other": 1.0})
    grown = dataclasses.replace(
        case,
        scenarios=(war, truce, dataclasses.replace(other, start=0.70)),
        expectations={
            name: each | {"truce": each["war"]} for name, each in case.expectations.items()
        },
    )
    before, after = proven(case, *THREE), proven(grown, *THREE)
    mine, same = row(table(before, 0)), row(table(after, 0))
    assert (mine.log, mine.brier, mine.scored) == (same.log, same.brier, same.scored)
    assert table(after, 0).reliability == table(before, 0).reliability
    assert (after.apart, after.as_other, table(after, 0).open) == (0, {}, 0)
    for name in ("uniform", "starting judgement", "naive update"):
        assert row(table(after, 0), name).scored == 3  # over the two scenarios there were
    held_truce = held("truce", "2024-W43")
    told = proven(grown, *THREE, resolutions=held_truce)
    assert told.as_other == {"truce": 1}
    assert row(table(told, 0)).log == pytest.approx(-math.log(0.5))
    mixed = proven(case, *THREE[:2], renamed(THREE[2], "battle"))
    (now,) = [t for t in mixed.tables if t.horizon == 0]
    assert (mixed.apart, now.settled, now.apart, now.open) == (1, 2, 1, 0)
    assert row(now).log == pytest.approx(-(math.log(0.5) + math.log(0.8)) / 2)


def test_what_was_known_when_asked_is_counted_and_ends_the_life_of_the_question(case: Case) -> None:
    known = [KnownOutcome(Period.parse("2024-W45"), ["war"])]
    logged = [
        issue("2024-W44", 0.5, one=0.4),
        structs.replace(issue("2024-W45", 1.0), outcomes=known),
    ]
    proof = proven(case, *logged, resolutions=held("war", "2024-W44", "2024-W45"))
    now, ahead, life = table(proof, 0), table(proof, 1), table(proof, None)
    assert (now.issued, now.settled, now.open, now.missing, now.known) == (1, 1, 0, 0, 1)
    assert row(now).log == pytest.approx(-math.log(0.5))
    assert (ahead.settled, ahead.known) == (1, 0)
    assert life.periods == pytest.approx(1.0)  # week 45 answered one ahead, until it was known


def test_weeks_of_change_and_of_quiet_have_scores_of_their_own(case: Case) -> None:
    known = held("war", "2024-W43", "2024-W44") | held("other", "2024-W45")
    proof = proven(case, *THREE, resolutions=known)
    now, ahead = table(proof, 0), table(proof, 1)
    assert (now.settled, now.changes, now.quiets) == (3, 1, 1)  # nothing is known before W43
    mine = row(now)
    assert mine.change == pytest.approx(-math.log(0.1))
    assert mine.quiet == pytest.approx(-math.log(0.2))
    repeated = row(now, "last forecast repeated")
    assert repeated.change == pytest.approx(-math.log(0.8))
    assert repeated.quiet == pytest.approx(-math.log(0.5))
    assert (ahead.changes, ahead.quiets) == (1, 1)  # of W45 from W44, of W44 from W43
    assert table(proof, None).changes == 0
