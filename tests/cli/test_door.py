"""How the program is left: exit codes, no traceback, quiet pipes, quick verbs."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from forecast.cli.app import VERBS, app_for
from tests.cli.conftest import Run, edit

HEAVY = (
    "arviz|arviz_stats|duckdb|httpx|keyring|matplotlib|"
    "numba|numpy|nutpie|pandas|pymc|pytensor|scipy|statsmodels"
)


def test_help_groups_the_verbs(forecast: Run) -> None:
    result = forecast("--help")
    assert result.code == 0
    found = re.findall(r"^╭─ (\w+) ─|^│ ([a-z]\S*)  ", result.out, re.MULTILINE)
    assert [panel or verb for panel, verb in found] == [
        "Options",
        *["Monday", "add", "refresh", "watch", "memo", "chart"],
        *["Questions", "explain", "what-if", "collect", "priors"],
        *["Record", "show", "replay", "resolve", "score", "log", "export", "diagnose"],
        *["Case", "init", "check", "pull"],
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_help(forecast: Run, verb: str) -> None:
    result = forecast(verb, "--help")
    assert (result.code, result.err) == (0, "")
    assert f"forecast {verb}" in result.out


def test_version(forecast: Run) -> None:
    assert re.fullmatch(r"watchlist-forecast \d+\.\d+\.\d+\n", forecast("--version").out)


@pytest.mark.parametrize(
    "arguments", ["refrsh", "refresh --asof x", "refresh --as-of x", "chart", "memo --format rtf"]
)
def test_wrong_usage_is_2_in_one_line(forecast: Run, arguments: str) -> None:
    result = forecast(*arguments.split())
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1


def test_a_fault_of_ours_is_one_line(forecast: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError("\x1b[31m")

    monkeypatch.setattr("forecast.cli.check.check_case", fail)
    result = forecast("check")
    assert result.code == 1
    assert re.match(r"forecast has a fault, please report it: test_door.py, line \d+:", result.err)
    assert "\x1b" not in result.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("add strikes -5", 1, "strikes, value: must be a finite number, at least 0, found -5"),
        (
            "add strikes -.5e3",
            1,
            "strikes, value: must be a finite number, at least 0, found -.5e3",
        ),
        ("add border -1", 1, "border, value: must be a level's number: 0 open"),
        ("add strikes 5 --days -2", 1, "strikes, days: must be a whole number of days"),
        ("what-if strikes=-5", 1, "must be a finite number, at least 0, found -5"),
        ("score --horizon -1", 0, ""),
        ("add strikes 5 --perod 2024-W48", 2, "No such option: --perod"),
        ("add strikes -5 --perod 2024-W48", 2, "--perod"),
    ],
)
def test_a_negative_number_is_a_value(forecast: Run, arguments: str, code: int, said: str) -> None:
    given = "--period 2024-W48 --source sohr --grade B2 --url https://example.org"
    result = forecast(*arguments.split(), *(given.split() if "add" in arguments else []))
    assert (result.code, result.out if code else "") == (code, "")
    assert said in result.err


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "init"])
def test_the_folder_may_be_named_after_the_verb(forecast: Run, verb: str, tmp_path: Path) -> None:
    needed = {"chart": ["scenarios"], "resolve": ["2024-W48", "war"], "what-if": ["x=1"]}
    result = forecast(verb, *needed.get(verb, []), "-C", str(tmp_path / "nowhere"))
    assert (result.code, result.out) == (1, "")
    assert result.err == f"{tmp_path / 'nowhere'}: must be a folder\n"


def test_a_new_case_is_made_below_the_folder_that_is_named(forecast: Run, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    assert forecast("init", "new", "-C", str(tmp_path / "below")).code == 0
    assert (tmp_path / "below" / "new" / ".gitignore").is_file()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device"), "the output, or a temporary file: must be"),
        (OSError(5, "Input/output error", "/some/where"), "/some/where: must be readable"),
        (FileNotFoundError(2, "No usable temporary directory"), "(No usable temporary directory)"),
        (PermissionError(13, "Permission denied", b"/bytes"), "(Permission denied)"),
        (OSError("of no kind"), "the output, or a temporary file: must be readable and writable"),
    ],
)
def test_what_the_machine_refuses_is_a_sentence(
    forecast: Run, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr("forecast.cli.check.check_case", fail)
    result = forecast("check")
    assert (result.code, result.out) == (1, "")
    assert said in result.err
    assert "fault" not in result.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
@pytest.mark.parametrize("verb", ["", "show", "watch", "check", "log", "show --json", "--help"])
def test_a_full_disk_behind_the_output_is_a_sentence(logged: Path, verb: str) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "forecast", "-C", str(logged), *verb.split()],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert result.returncode == 1
    assert "No space left on device" in result.stderr
    assert "fault" not in result.stderr
    assert "Traceback" not in result.stderr


def test_damaged_compiled_code_is_one_line(
    forecast: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "core").mkdir()
    loader = tmp_path / "core" / "caching.py"  # as numba's is called
    loader.write_text("import pickle\ndef load(_):\n    pickle.loads(b'')\n")
    monkeypatch.setattr("forecast.cli.check.check_case", runpy.run_path(str(loader))["load"])
    result = forecast("check")
    assert (result.code, result.out) == (1, "")
    assert result.err.endswith("compiled code is damaged; delete the folder, it is made anew.\n")


def test_an_interrupt_leaves_nothing_behind(
    forecast: Run, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["forecast.refresh"], "refresh", interrupted)
    result = forecast("refresh")
    assert (result.code, result.out, result.err) == (130, "", "Interrupted.\n")
    assert [path.name for path in (root / "reports").iterdir()] == [".lock"]


SWALLOWING = """
import sys, time, types
def refresh(*_, **__):
    print("sampling", flush=True)
    try:
        time.sleep(30)
    except KeyboardInterrupt:
        raise AssertionError("a sampler may do anything with it")
sys.modules["forecast.refresh"] = types.SimpleNamespace(refresh=refresh)
from forecast.cli import main
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent another way there")
def test_an_interrupt_cannot_be_swallowed_by_a_sampler(root: Path) -> None:
    command = [sys.executable, "-c", SWALLOWING, "-C", str(root), "refresh"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "sampling\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.strip()) == (130, "", "Interrupted.")
    assert [path.name for path in (root / "reports").iterdir()] == [".lock"]


def test_what_was_printed_before_the_end_arrives() -> None:
    code = "import forecast.cli as c; c.run = lambda _: print('all of it') or 3; c.main()"
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (run.returncode, run.stdout, run.stderr) == (3, "all of it\n", "")


@pytest.fixture
def logged(forecast: Run, root: Path) -> Path:
    for day in ("2024-12-02", "2024-12-09"):
        assert forecast("refresh", "--as-of", day).code == 0
    return root


def spawn(
    root: Path, *arguments: str, python: tuple[str, ...] = (), **settings: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *python, "-m", "forecast", "-C", str(root), *arguments]
    environment = {**os.environ, **settings}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        ("watch --json", ["watch"]),
        ("-C show log --verify", ["log"]),
        ("-C a/folder", ["show"]),
        ("--help", list(VERBS)),
        ("wacth", list(VERBS)),
    ],
)
def test_only_the_verb_that_is_named_is_loaded(arguments: str, loaded: list[str]) -> None:
    app = app_for(arguments.split())
    assert [command.name for command in app.registered_commands] == loaded


@pytest.mark.parametrize("verb", [*(v.name for v in VERBS.values() if v.quick), "--help"])
def test_quick_verbs_load_nothing_heavy(logged: Path, verb: str) -> None:
    (logged / "reports" / "resolutions.csv").write_text(
        "period,scenario,published,url,note\n2024-W48,war,2024-12-03,https://example.org/w48,\n"
    )
    result = spawn(logged, verb, python=("-X", "importtime"))
    assert result.returncode == 0
    loaded = re.findall(r"^import time:.*\| +(\S+)$", result.stderr, re.MULTILINE)
    assert "forecast.cli.common" in loaded
    assert [name for name in loaded if re.match(rf"({HEAVY})(\.|$)", name)] == []


COUNTED = """\
[events]
kind    = "table"
at      = "events.csv"
columns = { id = "id", date = "date" }
"""


def test_of_counted_readings_only_the_first_look_loads_duckdb(
    logged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indicators = logged / "indicators"
    (indicators / "sources.toml").write_text(COUNTED, "utf-8")
    edit(indicators / "strikes.toml", '["sohr", "acled"]', '["sohr", "acled", "events"]')
    with (indicators / "strikes.toml").open("a") as file:
        file.write('[counted.events]\ngrade = "B2"\nmeasure = "events"\n')
    (logged / "events.csv").write_text("id,date\na,2024-11-19\nb,2024-11-27\n", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    pulled = spawn(logged, "pull")
    assert pulled.returncode == 0, pulled.stderr
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    for first in (True, False):
        result = spawn(logged, "watch", python=("-X", "importtime"))
        assert result.returncode == 0
        assert "events " in result.stdout  # what its pull covers
        assert bool(re.search(r"\| +duckdb$", result.stderr, re.MULTILINE)) is first


@pytest.mark.parametrize("verb", ["", "show", "watch", "log", "memo --output -"])
def test_a_pipe_gets_plain_text(logged: Path, verb: str) -> None:
    result = spawn(logged, *verb.split(), PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert result.stdout
    assert "\x1b" not in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_json_is_utf8_in_any_locale(logged: Path) -> None:
    assert spawn(logged, "show", "--json", PYTHONIOENCODING="ascii").returncode == 0


@pytest.mark.parametrize("verb", ["log", "show --json"])
@pytest.mark.skipif(os.name != "posix", reason="pipes are closed another way there")
def test_a_closed_pipe_is_no_error(logged: Path, verb: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "forecast", "-C", str(logged), *verb.split()]
    result = subprocess.run(
        command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False, timeout=60
    )
    os.close(writer)
    assert (result.returncode, result.stderr) == (0, "")
