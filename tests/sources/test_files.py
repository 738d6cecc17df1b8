"""What came, made into one UTF-8 CSV or refused."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import PullError
from forecast.sources.problems import Problems
from forecast.sources.unzip import unzip
from tests.sources.serving import CSV, Desk

BOM = b"\xef\xbb\xbf"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CELL = st.none() | st.booleans() | st.integers() | TEXT


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def spelt(cell: str | int | bool | None) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else str(cell)


def pulled(desk: Desk, data: bytes, **changes: Any) -> bytes:
    (desk.root / "got").write_bytes(data)
    desk.table("got", **changes)
    return (desk.into / "raw.csv").read_bytes()


def test_a_zip_with_one_csv_is_unpacked(desk: Desk) -> None:
    files = {"GED.CSV": CSV, "codebook.pdf": b"%PDF", "__MACOSX/._GED.csv": b"shadow"}
    assert pulled(desk, zipped(files)) == CSV


def test_a_name_in_a_zip_is_no_path(desk: Desk, tmp_path: Path) -> None:
    assert pulled(desk, zipped({"../../out.csv": CSV})) == CSV
    assert not list(tmp_path.rglob("out.csv"))


@pytest.mark.parametrize("names", [[], ["a.csv", "b.csv"]])
def test_a_zip_with_none_or_more_is_refused(desk: Desk, names: list[str]) -> None:
    data = zipped({"readme.txt": b"", **dict.fromkeys(names, CSV)})
    with pytest.raises(PullError, match=f"exactly one CSV file, found {len(names)} in the zip"):
        pulled(desk, data)


def test_a_zip_bomb_is_cut_off(desk: Desk) -> None:
    bomb = zipped({"a.csv": bytes(10_000_000)})
    with pytest.raises(PullError, match="must be at most 1000000 bytes unpacked"):
        pulled(desk, bomb, size=1_000_000)


def test_an_encrypted_zip_is_refused(desk: Desk) -> None:
    data = bytearray(zipped({"a.csv": CSV}))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the archive's directory
    with pytest.raises(PullError, match="must be a plain zip archive"):
        pulled(desk, bytes(data))


def test_a_zip_packed_in_a_rare_way_is_refused(desk: Desk) -> None:
    with pytest.raises(PullError, match="must be a plain zip archive"):
        pulled(desk, zipped({"a.csv": CSV}, zipfile.ZIP_LZMA))


@settings(derandomize=True, max_examples=300)
@given(position=st.integers(0, 150), byte=st.integers(0, 255), length=st.integers(0, 200))
def test_a_damaged_zip_is_a_problem_and_nothing_worse(
    position: int, byte: int, length: int
) -> None:
    data = bytearray(zipped({"a.csv": CSV}))
    data[min(position, len(data) - 1)] = byte
    with TemporaryDirectory() as name:
        archive, to = Path(name, "archive"), Path(name, "to")
        archive.write_bytes(data[:length])
        try:
            unzip(archive, to, 1000, Problems("counts"))
        except PullError:
            return
        assert to.read_bytes() == CSV


@settings(derandomize=True)
@given(
    rows=st.lists(st.dictionaries(TEXT, CELL, max_size=4), max_size=5),
    wrapped=st.booleans(),
    bom=st.booleans(),
)
def test_json_becomes_a_csv_of_the_same_cells(
    rows: list[dict[str, Any]], wrapped: bool, bom: bool
) -> None:
    data = json.dumps({"data": rows} if wrapped else rows, ensure_ascii=False).encode()
    with TemporaryDirectory() as name:
        desk = Desk(Path(name, "case"), Path(name, "into"))
        desk.root.mkdir()
        desk.into.mkdir()
        text = pulled(desk, BOM * bom + data).decode()
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    assert header == (list(dict.fromkeys(key for row in rows for key in row)) or ["id", "date"])
    assert lines == [[spelt(row.get(key)) for key in header] for row in rows]


@pytest.mark.parametrize(
    ("number", "cell"), [("1e400", "1e400"), ("0.10", "0.10"), ("9" * 5000, "9" * 5000)]
)
def test_a_number_stays_as_it_is_spelt(desk: Desk, number: str, cell: str) -> None:
    assert pulled(desk, f'[{{"id": {number}}}]'.encode()) == f"id\r\n{cell}\r\n".encode()


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b'{"rows": []}', "must be a list of objects, found NoneType"),
        (b'{"data": {"a": 1}}', "must be a list of objects, found dict"),
        (b'[{"a": 1}, 2]', "must be a list of objects, found str, object 2"),
        (b'[{"a": {"b": 1}}]', "must be flat objects, found more than one value in a, object 1"),
        (b'[{"a": [1]}]', "must be flat objects"),
        (b'[{"a": NaN}]', "must be JSON"),
        (b'[{"a": 1}', "must be JSON"),
        (b"[" * 100_000, "must be JSON"),
        (b'[{"a": "\\ud800"}]', "must be text that can be written as UTF-8"),
        (b'[{"\\ud800": 1}]', "must be text that can be written as UTF-8"),
    ],
)
def test_other_json_is_refused(desk: Desk, data: bytes, rule: str) -> None:
    with pytest.raises(PullError, match=rule):
        pulled(desk, data)
    assert desk.left() == []


def test_json_that_is_too_large_to_parse_is_refused(desk: Desk) -> None:
    with pytest.raises(PullError, match="must be at most 10 bytes of JSON"):
        pulled(desk, b'[{"id": "1234567"}]', parsed=10)


@pytest.mark.parametrize("data", [CSV, BOM + CSV, b"", "id\nحلب 🛩\n".encode()])
def test_csv_is_brought_as_it_is(desk: Desk, data: bytes) -> None:
    assert pulled(desk, data) == data


@pytest.mark.parametrize(
    "data", ["é".encode("latin-1"), "é".encode("utf-16")[:-1], b"id\n\xe2\x82"]
)
def test_text_that_is_not_utf8_is_refused(desk: Desk, data: bytes) -> None:
    with pytest.raises(PullError, match="must be UTF-8 text"):
        pulled(desk, data)


def test_a_web_page_is_refused_whatever_its_name(desk: Desk) -> None:
    with pytest.raises(PullError, match="must be a CSV file, found a web page"):
        pulled(desk, BOM + b"\n<!DOCTYPE html>")
