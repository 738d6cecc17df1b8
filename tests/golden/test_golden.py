"""The golden record: computed numbers and printed sentences are as they were."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.golden import record

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with record.desk(tmp_path_factory.mktemp("golden")) as folder:
        yield folder


def test_every_number_is_as_it_was(case: Path) -> None:
    expected = json.loads((record.EXPECTED / "numbers.json").read_text("utf-8"))
    found = json.loads(json.dumps(record.numbers(case)))
    assert list(differences(found, expected)) == []


def test_every_sentence_is_as_it_was(case: Path) -> None:
    expected = (record.EXPECTED / "sentences.txt").read_text("utf-8").splitlines()
    found = record.sentences(case).splitlines()
    assert list(difflib.unified_diff(expected, found, "expected", "found", lineterm="")) == []


def differences(found: Any, expected: Any, where: str = "") -> Iterator[str]:
    """Yield where two JSON values differ, numbers by more than 1e-9."""
    match found, expected:
        case dict(), dict():
            for key in sorted({*found, *expected}):
                if key not in found or key not in expected:
                    yield f"{where}/{key}: {'gone' if key in expected else 'new'}"
                else:
                    yield from differences(found[key], expected[key], f"{where}/{key}")
        case list(), list() if len(found) == len(expected):
            for number, pair in enumerate(zip(found, expected, strict=True)):
                yield from differences(*pair, f"{where}/{number}")
        case (bool(), bool()) | (str(), str()) | (None, None):
            if found != expected:
                yield f"{where}: {found!r}, expected {expected!r}"
        case (int() | float(), int() | float()):
            if not math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9):
                yield f"{where}: {found!r}, expected {expected!r}"
        case _:
            yield f"{where}: {found!r}, expected {expected!r}"


def test_a_difference_is_found() -> None:
    assert list(differences({"a": [1.0, "x"]}, {"a": [1.0 + 1e-12, "x"]})) == []
    assert list(differences({"a": [1.0]}, {"a": [1.0 + 1e-6]})) != []
    assert list(differences({"a": 1}, {"b": 1})) == ["/a: new", "/b: gone"]
    assert list(differences([1], [1, 2])) != []
