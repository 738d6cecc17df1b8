"""The watch list in full: what each line says, and when."""

from __future__ import annotations

import io

import pytest
from msgspec import structs
from rich.console import Console

from forecast.case import Alerting
from forecast.families import FAMILIES
from forecast.periods import Period
from forecast.record import Alert, Forecast, IndicatorForecast, NextPeriod
from forecast.report.memo import build_memo, markdown
from forecast.report.terminal.watch import render_first_screen, render_watch
from forecast.report.view.movement import against, moved, speaks_for, thresholds
from forecast.report.view.recent import chart
from forecast.report.view.watching import WatchBlock, build_watch

from .sample import earlier, indicators, make, view, watching

SORTIES, POSTURE, IRAN, DEATHS, DISPLACED = indicators()


def ahead(low: float, middle: float, high: float) -> NextPeriod:
    quantiles = {"0.05": low, "0.25": middle / 2, "0.5": middle, "0.75": 2 * middle, "0.95": high}
    return NextPeriod(quantiles, {}, [])


def expecting(indicator: IndicatorForecast, following: NextPeriod) -> Forecast:
    said = structs.replace(indicator, next=following)
    return make(period=Period.parse("2024-W47"), indicators=[said])


def block(name: str, **changes: object) -> WatchBlock:
    return next(b for b in watching(make(**changes)).blocks if b.row.name == name)


def test_a_reading_is_held_against_the_one_before_it() -> None:
    assert moved(POSTURE) == "up from level 1 in week 47"
    assert moved(IRAN) == "down from level 2 in week 45"
    assert moved(DEATHS) == "up from 21 in week 44"
    assert moved(SORTIES) == "at this pace 52 a week, up from 14 in week 43"
    assert moved(DISPLACED) == "none before it in 12 weeks"
    assert moved(structs.replace(DEATHS, recent=[79.0] * 12)) == "as in week 47"
    assert moved(structs.replace(DEATHS, period=None, value=None, recent=[None] * 12)) == ""


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (ahead(10, 70, 200), "expected 70 (10-200): in the middle half of it"),
        (ahead(1, 10, 60), "expected 10 (1-60): outside, higher than 98 % of it"),
        (ahead(1, 30, 100), "expected 30 (1-100): inside, higher than 85 % of it"),
        (ahead(90, 400, 900), "expected 400 (90-900): outside, lower than 98 % of it"),
    ],
)
def test_a_count_is_held_against_what_was_expected_of_it(expected: NextPeriod, said: str) -> None:
    assert against(DEATHS, expecting(DEATHS, expected)) == said


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ([0.0, 0.1, 0.1, 0.7, 0.1], "expected level 3 (70 %): as expected"),
        ([0.1, 0.7, 0.1, 0.06, 0.04], "expected level 1 (70 %): this or higher had 10 %"),
        ([0.0, 0.0, 0.02, 0.03, 0.95], "expected level 4 (95 %): this or lower had 5 %"),
    ],
)
def test_a_level_is_held_against_what_was_expected_of_it(levels: list[float], said: str) -> None:
    assert against(POSTURE, expecting(POSTURE, NextPeriod({"0.5": 1.0}, {}, levels))) == said


def test_without_a_forecast_of_the_period_before_it_is_said() -> None:
    assert against(DEATHS, None) == "no forecast of week 47 in the ledger to hold it against"


def test_thresholds_both_ways_with_what_is_reached() -> None:
    both = structs.replace(
        SORTIES,
        value=60.0,
        state="critical_pace",
        bounds={"watch": 30, "warning": 50, "critical": 15_000, "warning_below": 2},
        next=NextPeriod(
            {}, {"watch": 0.9, "warning": 0.8, "critical": 0.5, "warning_below": 0.001}, []
        ),
    )
    assert thresholds(both) == (
        "at or above watch 30 (reached; 90 %), warning 50 (reached; 80 %), "
        "critical 15k (on pace; 50 %); at or below warning 2 (<1 %)"
    )
    low = structs.replace(both, state="warning_below")
    assert thresholds(low).endswith("at or below warning 2 (reached; <1 %)")
    assert "reached" not in thresholds(low).split(";")[0]


def test_a_record_without_the_values_of_thresholds_is_shown_without() -> None:
    assert thresholds(IRAN) == "at or above watch (9 %), warning (7 %), critical (10 %)"


@pytest.mark.parametrize(
    ("support", "said"),
    [
        ((-1, -4, -5, -3, -4, -4), "loudly for Opposition breakthrough: 55 to 1 over "
            "Iranian-backed ground surge"),
        ((-1, -3, -1.1, -3, -2.5, -3), "clearly for Opposition breakthrough and Iranian-backed "
            "ground surge: 7.4 to 1 over Negotiated de-escalation"),
        ((-1, -1, -1, -1, -1, -2), "quietly against Other: up to 2.7 to 1 for any other"),
        ((-1, -1, -1, -1, -1, -1.3), "tells no scenario from another"),
        ((), ""),
    ],
)  # fmt: skip
def test_which_scenario_it_speaks_for_and_how_loudly(support: tuple[float, ...], said: str) -> None:
    ids = [scenario.id for scenario in make().scenarios]
    told = structs.replace(SORTIES, support=dict(zip(ids, support, strict=False)))
    assert speaks_for(told, make()) == said


def test_a_chart_shows_readings_bands_and_gaps() -> None:
    lines = chart(
        [8, None, 182],
        [None, ahead(1, 5, 40), ahead(1, 5, 40), ahead(13, 150, 606)],
        FAMILIES["count"],
        0,
    )
    assert lines == (
        "606       ▒",
        "        ● ▒",
        "      ░ ░ ▒",
        "    ● ░ ░ ▒",
        "  1   ░ ░",
        "    ─ · ─",
    )


def test_a_chart_of_levels_has_a_row_each() -> None:
    levels = ahead(0, 1, 2)
    assert chart([1, 2, None], [None, levels, levels, levels], FAMILIES["ordinal"], 3) == (
        "2   ● ░ ▒",
        "1 ● ░ ░ ▒",
        "0   ░ ░ ▒",
        "  ─ ─ ·",
    )


def test_a_chart_of_nothing_or_of_one_value() -> None:
    assert chart([None, None], [None] * 3, FAMILIES["count"], 0) == ("0", "  · ·")
    assert chart([0, 0], [None] * 3, FAMILIES["count"], 0) == ("0 ● ●", "  ─ ─")


def test_what_to_look_at_comes_first() -> None:
    first = dict(watching().first)
    assert first["critical"] == "Displacement"
    assert first["warning"] == "Sorties, Turkish posture, Civilian deaths"
    assert first["alert"] == "Sorties critical (52 %), Civilian deaths critical (41 %)"
    assert first["missing"] == "Iran footprint (overdue, none since week 46)"
    assert [b.row.name for b in watching().blocks][:2] == ["Displacement", "Sorties"]


def test_of_equally_severe_ones_those_with_an_alert_come_first() -> None:
    alerts = [Alert("iran-footprint", "warning", 0.6, Period.parse("2024-W48"), "raised")]
    shown = watching(make(indicators=[POSTURE, DEATHS, SORTIES, IRAN], alerts=alerts))
    assert shown.blocks[-1].row.name == "Iran footprint"
    alerts = [Alert("sorties", "critical", 0.6, Period.parse("2024-W48"), "raised")]
    shown = watching(make(indicators=[POSTURE, DEATHS, SORTIES], alerts=alerts))
    assert shown.blocks[0].row.name == "Sorties"


def test_an_alert_says_what_became_of_it() -> None:
    made = [
        Alert("sorties", "watch", 0.7, Period.parse("2024-W47"), "quiet"),
        Alert("sorties", "warning_below", 0.2, Period.parse("2024-W46"), "cleared"),
        Alert("sorties", "critical", 0.6, Period.parse("2024-W45"), "standing"),
    ]
    assert block("Sorties", alerts=made).alert == (
        "critical 60 % in week 49, since week 45; warning, low of week 46 cleared; "
        "watch of week 47 over, quiet"
    )


def test_what_is_not_read_is_not_covered() -> None:
    assert block("Iran footprint").coverage == "not read; 10 of the last 12 weeks read"
    assert block("Sorties").coverage == "1 of 7 days; 8 of the last 12 weeks read"


def test_one_indicator_in_full_leaves_what_to_look_at_first() -> None:
    shown = build_watch(make(), Alerting(), only="sorties")
    assert [each.row.name for each in shown.blocks] == ["Sorties"]
    assert shown.first == build_watch(make(), Alerting()).first


def test_trends_are_shown_only_if_asked_for() -> None:
    shown = build_watch(make(), Alerting())
    assert {each.trend for each in shown.blocks} == {""}
    assert block("Turkish posture").trend == "told of counts only"


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("number", [3, 25])
def test_many_indicators_of_the_longest_names_fit(number: int, width: int) -> None:
    long = [
        structs.replace(
            indicators()[n % 5],
            id=f"indicator-{n}",
            name=f"Wwwwwwwwwwwww {n:02}",
            unit="as long a unit as anyone would think of in a case of the kind, per week",
            question="Is this as long a question as anyone would ask of an indicator in a case?",
        )
        for n in range(number)
    ]
    before = structs.replace(earlier("2024-W47"), indicators=long)
    shown = build_watch(make(indicators=long), Alerting(), past={Period.parse("2024-W47"): before})
    console = Console(file=(out := io.StringIO()), width=width, color_system=None, markup=False)
    render_watch(shown, console)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert sum(line.startswith("Wwww") for line in lines) == number


@pytest.mark.parametrize(
    ("false", "shown"),
    [(None, ""), (0.2, ""), (0.5, ""), (0.73, "taken for an error at 73 %")],
)
def test_every_screen_says_what_is_taken_for_an_error(false: float | None, shown: str) -> None:
    changed = [structs.replace(SORTIES, false=false), *indicators()[1:]]
    forecast = make(indicators=changed)
    about, page = view(indicators=changed), io.StringIO()
    console = Console(file=page, width=100)
    render_first_screen(about, console)
    render_watch(build_watch(forecast, Alerting()), console)
    memo = markdown(build_memo(about))
    assert next(row.doubt for row in about.watch if row.name == "Sorties") == shown
    assert page.getvalue().count("taken for an error") == (2 if shown else 0)
    assert memo.count("taken for an error at 73 %") == (1 if shown else 0)
