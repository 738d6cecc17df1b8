"""The second process that compiles the kernel the first time ever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from forecast.model import ahead


class Process:
    """Stands in for what is started."""

    def __init__(self, command: list[str], **given: Any) -> None:
        self.command, self.given, self.waited = command, given, 0

    def wait(self) -> None:
        self.waited += 1


@pytest.fixture
def helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    begun: list[Process] = []
    monkeypatch.setattr(ahead, "_helpers", begun)
    monkeypatch.setattr(ahead, "code_folder", lambda: tmp_path)
    monkeypatch.setattr(ahead, "Popen", Process)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    return begun


def test_it_compiles_these_very_sources_once(helpers: list[Process]) -> None:
    ahead.compile_ahead()
    ahead.compile_ahead()
    (helper,) = helpers
    assert helper.command == [sys.executable, "-P", "-c", "import forecast.model.kernel"]
    assert helper.given["env"]["PYTHONPATH"].split(os.pathsep) == [p for p in sys.path if p]
    assert helper.waited == 0
    ahead.awaited()
    assert helper.waited == 1


def test_what_is_kept_is_not_compiled(helpers: list[Process], tmp_path: Path) -> None:
    (tmp_path / "numba").mkdir()
    ahead.compile_ahead()
    assert not helpers
    ahead.awaited()


def test_one_core_has_none_to_spare(
    helpers: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    ahead.compile_ahead()
    assert not helpers


def loaded(code: str) -> str:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_what_compiles_emissions_begins_it() -> None:
    code = "from forecast.model import ahead; ahead.compile_ahead = lambda: print('begun')"
    assert loaded(f"{code}; import forecast.model.emissions") == "begun"


def test_a_helper_begets_no_helper() -> None:
    code = "from forecast.model import ahead; ahead.compile_ahead = lambda: print('begun')"
    assert loaded(f"{code}; import forecast.model.kernel") == ""
