"""The reading of the next period as it usually comes, before it is there."""

from __future__ import annotations

from collections import Counter

from forecast.case.types import Case, Indicator
from forecast.readings.row import COLUMNS
from forecast.readings.types import Known


def usual_cells(case: Case, known: Known, indicator: Indicator) -> dict[str, str]:
    """Return the cells of a row for the period after the forecast period, but for its value.

    Of the whole period, by the first source, at its usual grade, published on the next refresh day.
    """
    period = known.period + 1
    given = {
        "period": str(period),
        "published": period.refresh_day.isoformat(),
        "source": indicator.sources[0],
        "grade": _usual_grade(case, known, indicator.id),
        "scope": indicator.scope,
        "note": "not openable: supposed",
    }
    return {column: given.get(column, "") for column in COLUMNS}


def _usual_grade(case: Case, known: Known, indicator: str) -> str:
    """Return the grade that most readings of an indicator have, the later ones of as many.

    Of an indicator without readings the grade that the case trusts most.
    """
    rows = [r for r in (*known.speaking.values(), *known.spans) if r.indicator == indicator]
    if not rows:
        return max(case.grades, key=lambda grade: case.grades[grade])
    times = Counter(reading.grade for reading in rows)
    return max(rows, key=lambda reading: (times[reading.grade], reading.period)).grade
