from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from forecast.case import MARKER, clear_away, init, init_case, load_case
from forecast.errors import CaseError
from forecast.readings import append_reading, load_readings

MONDAY = date(2025, 3, 3)
FILES = [
    ".gitattributes",
    ".gitignore",
    "indicators/incidents.csv",
    "indicators/incidents.toml",
    "indicators/rhetoric.csv",
    "indicators/rhetoric.toml",
    "priors/incidents.toml",
    "priors/rhetoric.toml",
    "priors/scenarios.toml",
    "reports/resolutions.csv",
]


def contents(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_the_template_is_a_case(tmp_path: Path) -> None:
    written = init_case(tmp_path / "new" / "case", example=False, today=MONDAY)
    root = tmp_path / "new" / "case"
    assert [path.relative_to(root).as_posix() for path in written] == FILES
    assert sorted(contents(root)) == FILES
    case = load_case(root)
    assert [scenario.id for scenario in case.scenarios] == ["escalation", "talks", "other"]
    assert [indicator.family for indicator in case.indicators] == ["count", "ordinal"]


def test_the_template_begins_with_the_period_that_has_just_ended(tmp_path: Path) -> None:
    init_case(tmp_path, example=False, today=MONDAY)
    assert str(load_case(tmp_path).first) == "2025-W09"


def test_the_template_has_no_readings_yet(tmp_path: Path) -> None:
    init_case(tmp_path, example=False)
    header = b"period,value,published,source,grade,days,span,scope,url,note\n"
    for path in load_case(tmp_path).readings_paths.values():
        assert path.read_bytes() == header


def test_a_second_init_changes_nothing_and_says_why(tmp_path: Path) -> None:
    init_case(tmp_path, example=False, today=MONDAY)
    before = contents(tmp_path)
    with pytest.raises(CaseError, match="must not be a case already"):
        init_case(tmp_path, example=True)
    assert contents(tmp_path) == before


def test_other_files_in_the_target_stay(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "reports").mkdir()
    init_case(tmp_path, example=False, today=MONDAY)
    assert sorted(contents(tmp_path)) == sorted(["README.md", *FILES])


@pytest.mark.parametrize("taken", ["indicators", "indicators/mine.txt", "reports/mine.txt"])
def test_nothing_in_the_target_is_overwritten(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).parent.mkdir(exist_ok=True)
    (tmp_path / taken).write_text("mine")
    with pytest.raises(CaseError, match="must not exist yet, or be an empty folder") as refused:
        init_case(tmp_path, example=False, today=MONDAY)
    assert [problem.where for problem in refused.value.problems] == [
        str(tmp_path / taken.partition("/")[0])
    ]
    assert contents(tmp_path) == {taken: b"mine"}


def test_a_target_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(CaseError, match="must be a folder that can be written"):
        init_case(tmp_path / "file", example=False, today=MONDAY)
    assert contents(tmp_path) == {"file": b"mine"}


def test_a_failure_on_the_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def fail_for_priors(self: Path, target: Path) -> Path:
        if self.name == "priors":
            names = {path.name for path in target.parent.iterdir()}
            assert {"indicators", "reports", ".gitignore"} < names  # what makes it a case: last
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_priors)
    with pytest.raises(CaseError, match="No space left on device"):
        init_case(tmp_path, example=False, today=MONDAY)
    assert list(tmp_path.iterdir()) == []


class Killed(BaseException):
    """What nothing in the program catches, as a kill."""


@pytest.mark.parametrize("survived", range(5))
@pytest.mark.parametrize("example", [False, True])
def test_killed_before_any_move_it_can_be_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survived: int, example: bool
) -> None:
    moves = 0

    def die(self: Path, target: Path) -> Path:
        nonlocal moves
        if moves == survived:
            monkeypatch.setattr(shutil, "rmtree", lambda *_args, **_options: None)
            monkeypatch.setattr(Path, "unlink", lambda *_args, **_options: None)
            raise Killed
        moves += 1
        os.replace(self, target)  # noqa: PTH105  # which is replaced here
        return target

    monkeypatch.setattr(Path, "rename", die)
    monkeypatch.setattr(Path, "replace", die)
    with pytest.raises(Killed):
        init_case(tmp_path, example, MONDAY)
    assert not (tmp_path / MARKER).exists()
    monkeypatch.undo()
    init_case(tmp_path, example, MONDAY)
    init_case(tmp_path / "whole", example, MONDAY)
    whole = contents(tmp_path / "whole")
    shutil.rmtree(tmp_path / "whole")
    left = contents(tmp_path)
    clear_away(tmp_path)
    assert contents(tmp_path) == whole
    assert not any(name.startswith(".forecast-init") for name in left)


def test_what_is_left_of_a_killed_run_goes_with_the_next_writing_one(tmp_path: Path) -> None:
    init_case(tmp_path, False, MONDAY)
    before = contents(tmp_path)
    (tmp_path / ".forecast-init-x1").mkdir()
    for name in (".a.csv.0123abcd.tmp", "indicators/.a.csv.0123abcd.new.tmp"):
        (tmp_path / name).write_text("half")
    clear_away(tmp_path)
    assert contents(tmp_path) == before
    assert not (tmp_path / ".forecast-init-x1").exists()


def test_files_for_git_that_are_there_are_added_to(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"mine\xff")
    init_case(tmp_path, False, MONDAY)
    there = (tmp_path / ".gitignore").read_bytes()
    assert there.startswith(b"mine\xff\n#")
    assert b"\nindicators/vintages/\n" in there


def test_git_hands_on_a_case_byte_for_byte_and_no_pulled_row(tmp_path: Path) -> None:
    if (git := shutil.which("git")) is None:
        pytest.skip("needs git")
    root = tmp_path / "case"
    init_case(root, False, MONDAY)
    (root / "reports" / "ledger.jsonl").write_bytes(b"{}\n")
    for name in ("indicators/vintages/feed/2026.parquet", "reports/.lock", "priors/x.tmp"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("not to be shared")
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "-q"), ("add", "-A"), (*author, "commit", "-qm", "a case")):
        subprocess.run([git, *command], cwd=root, check=True)
    converting = ("-c", "core.autocrlf=true", "clone", "-q", "case", "copy")
    subprocess.run([git, *converting], cwd=tmp_path, check=True)
    copy = contents(tmp_path / "copy")
    names = [name for name in copy if not name.startswith(".git/")]
    assert sorted(names) == sorted([*FILES, "reports/ledger.jsonl"])
    assert all(b"\r" not in copy[name] for name in names if name.endswith((".csv", ".jsonl")))


def test_git_merges_the_rows_of_two_analysts(tmp_path: Path) -> None:
    if (git := shutil.which("git")) is None:
        pytest.skip("needs git")
    root = tmp_path / "case"
    init_case(root, False, MONDAY)
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org")

    def run(*command: str) -> None:
        subprocess.run([git, *author, *command], cwd=root, check=True, capture_output=True)

    def record(indicator: str, source: str) -> None:
        given = {"period": "2025-W09", "published": "2025-03-03", "note": "not openable: by hand"}
        append_reading(load_case(root), indicator, value="1", source=source, grade="B2", **given)

    run("init", "-q", "-b", "main")
    run("add", "-A")
    run("commit", "-qm", "a case")
    run("switch", "-qc", "other")
    record("incidents", "monitor")
    run("commit", "-qam", "theirs")
    run("switch", "-q", "main")
    record("incidents", "press")
    run("commit", "-qam", "ours")
    run("merge", "-q", "other")
    assert [r.source for r in load_readings(load_case(root))] == ["press", "monitor"]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out a folder as a wheel is: an example case with a ledger beside the module."""
    example = tmp_path / "package" / "example"
    shutil.copytree(Path(init.__file__).parent / "template", example)
    (example / "reports" / "ledger.jsonl").write_text("{}\n")
    (example / "indicators" / "vintages").mkdir()
    (example / "indicators" / "incidents.csv").write_bytes(b"a\r\n")
    monkeypatch.setattr(init, "_EXAMPLES", (example, tmp_path))
    return example


def test_the_example_is_copied_byte_for_byte_without_its_ledger(
    tmp_path: Path, package: Path
) -> None:
    init_case(tmp_path / "mine", example=True)
    expected = contents(package)
    del expected["reports/ledger.jsonl"]
    written = contents(tmp_path / "mine")
    assert {name: written.pop(name) for name in FILES[:2]}.keys() == {*FILES[:2]}
    assert written == expected


def test_a_checkout_gives_the_case_at_its_root(
    tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init, "_EXAMPLES", (tmp_path / "absent", package))
    init_case(tmp_path / "mine", example=True)
    assert load_case(tmp_path / "mine") == replace(load_case(package), root=tmp_path / "mine")


def test_without_an_example_init_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init, "_EXAMPLES", (tmp_path / "absent",))
    with pytest.raises(CaseError, match="must be installed with the example case"):
        init_case(tmp_path / "mine", example=True)
    assert not (tmp_path / "mine").exists()


def test_the_example_of_this_checkout_is_a_case(tmp_path: Path) -> None:
    init_case(tmp_path, example=True)
    assert len(load_case(tmp_path).scenarios) > 1
