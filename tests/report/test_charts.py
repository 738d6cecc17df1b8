"""Charts: same input, same bytes; readable by whoever opens them."""

import dataclasses
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from forecast.record import Forecast
from forecast.report.charts.scenarios import Issued, scenarios_chart
from forecast.report.charts.style import line_style
from forecast.report.view import captions
from forecast.report.view.captions import alt_text

from .hostile import hostile
from .sample import IDS, history, make, scenarios

START = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


def _series() -> list[Issued]:
    return [
        Issued(
            point.period,
            "2024-12-02",
            {name: (point.filtered[k], point.low[k], point.high[k]) for k, name in enumerate(IDS)},
        )
        for point in history()[-4:]
    ]


def _drawn(forecast: Forecast, series: list[Issued], path: Path) -> bytes:
    scenarios_chart(forecast, series, path)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_same_input_same_bytes(tmp_path: Path, suffix: str) -> None:
    first = _drawn(make(), _series(), tmp_path / f"one{suffix}")
    second = _drawn(make(), _series(), tmp_path / "deeper" / f"two{suffix}")
    assert first == second
    assert first.startswith(START[suffix])
    assert len(first) > 5_000
    assert b"Matplotlib" not in first


def test_the_series_is_what_is_drawn(tmp_path: Path) -> None:
    issued = _drawn(make(), _series(), tmp_path / "a.svg")
    recomputed = _drawn(make(), _series()[:1], tmp_path / "b.svg")
    assert issued != recomputed
    assert recomputed == _drawn(make(), [], tmp_path / "c.svg")


@pytest.mark.parametrize("count", [2, 3, 4, 8])
def test_any_number_of_scenarios(tmp_path: Path, count: int) -> None:
    some = [
        dataclasses.replace(scenarios()[k % 6], id=f"s{k}", probability=1 / count)
        for k in range(count)
    ]
    point = Issued("2024-W48", "2024-12-02", {s.id: (0.5, 0.4, 0.6) for s in some})
    earlier = point._replace(period="2024-W40")
    assert _drawn(make(scenarios=some), [earlier, point], tmp_path / "a.png")


def test_a_scenario_the_case_gained_starts_late(tmp_path: Path) -> None:
    series = _series()
    series[0] = series[0]._replace(probabilities={IDS[0]: (1.0, 1.0, 1.0)})
    assert _drawn(make(), series, tmp_path / "a.svg") != _drawn(
        make(), _series(), tmp_path / "b.svg"
    )


def test_hostile_names_are_drawn_as_text(tmp_path: Path) -> None:
    svg = _drawn(hostile(), [], tmp_path / "a.svg")
    root = ET.fromstring(svg)  # noqa: S314 (our own file)
    assert not [element for element in root.iter() if str(element.tag).endswith("script")]


def test_a_chart_has_no_other_format(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"png, svg or pdf, not a\.gif"):
        scenarios_chart(make(), [], tmp_path / "a.gif")


def test_the_title_is_the_finding() -> None:
    assert captions.chart_title(make()) == (
        "Sustained air campaign leads at 52 %, up 45 points since 25 Nov"
    )
    still = [dataclasses.replace(s, change=None) for s in scenarios()]
    assert captions.chart_title(make(scenarios=still, change_since=None)) == (
        "Sustained air campaign leads at 52 %"
    )


def test_the_caption_says_what_is_drawn_and_as_of_when() -> None:
    issued = captions.chart_caption(make(mode="live"), as_issued=True)
    assert issued.startswith("Lines: each forecast as it was issued.")
    replayed = captions.chart_caption(make(mode="replayed"), as_issued=True)
    assert "only what was known" in replayed
    assert "as known Mon 2 Dec 2024" in issued
    assert "one forecast logged so far" in captions.chart_caption(make(), as_issued=False)


def test_alt_text_has_every_scenario() -> None:
    text = alt_text(make())
    assert "Sustained air campaign 52 % (90 % range 27-74)" in text
    assert all(scenario.name in text for scenario in scenarios())


def test_eight_scenarios_are_told_apart() -> None:
    assert len({line_style(place) for place in range(8)}) == 8
