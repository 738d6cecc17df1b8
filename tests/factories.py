"""A small case on disk and a small forecast, for tests that need one and not its content."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from forecast.case import Case, load_case
from forecast.ledger import Entry
from forecast.ledger.chain import GENESIS, encode
from forecast.periods import Period
from forecast.record import (
    FitReport,
    Forecast,
    HeldReading,
    HistoryPoint,
    IndicatorForecast,
    NextPeriod,
    ScenarioForecast,
)

HEADER = "period,value,published,source,grade,days,span,scope,url,note\n"

SCENARIOS = """\
name     = "A small case"
cadence  = "week"
first    = "2024-W40"
horizons = [1, 4]
language = "icd203"

[war]
name     = "War"
holds_if = "There is fighting"
assumes  = "Nobody stops it"
start    = 0.25
lasts    = 8
then     = { other = 1.0 }
worth    = 4

[other]
name     = "Other"
holds_if = "Anything else"
assumes  = "Somebody stops it"
start    = 0.75
lasts    = [10, 40]
then     = { war = 1.0 }
worth    = 4
"""

INDICATORS = {
    "strikes": """\
name     = "Strikes"
question = "Are there many strikes?"
family   = "count"
unit     = "strikes per week"
coding   = "Every strike; 0 if none is stated, no row if nothing is."
sources  = ["sohr", "acled"]
scope    = "north-west"
at_or_above = { watch = 10, warning = 50 }
""",
    "border": """\
name     = "Border"
question = "Is the border closed?"
family   = "ordinal"
unit     = "posture"
coding   = "The worst posture of the week."
sources  = ["desk"]
scope    = "country"
levels   = ["open", "tightened", "closed"]
at_or_above = { warning = 2 }
""",
}

EXPECTATIONS = {
    "strikes": """\
war   = { median = 60, p90 = 200, worth = 2, basis = "judgement", because = "As in other wars" }
other = { median = 5, p90 = 20, worth = 2, basis = "judgement", because = "As in other peace" }
""",
    "border": """\
war   = { levels = [0.2, 0.3, 0.5], worth = 2, basis = "judgement", because = "People flee" }
other = { levels = [0.7, 0.2, 0.1], worth = 2, basis = "judgement", because = "People trade" }
""",
}


def make_case(root: Path) -> Case:
    """Write a minimal valid case with no readings into a folder and return it.

    Weekly from 2024-W40: the count ``strikes`` (sources sohr, acled; scope north-west) and the
    ordinal ``border`` (source desk; levels 0 to 2), under ``war`` and ``other``.
    """
    for folder in ("priors", "indicators"):
        (root / folder).mkdir(parents=True)
    (root / "priors" / "scenarios.toml").write_text(SCENARIOS, "utf-8")
    for name, text in INDICATORS.items():
        (root / "indicators" / f"{name}.toml").write_text(text, "utf-8")
        (root / "indicators" / f"{name}.csv").write_text(HEADER, "utf-8")
        (root / "priors" / f"{name}.toml").write_text(EXPECTATIONS[name], "utf-8")
    return load_case(root)


def make_entry(number: int, forecast: Forecast) -> Entry:
    """Return the entry that a forecast would be, as the only one of its ledger."""
    return Entry.of(number, encode(number, GENESIS, forecast.to_json()))


def make_forecast(
    period: str = "2024-W48", as_of: str = "2024-12-02", fingerprint: str = "f" * 64
) -> Forecast:
    """Return a forecast with one of everything; equal arguments give equal forecasts."""
    about, day = Period.parse(period), date.fromisoformat(as_of)
    return Forecast(
        case="A small case",
        period=about,
        as_of=day,
        issued=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        mode="live",
        fingerprint=fingerprint,
        cadence="week",
        language="icd203",
        pinned=False,
        readings_used=1,
        change_since=None,
        scenarios=[
            ScenarioForecast(
                "war", "War", 0.3, 0.1, 0.6, None, {"1": 0.31, "4": 0.33}, {"1": 0.35, "4": 0.5}
            ),
            ScenarioForecast(
                "other", "Other", 0.7, 0.4, 0.9, None, {"1": 0.69, "4": 0.67}, {"1": 0.8, "4": 0.9}
            ),
        ],
        history=[HistoryPoint(about, [0.3, 0.7], [0.3, 0.7], [0.1, 0.4], [0.6, 0.9])],
        indicators=[
            IndicatorForecast(
                id="strikes",
                name="Strikes",
                question="Are there many strikes?",
                family="count",
                unit="strikes per week",
                level_names=[],
                period=about,
                value=52.0,
                days=4,
                span=1,
                published=day,
                source="sohr",
                grade="B2",
                url="https://example.org/strikes",
                age_days=0,
                state="warning",
                due="reported",
                recent=[None, 52.0],
                recent_first=about - 1,
                support={"war": -4.5, "other": -9.25},
                next=NextPeriod({"0.05": 4.0, "0.5": 60.0, "0.95": 300.0}, {"warning": 0.61}, []),
            )
        ],
        evidence=[],
        held=[HeldReading("border", "Border", Period.parse("2024-W49"), 2.0, day, "desk")],
        fit=FitReport("fit", day, 1.0, 900.0, 0, None, 4000, True, 1, [], []),
    )
