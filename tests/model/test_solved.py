"""What was solved is cached, and what cannot be read is solved anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.kit import cache
from forecast.model import solved as module
from forecast.model.solved import solved


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / name)
    monkeypatch.setattr(module, "_found", {})
    return tmp_path / "priors"


def never() -> tuple[float, ...]:
    raise AssertionError


def test_what_was_solved_is_not_solved_again_also_by_another_process(folder: Path) -> None:
    found = solved("count", (1.0, 0.1), lambda: (float("-inf"), 0.1 + 0.2))
    assert solved("count", (1.0, 0.1), never) == found
    module._found.clear()  # as another process would begin
    assert solved("count", (1.0, 0.1), never) == found == (float("-inf"), 0.30000000000000004)
    assert len(list(folder.iterdir())) == 1


def test_another_question_is_solved() -> None:
    solved("count", (1.0,), lambda: (1.0,))
    assert solved("levels", (1.0,), lambda: (2.0,)) == (2.0,)
    assert solved("count", (1.5,), lambda: (3.0,)) == (3.0,)


def test_what_was_cut_off_is_solved_anew(folder: Path) -> None:
    solved("count", (2.0,), lambda: (5.0,))
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    module._found.clear()
    assert solved("count", (2.0,), lambda: (6.0,)) == (6.0,)


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(folder: Path) -> None:
    folder.write_text("in the way")
    assert solved("count", (7.0,), lambda: (8.0,)) == (8.0,)
