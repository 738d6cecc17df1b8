"""The chain: what is written, what verify finds, what read refuses."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from forecast.errors import LedgerError
from forecast.ledger import (
    Entry,
    append,
    for_period,
    latest,
    line_ends_note,
    previous_of,
    read,
    standing,
    verify,
)
from forecast.ledger.chain import encode, walk
from forecast.periods import Period
from tests.factories import make_forecast

PERIODS = ("2024-W46", "2024-W47", "2024-W48", "2024-W49")


def write(path: Path, count: int = 4, salt: str = "") -> list[str]:
    """Log forecasts and return their hashes."""
    return [
        append(path, make_forecast(PERIODS[k], f"2024-12-0{k + 1}", f"{salt}{k}")).entry.hash
        for k in range(count)
    ]


def told(path: Path, head: str | None = None) -> list[str]:
    return [str(problem) for problem in verify(path, head)]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "ledger.jsonl"


def test_lines_are_canonical_and_each_names_the_hash_of_the_one_before(ledger: Path) -> None:
    hashes = write(ledger, 2)
    first, second, rest = ledger.read_bytes().split(b"\n")
    assert rest == b""
    assert json.loads(first)["previous"] == "0" * 64
    assert json.loads(second)["previous"] == hashlib.sha256(first).hexdigest() == hashes[0]
    assert first == json.dumps(
        {"entry": 1, "forecast": make_forecast("2024-W46", "2024-12-01", "0").to_json(),
         "previous": "0" * 64},
        sort_keys=True, separators=(",", ":"),
    ).encode()  # fmt: skip


def test_read_gives_back_what_was_logged(ledger: Path) -> None:
    hashes = write(ledger)
    entries = read(ledger)
    assert [entry.number for entry in entries] == [1, 2, 3, 4]
    assert [entry.hash for entry in entries] == hashes
    assert [str(entry.period) for entry in entries] == list(PERIODS)
    assert entries[1].forecast == make_forecast("2024-W47", "2024-12-02", "1")
    assert entries[1].stored == make_forecast("2024-W47", "2024-12-02", "1").to_json()


def test_no_ledger_is_an_empty_one(ledger: Path) -> None:
    assert read(ledger) == []
    assert told(ledger) == []
    assert told(ledger, "ab" * 32) == [
        f"reports/ledger.jsonl: the chain ends at nothing: it has no entries; head {'ab' * 32} is "
        "not in it: lines were removed, the last was edited, or the chain was rewritten"
    ]


def test_a_sound_chain_passes_with_any_head_it_ever_had(ledger: Path) -> None:
    for head in write(ledger):
        assert told(ledger, head) == told(ledger, head[:8]) == []


@pytest.mark.parametrize("head", ["", "1234567", "g" * 8, "a" * 65])
def test_a_head_must_be_a_hash(ledger: Path, head: str) -> None:
    write(ledger, 1)
    assert "must be 8 to 64 digits of a hash" in told(ledger, head)[0]


@pytest.mark.parametrize("k", [1, 2, 3])
def test_an_edited_number_is_found_in_its_line(ledger: Path, k: int) -> None:
    write(ledger)
    lines = ledger.read_bytes().split(b"\n")
    lines[k - 1] = lines[k - 1].replace(b'"probability":0.3', b'"probability":0.4')
    ledger.write_bytes(b"\n".join(lines))
    (problem,) = told(ledger)
    assert problem == (
        f"reports/ledger.jsonl, line {k}: entry {k} was edited: "
        "its hash is not the one the next entry names"
    )
    with pytest.raises(LedgerError, match=f"entry {k} was edited"):
        read(ledger)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_one_edited_byte_is_found_and_blamed_on_its_line(
    tmp_path: Path, data: st.DataObject
) -> None:
    ledger = tmp_path / "any" / "ledger.jsonl"
    ledger.unlink(missing_ok=True)
    head = write(ledger)[-1]
    lines = ledger.read_bytes().splitlines()
    k = data.draw(st.integers(1, 4), "line")
    at = data.draw(st.integers(0, len(lines[k - 1]) - 1), "byte")
    byte = data.draw(st.integers(0, 255).filter(lambda b: b not in (10, lines[k - 1][at])))
    lines[k - 1] = lines[k - 1][:at] + bytes([byte]) + lines[k - 1][at + 1 :]
    ledger.write_bytes(b"\n".join(lines) + b"\n")
    problems = verify(ledger, head)
    assert problems
    in_link_of_last = k == 4 and at > lines[3].rindex(b'"previous"')
    if k < 4:
        assert problems[0].where == f"reports/ledger.jsonl, line {k}"
        assert problems[0].rule.startswith(f"entry {k} was edited")
    elif not in_link_of_last:
        assert "head" in problems[-1].rule


def test_an_edited_link_blames_the_line_it_stands_in(ledger: Path) -> None:
    hashes = write(ledger)
    data = ledger.read_bytes()
    ledger.write_bytes(data.replace(hashes[1].encode(), hashes[1][::-1].encode()))
    assert [problem.where for problem in verify(ledger, None)] == ["reports/ledger.jsonl, line 3"]


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda line: line.replace(b'":', b'": ', 1), "it is not as a ledger's line is written"),
        (lambda line: line.replace(b"0.7", b"0.70"), "it is not as a ledger's line is written"),
        (lambda line: line.replace(b"0.7", b"NaN"), "it is not as a ledger's line is written"),
        (lambda line: line[:-9], "it is not as a ledger's line is written"),
        (lambda line: line.replace(b'"entry":4', b'"entry":5'), "it calls itself entry 5"),
    ],
)  # fmt: skip
def test_the_last_line_is_at_least_as_a_ledger_writes_it(
    ledger: Path, edit: Callable[[bytes], bytes], rule: str
) -> None:
    write(ledger)
    lines = ledger.read_bytes().splitlines()
    ledger.write_bytes(b"\n".join([*lines[:-1], edit(lines[-1])]) + b"\n")
    assert told(ledger) == [f"reports/ledger.jsonl, line 4: entry 4 was edited: {rule}"]
    with pytest.raises(LedgerError):
        append(ledger, make_forecast(fingerprint="new"))


def test_removed_last_lines_only_a_head_can_show(ledger: Path) -> None:
    head = write(ledger)[-1]
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:-1]))
    assert told(ledger) == []
    (problem,) = told(ledger, head)
    end = read(ledger)[-1].hash
    assert problem.startswith(
        f"reports/ledger.jsonl: the chain ends at entry 3, {end}; head {head} is not in it"
    )


def test_a_rewritten_chain_only_a_head_can_show(ledger: Path) -> None:
    head = write(ledger)[-1]
    ledger.unlink()
    write(ledger, salt="other ")
    assert told(ledger) == []
    assert f"head {head} is not in it" in told(ledger, head)[0]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([0, 2, 3], "line 2: holds entry 3: lines were removed, added or moved"),
        ([1, 2, 3], "line 1: holds entry 2: lines were removed, added or moved"),
        ([0, 1, 1, 2, 3], "line 3: holds entry 2: lines were removed, added or moved"),
        ([0, 2, 1, 3], "line 2: holds entry 3: lines were removed, added or moved"),
    ],
)
def test_lines_removed_added_or_moved_inside_are_found(
    ledger: Path, order: list[int], expected: str
) -> None:
    write(ledger)
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[k] for k in order))
    problems = told(ledger)
    assert problems[0] == f"reports/ledger.jsonl, {expected}"
    assert not any("was edited" in problem for problem in problems)


def test_a_line_that_holds_no_forecast_is_refused(ledger: Path) -> None:
    ledger.parent.mkdir()
    ledger.write_bytes(encode(1, "0" * 64, {"period": "../../elsewhere"}) + b"\n")
    assert told(ledger) == ["reports/ledger.jsonl, line 1: must hold a forecast"]
    with pytest.raises(LedgerError):
        read(ledger)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_refused(ledger: Path, number: float) -> None:
    write(ledger, 1)
    before = ledger.read_bytes()
    forecast = make_forecast(fingerprint="new")
    with pytest.raises(LedgerError, match="must hold finite numbers only: nothing was logged"):
        append(ledger, structs.replace(forecast, support={"war": number}))
    assert ledger.read_bytes() == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=5), max_size=4))
def test_whatever_is_encoded_walks_and_reads_back(contents: list[dict[str, object]]) -> None:
    data, head = b"", "0" * 64
    for number, content in enumerate(contents, start=1):
        line = encode(number, head, content)
        assert b"\n" not in line
        assert json.loads(line)["forecast"] == content
        head = hashlib.sha256(line).hexdigest()
        data += line + b"\n"
    chain = walk(data)
    assert (chain.problems, chain.unfinished, chain.head) == ((), b"", head)
    if contents:
        assert walk(data[:-1]).lines == chain.lines
        assert walk(data[:-1]).unended


def test_which_entry_is_meant(ledger: Path) -> None:
    logged = [
        ("2024-W47", "2024-11-25"),
        ("2024-W48", "2024-12-02"),
        ("2024-W48", "2024-12-04"),
        ("2024-W46", "2024-11-18"),
    ]
    for place, (period, as_of) in enumerate(logged):
        append(ledger, make_forecast(period, as_of, f"{place}"))
    entries = read(ledger)
    week = Period.parse("2024-W48")

    def number(entry: Entry | None) -> int | None:
        return entry.number if entry else None

    assert number(latest(entries)) == 4
    assert number(latest([])) is None
    assert number(for_period(entries, week)) == 3
    assert number(for_period(entries, week + 1)) is None
    known = standing(entries, week + 1, date(2024, 12, 3))
    assert {str(period): entry.number for period, entry in known.items()} == {
        str(week - 2): 4,
        str(week - 1): 1,
        str(week): 2,
    }
    assert number(previous_of(entries, week + 1, date(2024, 12, 9))) == 3
    assert number(previous_of(entries, week + 1, date(2024, 12, 3))) == 2
    assert number(previous_of(entries, week, date(2024, 12, 9))) == 1
    assert number(previous_of(entries, week - 2, date(2024, 12, 9))) is None


@pytest.mark.parametrize("cut", [0, 1, 2])
def test_line_ends_changed_to_crlf_edit_nothing_and_are_written_back(
    ledger: Path, cut: int
) -> None:
    hashes = write(ledger)
    written = ledger.read_bytes()
    converted = written.replace(b"\n", b"\r\n")
    ledger.write_bytes(converted[: len(converted) - cut])
    assert told(ledger, hashes[-1]) == []
    assert [entry.hash for entry in read(ledger)] == hashes
    assert "changed to CRLF, by git or an editor" in line_ends_note(ledger)
    done = append(ledger, make_forecast(fingerprint="new"))
    assert done.appended
    assert done.recovered
    assert ledger.read_bytes().startswith(written)
    assert b"\r" not in ledger.read_bytes()
    assert (told(ledger), line_ends_note(ledger)) == ([], "")


def test_an_edit_among_crlf_line_ends_is_still_an_edit(ledger: Path) -> None:
    write(ledger)
    data = ledger.read_bytes().replace(b'"probability":0.3', b'"probability":0.4', 1)
    ledger.write_bytes(data.replace(b"\n", b"\r\n"))
    assert "entry 1 was edited" in told(ledger)[0]


def test_an_unfinished_line_among_crlf_line_ends_is_removed(ledger: Path) -> None:
    write(ledger, 2)
    ledger.write_bytes(ledger.read_bytes().replace(b"\n", b"\r\n") + b'{"entry":3,')
    assert "unfinished last line" in told(ledger)[0]
    assert append(ledger, make_forecast(fingerprint="new")).entry.number == 3
    assert told(ledger) == []
