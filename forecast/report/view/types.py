"""The View: every string a report may show, rounded and cleaned, with nothing left to compute.

Terminal and memo lay these out; none of them formats a number of its own, so they cannot
disagree. The numbers left choose a layout: ``severity`` a style, ``main_horizon`` and
``main_ever`` the columns shown where there is no room for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LedgerNote:
    """Where a forecast stands in the ledger: its entry number and its hash."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One scenario. ``horizons`` and ``ever`` run along the headings of the `View`.

    ``now`` is of the period that is over, ``word`` of the nearest one ahead, ``swing`` how far its
    probability of that can be expected to move until it is over.
    """

    name: str
    now: str
    word: str
    swing: str
    range: str
    change: str
    horizons: tuple[str, ...]
    ever: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One indicator, in short for a table and in sentences for a block.

    ``severity``: 0 nothing reached or no reading, 1 watch, 2 warning, 3 critical. ``threshold`` is
    the one that ``warning`` is the probability of: ``warning`` or ``warning, low``. ``doubt`` is
    empty unless the reading is more likely false than true.
    """

    name: str
    latest: str
    sparkline: str
    age: str
    grade: str
    source: str
    state: str
    severity: int
    warning: str
    threshold: str
    expected: str
    reading: str
    published: str
    doubt: str
    url: str
    question: str
    answer: str
    due: str

    @property
    def chance(self) -> str:
        """The probability for a column that names no threshold: ``61 %``, or ``30 % low``."""
        low = self.threshold.endswith(", low")
        return f"{self.warning} low" if low else self.warning


@dataclass(frozen=True, slots=True)
class EventRow:
    """One one-off event; ``url`` may be empty."""

    name: str
    known: str
    url: str


@dataclass(frozen=True, slots=True)
class View:
    """A forecast in words. Lines that have nothing to say are empty text or empty tuples.

    ``known_on`` is the as-of, for what files and formats want to know. ``skill`` is
    the record in one line, ``record`` in as many as it takes: past scores, live and replayed.
    ``surprising`` pairs an indicator with the readings that would speak against the forecast.
    """

    case: str
    period: str
    known_on: date
    as_known: str
    alarm: str
    bottom_line: str
    confidence: str
    hangs: str
    past_heading: str
    swing_heading: str
    since: str
    compared: str
    moved: str
    horizon_headings: tuple[str, ...]
    ever_headings: tuple[str, ...]
    main_horizon: int
    main_ever: int
    scenarios: tuple[ScenarioRow, ...]
    why: tuple[str, ...]
    recent_heading: str
    next_period: str
    warning_heading: str
    expected_heading: str
    watch: tuple[WatchRow, ...]
    events: tuple[EventRow, ...]
    alerts: str
    doubted: str
    missing: str
    held: str
    fit: str
    range_note: str
    surprises: str
    entry: str
    skill: str
    record: tuple[str, ...]
    surprising: tuple[tuple[str, str], ...]
    surprising_rule: str
    method: tuple[str, ...]
    fingerprint: str
    alt_text: str
    watch_alt: str


@dataclass(frozen=True, slots=True)
class LogRow:
    """One ledger entry."""

    entry: str
    issued: str
    period: str
    as_of: str
    mode: str
    leader: str
    probability: str
    fit: str
    hash: str


@dataclass(frozen=True, slots=True)
class ReplayRow:
    """One period of a replay: a probability per scenario, and which of them leads.

    ``failed``: the fit behind them did not pass its gate.
    """

    period: str
    probabilities: tuple[str, ...]
    leader: int
    failed: bool


@dataclass(frozen=True, slots=True)
class ReplayView:
    """A replay: scenario names as headings, one row per period.

    ``alarm`` counts the rows whose fit failed, and says why; empty without any.
    """

    scenarios: tuple[str, ...]
    rows: tuple[ReplayRow, ...]
    alarm: str
