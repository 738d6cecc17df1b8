"""reports/resolutions.csv: every rule, corrections, and rows recorded all or none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from forecast.case import Case
from forecast.errors import CaseError, ReadingError
from forecast.periods import Period
from forecast.readings import (
    RESOLUTIONS,
    Resolution,
    append_resolutions,
    check_resolutions,
    load_resolutions,
    run_of,
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
    return [line for _, line in append_resolutions(case, periods, scenario, **given)]


def test_without_a_file_nothing_is_resolved(case: Case) -> None:
    assert load_resolutions(case) == {}
    assert check_resolutions(case) == []


def test_the_latest_row_holds_and_the_first_says_since_when_it_was_known(case: Case) -> None:
    write(
        case,
        HEADER
        + "2024-W48,other,2024-12-20,https://example.org/b,corrected\n"
        + "2024-W48,war,2024-12-02,https://example.org/a,\n"
        + "2024-W47,other,2024-11-26,,not openable: seen on site\n",
    )
    assert [str(period) for period in load_resolutions(case)] == ["2024-W47", "2024-W48"]
    assert load_resolutions(case)[W48] == Resolution(
        W48, "other", date(2024, 12, 20), date(2024, 12, 2), "https://example.org/b", "corrected"
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
        (HEADER + GOOD + GOOD, "line 3: must differ from every other row in period or published"),
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
    with pytest.raises(ReadingError, match=r"the same as reports/resolutions.csv, line 2"):
        resolve(case, "2024-W47", "2024-W48")
    with pytest.raises(ReadingError, match="must not be before 2024-W50 began"):
        resolve(case, "2024-W47", "2024-W50")
    assert path.read_bytes() == before


def test_nothing_is_added_to_a_broken_file(case: Case) -> None:
    write(case, HEADER + "2024-W48,wra,2024-12-02,https://e.org,\n")
    with pytest.raises(CaseError, match="found wra"):
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
