"""Processes that are killed, and processes that meet: no entry lost, none doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from forecast.errors import BusyError
from forecast.ledger import Entry, append, lock, read, verify
from tests.factories import make_forecast

ROOT = Path(__file__).parents[2]

# Logs forecasts FIRST, FIRST + 1, ... and says so once each is logged. Its disk takes 200 bytes at
# a time, so that another process could write, or a kill fall, inside a line.
WRITER = """
import io, sys, time
from pathlib import Path
from forecast.ledger import append, lock
from tests.factories import make_forecast

def step():
    time.sleep(0.0005)

class SlowDisk(io.FileIO):
    def write(self, data):
        step()
        return super().write(data[:200])

def open_slowly(path, mode="r", *args, quick=Path.open, **options):
    return SlowDisk(path, mode) if mode == "ab" else quick(path, mode, *args, **options)

def log(root, name, first, last):
    for number in range(int(first), int(last)):
        forecast = make_forecast(fingerprint=f"{name}{number}")
        with lock(Path(root), timeout=60, on_wait=lambda message: None):
            done = append(Path(root) / "reports/ledger.jsonl", forecast)
        print(done.entry.hash, flush=True)

Path.open = open_slowly
print("ready", flush=True)
if len(sys.argv) > 1:
    log(*sys.argv[1:])
"""

# Each line it reads, a ROOT, a FIRST and a STEP, is the work of a process of its own that is killed
# before its STEP-th write, sync or move of a file.
KILLED = """
import os, signal

def step():
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

def after_a_step(call):
    return lambda *args, **options: (step(), call(*args, **options))[1]

os.fsync, os.rename, os.replace = map(after_a_step, (os.fsync, os.rename, os.replace))
for line in sys.stdin:
    root, first, left = line.split()
    left = int(left)
    if not (process := os.fork()):
        log(root, "f", first, int(first) + 100)
        os._exit(0)
    print("ended", os.waitpid(process, 0)[1], flush=True)
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
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process cannot be doubled there")
def test_no_kill_loses_or_doubles_an_entry(tmp_path: Path) -> None:
    ledger = tmp_path / "reports" / "ledger.jsonl"
    acknowledged: set[str] = set()
    entries: list[Entry] = []
    cut = 0
    with start(WRITER + KILLED) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for step in range(1, 81):
            first = max(0, len(entries) - 1)  # one that is logged already, then new ones
            process.stdin.write(f"{tmp_path} {first} {step}\n")
            process.stdin.flush()
            said = []
            while not (line := process.stdout.readline()).startswith("ended"):
                assert line, "it could not go on"
                said.append(line)
            assert line == f"ended {signal.SIGKILL.value}\n"
            acknowledged |= {line.strip() for line in said}
            problems = verify(ledger, None)
            assert all("unfinished last line" in problem.rule for problem in problems)
            cut += bool(problems)
            entries = read(ledger)
            assert acknowledged <= {entry.hash for entry in entries}
            prints = [entry.header.fingerprint for entry in entries]
            assert prints == [f"f{number}" for number in range(len(prints))]
    assert cut > 20  # kills that fell inside a line
    assert len(acknowledged) > 80  # more than one a process: kills that fell between two


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
