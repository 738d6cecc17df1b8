"""Damage every file of a case, byte by byte and token by token, and look at what becomes of it.

    python -m benchmarks.mutations FOLDER [--count 8000] [--seed 1] [--processes 2] [--sample 30]

Makes a small case with every kind of file in FOLDER (definitions, readings, evidence, grades, a
pulled table with its vintage, resolutions, a ledger: one fit), then damages one file at a time by
one mutation and, in this process, runs

* ``check``, ``show`` and ``watch``;
* of what ``check`` accepts, all that a refresh hands the sampler, built and not sampled; its
  numbers must be finite.

A quarter of the mutations change one value of the ledger's last forecast, with a right hash.
Reported is what no input may lead to:

========  ===========================================================================
fault     an exception that is no sentence, or an exit code other than 0 and 1
slow      more than `SLOW` seconds, all together
large     more than `LARGE` bytes of memory
========  ===========================================================================

Mutations are numbered, and the seed and the number make one; each has its line in FOLDER/done-*,
so that a run that was ended goes on. ``--sample`` prints accepted ones, drawn at random, as diffs:
did one change a meaning without a word? ``--only`` repeats mutations by number, and prints what
was said of them.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import difflib
import io
import json
import os
import random
import re
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import Process
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import crash
from forecast.cli import run
from forecast.cli.common import default_as_of, load
from forecast.errors import ForecastError
from forecast.ledger import LEDGER
from forecast.ledger.chain import encode
from forecast.readings import known_as_of

SLOW = 10.0
LARGE = 2**30
HANGS = 120  # seconds after which a mutation is given up
VERBS = (("check",), ("show",), ("watch",))

EVIDENCE = """\
[harbour-closes]
name      = "Harbour closes"
period    = "{first}"
published = {day}
grade     = "B2"
url       = "https://example.org/x"
because   = "Closed before both earlier escalations"

[harbour-closes.likelihood.desk]
weight     = 1.0
escalation = 0.40
talks      = 0.05
other      = 0.10
"""
GRADES = """\
[reliability]
D = 0.5
[credibility]
5 = 0.1
"""
EVENTS = """\
[feed]
kind    = "table"
at      = "events.csv"
since   = {since}
columns = {{ id = "id", date = "date", type = "kind", text = "text", deaths = "dead" }}
"""
COUNTED = """
[counted.feed]
grade   = "B2"
measure = "events"
words   = ["shel"]
where   = { type = ["shelling", "raid"] }
"""


def make_case(root: Path, *, fitted: bool = True) -> None:
    """Write a case with every kind of file, and log one forecast of it if that is wanted."""
    crash.make_case(root)
    first = crash.LATEST - (crash.WEEKS - 1)
    (root / "indicators/evidence.toml").write_text(
        EVIDENCE.format(first=first + 2, day=(first + 2).refresh_day)
    )
    (root / "indicators/grades.toml").write_text(GRADES)
    (root / "indicators/sources.toml").write_text(EVENTS.format(since=first.first_day))
    counted = root / "indicators/incidents.toml"
    counted.write_text(counted.read_text().replace(crash.COUNTED, COUNTED))
    rows = [
        f"e{n},{(first + n).first_day},{'shelling' if n % 2 else 'raid'},{n},shells fell\n"
        for n in range(crash.WEEKS - 1)
    ]
    (root / "events.csv").write_text("id,date,kind,dead,text\n" + "".join(rows))
    for verb in (
        ("resolve", f"{crash.LATEST - 4}..{crash.LATEST - 1}", "talks", *crash.URL),
        ("pull",),
        *([("refresh",)] if fitted else []),
    ):
        if run(("-C", str(root), *verb)):
            sys.exit(f"forecast {' '.join(verb)} failed")


def files_of(root: Path) -> list[str]:
    """Return the files that are damaged, by name."""
    names = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    kinds = (".toml", ".csv", ".parquet", "ledger.jsonl")
    read = [name for name in names if name.startswith(("priors", "indicators", "reports"))]
    return sorted(name for name in read if name.endswith(kinds))


_TOKEN = re.compile(rb"[A-Za-z0-9_.-]+|\s+|.", re.DOTALL)
_NUMBER = re.compile(rb"(?<![\w.-])-?\d+(?:\.\d+)?(?![\w.-])")
_DAY = re.compile(rb"\d{4}-\d\d-\d\d|\d{4}-W\d\d")
_KEY = re.compile(rb"^[ \t]*([\w.-]+)[ \t]*=", re.MULTILINE)
_STRANGE = (
    b"\x00", b"\x1b[31m", b"\r", b"\t", b"\x7f", "\u202e".encode(), "\u2028".encode(),
    "\u200b".encode(), "\u0660".encode(), "\u00a0".encode(), b"\xef\xbb\xbf", b"\xff", b"\xc3",
    "\U0001f600".encode(), "e\u0301".encode(), b'"', b"'", b'"""', b",", b"#", b"=", b"[", b"\\",
)  # fmt: skip
_EXTREME = (
    b"0", b"-0.0", b"-1", b"1", b"2", b"1e-9", b"1e-320", b"1e15", b"1e16", b"1e308", b"1e400",
    b"nan", b"inf", b"-inf", b"9" * 400, b"0.5", b"0.999999999", b"1.0000000001", b"true", b'"1"',
    b"0x10", b"1_000", b"520", b"521", b"365", b"9999",
)  # fmt: skip
_DAYS = (
    b"0001-01-01", b"9999-12-31", b"2024-02-30", b"1799-12-31", b"2201-W01", b"2025-W53",
    b"2025-W54", b"2099-01-01", b"2024-W01", b"2024-1-1", b"2026-11-29", b"2025-01", b"",
)  # fmt: skip


def _bytes(data: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.choice((1, 1, 1, 2, 5, 40))
    end = min(at + length, len(data))
    match chance.randrange(5):
        case 0:
            return data[:at] + data[end:]
        case 1:
            return data[:end] + data[at:end] + data[end:]
        case 2:
            return data[:at] + chance.randbytes(end - at) + data[end:]
        case 3:
            return data[:at] + chance.choice(_STRANGE) + data[at:]
        case _:
            flipped = data[at] ^ (1 << chance.randrange(8))
            return data[:at] + bytes([flipped]) + data[at + 1 :]


def _pieces(data: bytes, pieces: list[bytes], chance: random.Random) -> bytes:
    if not pieces:
        return data[:-1]
    at, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
    match chance.randrange(4):
        case 0:
            del pieces[at]
        case 1:
            pieces.insert(at, pieces[at])
        case 2:
            pieces[at], pieces[other] = pieces[other], pieces[at]
        case _:
            pieces[at] = pieces[other]
    return b"".join(pieces)


def _tokens(data: bytes, chance: random.Random) -> bytes:
    return _pieces(data, _TOKEN.findall(data), chance)


def _lines(data: bytes, chance: random.Random) -> bytes:
    return _pieces(data, data.splitlines(keepends=True), chance)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _replaced(
    pattern: re.Pattern[bytes], data: bytes, chance: random.Random, others: Sequence[bytes]
) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return _bytes(data, chance)
    place = chance.choice(found)
    start, end = place.span(place.re.groups)
    return data[:start] + chance.choice(others) + data[end:]


def _numbers(data: bytes, chance: random.Random) -> bytes:
    return _replaced(_NUMBER, data, chance, _EXTREME)


def _signs(data: bytes, chance: random.Random) -> bytes:
    places = [place.start() for place in _NUMBER.finditer(data)]
    if not places:
        return _bytes(data, chance)
    at = chance.choice(places)
    return data[:at] + b"-" + data[at:] if data[at : at + 1] != b"-" else data[:at] + data[at + 1 :]


def _days(data: bytes, chance: random.Random) -> bytes:
    there = _DAY.findall(data)
    return _replaced(_DAY, data, chance, [*_DAYS, *there])


def _keys(data: bytes, chance: random.Random) -> bytes:
    there = [place[1] for place in _KEY.finditer(data)]
    return _replaced(_KEY, data, chance, [*there, b"x", b"note", b"name", b"weight", b"where"])


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _bytes, _tokens, _lines, _cut, _numbers, _signs, _days, _keys,
)  # fmt: skip

_VALUES: tuple[Any, ...] = (
    None, "x", "", 0, 1, -1, 7.5, -0.5, 1e308, 2**60, True, [], {}, [1], {"a": 1}, "2062-11-30",
    "2024-13", "W", "\u202e", "a\nb", "\x1b[31m", "9" * 200, "2024-W48", "2024-11", 0.999, 1e-320,
)  # fmt: skip


def _last_line(data: bytes, chance: random.Random) -> bytes:
    """Change a value of the last forecast, and hash it rightly."""
    *before, last = data.splitlines(keepends=True)
    line = json.loads(last)
    forecast = copy.deepcopy(line["forecast"])
    path = chance.choice(list(_places(forecast)))
    inner = forecast
    for key in path[:-1]:
        inner = inner[key]
    if chance.random() < 0.15:
        del inner[path[-1]]
    else:
        inner[path[-1]] = chance.choice(_VALUES)
    with contextlib.suppress(ForecastError):
        return b"".join(before) + encode(line["entry"], line["previous"], forecast) + b"\n"
    return data


def _places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(data, dict | list):
        inner = data.items() if isinstance(data, dict) else enumerate(data)
        for key, value in inner:
            yield from _places(value, (*path, key))


@dataclass(frozen=True)
class Damage:
    """One mutation of one file."""

    number: int
    file: str
    kind: str
    data: bytes


def damage(root: Path, names: Sequence[str], seed: int, number: int) -> Damage:
    """Return a mutation of a case's files: the same for the same seed and number."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311  # not for secrets
    if number % 4 == 3 and LEDGER in names:
        data = (root / LEDGER).read_bytes()
        return Damage(number, LEDGER, "last_line", _last_line(data, chance))
    name = chance.choice([each for each in names if each != LEDGER or chance.random() < 0.2])
    mutate = chance.choice(MUTATIONS)
    kind = mutate.__name__.strip("_")
    data = mutated = (root / name).read_bytes()
    while mutated == data:
        mutated = mutate(data, chance)
        mutate = _bytes
    return Damage(number, name, kind, mutated)


@dataclass(frozen=True)
class Outcome:
    """What became of a mutation; ``faults`` is empty if all is as it should be."""

    number: int
    file: str
    kind: str
    accepted: bool
    noted: bool
    seconds: float
    bytes: int
    faults: list[str]


def look(case: Path, made: Damage, *, loud: bool = False) -> Outcome:
    """Run the verbs on a case with one file damaged; the file is as before afterwards."""
    path = case / made.file
    before = path.read_bytes()
    _forget_peak()
    begun = time.perf_counter()
    faults: list[str] = []
    accepted = noted = False
    try:
        path.write_bytes(made.data)
        with _no_longer_than(HANGS):
            for verb in VERBS:
                code, out, err = _said(("-C", str(case), *verb))
                if loud:
                    print(f"$ forecast {' '.join(verb)}   [{code}]\n{out[:3000]}{err[:3000]}")
                if code not in (0, 1) or "has a fault" in err or "Traceback" in out + err:
                    faults.append(f"{' '.join(verb)} [{code}]: {err.strip()[-300:]}")
                if verb == ("check",):
                    accepted, noted = code == 0, bool(err.strip())
            if accepted:
                hand_over(case)
    except Exception:  # noqa: BLE001  # any is a fault, and told
        faults.append(traceback.format_exc()[-1500:])
    finally:
        path.write_bytes(before)
    seconds, most = time.perf_counter() - begun, _peak()
    if seconds > SLOW:
        faults.append(f"slow: {seconds:.1f} s")
    if most > LARGE:
        faults.append(f"large: {most:,} bytes")
    return Outcome(
        made.number, made.file, made.kind, accepted, noted, round(seconds, 3), most, faults
    )


def hand_over(root: Path) -> None:
    """Build all that a refresh of a case hands the sampler.

    Raises
    ------
    ValueError
        If a number of it is not finite.
    """
    from forecast.model.data import blocks_of, data_of
    from forecast.refresh import fingerprint
    from forecast.refresh.arrays import spec_of
    from forecast.refresh.draws import forecast_period

    with contextlib.suppress(ForecastError):  # a sentence, as `refresh` says it
        case, readings = load(root)
        as_of = default_as_of(case)
        forecast_period(case, as_of)
        known = known_as_of(case, readings, as_of)
        fingerprint(case, known)
        data = data_of(spec_of(case, known))
        arrays = [(name, a) for name, a in data._asdict().items() if name != "series_floats"]
        arrays += (named for block in blocks_of(data) for named in block.values._asdict().items())
        for name, values in arrays:
            if not np.all(np.isfinite(values) | (values == _MEANT.get(name, 0))):
                raise ValueError(f"{name} is not finite")


# What is never, and what no row comes before.
_MEANT = dict.fromkeys(("count_inertia", "inertia", "then_centre"), -np.inf) | {"gap": np.inf}


def _said(arguments: Sequence[str]) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(arguments)
    return code, out.getvalue(), err.getvalue()


@contextlib.contextmanager
def _no_longer_than(seconds: int) -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise TimeoutError(f"no end after {seconds} s")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """Return the most memory this process had since `_forget_peak`; 0 where no one counts it."""
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return 0


def work(folder: Path, numbers: Sequence[int], seed: int, part: int) -> None:
    """Look at mutations by number, and note each."""
    os.environ["COLUMNS"] = "80"
    case = folder / f"case-{part}"
    shutil.rmtree(case, ignore_errors=True)
    shutil.copytree(folder / "template", case)
    names = files_of(case)
    with (folder / f"done-{part}.jsonl").open("a", encoding="utf-8") as notes:
        for number in numbers:
            outcome = look(case, damage(case, names, seed, number))
            notes.write(json.dumps(asdict(outcome)) + "\n")
            notes.flush()


def outcomes(folder: Path) -> dict[int, Outcome]:
    """Return what is known of mutations that were looked at."""
    lines = [line for file in folder.glob("done-*.jsonl") for line in file.open(encoding="utf-8")]
    found = [Outcome(**json.loads(line)) for line in lines if line.endswith("\n")]
    return {each.number: each for each in found}


def summary(found: Sequence[Outcome]) -> str:
    """Return what was found in words, and every fault."""
    kinds = Counter(each.file.rpartition("/")[2].rpartition(".")[2] for each in found)
    accepted = [each for each in found if each.accepted]
    lines = [
        f"{len(found):,} mutations: {', '.join(f'{n:,} {kind}' for kind, n in kinds.items())}",
        f"{len(accepted):,} accepted, {sum(each.noted for each in accepted):,} of them with a note",
        f"slowest {max((each.seconds for each in found), default=0):.1f} s, "
        f"largest {max((each.bytes for each in found), default=0) / 2**20:,.0f} MiB",
    ]
    lines += [
        f"{each.number} ({each.kind}, {each.file}): {fault}"
        for each in found
        for fault in each.faults
    ]
    lines.append(f"{sum(bool(each.faults) for each in found)} with a fault")
    return "\n".join(lines)


def shown(folder: Path, each: Outcome, seed: int) -> str:
    """Return a mutation as a diff."""
    template = folder / "template"
    old = (template / each.file).read_bytes()
    new = damage(template, files_of(template), seed, each.number).data
    if each.kind == "last_line":
        old, new = (json.dumps(json.loads(d.splitlines()[-1]), indent=0).encode()
                    for d in (old, new))  # fmt: skip
    before, after = (d.decode(errors="backslashreplace").splitlines() for d in (old, new))
    lines = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
    head = f"{each.number}, {each.file}, {each.kind}{', with a note' if each.noted else ''}"
    return "\n".join([head, *(f"    {ascii(line)[1:-1][:150]}" for line in lines[:12])])


def main() -> None:
    """Damage, look, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--only", type=int, nargs="*", default=())
    arguments = parser.parse_args()
    folder, seed = arguments.folder, arguments.seed
    if not (folder / "template").exists():
        shutil.rmtree(folder / "making", ignore_errors=True)
        make_case(folder / "making")
        (folder / "making").rename(folder / "template")
    if arguments.only:
        shutil.rmtree(folder / "case", ignore_errors=True)
        shutil.copytree(folder / "template", folder / "case")
        for number in arguments.only:
            made = damage(folder / "case", files_of(folder / "case"), seed, number)
            print(look(folder / "case", made, loud=True))
        return
    left = sorted({*range(arguments.count)} - outcomes(folder).keys())
    parts = range(arguments.processes)
    processes = [
        Process(target=work, args=(folder, left[part :: len(parts)], seed, part)) for part in parts
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    found = [each for number, each in outcomes(folder).items() if number < arguments.count]
    if arguments.sample:
        accepted = sorted((each for each in found if each.accepted), key=lambda e: e.number)
        chance = random.Random(seed)  # noqa: S311  # not for secrets
        for each in chance.sample(accepted, min(arguments.sample, len(accepted))):
            print(shown(folder, each, seed))
    print(summary(sorted(found, key=lambda each: each.number)))
    sys.exit(any(each.faults for each in found))


if __name__ == "__main__":
    main()
