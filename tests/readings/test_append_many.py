"""Recording many readings at once: every row of a CSV, or every file as it was."""

from __future__ import annotations

import csv
import io
import itertools
import os
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import clock
from forecast.case import Case, clean_text, clear_away
from forecast.errors import CaseError, ReadingError
from forecast.periods import Period
from forecast.readings import (
    RECORDING,
    append_reading,
    append_readings,
    check_readings,
    due,
    finish_recording,
    load_readings,
)
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
    readings = append_readings(case, MANY + STRIKES + BORDER + "\n" + later, "many.csv").readings
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


def test_a_row_that_differs_from_one_of_its_day_is_the_problem(case: Case) -> None:
    text = MANY + STRIKES + BORDER + STRIKES.replace(",52,", ",53,")
    text += "strikes," + OLD.replace(",30,", ",31,")
    rule = "must be the same in every cell as the row of that source, period and date, or later"
    hint = "(a slip of the same day is corrected with `forecast add INDICATOR VALUE`)"
    assert refused(case, text) == [
        f"many.csv, line 4: {rule}, found another row than many.csv, line 2 {hint}",
        f"many.csv, line 5: {rule}, found another row than indicators/strikes.csv, line 2 {hint}",
    ]


@pytest.mark.parametrize("again", ["strikes," + OLD, "strikes," + OLD.replace(",30,", ",30.0,")])
def test_rows_that_are_there_are_passed_over(case: Case, again: str) -> None:
    done = append_readings(case, MANY + again + STRIKES + STRIKES, "many.csv")
    assert ([r.value for r in done.readings], done.known) == ([52.0], 2)
    before = bytes_of(case)
    done = append_readings(case, MANY + again + STRIKES, "many.csv")
    assert (done.readings, done.known) == ((), 2)
    assert bytes_of(case) == before


def test_a_row_that_was_corrected_on_its_day_is_passed_over_as_well(case: Case) -> None:
    cells = dict(zip(HEADER.strip().split(","), STRIKES.strip().split(",")[1:], strict=True))
    append_reading(case, "strikes", **cells)
    append_reading(case, "strikes", **cells | {"value": "50"})
    assert append_readings(case, MANY + STRIKES, "many.csv").known == 1


SEPARATED = "must be separated by commas, found"
REMEDY = "(save it as CSV with commas, numbers with a point and dates as 2024-12-02)"


@pytest.mark.parametrize(
    ("edit", "found", "line"),
    [
        (lambda text: text.replace(",", ";"), "; between the names of the columns", 1),
        (lambda text: text.replace(",", "\t"), "tabs between the names of the columns", 1),
        (lambda text: text.replace(",", "|"), "| between the names of the columns", 1),
        (lambda text: "sep=;\n" + text, "sep=; before the names of the columns", 1),
        (lambda text: "sep=,\n" + text.replace(",", ";"), "; between the names of the columns", 2),
    ],
)
def test_another_separator_is_said_in_one_line(
    case: Case, edit: Callable[[str], str], found: str, line: int
) -> None:
    text = edit(MANY + STRIKES)
    assert refused(case, text) == [f"many.csv, line {line}: {SEPARATED} {found} {REMEDY}"]
    case.readings_paths["border"].write_text(edit(HEADER), "utf-8")
    (problem,) = check_readings(case)
    assert problem.rule == "must be separated by commas"


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: "sep=,\n" + text,
        lambda text: text + ",,,,,,,,,,\n\n",
        lambda text: text.replace(",sohr,", ",sohr,").replace(",north-west,", ",,"),
        lambda text: (
            "\n".join(",".join(line.split(",")[:6]) for line in text.split("\n")[:1])
            + ",url\nstrikes,2024-W48,52,2024-12-02,acled,B2,https://example.org/a\n"
        ),
    ],
    ids=["separator said", "empty rows", "scope left empty", "columns left out"],
)
def test_what_only_one_answer_fits_need_not_be_given(
    case: Case, edit: Callable[[str], str]
) -> None:
    (reading,) = append_readings(case, edit(MANY + STRIKES), "many.csv").readings
    assert (reading.value, reading.scope, reading.source) == (52.0, "north-west", "acled")


def test_the_only_source_of_an_indicator_need_not_be_given(case: Case) -> None:
    text = "indicator,period,value,published,grade,url\nborder,2024-W48,2,2024-12-03,C3,{}\n"
    (reading,) = append_readings(case, text.format("https://example.org"), "many.csv").readings
    assert (reading.source, reading.scope) == ("desk", "country")
    strikes = text.replace("border", "strikes").format("https://example.org")
    assert "source: must be one of the sources of strikes" in refused(case, strikes)[0]


@pytest.mark.parametrize(
    ("published", "hint"),
    [
        ("2062-12-02", " (did you mean {}-12-02?)"),
        (str(clock.today() + timedelta(days=1)), ""),
    ],
)
def test_nothing_is_published_after_today(case: Case, published: str, hint: str) -> None:
    text = MANY + STRIKES.replace("2024-12-02", published)
    today = clock.today()
    year = today.year - (today < date(today.year, 12, 2))
    assert refused(case, text) == [
        f"many.csv, line 2, published: must not be after today, {today}, found {published}"
        + hint.format(year)
    ]


def test_a_batch_may_withdraw(case: Case) -> None:
    text = MANY + "strikes,2024-W47,,2024-11-26,sohr,,,,north-west,,counted twice\n"
    (reading,) = append_readings(case, text, "many.csv").readings
    assert reading.withdrawn
    assert due(case, load_readings(case), date(2024, 12, 2))[1].since == Period.parse("2024-W40")


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


class Killed(BaseException):
    """What nothing in the program catches, as a kill."""


# Both files and the note of them are synced; the note is moved into its place, then both files.
STEPS = [("fsync", 1), ("fsync", 2), ("fsync", 3), ("replace", 1), ("replace", 2), ("replace", 3)]


def failing(monkeypatch: pytest.MonkeyPatch, step: str, at: int, error: BaseException) -> None:
    owner: object = os if step == "fsync" else Path
    really, calls = getattr(owner, step), itertools.count(1)

    def fail(*arguments: object) -> object:
        if next(calls) == at:
            if isinstance(error, Killed):  # who is dead removes nothing
                monkeypatch.setattr(Path, "unlink", lambda *_args, **_options: None)
            raise error
        return really(*arguments)

    monkeypatch.setattr(owner, step, fail)


@pytest.mark.parametrize(("step", "at"), STEPS)
def test_after_a_failure_at_any_step_all_is_recorded_or_nothing(
    case: Case, monkeypatch: pytest.MonkeyPatch, step: str, at: int
) -> None:
    before = bytes_of(case)
    failing(monkeypatch, step, at, OSError(28, "No space left on device"))
    with pytest.raises(ReadingError, match=r"indicators: must be writable: ") as refused:
        append_readings(case, MANY + STRIKES + BORDER, "many.csv")
    monkeypatch.undo()
    said = "nothing was recorded" if (step, at) < ("replace", 2) else "recorded as soon as it is"
    assert said in str(refused.value)
    assert finish_recording(case.root) == (said != "nothing was recorded")
    assert not finish_recording(case.root)
    assert (bytes_of(case) == before) == (said == "nothing was recorded")
    assert len(load_readings(case)) == (1 if said == "nothing was recorded" else 3)
    assert not list((case.root / "indicators").glob("*.tmp"))


@pytest.mark.parametrize(("step", "at"), STEPS)
def test_of_a_killed_run_all_is_recorded_or_nothing(
    case: Case, monkeypatch: pytest.MonkeyPatch, step: str, at: int
) -> None:
    before = bytes_of(case)
    failing(monkeypatch, step, at, Killed())
    with pytest.raises(Killed):
        append_readings(case, MANY + STRIKES + BORDER, "many.csv")
    monkeypatch.undo()
    recorded = finish_recording(case.root)
    clear_away(case.root)
    assert recorded == ((step, at) >= ("replace", 2))
    assert (bytes_of(case) == before) != recorded
    assert len(load_readings(case)) == (3 if recorded else 1)
    assert not [p for p in (case.root / "indicators").iterdir() if p.name.endswith(".tmp")]


@pytest.mark.parametrize("note", ["", "[]", '{"indicators/x.csv": "../../x"}', '{"a": 1}', "{"])
def test_a_note_that_is_none_is_named(case: Case, note: str) -> None:
    (case.root / RECORDING).write_text(note)
    with pytest.raises(ReadingError, match=r"indicators/\.recording\.tmp: must be"):
        finish_recording(case.root)


def test_a_note_moves_nothing_but_what_was_written_for_it(case: Case) -> None:
    (case.root / "secret").write_text("mine")
    (case.root / RECORDING).write_text('{"../secret": "0123abcd", "border.csv": "0123abcd"}')
    before = bytes_of(case)
    assert not finish_recording(case.root)
    assert bytes_of(case) == {k: v for k, v in before.items() if not k.startswith(".")}
    assert (case.root / "secret").read_text() == "mine"


COUNTS = st.integers(0, 10**5).map(str) | st.floats(1e-9, 1e5).map(repr)
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
        readings = append_readings(case, clean_text(data, "many.csv"), "many.csv").readings
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
        ("scope", " "),
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
