"""Sources that are only counted from events: nothing moves before their first reading."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from forecast.case import Case, Counting, EventSource, load_case
from forecast.readings import Reading, known_as_of, load_readings
from forecast.refresh import fingerprint
from forecast.refresh.playing import sources_in_play

ROOT = Path(__file__).parents[2]
AS_OF = date(2024, 11, 18)


def counted(case: Case) -> Case:
    """Declare events to be pulled, and the strikes counted from them."""
    border, strikes = case.indicators
    more = dataclasses.replace(
        strikes,
        sources=(*strikes.sources, "events"),
        ratio={"events": (0.5, 2.0)},
        counted=(Counting("events", "B2", "events"),),
    )
    sources = (EventSource("events", "acled", country=("Syria",)),)
    return dataclasses.replace(case, indicators=(border, more), sources=sources)


def pulled(case: Case, published: date) -> tuple[Reading, ...]:
    first, *others = load_readings(case)
    strike = next(r for r in (first, *others) if r.indicator == "strikes")
    return (first, *others, dataclasses.replace(strike, source="events", published=published))


def test_what_was_never_pulled_is_not_in_play_and_not_in_the_fingerprint(case: Case) -> None:
    declared, readings = counted(case), load_readings(case)
    known = known_as_of(declared, readings, AS_OF)
    assert sources_in_play(declared.indicators[1], known) == ("sohr", "acled")
    assert fingerprint(declared, known) == fingerprint(case, known_as_of(case, readings, AS_OF))


def test_what_is_pulled_later_is_not_in_play_yet(case: Case) -> None:
    declared = counted(case)
    known = known_as_of(declared, pulled(declared, date(2024, 11, 19)), AS_OF)
    assert sources_in_play(declared.indicators[1], known) == ("sohr", "acled")


def test_from_its_first_reading_on_a_source_and_its_ratio_count(case: Case) -> None:
    declared = counted(case)
    known = known_as_of(declared, pulled(declared, AS_OF), AS_OF)
    border, strikes = declared.indicators
    assert sources_in_play(strikes, known) == ("sohr", "acled", "events")
    wider = dataclasses.replace(strikes, ratio={"events": (0.4, 2.5)})
    edited = dataclasses.replace(declared, indicators=(border, wider))
    assert fingerprint(edited, known) != fingerprint(declared, known)


def test_how_events_are_counted_is_told_by_the_readings_alone(case: Case) -> None:
    declared = counted(case)
    known = known_as_of(declared, pulled(declared, AS_OF), AS_OF)
    border, strikes = declared.indicators
    other = dataclasses.replace(strikes, counted=(Counting("events", "B2", "days"),))
    edited = dataclasses.replace(declared, indicators=(border, other), sources=())
    assert fingerprint(edited, known) == fingerprint(declared, known)


def test_an_order_of_scenarios_changes_scores_and_no_forecast(case: Case) -> None:
    known = known_as_of(case, load_readings(case), AS_OF)
    ordered = dataclasses.replace(case, ordered=True)
    assert fingerprint(ordered, known) == fingerprint(case, known)


def test_sources_coded_by_hand_are_in_play_without_a_reading(case: Case) -> None:
    known = known_as_of(case, (), AS_OF)
    assert sources_in_play(case.indicators[1], known) == ("sohr", "acled")


def test_the_reference_stays_in_play(case: Case) -> None:
    _, strikes = case.indicators
    only = dataclasses.replace(
        strikes, sources=("events", "sohr"), counted=(Counting("events", "B2", "events"),)
    )
    assert sources_in_play(only, known_as_of(case, (), AS_OF)) == ("events", "sohr")


@pytest.mark.parametrize("as_of", [date(2024, 10, 7), date(2024, 12, 2)])
def test_the_filters_of_syria_leave_its_fingerprints_as_they_were(as_of: date) -> None:
    case = load_case(ROOT)
    bare = dataclasses.replace(
        case,
        sources=(),
        indicators=tuple(
            dataclasses.replace(
                indicator,
                sources=tuple(s for s in indicator.sources if s not in {"acled-events", "ucdp"}),
                ratio={
                    source: ratio
                    for source, ratio in indicator.ratio.items()
                    if source not in {"acled-events", "ucdp"}
                },
                counted=(),
            )
            for indicator in case.indicators
        ),
    )
    assert bare != case
    readings = load_readings(case)
    assert fingerprint(case, known_as_of(case, readings, as_of)) == fingerprint(
        bare, known_as_of(bare, readings, as_of)
    )
