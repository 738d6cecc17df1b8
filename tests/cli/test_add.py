"""`forecast add`: rows under the lock, or none; and the walk through what is due."""

from __future__ import annotations

import builtins
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forecast.cli import common
from forecast.ledger import lock
from forecast.periods import Period
from tests.cli.conftest import Engine, Run, pin, snapshot

FULL = ["--period", "2024-W49", "--source", "desk", "--grade", "B2", "--url", "https://example.org"]


def test_appends_a_row_and_says_where(forecast: Run, root: Path) -> None:
    result = forecast("add", "border", "2", *FULL, "--note", "closed, [red]all[/red] of it")
    assert result.code == 0
    assert result.out == (
        "indicators/border.csv, line 2: 2 for 2024-W49, desk B2, published 2024-12-10\n"
    )
    assert (root / "indicators" / "border.csv").read_text().splitlines()[1] == (
        '2024-W49,2,2024-12-10,desk,B2,,,country,https://example.org,"closed, [red]all[/red] of it"'
    )


def test_a_total_names_its_periods(forecast: Run) -> None:
    result = forecast(
        "add", "strikes", "90", "--period", "2024-W45", "--span", "3", "--days", "20",
        "--source", "acled", "--grade", "A1", "--published", "2024-12-01",
        "--note", "not openable: by telephone", "--scope", "north-west",
    )  # fmt: skip
    assert "90 for 2024-W45 to 2024-W47, acled A1" in result.out


@pytest.mark.parametrize(
    ("indicator", "value", "change", "said"),
    [
        (
            "bordr",
            "2",
            [],
            "indicator: must be an indicator of the case, found bordr (did you mean",
        ),
        ("border", "3", [], "border, value: must be a level's number"),
        ("border", "1e400", [], "border, value: must be a level's number"),
        ("border", "2", ["--grade", "G7"], "border, grade: must be an Admiralty grade"),
        ("border", "2", ["--period", "2024-W54"], "border, period: must be a week"),
        ("border", "2", ["--note", "\x1b[31m"], "border, note: must have no tabs"),
        ("border", "2", ["--published", "soon"], "border, published: must be a date"),
    ],
)
def test_refuses_what_breaks_a_rule(
    forecast: Run, root: Path, indicator: str, value: str, change: list[str], said: str
) -> None:
    before = snapshot(root / "indicators")
    result = forecast("add", indicator, value, *FULL, *change)
    assert result.code == 1
    assert said in result.err
    assert snapshot(root / "indicators") == before


def test_a_slip_of_the_same_day_is_corrected_and_a_row_not_repeated(forecast: Run) -> None:
    assert forecast("add", "border", "2", *FULL).code == 0
    result = forecast("add", "border", "1", *FULL)
    assert (result.code, result.out) == (0, (
        "indicators/border.csv, line 3: 1 for 2024-W49, desk B2, published 2024-12-10\n"
        "  It corrects the 2 of line 2, published the same day.\n"
    ))  # fmt: skip
    again = forecast("add", "border", "1", *FULL)
    assert (again.code, again.out) == (
        0, "indicators/border.csv, line 3: says so already, nothing was recorded.\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["border"], "VALUE, --period, --grade: must be given"),
        (["border", "2"], "--period, --grade: must be given"),
        (["strikes", "2"], "--period, --source, --grade: must be given (strikes has sohr, acled)"),
        (["border", "NA", *FULL], "--note: must say why the source has withdrawn it"),
        (["--period", "2024-W49"], "INDICATOR: must be given"),
        ([], "INDICATOR and VALUE: must be given where stdin is no terminal"),
    ],
)
def test_what_is_left_out_is_wrong_usage(forecast: Run, arguments: list[str], said: str) -> None:
    result = forecast("add", *arguments)
    assert result.code == 2
    assert said in result.err


def test_of_a_pinned_case_the_day_must_be_given(forecast: Run, root: Path) -> None:
    pin(root)
    result = forecast("add", "border", "2", *FULL)
    assert result.code == 2
    assert "--published: must be given (the case is pinned" in result.err
    assert forecast("add", "border", "2", *FULL, "--published", "2024-12-09").code == 0


MANY = """\
indicator,period,value,published,source,grade,days,span,scope,url,note
border,2024-W49,2,2024-12-10,desk,B2,,,country,https://example.org,shut
strikes,2024-W45,90,2024-12-01,acled,A1,20,3,north-west,,not openable: by telephone
border,2024-W48,1,2024-12-10,desk,B2,,,country,https://example.org,
"""
RECORDED = (
    "indicators/border.csv, line 2: 2 for 2024-W49, desk B2, published 2024-12-10\n"
    "indicators/strikes.csv, line 4: 90 for 2024-W45 to 2024-W47, acled A1, published 2024-12-01\n"
    "indicators/border.csv, line 3: 1 for 2024-W48, desk B2, published 2024-12-10\n"
)


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.mark.parametrize("edit", [str, lambda text: "\ufeff" + text.replace("\n", "\r\n")])
def test_a_file_of_readings_is_recorded_whole(
    forecast: Run, root: Path, edit: Callable[[str], str]
) -> None:
    (root / "many.csv").write_bytes(edit(MANY).encode())
    result = forecast("add", "--from", "many.csv")
    assert (result.code, result.out) == (0, RECORDED)
    assert len((root / "indicators" / "border.csv").read_text().splitlines()) == 3
    assert forecast("check").code == 0


def test_a_file_of_readings_may_come_from_standard_input(
    forecast: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, MANY.encode())
    assert forecast("add", "--from", "-").out == RECORDED
    pipe(monkeypatch, MANY.replace("B2", "B7").encode())
    result = forecast("add", "--from", "-")
    assert result.code == 1
    assert "standard input, line 2, grade: must be an Admiralty grade" in result.err
    assert "standard input, line 4, grade: must be an Admiralty grade" in result.err


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (MANY.replace(",90,", ",many,").encode(), "many.csv, line 3, value: must be a finite"),
        (MANY.encode("utf-16"), "many.csv, line 1: must be UTF-8 text"),
        (MANY.replace("shut", "\x1b[31m").encode(), "many.csv, line 2: must have no control"),
        (b"", "many.csv: must not be empty"),
        (None, "many.csv: must exist"),
    ],
)
def test_a_file_with_anything_wrong_changes_nothing(
    forecast: Run, root: Path, data: bytes | None, said: str
) -> None:
    if data is not None:
        (root / "many.csv").write_bytes(data)
    before = snapshot(root / "indicators")
    result = forecast("add", "--from", "many.csv")
    assert (result.code, result.out) == (1, "")
    assert said in result.err
    assert snapshot(root / "indicators") == before


@pytest.mark.parametrize("beside", [["border"], ["border", "2"], FULL, ["--note", "x"]])
def test_a_file_is_given_alone(forecast: Run, root: Path, beside: list[str]) -> None:
    (root / "many.csv").write_text(MANY)
    before = snapshot(root / "indicators")
    result = forecast("add", *beside, "--from", "many.csv")
    assert result.code == 2
    assert "--from: must be given alone" in result.err
    assert snapshot(root / "indicators") == before


def test_a_file_waits_for_the_lock(
    forecast: Run, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "many.csv").write_text(MANY)
    monkeypatch.setattr(common, "PATIENCE", 0.05)
    before = snapshot(root / "indicators")
    with lock(root, timeout=1, on_wait=print):
        result = forecast("add", "--from", "many.csv")
    assert result.code == 1
    assert snapshot(root / "indicators") == before


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[list[float] | None]:
    """What the draws at hand say without and with each supposition; None: nothing."""
    found: list[list[float] | None] = []

    def suppose(*_: object) -> list[list[float] | None] | None:
        return found or None

    monkeypatch.setattr("forecast.refresh.suppose.suppose", suppose)
    return found


LATE = ["--period", "2024-W48", *FULL[2:]]


def test_what_a_reading_would_do_is_told_beside_what_was_logged(
    forecast: Run, engine: Engine, told: list[list[float] | None]
) -> None:
    engine.shift = 0.02  # logged elsewhere: war 32 %, here 30 %
    assert forecast("refresh", "--as-of", "2024-12-10").code == 0
    told += [[0.3, 0.7], [0.4, 0.6], [0.4, 0.6]]
    out = forecast("add", "border", "2", *LATE).out
    assert out.endswith("  It would move War 32 % to 42 % and Other 68 % to 58 %.\n")


@pytest.mark.parametrize("found", [[], [None, None, None], [[0.3, 0.7], None, None]])
def test_what_is_not_known_is_said_not_to_be(
    forecast: Run, told: list[list[float] | None], found: list[list[float] | None]
) -> None:
    assert "effect" not in forecast("add", "border", "1", *LATE).out  # nothing was logged yet
    assert forecast("refresh").code == 0
    told += found
    result = forecast("add", "border", "2", "--period", "2024-W49", *FULL[2:])
    unknown = "would have an effect that is not known before `forecast refresh` (about 20 s).\n"
    assert result.out.endswith(f"\n  It {unknown}")


def test_of_several_it_is_said_once(forecast: Run, root: Path) -> None:
    assert forecast("refresh").code == 0
    (root / "many.csv").write_text(MANY)
    out = forecast("add", "--from", "many.csv").out
    assert out.startswith(RECORDED)
    assert out.removeprefix(RECORDED).startswith("Together they would have an effect that is not")


def answers(monkeypatch: pytest.MonkeyPatch, *lines: str) -> list[str]:
    """Sit at the terminal and type lines, then end the input; return the questions asked."""
    asked: list[str] = []
    typed: Iterator[str] = iter(lines)

    def answer(question: str) -> str:
        asked.append(question)
        line = next(typed, None)
        if line is None:
            raise EOFError
        return line

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(builtins, "input", answer)
    return asked


def test_walk_asks_and_records_at_once(
    forecast: Run, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, "2", "", "", "B2", "", "https://example.org", "shut", "y")
    result = forecast("add")
    assert result.code == 0
    assert "Is the border closed?" in result.out
    assert "0 open, 1 tightened, 2 closed" in result.out
    assert asked[1].strip() == "published [2024-12-10]:"
    assert (root / "indicators" / "border.csv").read_text().splitlines()[1:] == [
        "2024-W49,2,2024-12-10,desk,B2,,,country,https://example.org,shut"
    ]


def test_walk_asks_again_what_was_refused(forecast: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    good = ["", "", "B2", "", "https://example.org", "", ""]
    answers(monkeypatch, "7", *good, "1", *good)
    result = forecast("add")
    assert "border, value: must be a level's number" in result.err
    assert "Not recorded; once more:" in result.out
    assert "line 2: 1 for 2024-W49" in result.out


def test_walk_shows_the_last_reading_of_the_scope(
    forecast: Run, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (root / "indicators" / "border.csv").open("a") as file:
        file.write("2024-W44,0,2024-11-04,desk,B2,,,country,https://example.org/d,open\n")
        file.write("2024-W47,1,2024-11-25,desk,B2,,,one town,https://example.org/d,elsewhere\n")
    answers(monkeypatch, "q")
    assert "last    0 for 2024-W44, desk B2, open" in forecast("add").out


@pytest.mark.parametrize("typed", [[""], ["q"], [], ["2", "", "", "B2", "", "", "", "n"]])
def test_walk_may_be_left(
    forecast: Run, root: Path, monkeypatch: pytest.MonkeyPatch, typed: list[str]
) -> None:
    before = snapshot(root)
    answers(monkeypatch, *typed)
    assert forecast("add").code == 0
    assert snapshot(root) == before


def test_what_only_one_answer_fits_need_not_be_given(forecast: Run) -> None:
    given = ["--grade", "B2", "--url", "https://example.org"]
    result = forecast("add", "border", "1", *given)
    assert result.code == 2  # ten weeks are due
    assert result.err == "--period: must be given\n"
    for week in range(40, 49):
        day = Period.parse(f"2024-W{week}").refresh_day.isoformat()
        assert forecast("add", "border", "1", *given, "--period", f"2024-W{week}",
                        "--published", day).code == 0  # fmt: skip
    result = forecast("add", "border", "2", *given)
    assert result.out == (
        "indicators/border.csv, line 11: 2 for 2024-W49, desk B2, published 2024-12-10\n"
    )
    assert forecast("add", "border", "2", *given).code == 2  # nothing is due


@pytest.mark.parametrize("value", ["NA", "na", "-", "", "n/a"])
def test_a_reading_is_withdrawn(forecast: Run, value: str) -> None:
    about = ["--period", "2024-W49", "--source", "sohr", "--note", "counted twice"]
    result = forecast("add", "strikes", value, *about)
    assert (result.code, result.out) == (0, (
        "indicators/strikes.csv, line 4: withdrawn for 2024-W49 by sohr, published 2024-12-10\n"
    ))  # fmt: skip
    assert "Due for week 49: Border (overdue, none yet), Strikes." in (forecast().out)
    assert forecast("check").code == 0
    assert forecast("refresh").code == 0
    assert forecast("watch").code == 0
    assert forecast("memo").code == 0
    again = forecast("add", "strikes", value, *about[:-1], "once more")
    assert again.code == 1
    assert "there is no earlier reading to withdraw" in again.err
    back = forecast("add", "strikes", "61", *about[:-1], "", "--grade", "B2", "--url",
                    "https://example.org/c")  # fmt: skip
    assert "It corrects the withdrawal of line 4, published the same day." in back.out


def test_a_walk_tells_the_last_reading_that_stands(
    forecast: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    forecast("add", "strikes", "NA", "--period", "2024-W49", "--source", "sohr", "--note", "gone")
    answers = iter(["", ""])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(builtins, "input", lambda _: next(answers))
    assert "last    52 for 2024-W48" in forecast("add").out


def test_a_growing_sheet_is_added_to(forecast: Run, root: Path) -> None:
    sheet = root / "sheet.csv"
    sheet.write_text(MANY)
    assert forecast("add", "--from", "sheet.csv").out == RECORDED
    again = forecast("add", "--from", "sheet.csv")
    assert (again.code, again.out) == (0, "3 rows passed over: they were recorded before.\n")
    later = "strikes,2024-W49,70,2024-12-10,acled,A1,,,,https://example.org,new\n"
    sheet.write_text(MANY + later)
    result = forecast("add", "--from", "sheet.csv")
    assert (result.code, result.out) == (0, (
        "indicators/strikes.csv, line 5: 70 for 2024-W49, acled A1, published 2024-12-10\n"
        "3 rows passed over: they were recorded before.\n"
    ))  # fmt: skip


def test_what_is_outside_everything_expected_is_recorded_and_named(
    forecast: Run, root: Path
) -> None:
    row = ("--period", "2024-W49", "--source", "sohr", "--grade", "B2", "--url", "https://e.org")
    result = forecast("add", "strikes", "70000", *row, "--published", "2024-12-10")
    assert result.code == 0
    assert "outside everything that was expected" in result.err
    assert ",70000," in (root / "indicators" / "strikes.csv").read_text("utf-8")
    before = snapshot(root)
    refused = forecast("add", "strikes", "7000000", *row, "--published", "2024-12-10")
    assert refused.code == 1
    assert "value: must be at most" in refused.err
    assert snapshot(root) == before
