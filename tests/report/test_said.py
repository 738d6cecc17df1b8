"""What a chart's file says it shows, as the charts write it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from forecast.report.charts.said import says
from forecast.report.charts.waterfall import waterfall_chart
from forecast.report.view.explain import build_explain

from .drawn import moved
from .hostile import hostile
from .sample import make


@pytest.mark.parametrize("suffix", [".png", ".svg"])
@pytest.mark.parametrize("name", ["A & B <90 %>", "Café", "هجوم", "hostile"])
def test_a_file_says_what_was_drawn(tmp_path: Path, name: str, suffix: str) -> None:
    forecast = hostile() if name == "hostile" else make()
    found = moved(forecast)
    if name != "hostile":
        names = {known: f"{known} {name}" for known in found.scenarios}
        found = dataclasses.replace(found, scenarios=names)
    view, path = build_explain(found), tmp_path / f"a{suffix}"
    waterfall_chart(view, path)
    assert says(path, view.alt_text)
    assert not says(path, view.alt_text.replace("-69", "-68"))
    assert not says(path, build_explain(found, "other").alt_text)
