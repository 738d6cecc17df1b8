"""What may have been lost or mistyped without breaking a rule: `check` names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import ROWS, Run, edit
from tests.factories import HEADER

STRIKES = "indicators/strikes.csv"
URL = "https://example.org/x"


def notes(forecast: Run) -> list[str]:
    result = forecast("check")
    assert result.code == 0
    return [line.removeprefix("Note: ") for line in result.err.splitlines()]


def test_a_case_in_order_has_no_notes(forecast: Run) -> None:
    assert notes(forecast) == []


@pytest.mark.parametrize(
    "name",
    ["priors/scenarios.toml", "priors/strikes.toml", "indicators/border.toml", STRIKES],
)
def test_a_file_without_a_last_line_end_may_be_cut_off(
    forecast: Run, root: Path, name: str
) -> None:
    path = root / name
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    assert notes(forecast) == [f"{name}: has no line end after its last line (is it cut off?)."]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_any_line_end_ends_a_file(forecast: Run, root: Path, end: bytes) -> None:
    path = root / STRIKES
    path.write_bytes(path.read_bytes().replace(b"\n", end))
    assert notes(forecast) == []


def test_a_row_cut_before_its_last_cell_is_refused(forecast: Run, root: Path) -> None:
    whole = HEADER + ROWS
    begin = len(HEADER) + len(ROWS.splitlines(keepends=True)[0])
    last = whole.rindex(",")  # within the note it cannot be told
    for end in range(begin + 1, last + 1):
        (root / STRIKES).write_text(whole[:end])
        result = forecast("check")
        assert result.code == 1
        assert result.err.startswith(f"{STRIKES}, line 3: must have 10 fields")


def test_rows_that_a_forecast_had_are_missed(forecast: Run, root: Path) -> None:
    assert forecast("refresh").code == 0
    assert notes(forecast) == []
    first, _ = ROWS.splitlines(keepends=True)
    (root / STRIKES).write_text(HEADER + first)
    assert notes(forecast) == [
        f"{STRIKES}: must still have the rows that entry 1 was logged with, found 1 row edited or "
        "removed (a row is never edited or removed: a correction is a new row)."
    ]


SLIPS = ("North-West", "north-wst", "north west", "north-west.", "nroth-west")


@pytest.mark.parametrize("scope", SLIPS)
def test_a_scope_that_is_nearly_the_indicators_is_named(
    forecast: Run, root: Path, scope: str
) -> None:
    edit(root / STRIKES, "north-west", scope)
    assert notes(forecast) == [
        f"{STRIKES}, line 2, scope: is nearly that of strikes, and not used, found {scope} "
        "(did you mean north-west?)."
    ]


@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        (["south"], "has 1 reading of another scope than north-west, not used, found south."),
        (["south", "south"], "has 2 readings of another scope than north-west, not used, found "
         "south."),
        ([f"area {n}" for n in range(7)], "has 7 readings of another scope than north-west, not "
         "used, found area 0, area 1, area 2, area 3, area 4 and 2 more."),
    ],
)  # fmt: skip
def test_other_scopes_are_named_together(
    forecast: Run, root: Path, scopes: list[str], said: str
) -> None:
    rows = [f"2024-W4{n},5,2024-12-02,sohr,B2,,,{scope},{URL},\n" for n, scope in enumerate(scopes)]
    (root / STRIKES).write_text(HEADER + "".join(rows))
    assert notes(forecast) == [f"{STRIKES}: {said}"]


def test_many_slips_are_a_screen_of_notes(forecast: Run, root: Path) -> None:
    rows = [f"2024-W40,5,2024-12-02,sohr,B2,,,north-west{chr(97 + n)},{URL},\n" for n in range(26)]
    (root / STRIKES).write_text(HEADER + "".join(rows))
    said = notes(forecast)
    assert len(said) == 21
    assert said[-1] == "6 notes more of the kind."


def test_a_copy_that_is_not_what_the_ledger_says_is_named(forecast: Run, root: Path) -> None:
    assert forecast("refresh").code == 0
    edit(root / "reports/2024-W49/forecast.json", '"war"', '"wax"')
    assert notes(forecast) == [
        "reports/2024-W49/forecast.json: must be what entry 1 says: it was edited, or a refresh "
        "was cut short (the next refresh writes it again)."
    ]
