"""What a record must be: every broken rule named, nothing stored; any text survives."""

from __future__ import annotations

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
