"""The shape of the house: imports go down one list, each heavy library has one door.

Read from the source, so that an import inside a function counts as well.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import forecast

ROOT = Path(forecast.__file__).parent
MODULES = {
    ".".join(("forecast", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(ROOT.rglob("*.py"))
}
# Each may import those before it; explain and proof stand side by side.
LEVELS = (
    {"errors", "clock", "files", "periods"}, {"kit"}, {"sources"}, {"families"}, {"case"},
    {"readings"}, {"record"}, {"alerts"}, {"model"}, {"refresh"}, {"ledger"},
    {"explain", "proof"}, {"frames"}, {"report"}, {"cli"}, {"__main__"},
)  # fmt: skip
LEVEL = {part: number for number, parts in enumerate(LEVELS) for part in parts}
DOORS = {
    "arviz": ["forecast.model"],
    "arviz_stats": ["forecast.model", "forecast.refresh.diagnosis"],
    "dask": [],
    "distributed": ["forecast.proof.replay"],
    "docx": ["forecast.report.memo.docx"],
    "duckdb": ["forecast.readings"],
    "httpx": ["forecast.sources"],
    "keyring": ["forecast.sources"],
    "matplotlib": ["forecast.report.charts"],
    "numba": ["forecast.model"],
    "nutpie": ["forecast.model"],
    "pyarrow": [],
    "pymc": ["forecast.model"],
    "pytensor": ["forecast.model"],
    "rich": ["forecast.report.terminal", "forecast.cli"],
    "scipy": ["forecast.model", "forecast.proof"],
    "statsmodels": ["forecast.proof", "forecast.explain"],
    "typer": ["forecast.cli"],
    "typst": ["forecast.report.memo.pdf"],
    "xarray": ["forecast.refresh.tree", "forecast.refresh.diagnosis"],
}
HEAVY = {*DOORS, "numpy", "pandas"} - {"rich", "typer"}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


def imported(module: str, *, on_loading: bool = False) -> Iterator[str]:
    """Yield the modules a module imports: all of them, or only those its own import needs."""
    nodes = _on_loading(tree(module).body) if on_loading else ast.walk(tree(module))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            named = [name for name in inside if name in MODULES]
            yield from named
            if len(named) < len(inside):
                yield str(node.module)


def _on_loading(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module is loaded, those in its branches as well."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        for branch in ("body", "orelse"):
            if isinstance(node, ast.If | ast.Try | ast.With):
                yield from _on_loading(getattr(node, branch, []))


def part(module: str) -> str:
    return module.split(".")[1]


def test_imports_go_down() -> None:
    up = {
        f"{module} imports {name}"
        for module in MODULES
        if module != "forecast"
        for name in imported(module)
        if name.startswith("forecast.") and part(name) != part(module)
        if LEVEL[part(name)] >= LEVEL[part(module)]
    }
    assert up == set()


def test_each_heavy_library_has_its_door() -> None:
    beside = {
        f"{module} imports {name}"
        for module in MODULES
        for name in imported(module)
        if not module.startswith(tuple(DOORS.get(name.split(".")[0], ["forecast"])))
    }
    assert beside == set()


def test_loading_the_command_line_loads_nothing_heavy() -> None:
    ends = ("forecast.cli", "forecast.report.terminal")
    quick, waiting = set[str](), [module for module in MODULES if module.startswith(ends)]
    waiting.append("forecast.report.memo")
    while waiting:
        name = waiting.pop()
        if name in quick:
            continue
        quick.add(name)
        if name in MODULES:
            waiting += imported(name, on_loading=True)
            waiting += [name.rpartition(".")[0]] * (name != "forecast")
    assert {"forecast.cli.refresh", "forecast.ledger.append"} <= quick
    assert {name.split(".")[0] for name in quick} & HEAVY == set()
    assert not any(name.startswith(("forecast.model", "forecast.refresh")) for name in quick)


IMPORTED = """
import multiprocessing, os, sys, threading
from importlib import import_module
for name in sys.argv[1:]:
    import_module(name)
assert threading.active_count() == 1, threading.enumerate()
assert multiprocessing.active_children() == []
"""


def test_nothing_is_started_or_compiled_at_import(tmp_path: Path) -> None:
    names = [name for name in MODULES if not name.endswith("__main__")]
    cache = tmp_path / "cache"
    subprocess.run(
        [sys.executable, "-c", IMPORTED, *names],
        check=True,
        env=os.environ | {"XDG_CACHE_HOME": str(cache), "HOME": str(tmp_path)},
    )
    assert [path.name for path in cache.rglob("*.nb[ci]")] == []
