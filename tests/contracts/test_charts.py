"""Every chart is complete: declared, drawn, documented, and held by the tests of all charts."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import forecast.cli.chart
from forecast.cli.chart import CHARTS
from forecast.report import memo
from tests.cli.conftest import Run
from tests.report import drawn

ROOT = Path(__file__).parents[2]
FOLDER = Path(forecast.__file__).parent / "report" / "charts"


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_what_draws_a_chart_is_used_by_one() -> None:
    drawing = {name for path in FOLDER.glob("*.py") for name in functions(path)
               if name.endswith("_chart")}  # fmt: skip
    source = Path(forecast.cli.chart.__file__).read_text("utf-8")
    called = {node.func.id for node in ast.walk(ast.parse(source))
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
    assert {name for name in called if name.endswith("_chart")} == drawing
    assert len(drawing) == len(CHARTS)


def test_what_is_tested_of_every_chart_is_tested_of_each() -> None:
    assert {*drawn.CHARTS} == {*CHARTS}


def test_figures_of_a_memo_are_charts() -> None:
    assert memo.__file__
    content = (Path(memo.__file__).parent / "content.py").read_text("utf-8")
    named = {*re.findall(r'Figure\("([^"]+)"', content)}
    assert named
    assert named <= {*CHARTS}


@pytest.mark.parametrize("name", CHARTS)
def test_it_is_documented(name: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    [listed] = re.findall(r"^forecast chart NAME +(.*): PNG, SVG or PDF$", readme, re.MULTILINE)
    assert name in listed.split(", ")
    assert (ROOT / "docs" / "memo" / "charts" / f"{name}.png").is_file()


def test_the_help_names_each(forecast: Run) -> None:
    shown = " ".join(forecast("chart", "--help").out.replace("│", " ").split())
    assert f"One of: {', '.join(CHARTS)}." in shown


@pytest.mark.parametrize("name", ["trend", "", "Scenarios", "calibrations"])
def test_what_is_no_chart_is_drawn_as_none(forecast: Run, name: str) -> None:
    result = forecast("chart", name)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("chart: must be a chart there is, found ")
