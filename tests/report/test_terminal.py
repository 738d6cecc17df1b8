"""Exactly what is printed; ``expected/`` holds the screens as a reader sees them."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from rich.console import Console

from forecast.periods import Period
from forecast.record import Forecast
from forecast.report.terminal.console import make_console
from forecast.report.terminal.records import render_log, render_replay
from forecast.report.terminal.watch import render_first_screen, render_watch
from forecast.report.view.build import build_view
from forecast.report.view.records import build_log, build_replay

from .hostile import hostile
from .sample import ENTRY, NAMES, make, view, watching

EXPECTED = Path(__file__).parent / "expected"
SCREENS: dict[str, Callable[[Console], None]] = {
    "first-screen": lambda console: render_first_screen(view(), console),
    "watch": lambda console: render_watch(watching(), console),
}


def screens(forecast: Forecast) -> list[Callable[[Console], None]]:
    """Return how both screens of a forecast are printed."""
    shown = build_view(forecast, entry=None, live_scored=0)
    return [
        lambda console: render_first_screen(shown, console),
        lambda console: render_watch(watching(forecast), console),
    ]


def printed(screen: Callable[[Console], None], width: int, *, terminal: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    screen(console)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["first-screen", "watch"])
def test_screens(name: str, width: int) -> None:
    expected = (EXPECTED / f"{name}-{width}.txt").read_text(encoding="utf-8")
    assert printed(SCREENS[name], width) == expected


def test_two_years_need_no_wider_a_column() -> None:
    seen = [
        structs.replace(
            i, period=i.period and Period.parse("2025-W04"), recent_first=Period.parse("2024-W45")
        )
        for i in make().indicators
    ]
    shown = view(period=Period.parse("2025-W04"), as_of=date(2025, 1, 27), indicators=seen)
    lines = printed(lambda console: render_first_screen(shown, console), 80).splitlines()
    [at] = [n for n, line in enumerate(lines) if line.startswith("Watch list")]
    assert ("W45 2024-" in lines[at - 1], "W04 2025" in lines[at]) == (True, True)
    assert lines[at + 1].startswith("Sorties  ")
    assert any(line.startswith("Civilian deaths  ") for line in lines)


@pytest.mark.parametrize("width", [80, 120])
def test_usual_names_fit(width: int) -> None:
    text = printed(lambda console: render_first_screen(view(), console), width)
    assert max(len(line) for line in text.splitlines()) <= width


def test_a_first_forecast_has_no_change_column() -> None:
    first = view(change_since=None)
    text = printed(lambda console: render_first_screen(first, console), 80)
    assert "since 25 Nov" not in text
    assert "First forecast" in text


def test_without_alerts_nothing_is_said_of_them() -> None:
    told = printed(lambda console: render_first_screen(view(), console), 80)
    quiet = printed(lambda console: render_first_screen(view(alerts=[]), console), 80)
    line = "Alerts for week 49: Sorties critical (52 %), Civilian deaths critical (41 %).\n"
    assert told.replace(line, "") == quiet
    assert "lert" not in quiet


def test_a_failed_fit_is_the_first_line() -> None:
    for screen in screens(hostile("bad")):
        text = printed(screen, 80)
        assert text.startswith("FIT NOT OK: bad.")


def _words(text: str) -> set[str]:
    return set(text.split())


@pytest.mark.parametrize("name", SCREENS)
@given(width=st.integers(1, 79))
@settings(max_examples=30)
def test_nothing_is_cut_however_narrow(name: str, width: int) -> None:
    narrow = printed(SCREENS[name], width)
    assert "…" not in narrow
    assert _words(narrow) == _words(printed(SCREENS[name], 80))


def test_log() -> None:
    rows = build_log([(ENTRY, make()), (ENTRY, make(mode="live"))])
    assert printed(lambda console: render_log(rows, console), 80).splitlines() == [
        "entry issued     period   mode     leader                      fit hash    ",
        "    9 2026-01-05 2024-W48 replayed Sustained air campaign 52 % ok  3fa9c1d2",
        "    9 2026-01-05 2024-W48 live     Sustained air campaign 52 % ok  3fa9c1d2",
    ]
    assert printed(lambda console: render_log([], console), 80) == "No forecast logged yet.\n"


def test_replay_marks_the_leader_without_colour() -> None:
    table = build_replay([make(), make()])
    lines = printed(lambda console: render_replay(table, console), 80).splitlines()
    assert max(map(len, lines)) <= 80
    assert " ".join(lines[-2].split()) == "2024-W48 38 % 1 % <1 % 52 %* 7 % 1 %"
    assert lines[-1] == "* leads"
    heading = " ".join(lines[:3])
    assert all(word in heading for name in NAMES for word in name.split())


def test_numbers_under_a_short_name_are_not_folded() -> None:
    short = make(scenarios=[structs.replace(s, name="A b") for s in make().scenarios])
    assert "52 %*" in printed(lambda c: render_replay(build_replay([short]), c), 20)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_hostile_text_is_inert(width: int) -> None:
    for screen in screens(hostile()):
        text = printed(screen, width)
        assert all(c.isprintable() or c == "\n" for c in text)
        assert "[red]x[/red]" in text  # shown, not obeyed
        assert ":smile:" in text


def test_colour_adds_nothing_but_colour() -> None:
    plain = printed(lambda console: render_first_screen(view(), console), 80)
    coloured = printed(lambda console: render_first_screen(view(), console), 80, terminal=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = printed(lambda console: render_watch(watching(), console), 80, terminal=True)
    assert not re.search(r"\x1b\[(?:\d+;)*3[0-7]", text)


def test_a_pipe_is_at_least_eighty_wide(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    for stderr in (False, True):
        console = make_console(stderr=stderr)
        render_first_screen(view(), console)
        assert console.width == 80
    captured = capsys.readouterr()
    assert captured.out == captured.err
    assert captured.out == (EXPECTED / "first-screen-80.txt").read_text(encoding="utf-8")


def test_a_stream_that_knows_only_ascii_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    console = make_console()
    render_first_screen(view(), console)
    console.file.flush()
    assert b"Sorties          52 in 1 d" in raw.getvalue()


def test_reading_a_forecast_imports_nothing_heavy() -> None:
    program = (
        "import sys, forecast.report.terminal, forecast.report.memo\n"
        "heavy = {'numpy', 'pandas', 'matplotlib', 'scipy', 'pymc'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
