"""What a forecast rests on, in words: assumptions, what was judged usual, every reading used.

A stored forecast does not hold these; they are the case's as it now is, with what was known by the
forecast's as-of. Where that is no longer what the forecast used, the note says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from forecast.case.types import Case, Indicator
from forecast.families import FAMILIES, Expectation
from forecast.periods import Period
from forecast.readings.types import Known, Reading
from forecast.record import Forecast
from forecast.report.view import words
from forecast.report.view.sanitise import clean
from forecast.report.view.why import ranked


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading that was used; ``url`` may be empty."""

    name: str
    period: str
    value: str
    grade: str
    source: str
    url: str
    published: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a forecast rests on.

    ``assumes`` pairs a scenario's name with its key assumption. ``under`` names the two most
    probable scenarios, and ``usual`` holds what was judged usual under each, one row per indicator
    of the forecast; ``usual_rule`` says how to read it. ``note`` is empty
    or says that ``readings`` are not those that were used.
    """

    assumes: tuple[tuple[str, str], ...]
    under: tuple[str, ...]
    usual: tuple[tuple[str, ...], ...]
    usual_rule: str
    readings: tuple[ReadingRow, ...]
    note: str


def build_grounds(forecast: Forecast, case: Case, known: Known) -> Grounds:
    """Put what a forecast rests on into words.

    Parameters
    ----------
    forecast
        The forecast.
    case, known
        Its case, and what was known of it on the forecast's as-of.
    """
    main = ranked(forecast)[:2]
    indicators = {indicator.id: indicator for indicator in case.indicators}
    used = [*known.speaking.values(), *known.spans]
    return Grounds(
        assumes=tuple((clean(s.name), clean(s.assumes)) for s in case.scenarios),
        under=tuple(clean(scenario.name) for scenario in main),
        usual=tuple(
            tuple(
                _usual(indicators.get(item.id), case.expectations.get(item.id, {}).get(s.id))
                for s in main
            )
            for item in forecast.indicators
        ),
        usual_rule=f"Usual is what was judged beforehand for a full {case.cadence}.",
        readings=tuple(_rows(used, indicators, known.period)),
        note=_note(len(used), forecast.readings_used),
    )


def _usual(indicator: Indicator | None, expected: Expectation | None) -> str:
    """Return ``110 (one in ten above 350)``, or the most probable level; ``-`` if not judged."""
    if indicator is None or expected is None:
        return "-"
    return FAMILIES[indicator.family].usual(expected)


def _rows(
    used: Iterable[Reading], indicators: dict[str, Indicator], about: Period
) -> Iterable[ReadingRow]:
    place = {name: number for number, name in enumerate(indicators)}
    for reading in sorted(used, key=lambda r: (place[r.indicator], -r.period.ordinal)):
        indicator = indicators[reading.indicator]
        yield ReadingRow(
            name=clean(indicator.name),
            period=words.period_range(reading.period, reading.last_period, about),
            value=words.reading(indicator.family, reading.value, reading.days, _full(reading)),
            grade=clean(reading.grade),
            source=clean(reading.source),
            url=clean(reading.url),
            published=words.day_month_year(reading.published),
        )


def _full(reading: Reading) -> int:
    return (reading.last_period.last_day - reading.period.first_day).days + 1


def _note(now: int, used: int) -> str:
    if now == used:
        return ""
    return (
        f"The case now holds {words.counted(now, 'reading')} known by the as-of date; this "
        f"forecast used {words.number(used)}."
    )
