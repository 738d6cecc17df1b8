"""`forecast chart`, `memo` and `init`: files that are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, snapshot


@pytest.fixture
def two(forecast: Run) -> Run:
    for day in ("2024-12-02", "2024-12-09"):
        assert forecast("refresh", "--as-of", day).code == 0
    return forecast


def test_chart_is_drawn_beside_the_forecast(two: Run, root: Path) -> None:
    path = root / "reports" / "2024-W49" / "charts" / "scenarios.png"
    assert two("chart", "scenarios").out == f"{path}\n"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_chart_shows_what_was_said_of_each_period(two: Run, tmp_path: Path) -> None:
    path = tmp_path / "new" / "chart.svg"
    assert two("chart", "scenarios", "--output", str(path)).out == f"{path}\n"
    assert path.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scenaros"], "did you mean scenarios?"),
        (["scenarios", "--format", "gif"], "'gif' is not one of"),
        (["scenarios", "--output", "x.gif"], "--output: must end in .png, .svg, .pdf"),
        (["scenarios", "--format", "svg", "--output", "x.png"], "--output: must end in .svg"),
    ],
)
def test_charts_there_are_not(two: Run, root: Path, arguments: list[str], said: str) -> None:
    before = snapshot(root)
    result = two("chart", *arguments)
    assert result.code == 2
    assert said in result.err
    assert snapshot(root) == before


def test_memo_is_written_beside_the_forecast(two: Run, root: Path) -> None:
    path = root / "reports" / "2024-W49" / "memo.md"
    result = two("memo")
    assert result.out == f"{path}\n"
    assert "`forecast chart scenarios`" in result.err
    assert path.read_text().startswith("# A small case: week 49")


def test_memo_shows_the_chart_of_its_forecast(two: Run, root: Path, tmp_path: Path) -> None:
    two("chart", "scenarios")
    assert two("memo").err == ""
    memo = (root / "reports" / "2024-W49" / "memo.md").read_text()
    assert "](charts/scenarios.png)" in memo
    two("memo", "--output", str(tmp_path / "memo.md"))
    assert "](case/reports/2024-W49/charts/scenarios.png)" in (tmp_path / "memo.md").read_text()


def test_memo_shows_no_chart_of_another_forecast(two: Run, root: Path) -> None:
    two("chart", "scenarios")
    with (root / "indicators" / "strikes.csv").open("a") as file:
        file.write("2024-W49,61,2024-12-10,sohr,B2,,,north-west,https://example.org/c,more\n")
    two("refresh")
    result = two("memo", "--output", "-")
    assert "`forecast chart scenarios`" in result.err
    assert "charts/scenarios" not in result.out


def test_memo_can_be_printed(two: Run, root: Path) -> None:
    before = snapshot(root)
    assert two("memo", "--output", "-").out.startswith("# A small case: week 49")
    assert snapshot(root) == before


def test_a_place_that_cannot_be_written(two: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = two("memo", "--output", str(tmp_path / "file" / "memo.md"))
    assert result.code == 1
    assert "must be writable" in result.err


@pytest.mark.parametrize("options", [[], ["--example"]])
def test_init_makes_a_case_that_is_in_order(
    forecast: Run, tmp_path: Path, options: list[str]
) -> None:
    place = tmp_path / "new"
    result = forecast("init", str(place), *options)
    assert result.code == 0
    assert f"{place}/priors/scenarios.toml" in result.out
    assert forecast("-C", str(place), "check").code == 0


def test_init_spares_what_is_there(forecast: Run, root: Path) -> None:
    before = snapshot(root)
    result = forecast("init", str(root))
    assert result.code == 1
    assert "must not be a case already" in result.err
    assert snapshot(root) == before
