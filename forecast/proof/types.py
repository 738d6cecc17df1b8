"""What a score is made of, and what comes out: plain data, no numpy.

::

    Proof
     ├─ tables       Table …       one per mode, horizon and the whole life of questions
     │                ├─ counts    issued, settled, open, missing: nothing is dropped in silence
     │                ├─ rows      ScoreRow …  forecasts first, then what they must beat
     │                └─ reliability
     └─ indicators   IndicatorTable …   the same for what was expected of the next period

All scores are losses: the less the better, 0 is perfect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from forecast.periods import Period
from forecast.record import Mode

ENOUGH = 20  # forecasts below which no skill is told
FEWEST = 8  # readings below which no time-series model of a count is fitted
FORECASTS, REVISED = "forecasts", "as last revised"  # rows that are no baseline
LAST_VALUE, EMPIRICAL, SMOOTHED = "last value", "last 12 periods", "last 12, smoothed"
ETS, SARIMAX = "ETS", "SARIMAX"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one logged forecast, as-of a day, said of one period.

    ``said`` has a probability per scenario that the forecast had, whose ids are ``scenarios``; they
    need not be those the case has now. ``held`` is the place of the one that held, None while that
    is not settled, and of what is ``apart``: settled, but in other terms than the forecast's. What
    held ``as_other`` was no scenario then and counts as part of its ``other``. ``mode`` is
    *replayed* also of a forecast that was issued when the outcome was known. ``known``: the filter
    had the outcome, so that there was no question left and nothing is scored. ``informed``: it had
    what was known of outcomes of earlier periods. ``changed``: whether another scenario held than
    in the forecast's period (of that itself: than in the one before); None if not known.
    """

    entry: int
    as_of: date
    period: Period
    horizon: int
    mode: Mode
    said: tuple[float, ...]
    held: int | None
    scenarios: tuple[str, ...] = ()
    apart: bool = False
    as_other: str = ""
    known: bool = False
    informed: bool = False
    changed: bool | None = None

    @property
    def target(self) -> Period:
        """The period it is about."""
        return self.period + self.horizon


@dataclass(frozen=True, slots=True)
class Asked:
    """All that was said in one mode, at one horizon.

    ``answers`` has the first issue per forecast period, in order; ``revisions`` every later one, in
    order of the ledger. ``missing`` are forecast periods, from the first in this mode to the last
    there could be, without an answer. ``known`` are those whose outcome every forecast had.
    """

    mode: Mode
    horizon: int
    answers: tuple[Answer, ...]
    revisions: tuple[Answer, ...]
    missing: tuple[Period, ...]
    known: tuple[Period, ...] = ()

    @property
    def settled(self) -> tuple[Answer, ...]:
        """The answers that can be scored."""
        return tuple(answer for answer in self.answers if answer.held is not None)


@dataclass(frozen=True, slots=True)
class Skill:
    """Share of a baseline's loss that the forecasts save, with its 95 % interval.

    1 is perfect, 0 no better than the baseline, below 0 worse.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Mean losses of the forecasts, of a baseline, or of revisions.

    ``scored`` is over how many questions; ``log`` (nats), ``brier``, ``ranked`` (None unless
    scenarios are ordered). ``beside`` are the forecasts' own on the same questions. ``skill`` is
    theirs over this row by score; empty where there are too few to tell. ``change`` and ``quiet``
    are the mean log score where another scenario held than before, and where the same; None where
    there is no such question, or no baseline.
    """

    name: str
    scored: int
    log: float
    brier: float
    ranked: float | None
    beside: dict[str, float]
    skill: dict[str, Skill]
    change: float | None = None
    quiet: float | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Forecasts that isotonic regression calls by one rate.

    ``low`` and ``high`` are the least and the greatest probability said, ``said`` their mean,
    ``number`` how many, ``held`` the share of them that came true. ``band_low`` and ``band_high``:
    where that share would lie in 9 of 10 cases if what was said were right.
    """

    low: float
    high: float
    said: float
    number: int
    held: float
    band_low: float
    band_high: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Whether probabilities mean what they say, over all scenarios of all settled forecasts.

    The mean Brier score of one scenario is ``miscalibration`` - ``discrimination`` +
    ``uncertainty``.
    """

    blocks: tuple[Block, ...]
    miscalibration: float
    discrimination: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Table:
    """Scores in one mode at one horizon; of None, averaged over the life of each question.

    ``periods`` is how many periods a question was answered for on average, 1 at a horizon.
    ``needed`` is how many settled questions skill needs. Without any there are no rows. ``apart``
    are settled in other terms than the forecasts', and not among those. ``known`` are not among the
    issued: their outcome was known to the forecast. ``changes`` and ``quiets`` are settled
    questions where another scenario held than before, and where the same one did.
    """

    mode: Mode
    horizon: int | None
    issued: int
    settled: int
    missing: int
    revised: int
    periods: float
    needed: int
    rows: tuple[ScoreRow, ...]
    reliability: Reliability | None
    apart: int = 0
    known: int = 0
    changes: int = 0
    quiets: int = 0

    @property
    def open(self) -> int:
        """How many are not settled yet."""
        return self.issued - self.settled - self.apart


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """Mean loss of an indicator's forecasts or of a baseline: CRPS of log(1 + y), RPS of levels."""

    name: str
    scored: int
    loss: float
    beside: float
    skill: Skill | None


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """How what was expected of an indicator's next period fared, in one mode.

    ``partial`` of the settled readings cover a part of their period and were scaled to all of it.
    ``needed`` is of how many readings skill is told. Baselines that had nothing to say have no row.
    ``inside`` maps 0.5 and 0.9 to how many readings lay in that central interval (counts only).
    ``thresholds`` maps a threshold to the Brier scores of forecasts and of how often it was reached
    in the 12 periods before. ``pit``: randomised, in order, counts only.
    """

    id: str
    name: str
    family: str
    mode: Mode
    issued: int
    settled: int
    partial: int
    needed: int
    rows: tuple[IndicatorRow, ...]
    inside: dict[str, int]
    thresholds: dict[str, tuple[float, float]]
    pit: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """How alerts for one threshold, of all indicators, fared in one mode.

    Of ``raised``, ``followed`` were by a crossing and ``open`` may still be; of ``crossings``, so
    many were ``announced``.
    """

    mode: Mode
    threshold: str
    raised: int
    followed: int
    open: int
    crossings: int
    announced: int


@dataclass(frozen=True, slots=True)
class Swings:
    """Probabilities of a next period expected in a range, and those that came to lie inside."""

    mode: Mode
    expected: int
    inside: int


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything `forecast score` says.

    ``pinned``: a case coded with hindsight. ``failed``: how many of the forecasts are of fits that
    failed their gate. ``apart`` is how many forecasts have an outcome in other terms than theirs,
    and ``as_other`` in how many each scenario that was none yet counts as part of ``other``.
    """

    case: str
    cadence: str
    pinned: bool
    ordered: bool
    live_scored: int
    tables: tuple[Table, ...]
    indicators: tuple[IndicatorTable, ...]
    failed: int = 0
    apart: int = 0
    as_other: dict[str, int] = field(default_factory=dict)
    swings: tuple[Swings, ...] = ()
