"""Names that no event of a pull has: said, with one that is like it."""

from __future__ import annotations

from datetime import date

import pytest

from forecast.case import Case, Counting
from forecast.readings.events import Stored, Unmatched
from tests.readings.events.pulls import counting, event, pull, source

ROWS = [
    event("a", "2024-11-18", admin1="Idleb", actor="Military Forces of Russia\nX"),
    event("b", "2024-11-20", admin1="Aleppo"),
]


def pulled(case: Case, rows: list[dict[str, str]], **where: tuple[str, ...]) -> Stored:
    how = Counting("events", "B2", "events", where=where, words=("never",))
    return pull(counting(case, how), rows, "2024-12-02", accept=True)


@pytest.mark.parametrize(
    ("column", "value", "close"),
    [("admin1", "Idlib", "Idleb"), ("actor", "Martians", ""), ("admin1", "'; DROP TABLE x", "")],
)
def test_a_name_that_no_event_has(case: Case, column: str, value: str, close: str) -> None:
    stored = pulled(case, ROWS, **{column: (value,)})
    assert stored.unmatched == (Unmatched("strikes-0", column, value, close),)


def test_names_match_as_they_count(case: Case) -> None:
    stored = pulled(case, ROWS, admin1=("ALEPPO", "idleb"), actor=("forces of russia",))
    assert stored.unmatched == ()


def test_it_is_said_of_an_unchanged_pull_too(case: Case) -> None:
    pulled(case, ROWS, admin1=("Aleppo",))
    how = Counting("events", "B2", "events", where={"admin1": ("Alepo",)})
    again = pull(counting(case, how), ROWS, "2024-12-09")
    assert again.unchanged
    assert [(name.value, name.close) for name in again.unmatched] == [("Alepo", "Aleppo")]


def test_a_pull_without_events_says_nothing_of_names(case: Case) -> None:
    how = Counting("events", "B2", "events", where={"admin1": ("Idlib",)})
    declared = source(since=date(2024, 11, 18))
    assert pull(counting(case, how, at=declared), [], "2024-12-02").unmatched == ()
