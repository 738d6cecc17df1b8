"""Deaths by country and month as they were known on a day, and as they turned out.

::

    1989-01 ........... 2022-12 | 2023-01 ..... last month of the vintage | 1, 3, 6 months ahead
    history                       vintages up to the origin                 final: only to score

A forecaster is handed `Known` and nothing else; it ends at the origin. Months are counted from 0,
1989-01. UCDP Georeferenced Events and Candidate Events (Davies, Pettersson & Öberg; Hegre et al.
2020; CC BY 4.0), which stay outside the repository.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from forecast.model.spec import Array

FIRST_YEAR = 1989
LEARNED = (2022 + 1 - FIRST_YEAR) * 12  # months that anything may be learned from: to 2022-12
ROOT = Path(__file__).parent.parent

type Vintage = dict[tuple[int, int], float]  # deaths by month and number of the country


@dataclass(frozen=True, slots=True)
class Panel:
    """All there is.

    Parameters
    ----------
    countries
        C names, in order.
    history : (T, C)
        Months from 0 on, final.
    vintages
        What was published on each day, in order of days: month and country to deaths.
    final
        Month and country to deaths.
    """

    countries: tuple[str, ...]
    history: Array
    vintages: dict[date, Vintage]
    final: Vintage


@dataclass(frozen=True, slots=True)
class Known:
    """What was known on the day of an origin.

    Parameters
    ----------
    origin
        The day.
    values : (T, C)
        Latest value of every month published by then; the last row is the forecast period.
    vintages
        Those published by then.
    """

    origin: date
    values: Array
    vintages: dict[date, Vintage]


def default_path() -> Path:
    """Return where the data are, whether or not anything is there."""
    beside = ROOT.parent / "shared" / "data" / "ucdp-monthly"
    return Path(os.environ.get("UCDP_MONTHLY", beside))


def month_number(text: str) -> int:
    """Return months since 1989-01 of a ``YYYY-MM``."""
    return (int(text[:4]) - FIRST_YEAR) * 12 + int(text[5:7]) - 1


def month_name(number: int) -> str:
    """Undo `month_number`."""
    return f"{FIRST_YEAR + number // 12}-{number % 12 + 1:02d}"


def load(path: Path) -> Panel:
    """Read the three tables; countries are those of the history."""
    past = list(_rows(path / "history.csv"))
    countries = tuple(sorted({row["country"] for row in past}))
    number = {country: c for c, country in enumerate(countries)}
    history = np.zeros((1 + max(month_number(row["month"]) for row in past), len(countries)))
    for row in past:
        history[month_number(row["month"]), number[row["country"]]] = float(row["deaths_best"])
    vintages: dict[date, Vintage] = defaultdict(dict)
    final: Vintage = {}
    for name in ("vintages.csv", "final.csv"):
        for row in _rows(path / name):
            if row["country"] in number:
                at = month_number(row["month"]), number[row["country"]]
                where = (
                    vintages[date.fromisoformat(row["published"])] if "published" in row else final
                )
                where[at] = float(row["deaths_best"])
    return Panel(countries, history, dict(sorted(vintages.items())), final)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def origins(panel: Panel, first: str, last: str) -> list[date]:
    """Return the last vintage of every calendar month from ``first`` to ``last``, YYYY-MM."""
    by_month = {f"{day:%Y-%m}": day for day in panel.vintages}
    return [day for month, day in sorted(by_month.items()) if first <= month <= last]


def known(panel: Panel, origin: date) -> Known:
    """Return what was known on a day.

    A month's value is the latest published by then. A country that a published month does not list
    had no event in it: 0.
    """
    vintages = {day: vintage for day, vintage in panel.vintages.items() if day <= origin}
    latest: Vintage = {}
    for vintage in vintages.values():
        latest |= vintage
    end = 1 + max(month for month, _ in latest)
    values = np.zeros((end, len(panel.countries)))
    values[: len(panel.history)] = panel.history
    for (month, country), deaths in latest.items():
        values[month, country] = deaths
    return Known(origin, values, vintages)


def outcome(panel: Panel, month: int) -> Array | None:
    """Return what a month came to, (C,); None if the final values do not reach it."""
    found = [panel.final.get((month, c)) for c in range(len(panel.countries))]
    values = [value for value in found if value is not None]
    return np.array(values) if len(values) == len(found) else None
