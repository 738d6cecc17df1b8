"""Processes that are killed, and processes that meet: no entry lost, none doubled."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from forecast.errors import BusyError
from forecast.ledger import Entry, append, lock, read, verify
from tests.factories import make_forecast

ROOT = Path(__file__).parents[2]

# Logs forecasts FIRST, FIRST + 1, ... and says so once each is logged. Its disk takes 200 bytes at
# a time, so that a kill can fall inside a line.
WRITER = """
import io, sys, time
from pathlib import Path
from forecast.ledger import append, lock
from tests.factories import make_forecast

class SlowDisk(io.FileIO):
    def write(self, data):
        time.sleep(0.0005)
        return super().write(data[:200])

def open_slowly(path, mode="r", *args, quick=Path.open, **options):
    return SlowDisk(path, mode) if mode == "ab" else quick(path, mode, *args, **options)

Path.open = open_slowly
root, name, first, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
print("ready", flush=True)
for number in range(first, last):
    with lock(root, timeout=60, on_wait=lambda message: None):
        done = append(root / "reports/ledger.jsonl", make_forecast(fingerprint=f"{name}{number}"))
    print(done.entry.hash, flush=True)
"""

HOLDER = """
import sys, time
from pathlib import Path
from forecast.ledger import lock
with lock(Path(sys.argv[1]), timeout=5, on_wait=print):
    print("ready", flush=True)
    time.sleep(60)
"""


def start(script: str, *args: object) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, args)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.slow
def test_no_kill_loses_or_doubles_an_entry(tmp_path: Path) -> None:
    ledger = tmp_path / "reports" / "ledger.jsonl"
    chance = random.Random(20241202)  # noqa: S311  # not for secrets
    acknowledged: set[str] = set()
    entries: list[Entry] = []
    for _ in range(40):
        first = max(0, len(entries) - 1)  # one that is logged already, then new ones
        with start(WRITER, tmp_path, "f", first, 10_000) as process:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(chance.randint(2, 3))]
            time.sleep(chance.uniform(0.0, 0.005))  # into the middle of the next one
            process.kill()
            said += process.stdout.read().splitlines(keepends=True)
        acknowledged |= {line.strip() for line in said if line.endswith("\n")}
        problems = verify(ledger, None)
        assert all("unfinished last line" in problem.rule for problem in problems)
        entries = read(ledger)
        assert acknowledged <= {entry.hash for entry in entries}
        prints = [entry.header.fingerprint for entry in entries]
        assert prints == [f"f{number}" for number in range(len(prints))]
    assert len(acknowledged) >= 40  # a new one of every process


def test_two_processes_that_log_at_once_take_turns(tmp_path: Path) -> None:
    ledger = tmp_path / "reports" / "ledger.jsonl"
    with start(WRITER, tmp_path, "a", 0, 40) as one, start(WRITER, tmp_path, "b", 0, 40) as two:
        assert (one.wait(60), two.wait(60)) == (0, 0)
    assert verify(ledger, None) == []
    prints = {entry.header.fingerprint for entry in read(ledger)}
    assert prints == {f"{name}{number}" for name in "ab" for number in range(40)}
    assert len(read(ledger)) == 80


def test_the_lock_is_waited_for_and_dies_with_its_process(tmp_path: Path) -> None:
    told: list[str] = []
    with start(HOLDER, tmp_path) as holder:
        with (
            pytest.raises(BusyError, match="held by another forecast on this case"),
            lock(tmp_path, timeout=1.2, on_wait=told.append),
        ):
            pytest.fail("the lock was held twice")
        assert told == ["waiting for another forecast on this case to finish"]
        holder.kill()
        with lock(tmp_path, timeout=5, on_wait=told.append):
            append(tmp_path / "reports" / "ledger.jsonl", make_forecast())
    assert len(told) == 1


def test_the_lock_is_let_go_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), lock(tmp_path, timeout=0, on_wait=print):
        raise ZeroDivisionError
    with lock(tmp_path, timeout=0, on_wait=print):
        pass


def test_a_case_that_cannot_be_written_to_says_so(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    with (
        pytest.raises(BusyError, match="must be writable"),
        lock(tmp_path, timeout=0, on_wait=print),
    ):
        pytest.fail("locked")
