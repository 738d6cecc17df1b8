"""Text on a chart: measured, broken, cut, and kept apart."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.report.charts.sheet import fitted, new_sheet, spread, width
from forecast.report.charts.style import shared_style


@settings(max_examples=30)
@given(st.text(alphabet="abW é-", max_size=80), st.integers(1, 3))
def test_no_line_is_wider_than_its_place(text: str, lines: int) -> None:
    broken = fitted(text, 0.8, 8, lines=lines).split("\n")
    assert len(broken) <= lines
    assert all(width(line, 8) <= 0.8 for line in broken)
    whole = "".join(broken)
    assert whole.endswith("…") or whole.replace(" ", "") == "".join(text.split())


def test_a_sheet_grows_with_what_is_written_on_it() -> None:
    with shared_style():
        short, long = new_sheet(2, "A", "B"), new_sheet(2, "A " * 99, "B " * 300)
    assert short.up(2) == pytest.approx(short.top - short.bottom)
    assert long.up(2) == pytest.approx(long.top - long.bottom)
    assert long.figure.get_figheight() > short.figure.get_figheight() + 0.3


def test_sentences_run_from_left_to_right_whatever_begins_them() -> None:
    with shared_style():
        sheet = new_sheet(2, "هجوم leads", "B")
    title, caption = (text.get_text() for text in sheet.figure.texts)
    assert title.startswith("\u200e")
    assert caption == "B"


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6).map(sorted), st.floats(0.1, 20))
def test_labels_keep_their_distance_and_their_middle(values: list[float], gap: float) -> None:
    places = spread(values, gap)
    assert all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(places))
    assert sum(places) == pytest.approx(sum(values), abs=1e-6)
    if all(b - a >= gap for a, b in itertools.pairwise(values)):
        assert places == pytest.approx(values)


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=6).map(sorted),
    st.floats(0.1, 20),
    st.floats(0, 100),
    st.floats(0, 100),
)
def test_labels_stay_between_bounds_as_far_as_there_is_room(
    values: list[float], gap: float, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    places = spread(values, gap, low, high)
    assert all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(places))
    assert places[-1] <= high + 1e-9
    if (len(values) - 1) * gap <= high - low:
        assert places[0] >= low - 1e-9
    assert spread(places, gap, low, high) == pytest.approx(places)


def test_a_line_does_not_end_at_a_no_break_space() -> None:
    room = width("Civilian deaths W48", 11)
    assert fitted("Civilian deaths W48 -25", room, 11, lines=2) == "Civilian deaths W48\n-25"
    kept = fitted("Civilian deaths W48\u00a0-25", room, 11, lines=2)
    assert kept == "Civilian deaths\nW48\u00a0-25"
