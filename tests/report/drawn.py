"""Every chart of the sample forecast, and what is written on it and where."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from forecast.case.types import Case, Indicator
from forecast.explain.movement_types import Movement
from forecast.explain.types import LevelIndicator, LevelRow, Priors, QuantileIndicator, QuantileRow
from forecast.periods import Period
from forecast.proof.types import Block, Proof, Reliability, Table
from forecast.readings.types import Known, Reading
from forecast.record import Forecast, NextPeriod
from forecast.report.charts.calibration import calibration_chart
from forecast.report.charts.horizon import horizon_chart
from forecast.report.charts.priors import priors_chart
from forecast.report.charts.scenarios import Issued, scenarios_chart
from forecast.report.charts.watchlist import watch_chart
from forecast.report.charts.waterfall import waterfall_chart
from forecast.report.view.explain import build_explain

from .moved import FOUND
from .sample import IDS, history

AS_OF = date(2024, 12, 2)
CHARTS: dict[str, Callable[[Forecast, Path], None]] = {
    "scenarios": lambda forecast, path: scenarios_chart(forecast, series(), path),
    "horizon": lambda forecast, path: horizon_chart(forecast, series(), path),
    "watch": lambda forecast, path: watch_chart(
        forecast, case(forecast), known(), expected(forecast), path
    ),
    "priors": lambda forecast, path: priors_chart(priors(forecast), AS_OF, path),
    "calibration": lambda forecast, path: calibration_chart(proof(forecast), path),
    "waterfall": lambda forecast, path: waterfall_chart(build_explain(moved(forecast)), path),
}


def moved(forecast: Forecast) -> Movement:
    """What moved the scenarios by as much as a forecast says, under its names."""
    names = [indicator.name for indicator in forecast.indicators]
    now = {s.id: s.probability for s in forecast.scenarios}
    change = {s.id: s.change or 0.0 for s in forecast.scenarios}
    then, after = FOUND.before.probabilities, FOUND.after.probabilities
    scale = {name: change[name] / (after[name] - then[name]) for name in IDS}
    shares = [
        dataclasses.replace(
            share,
            name=names[n % len(names)] if share.name else "",
            moved={name: scale[name] * share.moved[name] for name in IDS},
        )
        for n, share in enumerate(FOUND.shares)
    ]
    before = {name: now[name] - change[name] for name in IDS}
    entry = forecast.change_since.entry if forecast.change_since else None
    return dataclasses.replace(
        FOUND,
        case=forecast.case,
        scenarios={s.id: s.name for s in forecast.scenarios},
        before=dataclasses.replace(FOUND.before, entry=entry, probabilities=before),
        after=dataclasses.replace(FOUND.after, probabilities=now),
        shares=tuple(shares),
        remainder={name: scale[name] * FOUND.remainder[name] for name in IDS},
    )


def series() -> list[Issued]:
    """What was said of the last four weeks."""
    return [
        Issued(
            point.period,
            date(2024, 12, 2),
            {name: (point.filtered[k], point.low[k], point.high[k]) for k, name in enumerate(IDS)},
        )
        for point in history()[-4:]
    ]


def reading(week: int, value: float, **changes: object) -> Reading:
    """A reading of sorties, of a full week unless told otherwise."""
    made = Reading(
        indicator="sorties",
        period=Period.parse(f"2024-W{week}"),
        value=value,
        published=AS_OF,
        source="sohr",
        grade="B2",
        days=7,
        span=1,
        scope="north-west",
        url="",
        note="",
        line=week,
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def known() -> Known:
    """Of sorties: a full week, one corrected, one in part, a total, one held, weeks missing."""
    full, corrected, part = reading(42, 14), reading(43, 20), reading(48, 52, days=4)
    total = reading(37, 40, days=35, span=5)
    return Known(
        as_of=AS_OF,
        period=Period.parse("2024-W48"),
        speaking={(r.indicator, r.period): r for r in (full, corrected, part)},
        spans=(total,),
        silent=(),
        held=(reading(49, 30, days=1),),
        replaced=(reading(43, 12, published=date(2024, 10, 28)),),
    )


def case(forecast: Forecast) -> Case:
    """A case whose indicators are the forecast's."""
    return Case(
        root=Path(),
        name=forecast.case,
        cadence="week",
        first=Period.parse("2024-W27"),
        as_of=AS_OF,
        horizons=(1, 4, 12),
        language="icd203",
        scenarios=(),
        indicators=tuple(
            Indicator(
                id=i.id,
                name=i.name,
                question=i.question,
                family="count" if i.family == "count" else "ordinal",
                unit=i.unit,
                coding="",
                sources=("sohr",),
                scope="north-west",
                at_or_above={"watch": 2, "warning": 3, "critical": 4}
                if i.family == "ordinal"
                else {"watch": 30, "warning": 50, "critical": 150},
            )
            for i in forecast.indicators
        ),
        expectations={},
    )


def expected(forecast: Forecast) -> dict[tuple[str, Period], NextPeriod]:
    """What the sample expects of the next week, as if expected of every week."""
    periods = [Period.parse(f"2024-W{week}") for week in range(43, 49)]
    return {(i.id, period): i.next for i in forecast.indicators for period in periods}


def priors(forecast: Forecast) -> Priors:
    """A count asked and believed, flagged under one scenario, and levels."""
    counts = tuple(
        QuantileRow(s.id, s.name, 2.0, "judgement", "", 10.0 * 4**k, 40.0 * 4**k, 11.0 * 4**k,
                 44.0 * 4**k, k == 1, False, True, None, (0.5, 0.5))
        for k, s in enumerate(forecast.scenarios)
    )  # fmt: skip
    levels = tuple(
        LevelRow(s.id, s.name, 2.0, "judgement", "", (0.2, 0.5, 0.3), (0.25, 0.5, 0.25),
                 (True, False, True))
        for s in forecast.scenarios
    )  # fmt: skip
    names = [i.name for i in forecast.indicators]
    return Priors(
        case=forecast.case,
        cadence="week",
        scenarios={s.id: s.name for s in forecast.scenarios},
        indicators=(
            QuantileIndicator("sorties", names[0], "raids", 0.5, None, (0.0, 10.0, 100.0), counts),
            LevelIndicator("posture", names[1], "level", 0.5, ("no", "some", "all"), levels),
            QuantileIndicator("deaths", names[3], "people", 0.5, None, (0.0, 10.0, 100.0), counts),
            QuantileIndicator("moved", names[4], "people", 0.5, None, (0.0, 10.0, 100.0), counts),
        ),
        learned=None,
    )


def proof(forecast: Forecast) -> Proof:
    """Two horizons of a ledger; what was called 60 to 90 % came true too rarely."""
    blocks = (
        Block(0.0, 0.2, 0.1, 12, 0.08, 0.0, 0.25),
        Block(0.6, 0.9, 0.75, 6, 0.17, 0.5, 1.0),
    )
    tables = tuple(
        Table("replayed", horizon, 6, 6, 0, 0, 1.0, 20, (), Reliability(blocks, 0.1, 0.1, 0.2))
        for horizon in (0, 1)
    )
    return Proof(forecast.case, "week", True, False, 0, tables, ())


def written(
    monkeypatch: pytest.MonkeyPatch, draw: Callable[[Forecast, Path], None], forecast: Forecast
) -> list[tuple[str, Bbox]]:
    """Return every text that a chart shows, with the box it fills, in shares of the figure."""
    kept: list[tuple[str, Bbox]] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: kept.extend(_texts(figure)))
    draw(forecast, Path("chart.png"))
    return kept


def _texts(figure: Figure) -> list[tuple[str, Bbox]]:
    figure.set_dpi(200)  # as files are
    figure.canvas.draw()
    back = figure.transFigure.inverted()
    return [
        (text.get_text(), text.get_window_extent().transformed(back))
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.get_text().strip() and _shown(text)
    ]


def _shown(text: Text) -> bool:
    axes = text.axes
    if axes is None or not text.get_visible():
        return text.get_visible()
    ticks = [
        (tick.label1, axis) for axis in (axes.xaxis, axes.yaxis) for tick in axis.get_major_ticks()
    ]
    inside = axes.get_window_extent().padded(2)
    for label, axis in ticks:
        if label is text:
            x, y = text.get_window_extent().get_points().mean(axis=0)
            along = x if axis is axes.xaxis else y
            low, high = (inside.x0, inside.x1) if axis is axes.xaxis else (inside.y0, inside.y1)
            return bool(low <= along <= high)
    return True
