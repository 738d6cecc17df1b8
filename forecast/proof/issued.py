"""What each forecast of the ledger expected of an indicator's next period, and what was then read.

The first issue of a period counts, in each mode apart. A forecast is live only if it was issued
before any reading of the period it expects was published. A reading is the one known now, the
latest vintage; a part of a period is scaled to all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from forecast.case import Indicator
from forecast.periods import Period
from forecast.proof.questions import Logged
from forecast.readings import Known, Reading
from forecast.record import IndicatorForecast, Mode

type Since = Mapping[tuple[str, Period], date]  # since when an indicator's period is known


@dataclass(frozen=True, slots=True)
class Issue:
    """What was expected of one period as-of a day, and its reading: None while there is none."""

    mode: Mode
    as_of: date
    target: Period
    said: IndicatorForecast
    reading: Reading | None


def known_since(readings: Iterable[Reading]) -> Since:
    """Return the day on which the first reading of each indicator and period was published."""
    since: dict[tuple[str, Period], date] = {}
    for reading in readings:
        for period in () if reading.withdrawn else reading.periods:
            key = (reading.indicator, period)
            since[key] = min(since.get(key, reading.published), reading.published)
    return since


def first_issues(
    indicator: Indicator, logged: Sequence[Logged], since: Since, known: Known
) -> Iterator[Issue]:
    """Yield, by forecast period, the first issue of each mode that spoke of an indicator."""
    seen = set()
    for _, forecast in sorted(logged, key=lambda entry: (entry[1].period, entry[0])):
        said = next((each for each in forecast.indicators if each.id == indicator.id), None)
        if said is None or said.family != indicator.family:
            continue
        target = forecast.period + 1
        first = since.get((indicator.id, target))
        late = first is not None and first <= forecast.issued_day
        mode: Mode = "replayed" if late else forecast.mode
        if (mode, target) not in seen:
            seen.add((mode, target))
            as_of = forecast.as_of
            yield Issue(mode, as_of, target, said, known.speaking.get((indicator.id, target)))
