"""The watch list as a chart: figures on its axes, names of thresholds, marks of a failed fit."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date
from math import log1p
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from forecast.periods import Period
from forecast.record import Forecast, NextPeriod
from forecast.report.charts.watchlist import _ticks, watch_chart

from .drawn import case, known, written
from .sample import make


def drawing(
    monkeypatch: pytest.MonkeyPatch,
    above: dict[str, float] | None = None,
    below: dict[str, float] | None = None,
    value: float = 26.0,
    expected: float = 85.0,
) -> list[str]:
    """Draw the sample with other thresholds of its counts; texts must not lie over one another."""
    forecast = make()
    ahead = NextPeriod({"0.05": value, "0.95": expected, "0.5": value}, {"warning_below": 0.3}, [])
    sorties = structs.replace(forecast.indicators[0], next=ahead, state="critical_below")
    forecast = structs.replace(forecast, indicators=[sorties, *forecast.indicators[1:]])
    made = case(forecast)
    changed = dataclasses.replace(
        made.indicators[0], at_or_above=above or {}, at_or_below=below or {}
    )
    made = dataclasses.replace(made, indicators=(changed, *made.indicators[1:]))
    rows = dataclasses.replace(known(), speaking={}, spans=(), held=(), replaced=())

    def draw(forecast: Forecast, path: Path) -> None:
        watch_chart(forecast, made, rows, {}, path)

    texts = written(monkeypatch, draw, forecast)
    over = [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(texts, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 0.002 and min(a.y1, b.y1) - max(a.y0, b.y0) > 0.001
    ]
    assert over == []
    return [text for text, _ in texts]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ({"watch": 80, "warning": 84, "critical": 85}, {}),
        ({}, {"watch": 85, "warning": 84, "critical": 83}),
        (
            {"watch": 83, "warning": 84, "critical": 85},
            {"watch": 28, "warning": 27, "critical": 26},
        ),
        (
            {"watch": 81, "warning": 84, "critical": 85},
            {"watch": 80, "warning": 79, "critical": 78},
        ),
    ],
)
def test_names_of_thresholds_lie_over_nothing(
    monkeypatch: pytest.MonkeyPatch, above: dict[str, float], below: dict[str, float]
) -> None:
    texts = drawing(monkeypatch, above, below)
    assert {f"{name} {value}" for name, value in above.items()} <= set(texts)
    assert {f"{name}, low {value}" for name, value in below.items()} <= set(texts)


def test_a_low_threshold_is_named_as_low(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = drawing(monkeypatch, {}, {"warning": 30})
    title = " ".join(next(text for text in texts if text.startswith("Displacement at")).split())
    assert title.startswith("Displacement at critical; Sorties at critical, low; ")
    assert any(text.endswith("; at warning, low next week 30 %") for text in texts)


def test_an_axis_from_26_to_85_has_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"20", "50"} <= set(drawing(monkeypatch))


@given(st.floats(0, 1e9), st.floats(1.001, 1e6))
def test_every_axis_has_two_figures_at_least(least: float, times: float) -> None:
    most = max(1.0, least * times)
    bottom = 0.0 if least < 20 else log1p(least / 2)
    ticks = _ticks(bottom, log1p(most))
    assert 2 <= len(ticks) <= 9
    assert all(bottom <= log1p(tick) <= log1p(most) for tick in ticks)
    assert ticks == sorted(set(ticks))


def test_a_year_stands_wherever_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    old = make()
    moved = [
        structs.replace(i, period=Period.parse("2025-W04"), recent_first=Period.parse("2024-W45"))
        for i in old.indicators
    ]
    forecast = structs.replace(
        old, period=Period.parse("2025-W04"), as_of=date(2025, 1, 27), indicators=moved
    )
    made = case(forecast)
    rows = dataclasses.replace(known(), speaking={}, spans=(), held=(), replaced=())
    texts = [
        text
        for text, _ in written(
            monkeypatch, lambda f, path: watch_chart(f, made, rows, {}, path), forecast
        )
    ]
    assert [text for text in texts if "\n20" in text] == ["W46\n2024", "W02\n2025"]
