"""What was solved is kept, and what cannot be read is solved anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from forecast.model import solved as module
from forecast.model.solved import solved


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(module, "code_folder", lambda: tmp_path / "code")
    module._kept.cache_clear()
    yield tmp_path / "code" / "priors.jsonl"
    module._kept.cache_clear()


def never() -> tuple[float, ...]:
    raise AssertionError


def test_what_was_solved_is_not_solved_again_also_by_another_process(path: Path) -> None:
    found = solved("count", (1.0, 0.1), lambda: (float("-inf"), 0.1 + 0.2))
    assert solved("count", (1.0, 0.1), never) == found
    module._kept.cache_clear()  # as another process would begin
    assert solved("count", (1.0, 0.1), never) == found == (float("-inf"), 0.30000000000000004)
    assert path.exists()


@pytest.mark.usefixtures("path")
def test_another_question_is_solved() -> None:
    solved("count", (1.0,), lambda: (1.0,))
    assert solved("levels", (1.0,), lambda: (2.0,)) == (2.0,)
    assert solved("count", (1.5,), lambda: (3.0,)) == (3.0,)


@pytest.mark.parametrize(
    "damage", ['[["count", 1.0], [4', "nonsense", "[1, 2, 3]", '[["count", 1.0], ["x"]]']
)
def test_a_line_that_was_cut_off_is_solved_anew(path: Path, damage: str) -> None:
    solved("count", (2.0,), lambda: (5.0,))
    with path.open("a", encoding="utf-8") as file:
        file.write(damage + "\n")
    module._kept.cache_clear()
    assert solved("count", (1.0,), lambda: (6.0,)) == (6.0,)
    assert solved("count", (2.0,), never) == (5.0,)


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.parent.joinpath("file").write_text("")
    monkeypatch.setattr(module, "code_folder", lambda: path.parent.parent / "file")
    assert solved("count", (7.0,), lambda: (8.0,)) == (8.0,)
