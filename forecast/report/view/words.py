"""The one place where numbers become words: per cents, estimative terms, counts, dates, ages.

Word and number are both taken from the *rounded* per cent, so that "likely (55 %)" can never
disagree with the printed table of terms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from forecast.errors import counted as counted  # for whoever looks for words here
from forecast.families import FAMILIES
from forecast.kit.text import bare_percent as bare_percent
from forecast.kit.text import number as number
from forecast.kit.text import percent as percent
from forecast.kit.text import rough_number as rough_number
from forecast.kit.text import short_number as short_number
from forecast.kit.text import whole as whole
from forecast.periods import Period, day_label
from forecast.report.view.sanitise import clean

# lowest per cent of each term, inclusive (ICD 203, 2015); below 1 % keeps the first term
_ICD203 = (
    (0, "almost no chance"),
    (5, "very unlikely"),
    (20, "unlikely"),
    (45, "roughly even"),
    (55, "likely"),
    (80, "very likely"),
    (95, "almost certain"),
)
# PHIA yardstick: first and last per cent of each term; a value in a gap takes the nearer one
_PHIA = (
    (0, 5, "a remote chance"),
    (10, 20, "highly unlikely"),
    (25, 35, "unlikely"),
    (40, 50, "a realistic possibility"),
    (55, 75, "likely"),
    (80, 90, "highly likely"),
    (95, 100, "almost certain"),
)
_DRIFT = 0.01  # of a probability, from which it is worth a word
_BARS = "▁▂▃▄▅▆▇█"
GAP = "·"


def percent_range(low: float, high: float) -> str:
    """Return ``27-74``, or ``<1 to 3`` where an end carries a sign."""
    ends = bare_percent(low), bare_percent(high)
    return ("-" if all(end.isdigit() for end in ends) else " to ").join(ends)


def no_majority(probability: float) -> str:
    """Return what a sentence about a leader below half opens with: ``No scenario above 42 %: ``."""
    return f"No scenario above {percent(probability)}: " if whole(probability) < 50 else ""


def estimative(probability: float, language: str) -> str:
    """The term (``icd203`` or ``phia``) for a probability, with its article if a noun."""
    value = whole(probability)
    if language == "phia":
        return min(_PHIA, key=lambda band: max(band[0] - value, value - band[1], 0))[2]
    return next(term for lowest, term in reversed(_ICD203) if value >= lowest)


def points(change: float) -> str:
    """A change in percentage points: ``up 45``, ``down 3`` or ``same``."""
    size = whole(abs(change))
    if size == 0:
        return "same"
    return f"{'up' if change > 0 else 'down'} {size}"


def in_points(change: float) -> str:
    """A change with its unit: ``up 45 points``, ``down 1 point``; ``same`` without one."""
    size = whole(abs(change))
    return f"{points(change)} {'point' if size == 1 else 'points'}" if size else "same"


def multiple(value: float) -> str:
    """A factor: ``0.87``, ``12.4`` or ``150``."""
    return f"{value:.2f}" if value < 9.995 else number(value)


def loss(value: float) -> str:
    """A score: ``0.198``; ``infinite`` where what was called impossible happened."""
    return f"{value:.3f}" if math.isfinite(value) else "infinite"


def rival(value: float, *, better: bool = False, otherwise: str = " ") -> str:
    """A score, marked where a baseline did ``better`` than the forecasts."""
    return f"{loss(value)}{'!' if better else otherwise}"


def too_few(needed: int) -> str:
    """Return what stands where skill cannot be told."""
    return f"too few, of {needed}"


def about(seconds: float) -> str:
    """A rough length of time: ``about 40 s``, ``about 3 min``."""
    if seconds < 90:
        return f"about {max(10 * math.floor(seconds / 10 + 0.5), 5)} s"
    return f"about {math.floor(seconds / 60 + 0.5)} min"


def cut_short(how: str) -> str:
    """What is said first of an answer that is not whole; empty of one that is."""
    return f"NOT THE WHOLE ANSWER: {clean(how)}." if how else ""


def short_unit(cadence: str) -> str:
    """Return ``wk`` or ``mo``."""
    return {"week": "wk", "month": "mo"}[cadence]


def fit_alarm(failures: Iterable[str]) -> str:
    """Return what is said first of an answer whose fits failed the gate; empty if none did."""
    said = clean("; ".join(dict.fromkeys(failures)))
    return f"FIT NOT OK: {said}. What follows may be wrong with it." if said else ""


def not_as_logged(entry: int) -> str:
    """The warning before draws of a case that has changed since an entry was logged."""
    return (
        f"Not what entry {entry} used: the case, its readings or the program have changed since. "
        "This is the posterior as it now is."
    )


def failed_fits(number: int) -> str:
    """How many of the forecasts that are scored are not to be relied on; empty of none."""
    return f"Of fits that failed their gate: {counted(number, 'forecast')}." if number else ""


def drifted(entry: int, logged: Mapping[str, float], here: Mapping[str, float]) -> str:
    """Return where the inputs of an entry come to something else here; empty where nowhere.

    Parameters
    ----------
    logged, here
        Probabilities by scenario name.
    """
    worst = max(logged, key=lambda name: abs(here[name] - logged[name]))
    if abs(here[worst] - logged[worst]) <= _DRIFT:
        return ""
    return (
        f"Entry {entry} has {worst} at {percent(logged[worst])}; computed here from the same "
        f"inputs it is {percent(here[worst])}. Machines draw differently."
    )


def fits_alarm(failures: Sequence[Iterable[str]], forecasts: int) -> str:
    """What is said first of several forecasts, by those whose fits failed; empty without any."""
    said = clean("; ".join(dict.fromkeys(each for some in failures for each in some)))
    of = f"{len(failures)} of {counted(forecasts, 'forecast')}"
    return f"FIT NOT OK in {of}, marked NOT OK: {said or 'no reason given'}." if failures else ""


def saved(share: float, low: float, high: float) -> str:
    """A share that may be negative, with its interval: ``12 % (-3 to 25)``."""
    value, least, most = (math.floor(100 * x + 0.5) for x in (share, low, high))
    return f"{value} % ({least} to {most})"


def reading(family: str, value: float, days: int, full: int) -> str:
    """Return what was read: ``52 in 4 of 7 d``, ``level 2`` or ``yes``."""
    kind = FAMILIES[family]
    part = f" in {days} of {full} d" if kind.adds_up and days < full else ""
    return f"{kind.text(value)}{part}"


def odds(log_factor: float) -> str:
    """How far a log Bayes factor favours its side: ``3.1 to 1``, ``over 1,000 to 1``."""
    factor = math.exp(min(abs(log_factor), 7))
    if factor >= 1000:
        return "over 1,000 to 1"
    return f"{factor:.1f} to 1" if factor < 9.95 else f"{factor:.0f} to 1"


def sparkline(values: Iterable[float | None]) -> str:
    """Return one bar per value, from zero to the largest; a missing one is a middle dot."""
    values = list(values)
    top = max((value for value in values if value is not None), default=0) or 1
    return "".join(GAP if v is None else _BARS[round(7 * max(v, 0) / top)] for v in values)


def age(days: int | None) -> str:
    """Return ``3 d``, or ``-`` when there is nothing to be old."""
    return "-" if days is None else f"{days} d"


def day_month(day: date) -> str:
    """Return ``25 Nov``."""
    return " ".join(day_label(day).split()[1:3])


def day_month_year(day: date) -> str:
    """Return ``25 Nov 2024``."""
    return " ".join(day_label(day).split()[1:])


def year_of(period: Period) -> int:
    """The year a period is counted in: of a week the ISO year, not that of its days."""
    return int(str(period)[:4])


def period_name(period: Period, beside: Period | None = None) -> str:
    """Return ``week 48`` or ``November 2024``.

    Parameters
    ----------
    beside
        The period that the text around it is about: a week of another year is ``week 1 of 2025``.
    """
    name = period.label().split(" (")[0]
    if period.cadence == "month" or beside is None or year_of(beside) == year_of(period):
        return name
    return f"{name} of {year_of(period)}"


def period_range(first: Period, last: Period, beside: Period | None = None) -> str:
    """Return ``W45-47``, ``W48`` or ``Sep-Nov``; with years, ``W51 2024-W02 2025``, where two are.

    Parameters
    ----------
    beside
        The period that the text around it is about; a range in one year and beside a period of
        another has its year once: ``W51-52 2024``.
    """
    years = [str(year_of(period)) for period in (first, last)]
    if first.cadence == "month":
        names = [day_label(period.first_day).split()[2] for period in (first, last)]
    else:
        names = [f"W{period.first_day.isocalendar().week:02d}" for period in (first, last)]
    if years[0] != years[1]:
        return "-".join(f"{name} {year}" for name, year in zip(names, years, strict=True))
    text = names[0] if first == last else f"{names[0]}-{names[1].removeprefix('W')}"
    return text if beside is None or str(year_of(beside)) == years[0] else f"{text} {years[0]}"


def new_years(periods: Sequence[Period]) -> list[str]:
    """Return what stands under each of several ticks: its year if it is not that before it."""
    years = [str(year_of(period)) for period in periods]
    return [year if k == 0 or year != years[k - 1] else "" for k, year in enumerate(years)]


def dated(period: Period) -> str:
    """A period by its days: ``25 Nov-1 Dec``, ``2-8 Dec``, or of months ``Nov 2024``."""
    if period.cadence == "month":
        return " ".join(day_label(period.first_day).split()[2:])
    first, last = day_month(period.first_day), day_month(period.last_day)
    day, month = first.split()
    return f"{day}-{last}" if month == last.split()[1] else f"{first}-{last}"


def until(period: Period) -> str:
    """A period by its last day: ``1 Dec``, or of months ``Nov 2024``."""
    return dated(period) if period.cadence == "month" else day_month(period.last_day)


def period_ranges(periods: Sequence[Period], beside: Period | None = None) -> str:
    """Return increasing periods as runs: ``W39, W45-47``; ``beside`` as for `period_range`."""
    if beside is None and len({year_of(period) for period in periods}) > 1:
        beside = periods[-1]
    runs: list[list[Period]] = []
    for period in periods:
        if runs and period - runs[-1][-1] == 1:
            runs[-1].append(period)
        else:
            runs.append([period])
    return ", ".join(period_range(run[0], run[-1], beside) for run in runs)


def listed(items: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    return " and ".join(
        part for part in (", ".join(items[:-1]), items[-1] if items else "") if part
    )
