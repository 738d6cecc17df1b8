"""A reading for one full period: parts scaled up, totals spread, levels as they are."""

from __future__ import annotations

from datetime import date

import pytest

from forecast.periods import Period
from forecast.readings import Reading


@pytest.mark.parametrize(
    ("family", "value", "period", "days", "span", "in_full"),
    [
        ("count", 20, "2024-W45", 7, 1, 20),
        ("count", 20, "2024-W45", 2, 1, 70),
        ("count", 40, "2024-W45", 28, 4, 10),
        ("count", 40, "2024-W45", 14, 4, 20),
        ("count", 10, "2024-02", 29, 1, 10),
        ("ordinal", 3, "2024-W45", 2, 1, 3),
        ("binary", 1, "2024-W45", 1, 1, 1),
    ],
)
def test_in_full(
    family: str, value: float, period: str, days: int, span: int, in_full: float
) -> None:
    reading = Reading(
        "x", Period.parse(period), value, date(2024, 12, 2), "desk", "B2", days, span, "here",
        "https://example.org", "", 2,
    )  # fmt: skip
    assert reading.in_full(family) == pytest.approx(in_full)
