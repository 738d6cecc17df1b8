"""A fit that failed its gate is marked in whatever shows its numbers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest
from docx import Document
from msgspec import structs

from forecast.cli import replay
from forecast.cli.common import load
from forecast.readings import known_as_of
from tests.cli.conftest import Engine, Run, snapshot
from tests.factories import make_entry, make_forecast

FAILURE = "R-hat 1.020 of inertia is above 1.01"
REPLAYED = f"FIT NOT OK in 1 of 2 forecasts, marked NOT OK: {FAILURE}."
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
    "replay": (verb("replay", "--from", "2024-W48"), REPLAYED),
    "replay --draft": (verb("replay", "--from", "2024-W48", "--draft"), REPLAYED),
    "replay --score": (verb("replay", "--from", "2024-W48", "--score"), REPLAYED),
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


@pytest.fixture
def failed(forecast: Run, engine: Engine) -> Run:
    engine.failures = [FAILURE]
    assert forecast("refresh").code == 0
    return forecast


def test_the_first_screen_names_a_remedy_that_is_another_run(failed: Run) -> None:
    said = " ".join(failed("show").out.split())
    assert "`forecast refresh --refit` samples again, longer and from elsewhere." in said


def test_of_a_replay_each_row_has_its_own_mark(forecast: Run, engine: Engine) -> None:
    forecast("replay", "--from", "2024-W47", "--to", "2024-W48")
    engine.failures = [FAILURE]
    made = forecast("replay", "--from", "2024-W47", "--to", "2024-W49").out
    rows = {line.split()[0]: line for line in made.splitlines() if line.startswith("2024-W")}
    assert [rows[f"2024-W{n}"].endswith("NOT OK") for n in (47, 48, 49)] == [False, False, True]
    assert "FIT NOT OK in 1 of 3 forecasts" in " ".join(made.split())
    shown = cast(list[Any], forecast("replay", "--from", "2024-W47", "--json").json)
    assert [each["fit"]["ok"] for each in shown] == [True, True, False]


def test_a_refit_that_passes_is_logged_after_one_that_failed(
    failed: Run, engine: Engine, root: Path
) -> None:
    before = snapshot(root)
    again = failed("refresh", "--refit")
    assert again.err == "Same inputs as entry 1, which is shown: nothing appended.\n"
    assert snapshot(root) == before
    engine.failures = []
    passed = failed("refresh", "--refit")
    assert (passed.code, "Entry 2, " in passed.out, passed.err) == (0, True, "")
    assert "NOT OK" not in failed("show").out
    assert "entry 2" in failed("refresh").err


@pytest.mark.usefixtures("forecast")
def test_a_replay_takes_the_entry_that_passed(root: Path, engine: Engine) -> None:
    case, readings = load(root)
    day = date(2024, 12, 9)
    made = make_forecast(fingerprint=engine.fingerprint(case, known_as_of(case, readings, day)))
    as_is = {
        ok: structs.replace(made, fit=structs.replace(made.fit, ok=ok)) for ok in (True, False)
    }
    entries = [
        make_entry(number, as_is[ok])
        for number, ok in ((1, False), (2, True), (3, False), (4, True))
    ]
    assert replay._logged(case, readings, [day], entries)[day].number == 2
    assert replay._logged(case, readings, [day], entries[::2])[day].number == 1
