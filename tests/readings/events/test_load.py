"""What a record must be: every broken rule named, nothing stored; any text survives."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.case import Case
from forecast.errors import ReadingError
from forecast.readings.events import store
from forecast.readings.events.database import opened
from forecast.readings.events.load import load
from tests.readings.events.pulls import acled, event, pull, source, stored, ucdp, write

KNOWN = datetime(2024, 12, 2, 10, 15, tzinfo=UTC)
_DAY = "must be a day, for example 2024-12-02 or 2 December 2024"
_NUMBER = "must be a number, at least 0 and below 1e12"


def refused(case: Case, raw: Path, kind: str) -> str:
    with pytest.raises(ReadingError) as caught:
        store(case, source(kind), raw, known=KNOWN)
    assert not (case.root / "indicators" / "vintages").exists()
    return str(caught.value)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("id", "", 'must not be empty, found ""'),
        ("id", " \t", 'must not be empty, found ""'),
        ("type_of_violence", "4", "must be one of 1, 2, 3, found 4"),
        ("date_start", "25-2-3", f"{_DAY}, found 25-2-3"),
        ("date_start", "infinity", f"{_DAY}, found infinity"),
        ("date_start", "2024-02-30", f"{_DAY}, found 2024-02-30"),
        ("date_start", "30 Foo 2024", f"{_DAY}, found 30 Foo 2024"),
        ("date_start", "0024-11-27", f"{_DAY}, found 0024-11-27"),
        ("date_start", "9999-11-27", f"{_DAY}, found 9999-11-27"),
        ("date_start", "2024-11-27 24h", f"{_DAY}, found 2024-11-27 24h"),
        ("date_end", "2024-11-26", "must not be before date_start, found 2024-11-26"),
        ("best", "-1", f"{_NUMBER}, found -1"),
        ("best", "", 'must not be empty, found ""'),
        ("best", "nan", f"{_NUMBER}, found nan"),
        ("best", "inf", f"{_NUMBER}, found inf"),
        ("best", "1e3", f"{_NUMBER}, found 1e3"),
        ("best", "1000000000000", f"{_NUMBER}, found 1000000000000"),
        ("deaths_civilians", "1,5", f"{_NUMBER}, found 1,5"),
        ("side_a", "Gov\x1b[31m", r"must have no control characters, found \x1b"),
        ("source_headline", "a\x00b", r"must have no control characters, found \x00"),
        ("source_headline", "a\x85b", r"must have no control characters, found \x85"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(case: Case, tmp_path: Path, column: str, cell: str, said: str) -> None:
    # The second record has a line break in its text: records are counted, not lines.
    rows = [ucdp(id="7"), ucdp(id="8", source_headline="a\nb"), ucdp(id="9") | {column: cell}]
    raw = write(tmp_path / "raw.csv", rows)
    assert refused(case, raw, "ucdp") == f"events, record 3, {column}: {said}"


def test_all_rules_that_are_broken_are_told_with_how_often(case: Case, tmp_path: Path) -> None:
    rows = [acled(event_id_cnty=str(n), fatalities="-1", event_date="soon") for n in range(3)]
    assert refused(case, write(tmp_path / "raw.csv", rows), "acled").split("\n") == [
        f"events, record 1, event_date: {_DAY}, found soon (and 2 more records)",
        f"events, record 1, fatalities: {_NUMBER}, found -1 (and 2 more records)",
    ]


def test_a_tables_problem_is_told_in_its_own_words(case: Case, tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text("Key,When\na,tomorrow\n", "utf-8")
    with pytest.raises(ReadingError, match=r"^events, record 1, When: must be a day"):
        store(case, source(columns={"id": "Key", "date": "When"}), raw, known=KNOWN)


def test_two_events_with_one_id(case: Case, tmp_path: Path) -> None:
    rows = [ucdp(id="7"), ucdp(id="8"), ucdp(id="7", best="99")]
    assert refused(case, write(tmp_path / "raw.csv", rows), "ucdp") == (
        "events, record 3, id: must not be that of record 1, found 7 (two events with one id)"
    )


def test_one_event_twice_is_one(case: Case) -> None:
    kept = pull(case, [event("a", "2024-11-27"), event("b", "2024-11-28")] * 2, "2024-12-02")
    assert kept.vintage is not None
    assert kept.vintage.rows == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "events: must not be empty"),
        (b"id,date\na,2024-11-27\nb\n", "events, record 2: must have 2 cells, found 1"),
        (b'id,date\n"a\nb",2024-11-27\nb,1,2\n', "events, record 2: must have 2 cells, found 3"),
        (b"id,date\na,2024-11-27\nb\xff,2024-11-27\n", "must be UTF-8 text, found byte 0xff"),
        (b'id,date\na,"2024-11-27\n', "events, record 1: must be CSV (unexpected end of data)"),
        (b'id,date\na,"x"y\n', "events, record 1: must be CSV (',' expected after '\"')"),
    ],
)
def test_what_is_no_csv_is_named(case: Case, tmp_path: Path, data: bytes, said: str) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_bytes(data)
    with pytest.raises(ReadingError) as caught:
        store(case, source(columns={"id": "id", "date": "date"}), raw, known=KNOWN)
    assert said in str(caught.value)


_TEXT = st.text(
    st.one_of(
        st.sampled_from(
            list(",;'\"\n\r\t=+-@|\\%${}[]<>&#\u202e\u200f\u200b\u00ad\ufeff\U0001f4a5")
        ),
        st.characters(exclude_categories=("Cc", "Cs")),
    ),
    max_size=30,
)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_TEXT, min_size=1, max_size=5), ends=st.sampled_from(["\n", "\r\n"]))
def test_any_text_survives(tmp_path: Path, texts: list[str], ends: str) -> None:
    rows = [event(str(number), "2024-11-27", text=text) for number, text in enumerate(texts)]
    raw = write(tmp_path / "raw.csv", rows, ends=ends)
    with opened(raw.parent) as database:
        load(database, source(), raw)
        found = database.execute("SELECT text FROM event").fetchall()
    assert [text for (text,) in found] == texts


def test_records_are_counted_from_1_with_and_without_header(case: Case, tmp_path: Path) -> None:
    for header in (True, False):
        raw = write(tmp_path / "raw.csv", [ucdp(id="1"), ucdp(id="2", best="x")], header=header)
        assert refused(case, raw, "ucdp").startswith("events, record 2, best: must be a number")
        raw = write(tmp_path / "raw.csv", [ucdp(id="1")], header=header)
        raw.write_bytes(raw.read_bytes() + b"2,cut\n")
        assert refused(case, raw, "ucdp") == (
            "events, record 2: must have 49 cells, found 2 (is it cut off?)"
        )


def test_line_breaks_in_other_columns_are_spaces(case: Case) -> None:
    row = event("a", "2024-11-27", actor=" Group\r\nof\tarmed\n", country="Syria\n")
    kept = pull(case, [row], "2024-12-02").vintage
    assert kept is not None
    [found] = stored(kept.path)
    assert (found["actor"], found["country"]) == ("Group  of armed", "Syria")
    assert found["day"] == date(2024, 11, 27)


# One table of four events, as providers and spreadsheets write it.
PLAIN = """\
event_id,event_date,admin1,fatalities
A1,2026-11-02,North,2
A2,2026-11-04,"South, hills",0
A3,2026-11-12,North,12.5
A4,2026-11-20,,
"""
TAGS = "#event+id,#date+occurred,#adm1+name,#affected+killed\n"
HEADER = PLAIN.splitlines(keepends=True)[0]
CELLS = {"id": "event_id", "date": "event_date", "admin1": "admin1", "deaths": "fatalities"}


def semicolons(text: str) -> str:
    return text.replace(",", ";").replace('"South; hills"', "South, hills")


def at_the(text: str, times: dict[str, str]) -> str:
    for day, time in times.items():
        text = text.replace(day, time)
    return text


SPELT: dict[str, tuple[str | bytes, dict[str, object]]] = {
    "as it is": (PLAIN, {}),
    "HXL tags": (PLAIN.replace(HEADER, HEADER + TAGS), {}),
    "HXL tags for some columns": (
        PLAIN.replace(HEADER, HEADER + "#event+id,#date+occurred,,\n"), {},
    ),
    "HXL tags and empty rows": (PLAIN.replace(HEADER, HEADER + TAGS + ",,,\n\n") + ",,,\n", {}),
    "semicolons": (semicolons(PLAIN), {}),
    "semicolons, decimal comma": (
        semicolons(PLAIN).replace("12.5", "12,5"), {"decimal": ","},
    ),
    "tabs": (semicolons(PLAIN).replace(";", "\t"), {}),
    "bars": (semicolons(PLAIN).replace(";", "|"), {}),
    "a line that says sep=,": ("sep=,\n" + PLAIN, {}),
    "a line that says sep=;": ("\ufeffsep=;\r\n" + semicolons(PLAIN), {}),
    "a line that says sep=^": ("sep=^\n" + semicolons(PLAIN).replace(";", "^"), {}),
    "CRLF and byte-order mark": ("\ufeff" + PLAIN.replace("\n", "\r\n"), {}),
    "lines that end in three ways": (
        PLAIN.replace("2\n", "2\r\n").replace("0\n", "0\r"), {},
    ),
    "CR alone": (PLAIN.replace("\n", "\r"), {}),
    "no line end at the end": (PLAIN.rstrip("\n"), {}),
    "empty rows and columns": (
        PLAIN.replace("\n", ",,\n").replace("A3", ",,,,,\n   ,,,,,\n\nA3"), {},
    ),
    "a title above": ("Events of November;;;\n\n" + semicolons(PLAIN), {}),
    "a title in one cell": ("Events of November\n\n" + PLAIN, {}),
    "a header with line breaks": (PLAIN.replace("event_date", '"event\n date"'),
                                  {"columns": CELLS | {"date": "event date"}}),
    "spaces around names": (PLAIN.replace("event_date", " event_date\u00a0"), {}),
    "day, month, year": (
        at_the(PLAIN, {"2026-11-02": "02.11.2026", "2026-11-04": "4/11/2026",
                       "2026-11-12": "12-11-2026", "2026-11-20": "20/11/2026 14:30"}),
        {"dates": "dmy"},
    ),
    "month, day, year": (
        at_the(PLAIN, {"2026-11-02": "11/02/2026 12:00 AM", "2026-11-04": "11/4/2026",
                       "2026-11-12": "11-12-2026", "2026-11-20": "11.20.2026"}), {"dates": "mdy"},
    ),
    "times and offsets": (
        at_the(PLAIN, {"2026-11-02": "2026-11-02 00:00:00+00:00",
                       "2026-11-04": "2026-11-04T23:30:00-11:00",
                       "2026-11-12": "2026-11-12T00:00:00.000Z",
                       "2026-11-20": "2026-11-20 09:00"}), {},
    ),
    "other spellings of days": (
        at_the(PLAIN, {"2026-11-02": "2 November 2026", "2026-11-04": "04-Nov-2026",
                       "2026-11-12": "12 Nov 2026", "2026-11-20": "2026/11/20"}), {},
    ),
    "words for empty cells": (
        PLAIN.replace("2026-11-20,,", "2026-11-20,n/a,-"), {"missing": ("n/a", "-")},
    ),
    "more columns, in another order": (
        "\n".join(f"x,{','.join(line.rsplit(',', 1)[::-1])}" for line in PLAIN.splitlines()), {},
    ),
}  # fmt: skip
EVENTS = [
    ("A1", date(2026, 11, 2), "North", 2.0),
    ("A2", date(2026, 11, 4), "South, hills", 0.0),
    ("A3", date(2026, 11, 12), "North", 12.5),
    ("A4", date(2026, 11, 20), "", None),
]


def loaded(raw: Path, **fields: object) -> list[tuple[object, ...]]:
    """Return some cells of the events of a file."""
    with opened(raw.parent) as database:
        load(database, source("table", **{"columns": CELLS} | fields), raw, date(2026, 11, 30))
        return database.execute("SELECT id, day, admin1, deaths FROM event ORDER BY id").fetchall()


@pytest.mark.parametrize(("text", "fields"), SPELT.values(), ids=SPELT.keys())
def test_a_table_in_any_spelling_is_one_table(
    tmp_path: Path, text: str, fields: dict[str, object]
) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_bytes(text.encode())
    assert loaded(raw, **fields) == EVENTS


def test_providers_files_too(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.csv", [acled(notes="a; b", event_date="2 November 2026")])
    with raw.open(encoding="utf-8", newline="") as file:
        records = list(csv.reader(file))
    with raw.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([records[0], [f"#x+{name}" for name in records[0]], *records[1:]])
    with opened(raw.parent) as database:
        load(database, source("acled"), raw)
        assert database.execute("SELECT id, text, day FROM event").fetchall() == [
            ("SYR1", "a; b", date(2026, 11, 2))
        ]


# Each file is refused in one line that says what is wrong with it, and what can be done.
REFUSED: dict[str, tuple[str, dict[str, object], str]] = {
    "no column that is read": (
        "when,what\n2026-11-02,raid\n", {},
        "events, first line: must name the columns event_id, event_date, admin1, fatalities "
        "(known: when, what)",
    ),
    "the same with semicolons": (
        "event_id;when;what\n1;2026-11-02;raid\n", {},
        "events, first line: must name the columns event_date, admin1, fatalities "
        "(did you mean event_id?; separated by ; here)",
    ),
    "days of an order that is not said": (
        PLAIN.replace("2026-11-02", "02/11/2026"), {},
        f"events, record 1, event_date: {_DAY}, found 02/11/2026 "
        '(say in which order: dates = "dmy" or "mdy")',
    ),
    "a decimal comma that is not said": (
        semicolons(PLAIN).replace("12.5", "12,5"), {},
        f'events, record 3, fatalities: {_NUMBER}, found 12,5 (decimal = "," if that is a decimal '
        "comma)",
    ),
    "a word for an empty cell that is not said": (
        PLAIN.replace("2026-11-20,,", "2026-11-20,,NA"), {},
        f'events, record 4, fatalities: {_NUMBER}, found NA (missing = ["NA"] if that stands for '
        "an empty cell)",
    ),
    "thousands in a number with a decimal comma": (
        semicolons(PLAIN).replace("12.5", "1.200"), {"decimal": ","},
        f"events, record 3, fatalities: {_NUMBER}, found 1.200",
    ),
    "one id for two rows": (
        PLAIN.replace("A2", "A1"), {},
        "events, record 2, event_id: must not be that of record 1, found A1 (two events with one "
        'id; an id may be of several columns, as in id = ["event_id", "event_date"])',
    ),
    "one id of several columns for two rows": (
        PLAIN.replace("A2", "A1").replace("2026-11-04", "2026-11-02"),
        {"key": ("event_id", "event_date")},
        "events, record 2, event_id: must not be that of record 1, found A1 | 2026-11-02 "
        '(two events with one id; an id may be of several columns, as in id = ["event_id", '
        '"event_date", "event_date"])',
    ),
    "a row that is not as wide as the others": (
        PLAIN.replace("A3,", "A3,,"), {},
        "events, record 3: must have 4 cells, found 5 (is it cut off?)",
    ),
    "records are counted with tags and empty rows": (
        PLAIN.replace(HEADER, HEADER + TAGS + ",,,\n").replace("2026-11-12", "soon"), {},
        f"events, record 5, event_date: {_DAY}, found soon",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "fields", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_one_line(
    tmp_path: Path, text: str, fields: dict[str, object], said: str
) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_bytes(text.encode())
    with pytest.raises(ReadingError) as caught:
        loaded(raw, **fields)
    assert str(caught.value) == said


def test_an_id_of_several_columns(tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text("area,day,n\na|b,2026-11-02,1\na,2026-11-02,2\n,2026-11-02,3\na,2026-11-09,4\n")
    mapped = {"id": "area", "date": "day", "deaths": "n"}
    rows = loaded(raw, columns=mapped, key=("area", "day"))
    assert [(name, deaths) for name, _, _, deaths in rows] == [
        (" | 2026-11-02", 3), ("a | 2026-11-02", 2), ("a | 2026-11-09", 4),
        ("a||b | 2026-11-02", 1),
    ]  # fmt: skip


def test_a_broken_row_outside_the_declared_days_is_passed_over(tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text(PLAIN.replace("North,2\n", "North,two\n").replace("A4,", ","))
    declared = {"since": date(2026, 11, 3), "until": date(2026, 11, 19)}
    assert loaded(raw, **declared) == EVENTS[1:3]
    with pytest.raises(ReadingError, match=r"record 1, fatalities: must be a number, .* found two"):
        loaded(raw, until=date(2026, 11, 19))


# What is too much, and how it is refused: made here, and small where the limit can be moved.
def lines(text: str, times: int) -> bytes:
    return (HEADER + text * times).encode()


TOO_MUCH: dict[str, tuple[Callable[[], bytes], str]] = {
    "one endless line": (lambda: b"x" * 2_000_001, "first line: must be at most 2,000,000 bytes"),
    "a cell without end": (
        lambda: lines("A1,2026-11-02,", 1) + b"9" * 40_000_000,
        "must have no line of more than 2,000,000 bytes",
    ),
    "zeros": (lambda: HEADER.encode() + bytes(2_000_001), "must have no line of more than"),
    "a million columns": (
        lambda: ("," * 1_000_000 + "\n").encode(),
        "must have at most 2,000 columns, found 1,000,001",
    ),
    "a quote without end": (lambda: HEADER.encode() + b'"' + b"x\n" * 1_000_000, "must be CSV"),
    "lines of words": (lambda: b"lorem ipsum\n" * 1_000_000, "must name the columns"),
    "a million bad rows": (
        lambda: lines("A1,soon,North,2\n", 1_000_000),
        "found soon (and 99999 more records of the first 100000)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("made", "said"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_garbage_is_refused_in_a_line(tmp_path: Path, made: Callable[[], bytes], said: str) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_bytes(made())
    with pytest.raises(ReadingError) as caught:
        loaded(raw)
    assert said in str(caught.value)
    assert len(caught.value.problems) == 1
    assert len(str(caught.value)) < 400
