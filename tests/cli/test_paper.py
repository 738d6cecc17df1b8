"""`forecast chart`, `memo` and `init`: files that are made."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from forecast import clock
from forecast.cli.chart import places_of
from forecast.ledger import append, read
from forecast.periods import Period
from tests.cli.conftest import Run, snapshot
from tests.factories import make_forecast


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
    said = two("memo").err
    assert ("`forecast chart watch`" in said, "scenarios" in said) == (True, False)
    two("chart", "watch")
    assert "chart" not in two("memo").err
    memo = (root / "reports" / "2024-W49" / "memo.md").read_text()
    assert "](charts/scenarios.png)" in memo
    assert "](charts/watch.png)" in memo
    two("memo", "--output", str(tmp_path / "memo.md"))
    assert "](case/reports/2024-W49/charts/scenarios.png)" in (tmp_path / "memo.md").read_text()


def test_memo_shows_no_chart_of_another_forecast(two: Run, root: Path) -> None:
    two("chart", "scenarios")
    chart = root / "reports" / "2024-W49" / "charts" / "scenarios.png"
    os.utime(chart, (clock.now().timestamp() - 1,) * 2)  # drawn before the next refresh
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
    forecast: Run, tmp_path: Path, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2025, 6, 2, tzinfo=UTC))
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


@pytest.mark.parametrize(("form", "start"), [("html", b"<!DOCTYPE html>"), ("docx", b"PK")])
def test_memo_in_formats_that_hold_their_chart(
    two: Run, root: Path, form: str, start: bytes
) -> None:
    path = root / "reports" / "2024-W49" / f"memo.{form}"
    result = two("memo", "--format", form)
    assert (result.out, "chart" in result.err) == (f"{path}\n", False)
    assert path.read_bytes().startswith(start)


def test_memo_of_an_earlier_period(two: Run) -> None:
    assert two("memo", "2024-W48", "--output", "-").out.startswith("# A small case: week 48")


def test_memo_follows_the_name_of_its_file(two: Run, tmp_path: Path) -> None:
    path = tmp_path / "memo.html"
    assert two("memo", "--output", str(path)).out == f"{path}\n"
    assert path.read_text().startswith("<!DOCTYPE html>")
    result = two("memo", "--format", "docx", "--output", str(path))
    assert (result.code, "must end in .docx" in result.err) == (2, True)


def test_notes_are_carried_in_and_never_written(two: Run, root: Path) -> None:
    notes = root / "reports" / "2024-W49" / "notes.md"
    notes.write_bytes(b"\xef\xbb\xbfThe *front* moved.\r\n\r\n- =cmd <script>\r\n")
    before = notes.read_bytes()
    for _ in range(2):
        memo = two("memo", "--output", "-").out
        assert "## Analyst's notes\n\nThe *front* moved.\n\n- =cmd &lt;script&gt;\n" in memo
    assert notes.read_bytes() == before


def test_notes_that_are_no_text(two: Run, root: Path) -> None:
    notes = root / "reports" / "2024-W49" / "notes.md"
    notes.write_bytes(b"\xff\xfe\x00")
    result = two("memo")
    assert (result.code, "must be readable as UTF-8 text" in result.err) == (1, True)


def test_memo_says_assumptions_and_every_reading(two: Run) -> None:
    memo = two("memo", "--output", "-").out
    assert "- **War:** Nobody stops it" in memo
    assert "| Strikes | W48 | 52 in 4 of 7 d | B2 | [sohr](https://example.org/a) |" in memo


def test_a_scenario_has_its_place_from_the_first_forecast_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    for number, ids in enumerate((["war", "other"], ["truce", "war", "other"], ["war", "talks"])):
        made = make_forecast(fingerprint=str(number) * 64)
        share = 1 / len(ids)
        named = [
            structs.replace(
                made.scenarios[0],
                id=name,
                probability=share,
                low=0.0,
                high=1.0,
                horizons=dict.fromkeys(made.scenarios[0].horizons, share),
            )
            for name in ids
        ]
        silent = [structs.replace(each, support={}) for each in made.indicators]
        made = structs.replace(made, scenarios=named, history=[], indicators=silent)
        append(path, structs.replace(made, evidence=[], support={}))
    assert places_of(read(path)) == {"war": 0, "other": 1, "truce": 2, "talks": 3}


@pytest.mark.parametrize(
    "arguments",
    [["chart", "scenarios"], ["memo", "--format", "html"], ["memo", "--format", "docx"]],
)
def test_letters_that_no_font_has_are_said_once(
    two: Run, root: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr("forecast.report.charts.fonts._installed", lambda: ())
    assert "font" not in two(*arguments).err
    made = make_forecast("2024-W50", "2024-12-16")
    named = [structs.replace(s, name=f"{s.name} \u1000") for s in made.scenarios]
    append(root / "reports" / "ledger.jsonl", structs.replace(made, scenarios=named))
    result = two(*arguments)
    assert result.code == 0
    assert result.err.count("No installed font has \u1000 (Myanmar), drawn as boxes") == 1


@pytest.mark.parametrize("name", ["horizon", "watch"])
def test_charts_of_a_stored_forecast_write_nothing_else(two: Run, root: Path, name: str) -> None:
    before = snapshot(root)
    path = root / "reports" / "2024-W49" / "charts" / f"{name}.svg"
    assert two("chart", name, "--format", "svg").out == f"{path}\n"
    assert snapshot(root) == before | {path.relative_to(root).as_posix(): path.read_bytes()}


def test_watch_draws_what_the_week_before_expected(
    two: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def watch_chart(forecast: object, case: object, known: object, *rest: object) -> None:
        del forecast, case, known
        seen.append(set(rest[0]))  # type: ignore[call-overload]
        Path(str(rest[1])).write_bytes(b"drawn")

    monkeypatch.setattr("forecast.report.charts.watchlist.watch_chart", watch_chart)
    assert two("chart", "watch").code == 0
    assert seen == [{("strikes", Period.parse("2024-W49"))}]  # of the forecast of week 48


def test_memo_says_how_earlier_forecasts_fared(two: Run, root: Path) -> None:
    assert (
        "- Live: no forecast is settled yet.\n- Replayed: no forecast."
        in two("memo", "--output", "-").out
    )
    resolved = "2024-W48,other,2024-12-03,https://example.org/w48,\n"
    (root / "reports" / "resolutions.csv").write_text(
        f"period,scenario,published,url,note\n{resolved}", "utf-8"
    )
    out = two("memo", "--output", "-").out
    brier = 2 * 0.3**2
    assert f"equal probabilities score 0.500: now {brier:.3f} (1 of 1 settled)" in out
