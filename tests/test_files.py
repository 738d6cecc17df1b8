"""Files replaced whole: by several at once, by the dead, under any name, on a full disk."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from forecast import files
from forecast.files import replace_file, replacing, sweep

ROOT = Path(__file__).parents[1]

WRITER = """
import sys
from pathlib import Path
from forecast.files import replace_file
path, letter = Path(sys.argv[1]), sys.argv[2].encode()
for _ in range(150):
    replace_file(path, letter * 20_000)
"""

HALF = """
import sys, time
from pathlib import Path
from forecast.files import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("ready", flush=True)
    time.sleep(60)
"""


def start(script: str, *args: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_two_writers_at_once_leave_one_of_their_files_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "memo.md"
    with start(WRITER, path, "a") as one, start(WRITER, path, "b") as two:
        torn = set()
        while one.poll() is None or two.poll() is None:
            if path.exists():
                torn.add((len(data := path.read_bytes()), len(set(data))))
    assert (one.returncode, two.returncode) == (0, 0)
    assert torn <= {(20_000, 1)}
    assert [p.name for p in tmp_path.iterdir()] == ["memo.md"]


def test_what_a_writer_still_writes_is_not_swept_and_what_a_dead_one_wrote_is(
    tmp_path: Path,
) -> None:
    path = tmp_path / "memo.md"
    with start(HALF, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        sweep(tmp_path)
        replace_file(path, b"another")
        assert len(list(tmp_path.iterdir())) == 2
        process.kill()
        process.wait()
    replace_file(path, b"a third")
    assert [p.name for p in tmp_path.iterdir()] == ["memo.md"]


@pytest.mark.parametrize(
    "name", ["mine.tmp", ".mine.tmp", ".a.0123abcd.tmp.txt", "a.0123abcd.tmp", ".a.0123ABCD.tmp"]
)
def test_what_is_not_of_this_program_is_not_swept(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    sweep(tmp_path, waiting=True)
    assert (tmp_path / name).exists()


def test_neither_folders_nor_links_nor_pipes_are_swept(tmp_path: Path) -> None:
    (tmp_path / ".a.01234567.tmp").mkdir()
    (tmp_path / ".b.01234567.tmp").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / ".c.01234567.tmp")
    sweep(tmp_path, waiting=True)
    sweep(tmp_path / "absent")
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "a\nb"])
def test_a_file_of_any_name_is_replaced(tmp_path: Path, name: str) -> None:
    replace_file(tmp_path / name, b"one")
    replace_file(tmp_path / name, b"two")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {name: b"two"}


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    path = tmp_path / "memo.md"
    replace_file(path, b"old")

    def fail(_: int) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=os.strerror(error)):
        replace_file(path, b"new")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"memo.md": b"old"}


def test_an_error_in_the_block_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "memo.md"
    replace_file(path, b"old")

    def fail() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"memo.md": b"old"}


def test_where_nothing_can_be_locked_files_are_replaced_and_none_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(files, "try_lock", fail)
    (tmp_path / ".a.01234567.tmp").write_text("whose?")
    replace_file(tmp_path / "memo.md", b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".a.01234567.tmp", "memo.md"]
