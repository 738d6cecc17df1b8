"""Expected moves of probabilities against those that came."""

from __future__ import annotations

from msgspec import structs

from forecast.proof.swings import swings
from forecast.record import Forecast, KnownOutcome, Swing

from .ledgers import issue


def expecting(period: str, war: float, low: float, high: float) -> Forecast:
    made = issue(period, war)
    one, other = made.scenarios
    ranges = (Swing(low, high), Swing(1 - high, 1 - low))
    return structs.replace(
        made,
        scenarios=[structs.replace(s, swing=r) for s, r in zip((one, other), ranges, strict=True)],
    )


def logged(*forecasts: Forecast) -> list[tuple[int, Forecast]]:
    return list(enumerate(forecasts, 1))


def test_inside_and_outside_are_counted_by_the_next_first_issue() -> None:
    entries = logged(
        expecting("2024-W43", 0.5, 0.3, 0.7),
        expecting("2024-W44", 0.6, 0.4, 0.8),  # inside, both scenarios
        expecting("2024-W44", 0.9, 0.4, 0.8),  # a revision
        expecting("2024-W45", 0.2, 0.1, 0.3),  # outside
        expecting("2024-W47", 0.9, 0.1, 0.3),  # after a gap
    )
    (found,) = swings(entries)
    assert (found.expected, found.inside) == (4, 2)


def test_what_nothing_was_expected_of_and_what_is_on_record_is_left_out() -> None:
    small = expecting("2024-W43", 0.001, 0.0, 0.005)
    (found,) = swings(logged(small, expecting("2024-W44", 0.9, 0.5, 0.95)))
    assert (found.expected, found.inside) == (1, 0)
    after = expecting("2024-W44", 1.0, 0.9, 1.0)
    known = structs.replace(after, outcomes=[KnownOutcome(after.period, ["war"])])
    assert swings(logged(expecting("2024-W43", 0.5, 0.3, 0.7), known)) == ()


def test_records_without_a_range_say_nothing() -> None:
    assert swings(logged(issue("2024-W43", 0.5), issue("2024-W44", 0.5))) == ()
