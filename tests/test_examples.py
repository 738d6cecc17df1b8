"""Every ``>>>`` in a docstring or a page runs and prints what stands below it."""

from __future__ import annotations

import ast
import doctest
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = {
    str(path.relative_to(ROOT)): path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("forecast/**/*.py")]
    if "_build" not in path.parts and ">>> " in path.read_text("utf-8")
}


def texts(path: Path) -> Iterator[str]:
    """The page, or every docstring: of compiled functions and properties as well."""
    source = path.read_text("utf-8")
    if path.suffix == ".md":
        yield source
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""


def names(path: Path) -> dict[str, object]:
    """What examples may use without importing it: the names of their module."""
    if path.suffix == ".md":
        return {}
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return vars(importlib.import_module(module))


def run(text: str, known: dict[str, object], where: str) -> tuple[int, int]:
    """How many examples failed, and how many there are; the failures are printed."""
    found = doctest.DocTestParser().get_doctest(text, dict(known), where, where, 0)
    results = doctest.DocTestRunner(verbose=False).run(found)
    return results.failed, results.attempted


@pytest.mark.parametrize("name", sorted(FILES))
def test_examples(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    path = FILES[name]
    done = [run(text, names(path), name) for text in texts(path)]
    assert sum(failures for failures, _ in done) == 0
    assert sum(tried for _, tried in done) == path.read_text("utf-8").count(">>> ")


def test_there_are_examples() -> None:
    assert FILES.keys() >= {
        "docs/api/index.md", "forecast/case/definitions.py", "forecast/errors.py",
        "forecast/model/filter.py", "forecast/periods.py",
    }  # fmt: skip


def test_a_wrong_example_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("Sum:\n\n    >>> 1 + 1\n    2\n    >>> 1 + 2\n    4\n", {}, "here") == (1, 2)
    assert "Expected:\n    4" in capsys.readouterr().out
