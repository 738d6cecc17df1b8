"""DuckDB behind its door: it reads what it was given, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from forecast.errors import Problem, ReadingError
from forecast.readings.events.database import exact, failing_as, opened


@pytest.mark.parametrize(
    "command",
    [
        "SELECT * FROM read_csv('{outside}')",
        "COPY (SELECT 1) TO '{outside}'",
        "SELECT * FROM read_csv('{inside}/../outside/x.csv')",
        "SELECT * FROM 'http://127.0.0.1/x.csv'",
        "ATTACH '{outside}' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET allowed_directories = ['/']",
        "SET temp_directory = '{inside}'",
        "PRAGMA enable_logging",
    ],
)  # fmt: skip
def test_nothing_else_can_be_done(tmp_path: Path, command: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside" / "x.csv"
    inside.mkdir()
    outside.parent.mkdir()
    outside.write_text("a\n1\n", "utf-8")
    with (
        opened(inside) as database,
        pytest.raises(ReadingError),
        failing_as(lambda said: ReadingError(Problem("x", said))),
    ):
        database.execute(command.format(inside=inside, outside=outside))
    assert outside.read_text("utf-8") == "a\n1\n"


def test_a_folders_name_is_no_pattern(tmp_path: Path) -> None:
    asked, other = tmp_path / "x[1]*'?", tmp_path / "x1y'z"
    for folder, value in ((asked, 1), (other, 2)):
        folder.mkdir()
        (folder / "a.csv").write_text(f"a\n{value}\n", "utf-8")
    with opened(asked) as database:
        found = database.execute("SELECT a FROM read_csv(?)", [exact(asked / "a.csv")])
        assert found.fetchall() == [(1,)]


def test_it_is_loaded_only_when_needed() -> None:
    command = "import sys, forecast.readings, forecast.cli; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0
