"""The next reading as it usually comes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from forecast.case import Case
from forecast.readings import Reading, known_as_of, load_readings, usual_cells
from forecast.readings.row import parse_row
from tests.factories import HEADER, make_case

AS_OF = date(2024, 11, 11)
ROW = "2024-W{week},4,2024-11-11,sohr,{grade},,,north-west,https://example.org,\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path)


def usual(case: Case, indicator: int, *grades: str) -> dict[str, str]:
    rows = "".join(ROW.format(week=40 + n, grade=grade) for n, grade in enumerate(grades))
    (case.root / "indicators" / "strikes.csv").write_text(HEADER + rows, "utf-8")
    known = known_as_of(case, load_readings(case), AS_OF)
    return usual_cells(case, known, case.indicators[indicator])


def test_it_is_of_the_whole_next_period_by_the_first_source(case: Case) -> None:
    cells = usual(case, 1, "B2")
    assert (cells["period"], cells["published"]) == ("2024-W46", "2024-11-18")
    assert (cells["source"], cells["days"], cells["span"]) == ("sohr", "", "")
    reading = parse_row(case, case.indicators[1], cells | {"value": "7"}, where="", line=0)
    assert isinstance(reading, Reading)
    assert (reading.value, reading.days, reading.scope) == (7.0, 7, "north-west")


@pytest.mark.parametrize(
    ("grades", "expected"),
    [(["C3", "B2", "C3", "B2", "D4"], "B2"), (["C3", "C3", "B2"], "C3"), (["C3", "B2"], "B2")],
)
def test_the_grade_is_that_of_most_the_later_of_as_many(
    case: Case, grades: list[str], expected: str
) -> None:
    assert usual(case, 1, *grades)["grade"] == expected


def test_of_what_was_never_read_the_best(case: Case) -> None:
    assert usual(case, 0, "C3")["grade"] == "A1"
