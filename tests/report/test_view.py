"""What the sentences say, and when."""

from datetime import date

import pytest
from msgspec import structs

from forecast.periods import Period
from forecast.record import (
    Alert,
    ChangeSince,
    EvidenceForecast,
    Forecast,
    HangsOn,
    HeldReading,
    IndicatorForecast,
    KnownOutcome,
)
from forecast.report.memo import build_memo, markdown
from forecast.report.view.build import build_view
from forecast.report.view.records import build_log, build_replay
from forecast.report.view.types import LedgerNote
from tests.factories import make_forecast

from .sample import ENTRY, indicators, make, scenarios, view


def _probable(*values: float) -> Forecast:
    changed = [
        structs.replace(s, probability=p, low=p, high=p, horizons=s.horizons | {"1": p})
        for s, p in zip(scenarios(), values, strict=True)
    ]
    return make(scenarios=changed)


def _line(forecast: Forecast) -> str:
    return build_view(forecast, entry=None, live_scored=0).bottom_line


def _full(indicator: IndicatorForecast) -> IndicatorForecast:
    return structs.replace(
        indicator, period=Period.parse("2024-W48"), days=7, recent=[1.0] * 12, value=1.0, span=1
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            (0.1, 0.05, 0.02, 0.7, 0.08, 0.05),
            "Sustained air campaign likely (70 %); Opposition breakthrough very unlikely (10 %).",
        ),
        (
            (0.01, 0.01, 0.005, 0.95, 0.02, 0.005),
            "Sustained air campaign almost certain (95 %); every other scenario at 2 % or less.",
        ),
        (
            (0.001, 0.001, 0.001, 0.995, 0.001, 0.001),
            "Sustained air campaign almost certain (>99 %); every other scenario below 1 %.",
        ),
        (
            (0.3, 0.05, 0.02, 0.33, 0.25, 0.05),
            "No scenario above 33 %: Sustained air campaign unlikely (33 %); Opposition "
            "breakthrough unlikely (30 %); Limited interdiction unlikely (25 %).",
        ),
    ],
)
def test_bottom_line_names_whoever_must_be_reckoned_with(
    values: tuple[float, ...], expected: str
) -> None:
    said = expected.removesuffix(".")
    assert _line(_probable(*values)) == f"2-8 Dec: {said}. In 25 Nov-1 Dec: {said}."


def test_bottom_line_in_the_british_yardstick() -> None:
    said = (
        "Sustained air campaign a realistic possibility (52 %); "
        "Opposition breakthrough a realistic possibility (38 %)."
    )
    assert _line(make(language="phia")) == f"2-8 Dec: {said} In 25 Nov-1 Dec: {said}"


def test_confidence_is_low_where_data_are_missing() -> None:
    assert view().confidence == (
        "Confidence low: Sorties counted on 1 of 7 days; Sorties, Civilian deaths and "
        "Displacement missing W45-47; Iran footprint missing W47-48; which scenario leads "
        "hangs on judgements."
    )


@pytest.mark.parametrize(
    ("width", "lately", "level"),
    [  # of the leading range, in points; of 12 weeks those read; by the rule of docs/method.md
        (0, 12, "high"),
        (40, 12, "high"),
        (40.4, 12, "high"),  # shown as 40
        (41, 12, "low"),
        (47, 12, "low"),
        (98, 12, "low"),
        (40, 3, "moderate"),
        (41, 3, "low"),
        (0, 1, "low"),
    ],
)
def test_confidence_follows_its_rule(width: float, lately: int, level: str) -> None:
    ranged = [
        structs.replace(s, low=s.probability - width / 200, high=s.probability + width / 200)
        for s in scenarios()
    ]
    full = [
        structs.replace(_full(i), recent=[None] * (12 - lately) + [1.0] * lately)
        for i in indicators()
    ]
    said = view(indicators=full, scenarios=ranged).confidence
    assert said.startswith(f"Confidence {level}: ")
    assert ("hangs on judgements" in said) == (width > 40.5)


@pytest.mark.parametrize(
    ("share", "leader", "low"), [(0.6, 0.7, True), (0.4, 0.7, False), (0.6, 0.95, False)]
)
def test_confidence_is_low_where_an_open_lead_hangs_on_one_judgement(
    share: float, leader: float, *, low: bool
) -> None:
    rest = (1 - leader) / 5
    made = _probable(rest, rest, rest, leader, rest, rest)
    full = [_full(i) for i in indicators()]
    hangs = [HangsOn("Iran footprint", share), HangsOn("how long scenarios last", 0.2)]
    found = build_view(
        structs.replace(made, indicators=full, hangs_on=hangs), entry=None, live_scored=0
    )
    said = "which scenario leads hangs on one judgement, Iran footprint"
    assert (said in found.confidence) == low
    assert found.confidence.startswith("Confidence low") == low
    assert found.hangs == (
        "The lead ahead hangs most on what is judged of: Iran footprint "
        f"({100 * share:.0f} %), how long scenarios last (20 %)."
    )


def test_nothing_is_missing_before_the_case_began() -> None:
    began = [point for point in make().history if point.period >= Period.parse("2024-W47")]
    new = [structs.replace(_full(i), recent=[None] * 10 + [1.0] * 2) for i in indicators()]
    narrow = [structs.replace(s, low=s.probability, high=s.probability) for s in scenarios()]
    said = view(indicators=new, scenarios=narrow, history=began).confidence
    assert said == "Confidence high: every indicator counted in full."
    assert "missing W45-46" in view(indicators=new, scenarios=narrow).confidence


def test_confidence_is_high_with_everything_read_and_a_narrow_range() -> None:
    narrow = [structs.replace(s, low=s.probability, high=s.probability) for s in scenarios()]
    complete = view(indicators=[_full(i) for i in indicators()], scenarios=narrow)
    assert complete.confidence == "Confidence high: every indicator counted in full."


def test_a_failed_gate_lowers_confidence_and_is_said_first() -> None:
    fit = structs.replace(make().fit, ok=False, failures=["R-hat 1.03 is above 1.01"])
    failed = view(fit=fit, indicators=[_full(i) for i in indicators()])
    assert failed.alarm == (
        "FIT NOT OK: R-hat 1.03 is above 1.01. Do not act on these numbers. "
        "`forecast refresh --refit` samples again, longer and from elsewhere."
    )
    assert failed.confidence.startswith("Confidence low: the fit failed its gate;")
    assert failed.fit.startswith("Update of the fit of 25 Nov NOT OK")


def test_an_indicator_never_read_is_said() -> None:
    never = structs.replace(
        indicators()[0],
        period=None,
        value=None,
        days=None,
        span=None,
        published=None,
        source=None,
        grade=None,
        url=None,
        age_days=None,
        state="none",
        due="due",
        recent=[None] * 12,
        support={},
    )
    shown = view(indicators=[never])
    row = shown.watch[0]
    assert "Sorties never read" in shown.confidence
    assert (row.latest, row.age, row.grade, row.sparkline) == ("none", "-", "-", "·" * 12)
    assert row.due == "missing for week 48, due"
    assert shown.missing == "Missing for week 48: Sorties (due)."
    assert shown.why == (
        "No reading for week 48: nothing new tells the scenarios apart. What moved is time, late "
        "or corrected readings, or edits.",
    )
    still = [structs.replace(s, change=None) for s in scenarios()]
    assert view(indicators=[never], scenarios=still, change_since=None).why == (
        "No reading for week 48: nothing new tells the scenarios apart.",
    )


def test_alerts_in_force_are_said_and_no_others() -> None:
    both = [
        Alert("sorties", "watch", 0.9, Period.parse("2024-W47"), "standing"),
        Alert("sorties", "warning_below", 0.62, Period.parse("2024-W48"), "raised"),
        Alert("displacement", "critical", 0.9, Period.parse("2024-W47"), "crossed"),
        Alert("iran-footprint", "warning", 0.5, Period.parse("2024-W47"), "quiet"),
    ]
    assert view(alerts=both).alerts == "Alerts for week 49: Sorties warning, low (62 %)."
    assert view(alerts=both[2:]).alerts == ""
    assert view(period=Period.parse("2024-W52")).alerts.startswith(
        "Alerts for week 1 of 2025: Sorties critical (52 %), "
    )


def test_a_total_over_several_weeks_covers_them() -> None:
    total = structs.replace(
        indicators()[0],
        period=Period.parse("2024-W45"),
        span=4,
        days=28,
        value=210.0,
        recent=[5.0] * 8 + [None] * 4,
    )
    shown = view(indicators=[total])
    assert shown.watch[0].latest == "210 (W45-48)"
    assert shown.watch[0].reading.startswith("210 in all over W45-48 (")
    assert (shown.missing, "missing" in shown.confidence) == ("", False)


def test_why_compares_the_leader_with_whoever_fell_most() -> None:
    assert view().why == (
        "Sorties 3.1 to 1, Displacement 2.5 to 1 for Sustained air campaign over "
        "Limited interdiction; 8.0 to 1 in all.",
        "Turkish posture and Civilian deaths do not tell the two apart.",
        "Readings favour Opposition breakthrough over Sustained air campaign, 2.1 to 1: Turkish "
        "posture 1.7 to 1.",
    )


def _supported(*pairs: tuple[float, float]) -> tuple[str, ...]:
    """Why, with each reading's support for the leader and for the runner-up; nothing fell."""
    supported = [
        structs.replace(
            indicator,
            support={"sustained-air-campaign": leader, "opposition-breakthrough": runner_up},
        )
        for indicator, (leader, runner_up) in zip(indicators(), pairs, strict=False)
    ]
    still = [structs.replace(s, change=None) for s in scenarios()]
    return view(indicators=supported, scenarios=still, change_since=None).why


def test_why_says_when_readings_barely_separate() -> None:
    assert _supported((-1.0, -1.3), (-1.0, -0.9)) == (
        "Readings barely separate Sustained air campaign from Opposition breakthrough "
        "(1.2 to 1 in all).",
    )


def test_why_says_when_only_all_readings_together_separate() -> None:
    assert _supported((-1.0, -1.3), (-1.0, -1.35)) == (
        "No single reading separates Sustained air campaign from Opposition breakthrough; "
        "together 1.9 to 1 for Sustained air campaign.",
    )


def test_why_names_what_speaks_the_other_way() -> None:
    assert _supported((-1.0, -2.0), (-3.0, -1.0)) == (
        "Sorties 2.7 to 1 for Sustained air campaign over Opposition breakthrough; "
        "Turkish posture 7.4 to 1 the other way; 2.7 to 1 in all for Opposition breakthrough.",
    )
    assert _supported((-3.0, -1.0)) == (
        "No reading speaks for Sustained air campaign over Opposition breakthrough; "
        "Sorties 7.4 to 1 the other way.",
    )


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, "First forecast: nothing earlier to compare with."),
        (
            ChangeSince(Period.parse("2024-W47"), date(2024, 11, 25), None),
            "Change against week 47 recomputed as known 25 Nov 2024: no earlier entry.",
        ),
        (
            ChangeSince(Period.parse("2024-W47"), date(2024, 11, 25), 8),
            "Change against entry 8 (week 47, as known 25 Nov 2024).",
        ),
    ],
)
def test_says_what_changes_are_against(since: ChangeSince | None, expected: str) -> None:
    assert view(change_since=since).compared == expected


def test_thresholds_from_below() -> None:
    following = structs.replace(
        indicators()[0].next, thresholds={"warning_below": 0.3, "critical_below": 0.1}
    )
    low = structs.replace(indicators()[0], state="critical_below", next=following)
    row = view(indicators=[low]).watch[0]
    assert (row.state, row.severity, row.warning) == ("!!! critical, low", 3, "30 %")


def test_part_of_a_period_may_be_on_pace_for_a_threshold() -> None:
    row = view(indicators=[structs.replace(indicators()[0], state="critical_pace")]).watch[0]
    assert (row.state, row.severity) == ("!!! on pace", 3)


def test_an_event_is_a_reason_and_a_source() -> None:
    said = {s.id: (0.0 if s.id == "sustained-air-campaign" else -2.0) for s in scenarios()}
    falls = EvidenceForecast(
        "a",
        "Aleppo falls",
        Period.parse("2024-W48"),
        date(2024, 12, 1),
        "A1",
        "https://x.org",
        said,
    )
    later = structs.replace(
        falls, id="b", name="Doha calls", period=Period.parse("2024-W49"), support={}
    )
    seen = view(evidence=[falls, later])
    assert "Aleppo falls 7.4 to 1" in seen.why[0]
    assert [row.known for row in seen.events] == [
        "evidence for week 48, A1, published Sun 1 Dec 2024",
        "evidence for week 49, A1, published Sun 1 Dec 2024; held, it is about a later period",
    ]
    source = "[evidence for week 48, A1, published Sun 1 Dec 2024](https://x.org)"
    assert source in markdown(build_memo(seen))


def test_held_totals_that_began_earlier() -> None:
    total = HeldReading(
        "sorties", "Sorties", Period.parse("2024-W48"), 300, date(2024, 12, 2), "sohr"
    )
    assert view(held=[total]).held == "Held until complete: 1 total from W48 on (Sorties)."
    assert view(held=[]).held == ""


def test_months() -> None:
    monthly = [
        structs.replace(
            i, period=Period.parse("2024-11"), recent_first=Period.parse("2023-12"), days=30
        )
        for i in indicators()
    ]
    shown = view(cadence="month", period=Period.parse("2024-11"), indicators=monthly, held=[])
    assert shown.period == "November 2024"
    assert shown.horizon_headings == ("Dec\n2024", "Mar\n2025", "Nov\n2025")
    assert (shown.past_heading, shown.ever_headings[1]) == ("Nov\n2024", "once by\nMar 2025")
    assert shown.bottom_line.startswith("Dec 2024: Sustained air campaign")
    assert shown.recent_heading == "Dec 2023-Nov 2024"


def test_entry_and_skill() -> None:
    draft = build_view(make(pinned=False, mode="live"), entry=None, live_scored=12)
    assert (draft.entry, draft.skill) == ("Not logged, live.", "Live forecasts scored: 12.")
    assert view().entry == "Entry 9, 3fa9c1d2, replayed."
    assert view().skill == ("Live forecasts scored: 0. Coded with hindsight: not proof of skill.")


def test_building_a_view_changes_nothing() -> None:
    forecast = make()
    build_view(forecast, entry=ENTRY, live_scored=0)
    assert forecast == make()


def test_log_and_replay() -> None:
    row = build_log([(LedgerNote(3, "abcdef0123"), make())])[0]
    assert (row.entry, row.leader, row.probability) == ("3", "Sustained air campaign", "52 %")
    assert row.hash == "abcdef01"
    shorter = make(scenarios=scenarios()[1:])
    replay = build_replay([shorter, make()])
    assert replay.rows[0].probabilities[0] == "-"
    assert replay.rows[1].leader == 3


def test_a_known_outcome_is_no_forecast() -> None:
    made = make_forecast()
    war, other = made.scenarios
    settled = structs.replace(
        made,
        outcomes=[KnownOutcome(made.period, ["war"])],
        scenarios=[
            structs.replace(war, probability=1.0, high=1.0),
            structs.replace(other, probability=0.0, low=0.0),
        ],
    )
    view = build_view(settled, entry=None, live_scored=0)
    assert view.bottom_line.endswith(" On record for 25 Nov-1 Dec: War.")
    assert [row.now for row in view.scenarios if row.name == "War"] == ["recorded"]
    assert [row.now for row in view.scenarios if row.name == "Other"] == ["no"]
    before = structs.replace(made, outcomes=[KnownOutcome(made.period - 1, ["war"])])
    assert build_view(before, entry=None, live_scored=0).bottom_line.startswith("2-8 Dec: Other ")


def test_a_swing_is_shown_if_it_is_of_the_next_period_and_there_is_one() -> None:
    shown = view()
    assert shown.swing_heading == "80 % on\n9 Dec"
    assert shown.scenarios[0].swing == "37-73"
    old = [structs.replace(s, swing=None) for s in scenarios()]
    assert view(scenarios=old).swing_heading == ""
    later = [
        structs.replace(s, horizons={"4": s.horizons["4"]}, ever_within={"4": s.ever_within["4"]})
        for s in scenarios()
    ]
    assert view(scenarios=later).swing_heading == ""
    assert view(scenarios=later).bottom_line.startswith("23-29 Dec: ")


@pytest.mark.parametrize(
    ("number", "expected"),
    [  # by the binomial of 10 %: 1 - 0.9^n, and the least m of which P(m or more) is at most 10 %
        (1, "; one outside is reason to doubt the judgement above."),
        (5, ": of 5 one or more lies outside by chance alone in 41 % of weeks; 2 or more are"),
        (12, ": of 12 one or more lies outside by chance alone in 72 % of weeks; 4 or more are"),
    ],
)
def test_surprises_are_counted_against_chance(number: int, expected: str) -> None:
    several = [structs.replace(indicators()[0], id=f"i{n}", name=f"I{n}") for n in range(number)]
    assert expected in view(indicators=several).surprising_rule
