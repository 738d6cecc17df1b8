"""Reading indicators/<id>.csv: every rule broken once, and what must be accepted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from forecast.case import Case
from forecast.errors import CaseError
from forecast.periods import Period
from forecast.readings import check_readings, load_readings
from tests.factories import HEADER, make_case

GOOD = {
    "period": "2024-W48",
    "value": "52",
    "published": "2024-12-02",
    "source": "acled",
    "grade": "B2",
    "days": "4",
    "span": "",
    "scope": "north-west",
    "url": "https://example.org/a",
    "note": "about 40",
}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


def row(**cells: str) -> str:
    return ",".join((GOOD | cells).values()) + "\n"


def write(case: Case, text: str | bytes, indicator: str = "strikes") -> None:
    data = text if isinstance(text, bytes) else text.encode()
    case.readings_paths[indicator].write_bytes(data)


def told(case: Case) -> list[str]:
    return [str(problem) for problem in check_readings(case)]


def test_a_row_becomes_a_reading(case: Case) -> None:
    write(case, HEADER + row())
    (reading,) = load_readings(case)
    assert reading.indicator == "strikes"
    assert reading.period == reading.last_period == Period.parse("2024-W48")
    assert reading.published == date(2024, 12, 2)
    assert (reading.value, reading.days, reading.span, reading.line) == (52.0, 4, 1, 2)


def test_empty_days_are_all_days_of_the_whole_span(case: Case) -> None:
    write(case, HEADER + row(days="") + row(days="", span="3"))
    assert [reading.days for reading in load_readings(case)] == [7, 21]


def test_readings_come_in_the_order_of_indicators_then_lines(case: Case) -> None:
    level = row(value="2", source="desk", days="", scope="country")
    write(case, HEADER + level, "border")
    write(case, HEADER + row(period="2024-W47") + row(period="2024-W46"))
    assert [(r.indicator, str(r.period)) for r in load_readings(case)] == [
        ("border", "2024-W48"),
        ("strikes", "2024-W47"),
        ("strikes", "2024-W46"),
    ]


@pytest.mark.parametrize(
    ("column", "text", "rule"),
    [
        ("period", "2024-W54", "2024 has weeks W01 to W52"),
        ("period", "2024-11", "must be a week, the case's cadence"),
        ("period", "2024-W39", "must not be before 2024-W40, the case's first period"),
        ("period", "9999-W52", "must be a week, for example 2024-W40"),
        ("period", "", "must be a week, for example 2024-W40"),
        ("value", "-3", "must be a finite number, at least 0"),
        ("value", "nan", "must be a finite number, at least 0"),
        ("value", "inf", "must be a finite number, at least 0"),
        ("value", "1e400", "must be a finite number, at least 0"),
        ("value", "1_000", "must be a finite number, at least 0"),
        ("value", "٣", "must be a finite number, at least 0"),
        ("value", "", "must be a finite number, at least 0"),
        ("published", "2 Dec 2024", "must be a date, for example 2024-12-02"),
        ("published", "20241202", "must be a date, for example 2024-12-02"),
        ("published", "2024-02-30", "must be a date, for example 2024-12-02"),
        ("published", "2024-11-24", "must not be before 2024-W48 began (2024-11-25)"),
        ("source", "acledd", "(did you mean acled?)"),
        ("source", "acled ", "must not begin or end with a space"),
        ("grade", "b2", "(for example B2)"),
        ("grade", "B7", "must be an Admiralty grade"),
        ("days", "0", "must be from 1 to 7, the days of the period, or empty"),
        ("days", "8", "must be from 1 to 7, the days of the period, or empty"),
        ("days", "2.5", "must be a whole number of days, at least 1, or empty"),
        ("span", "0", "must be a whole number of periods from 1 to 999, or empty"),
        ("span", "1000", "must be a whole number of periods from 1 to 999, or empty"),
        ("scope", "", "must be text"),
        ("url", "ftp://example.org", "must begin with http:// or https://"),
        ("url", "javascript:alert(1)", "must begin with http:// or https://"),
        ("url", "https://a b", "must begin with http:// or https://"),
        ("url", "", "empty with a note that begins 'not openable:'"),
        ("note", "tab\there", "must have no tabs, line breaks, control"),
        ("note", "right\u202eleft", "text-direction characters"),
        ("note", "iso\u2066lated", "text-direction characters"),
        ("scope", "north\u2069west", "text-direction characters"),
    ],
)
def test_each_rule_names_file_line_and_column(
    case: Case, column: str, text: str, rule: str
) -> None:
    write(case, HEADER + row(period="2024-W47") + row(**{column: text}))
    (problem,) = check_readings(case)
    assert problem.where == f"indicators/strikes.csv, line 3, {column}"
    assert rule in str(problem)


@pytest.mark.parametrize("text", ["3", "-1", "1.0", "closed", ""])
def test_a_level_must_be_one_of_the_levels(case: Case, text: str) -> None:
    write(case, HEADER + row(value=text, source="desk", scope="country"), "border")
    (problem,) = check_readings(case)
    assert problem.where == "indicators/border.csv, line 2, value"
    assert problem.rule == "must be a level's number: 0 open, 1 tightened, 2 closed"


def test_only_counts_have_totals(case: Case) -> None:
    write(case, HEADER + row(value="1", source="desk", span="2"), "border")
    assert ["only counts have totals" in problem for problem in told(case)] == [True]


def test_all_problems_of_all_rows_and_files_are_told_together(case: Case) -> None:
    write(case, HEADER + row(value="-1", grade="Z9") + row(period="W1"))
    write(case, HEADER + row(), "border")
    with pytest.raises(CaseError) as caught:
        load_readings(case)
    places = [problem.where for problem in caught.value.problems]
    assert sorted(places) == [
        "indicators/border.csv, line 2, source",
        "indicators/border.csv, line 2, value",
        "indicators/strikes.csv, line 2, grade",
        "indicators/strikes.csv, line 2, value",
        "indicators/strikes.csv, line 3, period",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "indicators/strikes.csv: must not be empty"),
        (HEADER.replace(",days", ""), "line 1: must name the column days"),
        (HEADER.replace("days", "dayz"), "found dayz (did you mean days?)"),
        (HEADER.replace("url", "note"), "line 1: must name the column note once, found 2 times"),
        ("\n" + HEADER, "line 1: must name the column period"),
        (HEADER + '2024-W48,"52', "line 2: must be one line of comma-separated values"),
        (HEADER + row(note='"a') + row(), "line 2: must be one line of comma-separated values"),
        (HEADER + row(note='"a"b'), "line 2: must be one line of comma-separated values"),
        (HEADER + row(note="a,b"), "line 2: must have 10 fields, found 11 (text with a comma"),
        (HEADER + "2024-W48,52\n", "line 2: must have 10 fields, found 2"),
        (HEADER + row() + row(), "line 3: must differ from the row it would correct"),
        (HEADER + row(note="a\x1b[31m"), "line 2: must have no control characters"),
        (HEADER + row(note="a\rb"), "line 2: must have no control characters"),
    ],
)
def test_a_broken_file_is_told_by_line(case: Case, text: str, expected: str) -> None:
    write(case, text)
    assert any(expected in problem for problem in told(case)), told(case)


def test_an_unclosed_quote_spoils_its_own_line_only(case: Case) -> None:
    write(case, HEADER + row(note='"open') + row(value="-1"))
    assert [problem.where for problem in check_readings(case)] == [
        "indicators/strikes.csv, line 2",
        "indicators/strikes.csv, line 3, value",
    ]


def test_a_line_break_inside_a_quoted_note_is_refused(case: Case) -> None:
    write(case, HEADER + row(note='"two\nlines"'))
    assert check_readings(case)[0].where == "indicators/strikes.csv, line 2"


def test_a_missing_file_is_a_problem(case: Case) -> None:
    case.readings_paths["border"].unlink()
    assert told(case) == ["indicators/border.csv: must exist"]


@pytest.mark.parametrize(
    ("published", "source", "span", "scope"),
    [
        ("2024-12-03", "acled", "", "north-west"),
        ("2024-12-02", "sohr", "", "north-west"),
        ("2024-12-02", "acled", "2", "north-west"),
        ("2024-12-02", "acled", "", "country"),
    ],
)
def test_rows_that_differ_in_one_thing_that_tells_them_apart_stand(
    case: Case, published: str, source: str, span: str, scope: str
) -> None:
    other = row(published=published, source=source, span=span, scope=scope)
    write(case, HEADER + row() + other)
    assert len(load_readings(case)) == 2


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + (HEADER + row()).encode(),
        (HEADER + row()).replace("\n", "\r\n"),
        (HEADER + row()).removesuffix("\n"),
        HEADER + "\n" + row() + "\n\n",
        HEADER + row(note="[red]strikes[/red]"),
        HEADER + row(note='"a ""quoted"", word"'),
        HEADER + row(note="  نص عربي \u200f \U0001f600 "),
        HEADER + row(url="", note="not openable: by letter"),
        HEADER + row(url="HTTPS://example.org"),
        HEADER + row(value="1.5e2"),
        "note," + HEADER.replace(",note", "") + "n," + row().replace(",about 40", ""),
    ],
    ids=[
        "bom",
        "crlf",
        "no end",
        "blank",
        "markup",
        "quotes",
        "rtl",
        "url",
        "caps",
        "exp",
        "order",
    ],
)
def test_what_an_editor_may_write_is_accepted(case: Case, text: str | bytes) -> None:
    write(case, text)
    assert len(load_readings(case)) == 1
