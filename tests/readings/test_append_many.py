"""Recording many readings at once: every row of a CSV, or every file as it was."""

from __future__ import annotations

import csv
import io
import itertools
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.case import Case, clean_text
from forecast.errors import CaseError, ReadingError
from forecast.periods import Period
from forecast.readings import append_readings, load_readings
from forecast.readings.row import COLUMNS
from tests.factories import HEADER, make_case
from tests.readings.test_append import NOTES

MANY = "indicator," + HEADER
STRIKES = "strikes,2024-W48,52,2024-12-02,acled,B2,4,,north-west,https://example.org/a,as told\n"
BORDER = "border,2024-W48,2,2024-12-03,desk,C3,,,country,,not openable: by telephone\n"
OLD = "2024-W47,30,2024-11-25,sohr,B2,,,north-west,https://example.org/o,old\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = make_case(tmp_path / "case")
    made.readings_paths["strikes"].write_text(HEADER + OLD, "utf-8")
    return made


def bytes_of(case: Case) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((case.root / "indicators").iterdir())}


def refused(case: Case, text: str) -> list[str]:
    """Return what is said of a CSV that is refused; that no byte changed is part of it."""
    before = bytes_of(case)
    with pytest.raises(ReadingError) as caught:
        append_readings(case, text, "many.csv")
    assert bytes_of(case) == before
    return [str(problem) for problem in caught.value.problems]


def test_every_row_goes_to_its_indicator_and_is_returned_in_order(case: Case) -> None:
    later = STRIKES.replace("W48,52,2024-12-02", "W49,60,2024-12-09")
    readings = append_readings(case, MANY + STRIKES + BORDER + "\n" + later, "many.csv")
    assert [(r.indicator, r.value, r.line) for r in readings] == [
        ("strikes", 52.0, 3),
        ("border", 2.0, 2),
        ("strikes", 60.0, 4),
    ]
    assert bytes_of(case)["strikes.csv"].decode() == HEADER + OLD + (
        STRIKES.removeprefix("strikes,") + later.removeprefix("strikes,")
    )
    assert {*readings} < {*load_readings(case)}


def test_columns_may_stand_in_any_order_and_each_file_keeps_its_own(case: Case) -> None:
    path = case.readings_paths["strikes"]
    path.write_bytes(b"note," + HEADER.replace(",note", "").replace("\n", "\r\n").encode())
    cells = STRIKES.removesuffix("\n").split(",")
    turned = [",".join(reversed(line)) for line in (MANY.removesuffix("\n").split(","), cells)]
    append_readings(case, "\n".join(turned), "many.csv")
    assert path.read_bytes().endswith(
        b"\r\nas told,2024-W48,52,2024-12-02,acled,B2,4,,north-west,https://example.org/a\r\n"
    )


def test_all_problems_are_told_together_with_line_and_column(case: Case) -> None:
    wrong = STRIKES.replace("B2", "B9").replace(",52,", ",-1,")
    text = MANY + wrong + BORDER.replace("border", "bordr") + BORDER + "strikes\n" + 'x,"\n'
    assert refused(case, text) == [
        "many.csv, line 2, value: must be a finite number, at least 0, found -1",
        "many.csv, line 2, grade: must be an Admiralty grade, A-F then 1-6, found B9"
        " (for example B2)",
        "many.csv, line 3, indicator: must be an indicator of the case, found bordr"
        " (did you mean border?)",
        "many.csv, line 5: must have 11 fields, found 1"
        " (text with a comma in it needs quotes around it)",
        'many.csv, line 6: must be one line of comma-separated values, found x,"'
        " (unexpected end of data: a field in quotes ends on its line, and quotes in it are"
        " doubled)",
    ]


def test_a_row_may_repeat_neither_the_file_nor_another_row(case: Case) -> None:
    text = MANY + STRIKES + BORDER + STRIKES.replace(",52,", ",53,") + "strikes," + OLD
    rule = "must differ from every other row in period, source, published, span or scope"
    hint = "(a correction is a new row with a later published)"
    assert refused(case, text) == [
        f"many.csv, line 4: {rule}, found the same as many.csv, line 2 {hint}",
        f"many.csv, line 5: {rule}, found the same as indicators/strikes.csv, line 2 {hint}",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER, "many.csv, line 1: must name the column indicator"),
        (MANY.replace("grade", "grad"), "many.csv, line 1: must name the column grade"),
        (MANY, "many.csv: must hold at least one reading"),
        (MANY + "\n\n", "many.csv: must hold at least one reading"),
    ],
)
def test_what_holds_no_readings_is_refused(case: Case, text: str, said: str) -> None:
    assert refused(case, text)[0] == said


def test_a_file_with_a_problem_is_not_added_to(case: Case) -> None:
    case.readings_paths["border"].write_text(HEADER + "2024-W48\n", "utf-8")
    before = bytes_of(case)
    with pytest.raises(CaseError, match=r"indicators/border.csv, line 2: must have 10 fields"):
        append_readings(case, MANY + STRIKES + BORDER, "many.csv")
    assert bytes_of(case) == before


@pytest.mark.parametrize(
    ("step", "fails"),  # both files and their folder are synced, both files are moved
    [("fsync", 1), ("fsync", 2), ("fsync", 3), ("replace", 1), ("replace", 2)],
)
def test_a_failure_at_any_step_leaves_every_file_as_it_was(
    case: Case, monkeypatch: pytest.MonkeyPatch, step: str, fails: int
) -> None:
    owner: object = os if step == "fsync" else Path
    really, calls = getattr(owner, step), itertools.count(1)

    def fail(*arguments: object) -> object:
        if next(calls) == fails:
            raise OSError(28, "No space left on device")
        return really(*arguments)

    before = bytes_of(case)
    monkeypatch.setattr(owner, step, fail)
    with pytest.raises(ReadingError, match=r"indicators: must be writable: nothing was recorded"):
        append_readings(case, MANY + STRIKES + BORDER, "many.csv")
    assert bytes_of(case) == before


COUNTS = st.integers(0, 10**5).map(str) | st.floats(0, 1e5).map(repr)
PERIODS = st.integers(0, 60).map(lambda k: Period.parse("2024-W40") + k)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, str]]:
    """Draw valid rows of both indicators, no two of one claim and date."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(["sohr", "acled", "desk"]), PERIODS, st.integers(0, 30)),
            min_size=1,
            max_size=8,
            unique=True,
        )
    )
    return [
        {
            "indicator": "border" if source == "desk" else "strikes",
            "period": str(period),
            "value": draw(st.sampled_from("012") if source == "desk" else COUNTS),
            "published": (period + late).first_day.isoformat(),
            "source": source,
            "grade": draw(st.sampled_from("ABCDEF")) + draw(st.sampled_from("123456")),
            "days": draw(st.sampled_from(["", "1", "7"])),
            "span": "",
            "scope": draw(st.sampled_from(["north-west", "country", "a, b"])),
            "url": "https://example.org/a,b",
            "note": draw(NOTES),
        }
        for source, period, late in keys
    ]


def written(rows: list[dict[str, str]], end: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["indicator", *COLUMNS], lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@given(rows=rows(), end=st.sampled_from(["\n", "\r\n"]), mark=st.booleans())
@settings(max_examples=60, derandomize=True)
def test_valid_rows_come_back_as_they_were_offered(
    rows: list[dict[str, str]], end: str, mark: bool
) -> None:
    data = (b"\xef\xbb\xbf" if mark else b"") + written(rows, end)
    with tempfile.TemporaryDirectory() as folder:
        case = make_case(Path(folder) / "case")
        readings = append_readings(case, clean_text(data, "many.csv"), "many.csv")
        assert sorted(load_readings(case), key=repr) == sorted(readings, key=repr)
    for row, reading in zip(rows, readings, strict=True):
        assert row["indicator"] == reading.indicator
        assert row["period"] == str(reading.period)
        assert float(row["value"]) == reading.value
        assert row["published"] == reading.published.isoformat()
        assert row["days"] in ("", str(reading.days))
        assert [row[c] for c in ("source", "grade", "scope", "url", "note")] == [
            reading.source,
            reading.grade,
            reading.scope,
            reading.url,
            reading.note,
        ]


BAD = st.sampled_from(
    [
        ("indicator", "strike"),
        ("period", "2024-W54"),
        ("value", "-1"),
        ("published", "2020-01-01"),
        ("source", "cnn"),
        ("grade", "B9"),
        ("days", "8"),
        ("span", "0"),
        ("scope", ""),
        ("url", "ftp://example.org"),
        ("note", "\u202eevil"),
    ]
)


@given(rows=rows(), bad=BAD, data=st.data())
@settings(max_examples=60, derandomize=True)
def test_one_bad_row_changes_no_file(
    rows: list[dict[str, str]], bad: tuple[str, str], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    column, value = bad
    rows[at] = {**rows[at], column: value}
    with tempfile.TemporaryDirectory() as folder:
        case = make_case(Path(folder) / "case")
        said = refused(case, clean_text(written(rows, "\n"), "many.csv"))
    assert f"many.csv, line {at + 2}, {column}: " in said[0]
    assert len(said) == 1
