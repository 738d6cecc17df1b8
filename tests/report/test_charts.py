"""Charts: same input, same bytes; readable by whoever opens them."""

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from msgspec import structs

from forecast.periods import Period
from forecast.record import Forecast
from forecast.report.charts.horizon import horizon_chart
from forecast.report.charts.scenarios import Issued, scenarios_chart, values_of
from forecast.report.charts.style import INK, QUIET, line_style
from forecast.report.view import captions
from forecast.report.view.captions import alt_text

from .hostile import hostile
from .sample import IDS, history, make, scenarios

START = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


def _series() -> list[Issued]:
    return [
        Issued(
            point.period,
            date(2024, 12, 2),
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
        structs.replace(scenarios()[k % 6], id=f"s{k}", probability=1 / count) for k in range(count)
    ]
    point = Issued(
        Period.parse("2024-W48"), date(2024, 12, 2), {s.id: (0.5, 0.4, 0.6) for s in some}
    )
    earlier = point._replace(period=Period.parse("2024-W40"))
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
    still = [structs.replace(s, change=None) for s in scenarios()]
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


def figure_of(monkeypatch: pytest.MonkeyPatch, draw: Callable[[Path], None]) -> Figure:
    kept: list[Figure] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: kept.append(figure))
    draw(Path("a.png"))
    return kept[0]


def lines(axes: Axes) -> list[Line2D]:
    """What is drawn of a scenario in a panel, but for crosses."""
    return [line for line in axes.lines if line.get_color() not in (INK, QUIET)]


def colours(figure: Figure) -> dict[str, str]:
    """The colour of the line in each panel, by what the panel is called."""
    panels = [axes for axes in figure.axes if axes.lines]
    return {axes.get_title(loc="left"): str(lines(axes)[0].get_color()) for axes in panels}


@pytest.mark.parametrize("chart", [scenarios_chart, horizon_chart])
def test_a_scenario_keeps_its_colour_when_another_joins_or_leads(
    monkeypatch: pytest.MonkeyPatch, chart: Callable[..., None]
) -> None:
    three = [structs.replace(scenarios()[k], id=f"s{k}", name=f"S{k}") for k in range(3)]
    places = {"s1": 0, "s2": 1}  # as the first forecasts had them
    two = make(scenarios=three[1:])
    point = Issued(
        Period.parse("2024-W48"), date(2024, 12, 2), {s.id: (0.5, 0.4, 0.6) for s in three}
    )
    series = [point._replace(period=Period.parse("2024-W47")), point]

    def drawn(forecast: Forecast, places: dict[str, int]) -> dict[str, str]:
        return colours(figure_of(monkeypatch, lambda path: chart(forecast, series, path, places)))

    before = drawn(two, places)
    led = make(scenarios=[three[0], *(structs.replace(s, probability=0.9) for s in three[1:])])
    for after in (drawn(make(scenarios=three), places), drawn(led, places | {"s0": 2})):
        assert {name: after[name] for name in before} == before
        assert len(set(after.values())) == 3


def test_a_week_without_a_forecast_is_a_gap() -> None:
    weeks = (40, 41, 43, 45, 46)
    points = [
        Issued(
            Period.parse(f"2024-W{week}"), date(2024, 12, 2), dict.fromkeys(IDS, (0.3, 0.2, 0.4))
        )
        for week in weeks
    ]
    values = values_of(points, IDS[0])
    first = values.x[0]
    assert [x - first for x in values.x] == list(range(7))
    assert [k for k, y in enumerate(values.y) if math.isnan(y)] == [2, 4]
    assert values.alone == [3]  # which a line shows nothing of


@pytest.mark.parametrize("chart", [scenarios_chart, horizon_chart])
def test_a_gap_breaks_the_line_and_what_stands_alone_is_marked(
    monkeypatch: pytest.MonkeyPatch, chart: Callable[..., None]
) -> None:
    points = [
        Issued(
            Period.parse(f"2024-W{week}"), date(2024, 12, 2), dict.fromkeys(IDS, (0.3, 0.2, 0.4))
        )
        for week in (42, 43, 45, 47, 48)
    ]
    figure = figure_of(monkeypatch, lambda path: chart(make(), points, path))
    panel = next(axes for axes in figure.axes if axes.lines)
    line, *rest = (np.atleast_1d(np.asarray(each.get_ydata(), float)) for each in lines(panel))
    assert np.isnan(line).any()
    assert [30.0] in [list(other) for other in rest]


@pytest.mark.parametrize("chart", [scenarios_chart, horizon_chart])
def test_what_is_of_a_failed_fit_is_crossed_out(
    monkeypatch: pytest.MonkeyPatch, chart: Callable[..., None]
) -> None:
    series = _series()
    series[1] = series[1]._replace(ok=False)
    figure = figure_of(monkeypatch, lambda path: chart(make(), series, path))
    for axes in (axes for axes in figure.axes if axes.lines):
        crosses = [line for line in axes.lines if line.get_marker() == "x"]
        assert [len(np.atleast_1d(line.get_xdata())) for line in crosses] == [1]
    texts = " ".join(text.get_text() for text in figure.texts)
    assert "Crosses (W46): of a fit that failed its gate." in " ".join(texts.split())


def test_years_stand_where_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        Issued(Period.parse("2024-W50") + k, date(2025, 1, 20), dict.fromkeys(IDS, (0.3, 0.2, 0.4)))
        for k in range(5)
    ]
    figure = figure_of(monkeypatch, lambda path: scenarios_chart(make(), points, path))
    ticks = [label.get_text() for label in figure.axes[-1].get_xticklabels()]
    assert ticks == ["W50\n2024", "W52\n", "W02\n2025"]


@pytest.mark.parametrize(("probability", "title"), [(0.42, "No scenario above 42 %: "), (0.52, "")])
def test_a_leader_below_half_is_named_as_such(probability: float, title: str) -> None:
    leader = structs.replace(scenarios()[3], probability=probability)
    forecast = make(scenarios=[*scenarios()[:3], leader, *scenarios()[4:]])
    for said in (captions.chart_title(forecast), captions.horizon_title(forecast)):
        assert said.startswith(f"{title}{leader.name} leads")
