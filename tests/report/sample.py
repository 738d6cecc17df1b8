"""A forecast as the Syria case might give it, for the tests of this folder; figures invented."""

from __future__ import annotations

import math
from datetime import date, datetime

from msgspec import structs

from forecast.case import Alerting
from forecast.explain.types import Trend
from forecast.periods import Period
from forecast.proof.types import AlertRecord
from forecast.record import (
    Alert,
    ChangeSince,
    FitReport,
    Forecast,
    HeldReading,
    HistoryPoint,
    IndicatorForecast,
    NextPeriod,
    ScenarioForecast,
    Swing,
)
from forecast.report.view.build import build_view
from forecast.report.view.types import LedgerNote, View
from forecast.report.view.watching import WatchView, build_watch

IDS = (
    "opposition-breakthrough",
    "negotiated-deescalation",
    "iranian-ground-surge",
    "sustained-air-campaign",
    "limited-interdiction",
    "other",
)
NAMES = (
    "Opposition breakthrough",
    "Negotiated de-escalation",
    "Iranian-backed ground surge",
    "Sustained air campaign",
    "Limited interdiction",
    "Other",
)
ENTRY = LedgerNote(9, "3fa9c1d2" + "0" * 56)
_LEVELS = (0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99)


def scenarios() -> list[ScenarioForecast]:
    """Six scenarios whose probabilities sum to 1."""
    now = (0.381, 0.012, 0.003, 0.522, 0.071, 0.011)
    low = (0.17, 0.004, 0.001, 0.27, 0.03, 0.004)
    high = (0.64, 0.03, 0.012, 0.74, 0.14, 0.03)
    change = (0.364, -0.008, -0.011, 0.449, -0.69, -0.104)
    in_four = (0.44, 0.03, 0.02, 0.41, 0.07, 0.03)
    ever = (0.49, 0.07, 0.05, 0.63, 0.18, 0.09)
    return [
        ScenarioForecast(
            id=IDS[k],
            name=NAMES[k],
            probability=now[k],
            low=low[k],
            high=high[k],
            change=change[k],
            horizons={"1": now[k], "4": in_four[k], "12": in_four[k]},
            ever_within={"1": now[k], "4": ever[k], "12": min(1.0, 1.3 * ever[k])},
            swing=Swing(0.7 * now[k], min(1.0, 1.4 * now[k])),
        )
        for k in range(6)
    ]


def indicator(
    name: str,
    recent: list[float | None],
    *,
    question: str,
    unit: str,
    family: str = "count",
    days: int | None = 7,
    state: str = "ok",
    due: str = "reported",
    warning: float = 0.2,
    support: tuple[float, ...] = (),
    levels: list[float] | None = None,
    age_days: int = 0,
) -> IndicatorForecast:
    """An indicator whose latest reading is the last one in ``recent`` (weeks 37 to 48)."""
    last = max((k for k, value in enumerate(recent) if value is not None), default=None)
    read = last is not None
    scale = (recent[last] if last is not None else None) or 1.0
    return IndicatorForecast(
        id=name.lower().replace(" ", "-"),
        name=name,
        question=question,
        family=family,
        unit=unit,
        level_names=[f"rung {n}" for n in range(5)] if family == "ordinal" else [],
        period=None if last is None else Period.parse(f"2024-W{37 + last}"),
        value=None if last is None else recent[last],
        days=days if read else None,
        span=1 if read else None,
        published=date(2024, 12, 2) if read else None,
        source="sohr" if read else None,
        grade="B2" if read else None,
        url="https://example.org/report?a=1&b=2" if read else None,
        age_days=age_days if read else None,
        state=state,
        due=due,
        recent=recent,
        recent_first=Period.parse("2024-W37"),
        support=dict(zip(IDS, support, strict=True)) if support else {},
        next=NextPeriod(
            quantiles={} if levels else {str(q): round(scale * 4**q, 1) for q in _LEVELS},
            thresholds={"watch": min(1.0, 1.3 * warning), "warning": warning, "critical": 0.1},
            levels=levels or [],
        ),
    )


def indicators() -> list[IndicatorForecast]:
    """The watch list: partial, ordinal, missing, with a gap, and large."""
    strikes: list[float | None] = [8.0, 6, 9, 7, 8, 20, 14, None, None, None, None, 52]
    deaths: list[float | None] = [18.0, 15, 22, 19, 20, 24, 17, 21, None, None, None, 79]
    displaced: list[float | None] = [None] * 11 + [48_500.0]
    return [
        indicator(
            "Sorties",
            strikes,
            question="Does Russia sustain high strike rates?",
            unit="air strikes per week, north-west",
            days=1,
            state="warning",
            warning=0.61,
            support=(-4.0, -5.0, -4.6, -3.9, -5.03, -5.2),
        ),
        indicator(
            "Turkish posture",
            [1.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3],
            question="Does Turkey support factions or act itself?",
            unit="level",
            family="ordinal",
            state="warning",
            warning=0.7,
            support=(-1.2, -2.0, -1.9, -1.75, -1.6, -1.8),
            levels=[0.02, 0.12, 0.16, 0.45, 0.25],
        ),
        indicator(
            "Iran footprint",
            [2.0, 2, 2, 2, 2, 2, 2, 2, 2, 1, None, None],
            question="Does Iran reinforce on the ground?",
            unit="level",
            family="ordinal",
            due="overdue",
            warning=0.07,
            levels=[0.1, 0.4, 0.4, 0.07, 0.03],
            age_days=14,
        ),
        indicator(
            "Civilian deaths",
            deaths,
            question="Do civilian deaths rise to 50 a week?",
            unit="civilians killed per week, north-west",
            state="warning",
            warning=0.58,
            support=(-4.5, -5.6, -5.0, -4.7, -4.9, -5.1),
        ),
        indicator(
            "Displacement",
            displaced,
            question="Are more than 10,000 people displaced in a week?",
            unit="people newly displaced per week",
            state="critical",
            warning=0.74,
            support=(-10.1, -11.5, -11.0, -10.2, -11.1, -11.0),
        ),
    ]


def history() -> list[HistoryPoint]:
    """Filtered probabilities of weeks 27 to 48: quiet, then a break in the last."""
    points = []
    for week in range(27, 49):
        drift = 0.03 * math.sin(week)
        filtered = [0.017, 0.02, 0.014, 0.073 + drift, 0.761 - drift, 0.115]
        points.append(
            HistoryPoint(
                period=Period.parse(f"2024-W{week}"),
                filtered=filtered,
                smoothed=filtered,
                low=[max(0.0, p - 0.25 * p * (1 - p) - 0.02) for p in filtered],
                high=[min(1.0, p + 0.8 * p * (1 - p) + 0.01) for p in filtered],
            )
        )
    now = scenarios()
    last = [s.probability for s in now]
    points[-1] = HistoryPoint(
        Period.parse("2024-W48"), last, last, [s.low for s in now], [s.high for s in now]
    )
    return points


def alerts() -> list[Alert]:
    """Two that stand, and one of a threshold that was reached."""
    return [
        Alert("sorties", "critical", 0.52, Period.parse("2024-W48"), "raised"),
        Alert("civilian-deaths", "critical", 0.41, Period.parse("2024-W46"), "standing"),
        Alert("displacement", "critical", 0.9, Period.parse("2024-W47"), "crossed"),
    ]


def make(**changes: object) -> Forecast:
    """The sample forecast, with fields replaced."""
    forecast = Forecast(
        case="North-western Syria, autumn 2024",
        period=Period.parse("2024-W48"),
        as_of=date(2024, 12, 2),
        issued=datetime.fromisoformat("2026-01-05T09:00:00Z"),
        mode="replayed",
        fingerprint="b7e2" * 16,
        cadence="week",
        language="icd203",
        pinned=True,
        readings_used=87,
        change_since=ChangeSince(Period.parse("2024-W47"), date(2024, 11, 25), 8),
        scenarios=scenarios(),
        history=history(),
        indicators=indicators(),
        evidence=[],
        held=[
            HeldReading(
                "civilian-deaths",
                "Civilian deaths",
                Period.parse("2024-W49"),
                30,
                date(2024, 12, 2),
                "sohr",
            ),
            HeldReading(
                "iran-footprint",
                "Iran footprint",
                Period.parse("2024-W49"),
                3,
                date(2024, 12, 2),
                "coded",
            ),
        ],
        fit=FitReport(
            method="update",
            anchor=date(2024, 11, 25),
            rhat_max=1.003,
            ess_min=1240.7,
            divergences=0,
            khat=0.41,
            draws=8000,
            ok=True,
            seed=1,
            failures=[],
            surprises=[],
        ),
        alerts=alerts(),
    )
    return structs.replace(forecast, **changes)


def view(**changes: object) -> View:
    """The sample forecast's View, as entry 9."""
    return build_view(make(**changes), entry=ENTRY, live_scored=0)


def earlier(period: str, scale: float = 1.0) -> Forecast:
    """The sample forecast of another period, whose expectations are ``scale`` times as high."""
    changed = [
        structs.replace(
            i,
            next=structs.replace(
                i.next, quantiles={q: scale * v for q, v in i.next.quantiles.items()}
            ),
        )
        for i in indicators()
    ]
    return make(period=period, indicators=changed)


def watching(forecast: Forecast | None = None) -> WatchView:
    """The watch list of the sample forecast, with a past, a record and a trend."""
    return build_watch(
        forecast or make(),
        Alerting(),
        past={
            Period.parse(f"2024-W{week}"): earlier(f"2024-W{week}", 0.1 * (week - 40))
            for week in range(43, 48)
        },
        record=[
            AlertRecord("live", "warning", 3, 2, 0, 4, 2),
            AlertRecord("replayed", "watch", 12, 5, 1, 9, 5),
        ],
        trends={"sorties": Trend(8, 1.21, 0.95, 1.62), "displacement": Trend(1, None, None, None)},
    )
