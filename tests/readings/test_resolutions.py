"""reports/resolutions.csv: every rule, corrections, and rows recorded all or none."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.case import Case
from forecast.errors import CaseError, ReadingError
from forecast.periods import Period
from forecast.readings import (
    RESOLUTIONS,
    Resolution,
    append_resolutions,
    check_resolutions,
    impossible_outcome,
    load_resolutions,
    possible_as_of,
    resolution_doubts,
    run_of,
    with_outcomes,
)
from tests.factories import make_case

HEADER = "period,scenario,published,url,note\n"
W48 = Period.parse("2024-W48")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


def write(case: Case, text: str) -> Path:
    path = case.root / RESOLUTIONS
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8", newline="")
    return path


def resolve(case: Case, *periods: str, scenario: str = "war", **changes: str) -> list[int]:
    given = {"published": "2024-12-02", "url": "https://example.org", "note": ""} | changes
    return [done.row.line for done in append_resolutions(case, periods, scenario, **given)]


def test_without_a_file_nothing_is_resolved(case: Case) -> None:
    assert load_resolutions(case) == {}
    assert check_resolutions(case) == []


def test_the_latest_row_holds_and_is_known_since_it_was_first_said(case: Case) -> None:
    write(
        case,
        HEADER
        + "2024-W48,other,2024-12-20,https://example.org/b,corrected\n"
        + "2024-W48,war,2024-12-02,https://example.org/a,\n"
        + "2024-W47,other,2024-11-26,,not openable: seen on site\n",
    )
    assert [str(period) for period in load_resolutions(case)] == ["2024-W47", "2024-W48"]
    assert load_resolutions(case)[W48] == Resolution(
        W48, "other", date(2024, 12, 20), date(2024, 12, 20), "https://example.org/b", "corrected"
    )


GOOD = "2024-W48,war,2024-12-02,https://example.org,\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER + "2024-W54,war,2024-12-02,https://e.org,\n", "line 2, period: must be a week"),
        (HEADER + "2024-11,war,2024-12-02,https://e.org,\n", "line 2, period: must be a week"),
        (HEADER + "2024-W39,war,2024-12-02,https://e.org,\n", "must not be before 2024-W40"),
        (HEADER + "2024-W48,wra,2024-12-02,https://e.org,\n", "found wra (did you mean war?)"),
        (HEADER + "2024-W48,war,2.12.2024,https://e.org,\n", "published: must be a date"),
        (HEADER + "2024-W48,war,2024-11-24,https://e.org,\n", "must not be before 2024-W48 began"),
        (HEADER + "2024-W48,war,2024-12-02,,told so\n", "url: must be an address, or empty with"),
        (HEADER + "2024-W48,war,2024-12-02,https://e.org,a\x1b[1m\n", "control"),
        (HEADER + "2024-W48,war,2024-12-02\n", "line 2: must have 5 fields, found 3"),
        (HEADER + GOOD + GOOD, "line 3: must differ from the row it would correct"),
        (HEADER + GOOD.replace("2024-12-02", "2124-12-02"), "published: must not be after today"),
        (HEADER + GOOD.replace("2024-W48", "2124-W48"), "period: must have ended"),
        (HEADER + GOOD.replace(",war,", ",,"), "or empty with a note, to withdraw it"),
        (HEADER + GOOD.replace(",war,", ",,").replace(",\n", ",slip\n"), "nothing to withdraw"),
        (HEADER + GOOD.replace(",war,", ",not wra,"), "found not wra"),
        (HEADER + GOOD.replace(",war,", ",not ,"), "must not begin or end with a space"),
        (HEADER + GOOD.replace(",war,", ",not,"), "one of the case's scenarios, found not"),
        (HEADER + GOOD.replace(",war,", ",not war or war,"), "must rule each scenario out once"),
        (HEADER + GOOD.replace(",war,", ",not war or other,"), "must leave a scenario of 2024-W48"),
        (
            HEADER + GOOD.replace(",war,", ",not war,") + GOOD,
            "line 3, scenario: must not contradict line 2, not war, found war",
        ),
        (
            HEADER + GOOD + GOOD.replace(",war,", ",not war,"),
            "line 3, scenario: must not contradict line 2, war, found not war",
        ),
        ("period,scenario,url,note\n", "line 1: must name the column published"),
        ("value," + HEADER, "must name no other columns than those of a resolution, found value"),
        ("", "must not be empty"),
    ],
)
def test_a_broken_row_is_told_by_line(case: Case, text: str, said: str) -> None:
    write(case, text)
    (problem,) = check_resolutions(case)
    assert str(problem).startswith(RESOLUTIONS)
    assert said in str(problem)
    with pytest.raises(CaseError):
        load_resolutions(case)


def test_recording_makes_the_file_and_adds_to_it(case: Case) -> None:
    assert resolve(case, "2024-W48", note="a, b") == [2]
    assert resolve(case, "2024-W49", "2024-W50", published="2024-12-16", scenario="other") == [3, 4]
    assert (case.root / RESOLUTIONS).read_text() == (
        HEADER
        + '2024-W48,war,2024-12-02,https://example.org,"a, b"\n'
        + "2024-W49,other,2024-12-16,https://example.org,\n"
        + "2024-W50,other,2024-12-16,https://example.org,\n"
    )


def test_recording_keeps_order_of_columns_and_line_ends(case: Case) -> None:
    path = write(case, "note,period,url,published,scenario\r\n")
    resolve(case, "2024-W48")
    assert path.read_bytes().endswith(b"\r\n,2024-W48,https://example.org,2024-12-02,war\r\n")


def test_one_bad_row_of_several_records_none(case: Case) -> None:
    path = write(case, HEADER + GOOD)
    before = path.read_bytes()
    with pytest.raises(ReadingError, match="must not be before 2024-W50 began"):
        resolve(case, "2024-W47", "2024-W50")
    assert path.read_bytes() == before


def test_a_row_that_is_there_is_not_written_again(case: Case) -> None:
    path = write(case, HEADER + GOOD)
    before = path.read_bytes()
    assert resolve(case, "2024-W48") == [2]
    assert path.read_bytes() == before
    assert resolve(case, "2024-W47", "2024-W48") == [3, 2]


Row = tuple[str, str]  # scenario (empty: withdrawn) and day


@pytest.mark.parametrize(
    ("rows", "held", "since"),
    [
        ([("war", "02")], "war", "02"),
        ([("war", "02"), ("war", "05")], "war", "02"),
        ([("war", "02"), ("other", "05")], "other", "05"),
        ([("other", "05"), ("war", "02")], "other", "05"),
        ([("war", "02"), ("other", "05"), ("war", "09")], "war", "02"),
        ([("war", "02"), ("other", "02")], "other", "02"),
        ([("war", "02"), ("", "02")], None, None),
        ([("war", "02"), ("", "05")], None, None),
        ([("war", "02"), ("", "05"), ("war", "09")], "war", "09"),
        ([("war", "02"), ("", "02"), ("war", "09")], "war", "09"),
        ([("war", "02"), ("", "05"), ("other", "05")], "other", "05"),
        ([("war", "02"), ("other", "02"), ("war", "02")], "war", "02"),
    ],
)
def test_what_holds_and_since_when_it_was_known(
    case: Case, rows: list[Row], held: str | None, since: str | None
) -> None:
    for scenario, day in rows:
        resolve(case, "2024-W48", scenario=scenario, published=f"2024-12-{day}", note="as told")
    assert check_resolutions(case) == []
    found = load_resolutions(case).get(W48)
    assert (found.scenario if found else None) == held
    assert (f"{found.first_published:%d}" if found else None) == since


@pytest.mark.parametrize(
    "rows", [[("", "02")], [("war", "05"), ("", "02")], [("war", "02"), ("", "05"), ("", "09")]]
)
def test_nothing_cannot_be_withdrawn(case: Case, rows: list[Row]) -> None:
    *before, (scenario, day) = rows
    for each, on in before:
        resolve(case, "2024-W48", scenario=each, published=f"2024-12-{on}", note="as told")
    with pytest.raises(ReadingError, match="there is nothing to withdraw"):
        resolve(case, "2024-W48", scenario=scenario, published=f"2024-12-{day}", note="again")


def test_a_scenario_the_case_has_no_longer_is_known_of_its_forecasts(case: Case) -> None:
    write(case, HEADER + GOOD.replace(",war,", ",battle,"))
    assert load_resolutions(case, {"battle"})[W48].scenario == "battle"
    assert check_resolutions(case, {"battle"}) == check_resolutions(case, None) == []
    with pytest.raises(ReadingError, match="must be one of the case's scenarios, found battle"):
        resolve(case, "2024-W47", scenario="battle")


def test_a_date_a_year_off_is_doubtful(case: Case) -> None:
    write(case, HEADER + GOOD + GOOD.replace("W48", "W47").replace("2024-12-02", "2025-12-02"))
    assert list(map(str, resolution_doubts(case))) == [
        f"{RESOLUTIONS}, line 3, published: is a year or more after 2024-W47 began, "
        "found 2025-12-02 (did you mean 2024-12-02 or of 2025-W47?)"
    ]


def test_nothing_is_added_to_a_broken_file(case: Case) -> None:
    write(case, HEADER + "2024-W48,war,2024-12-02,,\n")
    with pytest.raises(CaseError, match="url: must be an address"):
        resolve(case, "2024-W49", published="2024-12-16")


def test_a_run_of_periods(case: Case) -> None:
    assert run_of(case, "2024-W51..2025-W02") == ["2024-W51", "2024-W52", "2025-W01", "2025-W02"]
    assert run_of(case, "2024-W51") == ["2024-W51"]


@pytest.mark.parametrize(
    "text", ["2024-W51..2024-W50", "2024-W51..", "..", "2024-W39..2024-W41", "2024-W40..2190-W01"]
)
def test_no_run_of_periods(case: Case, text: str) -> None:
    with pytest.raises(ReadingError, match="PERIOD"):
        run_of(case, text)


@pytest.mark.parametrize(
    ("rows", "possible"),
    [  # day of publication -> what is possible from that day on, of war, truce and other
        ([("not war", "02")], {"01": None, "02": "truce other"}),
        ([("not war", "02"), ("not truce", "05")], {"02": "truce other", "05": "other"}),
        ([("not war", "02"), ("not truce", "02")], {"02": "other"}),
        ([("not war or truce", "02")], {"02": "other"}),
        ([("not war", "02"), ("truce", "05")], {"02": "truce other", "05": "truce"}),
        ([("truce", "05"), ("not war", "02")], {"02": "truce other", "05": "truce"}),
        ([("truce", "02"), ("not war", "05")], {"02": "truce", "05": "truce"}),
        ([("not war", "02"), ("", "05")], {"02": "truce other", "05": None}),
        ([("not war", "02"), ("", "05"), ("war", "05")], {"02": "truce other", "05": "war"}),
        ([("not war", "02"), ("", "02"), ("war", "02")], {"02": "war"}),
        ([("not war", "02"), ("", "05"), ("not truce", "05")], {"05": "war other"}),
        ([("war", "02"), ("", "05")], {"02": "war", "05": None}),
        ([("war", "02"), ("truce", "05")], {"02": "war", "05": "truce"}),
        ([("war", "02"), ("truce", "05"), ("not war", "06")], {"04": "war", "06": "truce"}),
    ],
)
def test_what_is_possible_as_of_a_day(
    case: Case, rows: list[Row], possible: dict[str, str | None]
) -> None:
    case = three(case)
    for scenario, day in rows:
        resolve(case, "2024-W48", scenario=scenario, published=f"2024-12-{day}", note="as told")
    assert check_resolutions(case) == []
    loaded = with_outcomes(case)
    for day, left in possible.items():
        found = possible_as_of(loaded, date.fromisoformat(f"2024-12-{day}"), W48)
        assert found == ({W48: {*left.split()}} if left else {}), day
    assert possible_as_of(loaded, date(2025, 1, 1), W48 - 1) == {}  # not modelled yet
    assert possible_as_of(case, date(2025, 1, 1), W48) == {}  # outcomes are not loaded


def three(case: Case) -> Case:
    war, other = case.scenarios
    return replace(case, scenarios=(war, replace(war, id="truce"), other))


@pytest.mark.parametrize(
    ("before", "row"),
    [
        ([("war", "02")], ("not war", "05")),
        ([("war", "05")], ("not war", "02")),
        ([("not war", "02")], ("war", "05")),
        ([("war", "02"), ("truce", "05")], ("not war", "04")),
        ([("not war", "02"), ("not truce", "05")], ("not other", "06")),
        ([("not war", "05"), ("not truce", "06")], ("not other", "02")),
    ],
)
def test_a_contradiction_is_refused_and_nothing_is_written(
    case: Case, before: list[Row], row: Row
) -> None:
    case = three(case)
    for scenario, day in before:
        resolve(case, "2024-W48", scenario=scenario, published=f"2024-12-{day}")
    text = (case.root / RESOLUTIONS).read_bytes()
    scenario, day = row
    with pytest.raises(ReadingError, match="withdraw what is wrong first: forecast resolve"):
        resolve(case, "2024-W47", "2024-W48", scenario=scenario, published=f"2024-12-{day}")
    assert (case.root / RESOLUTIONS).read_bytes() == text


def test_what_is_ruled_out_settles_nothing(case: Case) -> None:
    resolve(case, "2024-W48", scenario="not war")
    assert load_resolutions(case) == {}


def test_an_outcome_that_is_no_scenario_any_more_says_nothing(case: Case) -> None:
    write(case, HEADER + GOOD.replace(",war,", ",battle,") + GOOD.replace("W48", "W47"))
    loaded = with_outcomes(case, lambda: {"battle"})
    assert possible_as_of(loaded, date(2025, 1, 1), W48) == {W48 - 1: {"war"}}
    with pytest.raises(CaseError, match="must be one of the case's scenarios, found battle"):
        with_outcomes(case)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "war", "truce", "other", "not war", "not truce or other"]),
            st.integers(2, 6),
        ),
        max_size=6,
    )
)
def test_later_rows_change_nothing_as_of_an_earlier_day(
    case: Case, rows: list[tuple[str, int]]
) -> None:
    """A file of accepted rows is sound, and as-of a day what is published later says nothing."""
    case = three(case)
    (case.root / RESOLUTIONS).unlink(missing_ok=True)
    for scenario, day in rows:
        with contextlib.suppress(ReadingError):
            resolve(
                case, "2024-W48", scenario=scenario, published=f"2024-12-0{day}", note="as told"
            )
    assert check_resolutions(case) == []
    loaded = with_outcomes(case)
    for day in range(1, 8):
        on = date(2024, 12, day)
        earlier = replace(
            loaded, outcomes=tuple(row for row in loaded.outcomes if row.published <= on)
        )
        found = possible_as_of(loaded, on, W48)
        assert found == possible_as_of(earlier, date(2025, 1, 1), W48)
        assert all(found.values())
    outcome, last = load_resolutions(case).get(W48), found.get(W48)
    assert last == frozenset({outcome.scenario}) if outcome else last is None or len(last) < 3


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ({"2024-W41": "war"}, None),
        ({"2024-W40": "truce"}, "2024-W40: must be possible .* only war can be, found truce"),
        ({"2024-W41": "truce", "2024-W43": "war"}, None),
        ({"2024-W42": "other", "2024-W43": "war"}, "2024-W43: .* only other can be, found war"),
        ({"2024-W41": "war", "2024-W42": "other"}, "2024-W42: .*, found other"),
    ],
)
def test_outcomes_that_judgements_exclude_are_named(
    case: Case, outcomes: dict[str, str], said: str | None
) -> None:
    """War leads to a truce, a truce to war or other, other holds for good; at first it is war."""
    war, truce, other = three(case).scenarios
    case = replace(
        case,
        scenarios=(
            replace(war, start=1.0, then={"truce": 1.0}),
            replace(truce, start=0.0, then={"war": 0.5, "other": 0.5}),
            replace(other, start=0.0, then={}),
        ),
    )
    possible = {Period.parse(text): frozenset({one}) for text, one in outcomes.items()}
    found = impossible_outcome(case, possible)
    assert (found is None) == (said is None)
    if said:
        assert re.search(said, str(found))
