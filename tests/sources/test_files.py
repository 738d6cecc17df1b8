"""What came, made into one UTF-8 CSV or refused."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import PullError
from forecast.sources.files import unzip
from forecast.sources.problems import Problems
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


@pytest.mark.parametrize("pack", [lambda data: zipped({"a.csv": data}), gzip.compress])
def test_what_is_packed_beyond_belief_is_refused_before_it_is_unpacked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr("forecast.sources.files.LARGE", 1000)
    with pytest.raises(PullError, match="must be at most 100 times as large unpacked"):
        pulled(desk, pack(bytes(5_000_000)))
    assert pulled(desk, pack(CSV)) == CSV


def test_an_archive_of_thousands_of_files_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecast.sources.files.LONGEST_LIST", 1000)
    with pytest.raises(PullError, match="exactly one CSV file, found thousands in the zip"):
        pulled(desk, zipped({f"{n}.csv": b"" for n in range(30)}))


def test_gzip_is_unpacked(desk: Desk) -> None:
    assert pulled(desk, gzip.compress(CSV)) == CSV


@pytest.mark.parametrize("cut", [slice(-5), slice(12), slice(3)])
def test_damaged_gzip_is_refused(desk: Desk, cut: slice) -> None:
    with pytest.raises(PullError, match="must be a whole gzip file, found a damaged one"):
        pulled(desk, gzip.compress(CSV)[cut])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_as_excel_writes_it_is_brought_into_utf8(desk: Desk, encoding: str) -> None:
    text = "\ufeff" * (encoding != "utf-16") + "id\tname\r\n1\tحلب\r\n"
    assert pulled(desk, text.encode(encoding)) == "id\tname\r\n1\tحلب\r\n".encode()


_XLSX = {"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b""}
_SAVE = "open it and save the table as CSV in UTF-8"
NO_TABLES = {
    "xlsx": (zipped(_XLSX), f"an Excel workbook ({_SAVE})"),
    "xlsx with a CSV in it": (zipped(_XLSX | {"a.csv": CSV}), f"an Excel workbook ({_SAVE})"),
    "docx": (
        zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), f"a document ({_SAVE})",
    ),
    "ods": (
        zipped({"mimetype": b"", "content.xml": b""}), f"an OpenDocument spreadsheet ({_SAVE})",
    ),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"an old Excel workbook ({_SAVE})"),
    "parquet": (b"PAR1....PAR1", "a Parquet file (save it as CSV in UTF-8)"),
    "pdf": (b"%PDF-1.7", "a PDF (look for the table as CSV)"),
    "bz2": (b"BZh91AY&SY", "a bzip2 archive (unpack it)"),
    "xz": (b"\xfd7zXZ\0", "an xz archive (unpack it)"),
    "zst": (b"\x28\xb5\x2f\xfd", "a Zstandard archive (unpack it)"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "a 7z archive (unpack it)"),
    "rar": (b"Rar!\x1a\x07", "a RAR archive (unpack it)"),
    "gzip of a workbook": (gzip.compress(b"\xd0\xcf\x11\xe0"), f"an old Excel workbook ({_SAVE})"),
    "an empty zip": (zipped({}), "an empty zip archive"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "said"), NO_TABLES.values(), ids=NO_TABLES.keys())
def test_what_is_no_table_is_named_with_a_remedy(desk: Desk, data: bytes, said: str) -> None:
    with pytest.raises(PullError) as caught:
        pulled(desk, data)
    assert str(caught.value) == f"counts: must be a CSV file, found {said}"
    assert desk.left() == []


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
