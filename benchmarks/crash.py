"""Kill every verb that writes, fill and break its disk, and look at what is left.

    python -m benchmarks.crash [--kills 500] [--errors 200] [--seed 1] [--only VERB ...]

Works on a small case in a temporary folder. Each turn starts from a copy of it and runs the real
command, which is

* killed at a random moment, or (where ``strace`` is installed) before a chosen system call: each
  second kill; or
* made to meet a full or broken disk (ENOSPC, EIO) at a chosen system call, or at that and all
  after it of its kind.

Then another verb is run and the same command again, undisturbed. Of every turn must hold:

====================  ===================================================================
nothing half          the case is as before the command or as after it, once another verb ran
nothing lost          what was acknowledged (exit code 0, or a ledger's entry printed) is there
nothing doubled       the second run ends where an undisturbed one does, and the ledger verifies
nothing torn          every file that can be read is whole
nothing for good      no unfinished file and no staging folder is left after the second run
a sentence            a disk that fails leads to words: no traceback, no "fault"
====================  ===================================================================

Exits with 1 at the first turn that fails, saying how to repeat it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecast import clock
from forecast.case import init_case
from forecast.ledger import LEDGER, read, verify
from forecast.periods import Period

ROOT = Path(__file__).parent.parent
STRACE = shutil.which("strace")
CALLS = (
    "openat", "write", "pwrite64", "rename", "renameat", "renameat2", "unlink", "unlinkat",
    "mkdir", "rmdir", "fsync", "ftruncate", "flock", "chmod", "copy_file_range", "sendfile",
)  # fmt: skip
WEEKS = 10
LATEST = Period.ended_before(clock.today(), "week")
URL = ("--url", "https://example.org/x")

EVENTS = """\
[feed]
kind    = "table"
at      = "events.csv"
since   = {since}
columns = {{ id = "id", date = "date" }}
"""
COUNTED = """
[counted.feed]
grade   = "B2"
measure = "events"
"""


@dataclass(frozen=True)
class Verb:
    """A command, and where its case is: ``fresh`` makes one, so there is none before."""

    arguments: tuple[str, ...]
    weight: int
    fresh: bool = False


VERBS = {
    "add": Verb(("add", "incidents", "7", "--period", str(LATEST), "--source", "monitor",
                 "--grade", "B2", *URL), 4),
    "add --from": Verb(("add", "--from", "many.csv"), 6),
    "withdraw": Verb(("add", "incidents", "NA", "--period", str(LATEST - 2), "--source",
                      "monitor", "--note", "counted twice"), 2),
    "resolve": Verb(("resolve", f"{LATEST - 4}..{LATEST - 1}", "talks", *URL), 3),
    "init": Verb(("init", "new"), 4, fresh=True),
    "init here": Verb(("init", "."), 4, fresh=True),
    "refresh": Verb(("refresh", "--json"), 2),
    "replay": Verb(("replay", "--from", str(LATEST - 2), "--to", str(LATEST - 1)), 1),
    "memo": Verb(("memo",), 2),
    "memo html": Verb(("memo", "--format", "html"), 1),
    "chart": Verb(("chart", "scenarios"), 1),
    "export": Verb(("export", "--format", "csv", "--output", "reports/all.csv"), 1),
    "pull": Verb(("pull",), 3),
}  # fmt: skip


def make_case(root: Path) -> None:
    """Write a case with ten weeks of readings, of the last week none, and something to pull."""
    init_case(root, example=False)
    marker = root / "priors" / "scenarios.toml"
    first = LATEST - (WEEKS - 1)
    marker.write_text(marker.read_text().replace(f'"{LATEST}"', f'"{first}"'))
    for name, source, scope in (
        ("incidents", "monitor", "border zone"),
        ("rhetoric", "press", "both capitals"),
    ):
        rows = [
            f"{first + n},{n % 3},{(first + n).refresh_day},{source},B2,,,{scope},{URL[1]},\n"
            for n in range(WEEKS - 1)
        ]
        with (root / "indicators" / f"{name}.csv").open("a") as file:
            file.writelines(rows)
    (root / "indicators" / "sources.toml").write_text(EVENTS.format(since=first.first_day))
    counted = root / "indicators" / "incidents.toml"
    text = counted.read_text().replace('"monitor", "press"]', '"monitor", "press", "feed"]')
    counted.write_text(text + COUNTED)
    days = "".join(f"e{n},{(first + n).first_day}\n" for n in range(WEEKS - 1))
    (root / "events.csv").write_text("id,date\n" + days)
    many = ["indicator,period,value,published,source,grade,days,span,scope,url,note\n"]
    many += [f"{name},{LATEST},1,{LATEST.refresh_day},,B2,,,,{URL[1]},\n" for name in ("rhetoric",)]
    many += [f"incidents,{LATEST - 1},9,{LATEST.refresh_day},press,B2,,,,{URL[1]},\n"]
    many += [f"incidents,{LATEST},4,{LATEST.refresh_day},press,B2,,,,{URL[1]},\n"]
    (root / "many.csv").write_text("".join(many))


def state(root: Path) -> dict[str, Any]:
    """Return what a case holds, without what differs between equal runs."""
    found: dict[str, Any] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if not path.is_file() or name.endswith((".lock", ".tmp")) or ".forecast-init" in name:
            continue
        if name == LEDGER:
            found[name] = [(e.header.fingerprint, e.header.mode) for e in read(path)]
        elif name.endswith("forecast.json"):
            found[name] = {k: v for k, v in json.loads(path.read_bytes()).items() if k != "issued"}
            found[name].pop("files", None)  # of entries logged in another order of runs
        elif name.endswith(".parquet"):
            data = path.read_bytes()
            found[re.sub(r"[^/]*\.parquet", "vintage", name)] = data[:4] == data[-4:] == b"PAR1"
        elif name.endswith(".png"):
            found[name] = path.read_bytes().endswith(b"IEND\xaeB`\x82")
        else:
            found[name] = path.read_bytes()
    return found


def left_over(*folders: Path) -> list[str]:
    """Return unfinished files and staging folders."""
    return [
        path.relative_to(folder).as_posix()
        for folder in folders
        for path in folder.rglob("*")
        if re.fullmatch(r"\..*\.[0-9a-f]{8}(\.new)?\.tmp|\.recording\.tmp", path.name)
        or path.name.startswith(".forecast-init")
    ]


class Turn:
    """One command on a copy of the case, disturbed once and then run in peace."""

    def __init__(self, template: Path, folder: Path, verb: Verb) -> None:
        self.verb = verb
        self.root = folder / "case"
        self.temporary = folder / "tmp"
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir()
        if verb.fresh:
            self.root.mkdir()
            (self.root / "README.md").write_text("mine")
        else:
            shutil.copytree(template, self.root)
        self.environment = {**os.environ, "TMPDIR": str(self.temporary), "COLUMNS": "80"}

    def command(self, *arguments: str) -> list[str]:
        """Return a command in the case's folder."""
        return [sys.executable, "-m", "forecast", *arguments]

    def start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        """Begin a command."""
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with self.start(self.command(*arguments)) as process:
            out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def traced(self, *options: str) -> subprocess.Popen[str]:
        """Begin the verb's command under ``strace``."""
        trace = ["-f", "-qq", "-o", str(self.temporary / "trace"), "-e", f"trace={','.join(CALLS)}"]
        return self.start([str(STRACE), *trace, *options, *self.command(*self.verb.arguments)])

    @property
    def home(self) -> Path:
        """Where the case is: below, if the command makes it there."""
        return self.root / "new" if self.verb.arguments == ("init", "new") else self.root


@dataclass(frozen=True)
class Known:
    """What an undisturbed run of a verb does: how long, by which calls, and to what end."""

    seconds: float
    calls: tuple[tuple[str, int], ...]
    before: dict[str, Any]
    after: dict[str, Any]


def undisturbed(turn: Turn) -> Known:
    """Run a verb once in peace, and once traced."""
    before = state(turn.root)
    begun = time.monotonic()
    done = turn.run(*turn.verb.arguments)
    seconds = time.monotonic() - begun
    if done.returncode:
        sys.exit(f"{turn.verb.arguments}: {done.stderr}")
    return Known(seconds, (), before, state(turn.root))


def calls_of(turn: Turn) -> tuple[tuple[str, int], ...]:
    """Return the calls that touch the case or what is open in it, each with its place of a kind."""
    if STRACE is None:
        return ()
    with turn.traced() as process:
        process.communicate(timeout=300)
    seen: Counter[str] = Counter()
    opened: set[str] = set()
    found = []
    inside = re.escape(str(turn.root.resolve()))
    for line in (turn.temporary / "trace").read_text(errors="replace").splitlines():
        match = re.match(r"\d+\s+(\w+)\((.*)", line)
        if not match or match[1] not in CALLS:
            continue
        name, rest = match[1], match[2]
        seen[name] += 1
        descriptor = re.match(r"(\d+)[,)]", rest)
        touches = bool(re.search(inside, rest)) or bool(descriptor and descriptor[1] in opened)
        if name == "openat" and touches:
            if result := re.search(r"= (\d+)\s*$", line):
                opened.add(result[1])
            if "O_CREAT" not in rest:
                continue
        if touches or (descriptor and descriptor[1] == "1"):
            found.append((name, seen[name]))
    return tuple(found)


def killed_at_random(turn: Turn, known: Known, chance: random.Random) -> tuple[str, str, bool]:
    """Kill a run at some moment; return how, what it had printed, and whether it had ended."""
    moment = chance.uniform(0.3, 1.05) * known.seconds
    with turn.start(turn.command(*turn.verb.arguments)) as process:
        time.sleep(moment)
        ended = process.poll() is not None
        process.kill()
        out, _ = process.communicate()
    return f"killed after {moment:.3f} s", out, ended


def killed_before(turn: Turn, known: Known, chance: random.Random) -> tuple[str, str, bool]:
    """Kill a run before a system call."""
    name, number = chance.choice(known.calls)
    with turn.traced("-e", f"inject={name}:signal=KILL:when={number}") as process:
        out, _ = process.communicate(timeout=300)
    return f"killed before {name} {number}", out, process.returncode == 0


def look(turn: Turn, known: Known, what: str, out: str, *, acknowledged: bool) -> list[str]:
    """Return what does not hold of a turn; another verb and the same command are run for it."""
    wrong: list[str] = []
    made = (turn.home / "priors" / "scenarios.toml").exists()
    if made or not turn.verb.fresh:
        other = turn.run("-C", str(turn.home), "check")
        if other.returncode:
            wrong.append(f"check says: {other.stderr}")
    now = state(turn.root)
    allowed = [known.before, known.after]
    if turn.verb.fresh and not made:
        allowed.append(now)  # parts of a case that is none yet
    if turn.verb.arguments[0] == "replay":
        allowed += [known.after | {LEDGER: entries} for entries in _beginnings(known)]
        now = {**known.after, LEDGER: now.get(LEDGER, [])}
    if turn.verb.arguments[0] == "refresh" and now.get(LEDGER) == known.after[LEDGER]:
        now = {**known.after}  # its copy is made up for by the next refresh
    if now not in allowed:
        wrong.append(f"half: {_difference(now, known)}")
    if acknowledged and now != known.after:
        wrong.append("lost: it was acknowledged")
    if turn.verb.arguments[0] == "refresh" and out.strip():
        logged = [fingerprint for fingerprint, _ in now.get(LEDGER, [])]
        if _printed(out) not in (None, *logged):
            wrong.append("lost: a forecast that was printed")
    again = turn.run(*turn.verb.arguments)
    refused = turn.verb.fresh and made
    if again.returncode != int(refused):
        wrong.append(f"the second run ends with {again.returncode}: {again.stderr}")
    if turn.verb.fresh and made:
        turn.run(
            "-C", str(turn.home), "resolve", "x", "y", "--note", "z"
        )  # one that takes the lock
    if state(turn.root) != known.after:
        wrong.append(f"doubled or lost at the end: {_difference(state(turn.root), known)}")
    if problems := verify(turn.home / LEDGER, None, every=True):
        wrong.append(f"the ledger: {problems[0]}")
    if left := left_over(turn.root):
        wrong.append(f"left for good: {left}")
    return [f"{what}: {each}" for each in wrong]


def _beginnings(known: Known) -> Iterator[list[Any]]:
    before, after = known.before.get(LEDGER, []), known.after[LEDGER]
    for end in range(len(before), len(after) + 1):
        yield after[:end]


def _printed(out: str) -> str | None:
    try:
        return str(json.loads(out)["fingerprint"])
    except ValueError:
        return None


def _difference(now: dict[str, Any], known: Known) -> str:
    names = sorted(now.keys() | known.before.keys() | known.after.keys())
    odd = [n for n in names if now.get(n) not in (known.before.get(n), known.after.get(n))]
    mixed = {n: "after" if now.get(n) == known.after.get(n) else "before" for n in names}
    changed = {n: mixed[n] for n in names if known.before.get(n) != known.after.get(n)}
    return f"neither: {odd}; of what changes: {changed}"


def broken_disk(turn: Turn, known: Known, chance: random.Random) -> tuple[str, list[str]]:
    """Let a system call fail; return what was done and what does not hold."""
    name, number = chance.choice([call for call in known.calls if call[0] != "flock"])
    error, more = chance.choice(["ENOSPC", "EIO"]), chance.choice(["", "+"])
    what = f"{name} {number}{more} fails with {error}"
    inject = f"inject={name}:error={error}:when={number}{more}"
    with turn.traced("-e", inject) as process:
        out, err = process.communicate(timeout=300)
    wrong = []
    if process.returncode not in (0, 1) or "Traceback" in err or "has a fault" in err:
        wrong.append(f"{what}: ends with {process.returncode}: {err}")
    if process.returncode == 1 and not err.strip() and not (name == "write" and more):
        wrong.append(f"{what}: ends without a word")
    return what, wrong + look(turn, known, what, out, acknowledged=process.returncode == 0)


def main() -> None:
    """Kill, break, look, repeat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--errors", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=VERBS, default=list(VERBS))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        summary = torment(
            Path(folder), arguments.only, arguments.kills, arguments.errors, arguments.seed
        )
    print(summary)


def torment(
    folder: Path, names: Sequence[str], kills: int, errors: int, seed: int, *, fitted: bool = True
) -> str:
    """Run all turns; return what was done in words, or exit with what does not hold.

    ``fitted`` is whether the case has a forecast to begin with, which most verbs need.
    """
    chance = random.Random(seed)  # noqa: S311 - moments to kill at, no secret
    template = folder / "template"
    make_case(template)
    first = Turn(template, folder, Verb(("refresh",), 1))
    if fitted and (needs_forecast := [n for n in names if not VERBS[n].fresh]):
        print(f"a first forecast, for {', '.join(needs_forecast)} ...", flush=True)
        if (ready := first.run("refresh")).returncode:
            sys.exit(ready.stderr)
        shutil.rmtree(template)
        shutil.copytree(first.root, template)
        # one more reading, so that a refresh has something to log
        first.run("add", "rhetoric", "1", "--period", str(LATEST), "--grade", "B2", *URL)
        shutil.copytree(first.root, folder / "unlogged")
    known: dict[str, Known] = {}
    for name in names:
        verb = VERBS[name]
        base = folder / "unlogged" if name == "refresh" else template
        found = undisturbed(Turn(base, folder, verb))
        calls = calls_of(Turn(base, folder, verb))
        known[name] = Known(found.seconds, calls, found.before, found.after)
        print(f"{name}: {found.seconds:.1f} s, {len(calls)} calls", flush=True)
    counts: Counter[str] = Counter()
    weights = [VERBS[name].weight for name in names]
    begun = time.monotonic()
    for number in range(kills + errors):
        [name] = chance.choices(list(names), weights)
        base = folder / "unlogged" if name == "refresh" else template
        turn = Turn(base, folder, VERBS[name])
        if number < kills:
            by_call = STRACE is not None and number % 2 == 1
            kill = killed_before if by_call else killed_at_random
            what, out, ended = kill(turn, known[name], chance)
            wrong = look(turn, known[name], what, out, acknowledged=ended)
            counts["ended before it was killed" if ended else "killed"] += 1
            counts["before a system call"] += by_call
        elif STRACE is None:
            break
        else:
            what, wrong = broken_disk(turn, known[name], chance)
            counts["with a disk that failed"] += 1
        counts[f"  {name}"] += 1
        if wrong:
            lines = "\n  ".join(wrong)
            sys.exit(f"turn {number} of seed {seed}, forecast {name}: {lines}")
        if number % 50 == 49:
            print(f"{number + 1} turns, {time.monotonic() - begun:.0f} s", flush=True)
    usual = statistics.median(each.seconds for each in known.values())
    done = "\n".join(f"{count:5} {name}" for name, count in counts.items())
    return f"{done}\nall held; a verb takes {usual:.1f} s undisturbed (median)"


if __name__ == "__main__":
    main()
