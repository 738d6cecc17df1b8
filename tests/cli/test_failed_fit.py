"""A fit that failed its gate is marked in whatever shows its numbers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from docx import Document

from tests.cli.conftest import Engine, Run

FAILURE = "R-hat 1.020 of inertia is above 1.01"
RESOLVED = """\
period,scenario,published,url,note
2024-W48,other,2024-12-03,https://example.org/w48,
2024-W49,other,2024-12-10,https://example.org/w49,
"""

type Shown = Callable[[Run, Path], str]


@pytest.fixture
def rooted(root: Path) -> Path:
    (root / "reports").mkdir()
    (root / "reports" / "resolutions.csv").write_text(RESOLVED, "utf-8")
    return root


def verb(*arguments: str) -> Shown:
    """What a verb prints on both streams."""

    def shown(forecast: Run, root: Path) -> str:
        del root
        result = forecast(*arguments)
        assert result.code == 0, result.err
        return result.out + result.err

    return shown


def only_out(*arguments: str) -> Shown:
    return lambda forecast, _: forecast(*arguments).out


def file(ending: str, *arguments: str) -> Shown:
    """What is in a file that a verb writes."""

    def shown(forecast: Run, root: Path) -> str:
        path = root / f"made.{ending}"
        assert forecast(*arguments, "--output", str(path)).code == 0
        data = path.read_bytes()
        if ending == "docx":
            return "\n".join(each.text for each in Document(io.BytesIO(data)).paragraphs)
        if ending == "parquet":
            return str(set(pd.read_parquet(io.BytesIO(data))["fit_ok"]))
        return data.decode("latin-1")

    return shown


# what shows the numbers of the last forecast, and how it marks them
LAST: dict[str, tuple[Shown, str]] = {
    "the first screen": (verb(), f"FIT NOT OK: {FAILURE}."),
    "show": (verb("show"), f"FIT NOT OK: {FAILURE}."),
    "show --json": (verb("show", "--json"), '"ok": false'),
    "watch": (verb("watch"), f"FIT NOT OK: {FAILURE}."),
    "watch, one": (verb("watch", "strikes"), f"FIT NOT OK: {FAILURE}."),
    "watch --json": (only_out("watch", "--json"), '"fit_ok": false'),
    "refresh": (verb("refresh", "--as-of", "2024-12-09"), f"FIT NOT OK: {FAILURE}."),
    "refresh --draft": (verb("refresh", "--draft"), f"FIT NOT OK: {FAILURE}."),
    "log": (verb("log"), "NOT OK"),
    "log --json": (verb("log", "--json"), '"fit_ok": false'),
    "score": (verb("score"), "Of fits that failed their gate: 1 forecast."),
    "score --json": (only_out("score", "--json"), '"failed": 1'),
    "chart scenarios": (file("svg", "chart", "scenarios"), "FIT NOT OK."),
    "chart scenarios, png": (file("png", "chart", "scenarios"), "FIT NOT OK."),
    "chart horizon": (file("svg", "chart", "horizon"), "FIT NOT OK."),
    "chart watch": (file("svg", "chart", "watch"), "FIT NOT OK."),
    "memo": (file("md", "memo"), f"**FIT NOT OK: {FAILURE}."),
    "memo, html": (file("html", "memo"), f"FIT NOT OK: {FAILURE}."),
    "memo, docx": (file("docx", "memo"), f"FIT NOT OK: {FAILURE}."),
    "export": (verb("export"), "Fits that failed their gate: W49; no column of a hub says so."),
    "export, csv": (only_out("export", "--format", "csv"), ",false\n"),
    "export, parquet": (file("parquet", "export", "--format", "parquet"), "False"),
}
# what shows numbers of an earlier forecast beside those of the last, whose fit is sound
EARLIER: dict[str, tuple[Shown, str]] = {
    "show": (verb("show"), "(week 48, as known 2 Dec 2024), whose fit failed its gate."),
    "show, that week": (verb("show", "2024-W48"), f"FIT NOT OK: {FAILURE}."),
    "watch": (verb("watch"), "Fits that failed their gate: W48."),
    "memo": (file("md", "memo"), "whose fit failed its gate."),
    "memo, its record": (file("md", "memo"), "Of fits that failed their gate: 1 forecast."),
    "log": (verb("log"), "NOT OK"),
    "score": (verb("score"), "Of fits that failed their gate: 1 forecast."),
    "export": (verb("export"), "Fits that failed their gate: W48; no column of a hub says so."),
    "export, csv": (only_out("export", "--format", "csv"), ",false\n"),
}


def unmarked(forecast: Run, root: Path, outputs: dict[str, tuple[Shown, str]]) -> dict[str, str]:
    """What is shown without its mark, by output."""
    found = {name: shown(forecast, root) for name, (shown, _) in outputs.items()}
    return {
        name: text
        for name, text in found.items()
        if outputs[name][1] not in text and outputs[name][1] not in " ".join(text.split())
    }


def test_the_last_forecast_is_marked_in_every_output(
    forecast: Run, rooted: Path, engine: Engine
) -> None:
    assert forecast("refresh", "--as-of", "2024-12-02").code == 0
    engine.failures = [FAILURE]
    assert forecast("refresh", "--as-of", "2024-12-09").code == 0
    assert unmarked(forecast, rooted, LAST) == {}


def test_an_earlier_forecast_is_marked_beside_one_that_is_sound(
    forecast: Run, rooted: Path, engine: Engine
) -> None:
    engine.failures = [FAILURE]
    assert forecast("refresh", "--as-of", "2024-12-02").code == 0
    engine.failures = []
    assert forecast("refresh", "--as-of", "2024-12-09").code == 0
    assert unmarked(forecast, rooted, EARLIER) == {}
    assert "NOT OK" not in forecast("show").out


def test_sound_fits_have_no_mark(forecast: Run, rooted: Path) -> None:
    for day in ("2024-12-02", "2024-12-09"):
        assert forecast("refresh", "--as-of", day).code == 0
    marks = ("NOT OK", "failed its gate", "failed their gate")
    found = {name: shown(forecast, rooted) for name, (shown, _) in (LAST | EARLIER).items()}
    assert {name for name, text in found.items() if any(mark in text for mark in marks)} == set()
    assert json.loads(forecast("watch", "--json").out)["fit_ok"] is True
