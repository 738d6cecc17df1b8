"""What a question about the model is answered with: plain numbers, unrounded, ready for JSON.

::

    Priors ── indicators   asked against believed, before any reading
           │               QuantileIndicator ── QuantileRow per scenario
           │               LevelIndicator ── LevelRow per scenario
           └─ learned      LearnedRow per parameter: prior and posterior
    Delays ── rows         DelayRow per count, source and age: what its vintages taught
    Check ── indicators    CheckedIndicator ─┬─ CheckedReading per reading: where in its forecast
                                             └─ Statistic: read against replicated
    Trend                  growth of a count's readings now

Counts are per full period, durations in periods, probabilities in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from forecast.case.types import Memory
from forecast.families import Basis
from forecast.periods import Period

MEDIAN_OFF, P90_OFF = 0.10, 0.20  # of what was asked: beyond it a count is flagged
LEVEL_OFF = 0.03  # of probability
SHARE_OFF = 0.02  # of a share of episodes that are over
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)  # at which revisions are told
CENTRAL = (0.5, 0.9)  # intervals of forecasts that coverage is told of
ENOUGH = 8  # readings: of fewer, a test of uniformity would miss all but the absurd
RARE = 0.05  # a share of replicates, at either end, below which a statistic is flagged
MOVED, NARROWED = 0.2, 0.9  # of the prior's standard deviation: short of both, nothing was learned

TREND_NEEDS = 6  # readings: of fewer, any line can be drawn

StatisticName = Literal["median", "largest", "zeros", "repeats"]
Quantity = Literal["duration", "median", "inertia", "dispersion", "loading", "offset", "level"]


@dataclass(frozen=True, slots=True)
class QuantileRow:
    """Elicited quantiles beside those of the prior predictive under one scenario.

    ``reconciled`` is False where no distribution of counts has what was asked; ``least_p90`` is
    then the lowest 90th percentile that this median can have, None if none was found. ``shares``
    are those of the prior predictive between neighbouring ``edges`` of the indicator.
    """

    id: str
    name: str
    worth: float
    basis: Basis
    because: str
    asked_median: float
    asked_p90: float
    believed_median: float
    believed_p90: float
    median_off: bool
    p90_off: bool
    reconciled: bool
    least_p90: float | None
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class QuantileIndicator:
    """An indicator elicited by quantiles, under every scenario.

    ``edges`` are those of all histograms, even on its family's scale.
    """

    id: str
    name: str
    family: str
    unit: str
    inertia: float
    memory: Memory | None
    edges: tuple[float, ...]
    rows: tuple[QuantileRow, ...]


@dataclass(frozen=True, slots=True)
class LevelRow:
    """How probable each level is asked and believed to be under one scenario."""

    id: str
    name: str
    worth: float
    basis: Basis
    because: str
    asked: tuple[float, ...]
    believed: tuple[float, ...]
    off: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class LevelIndicator:
    """An ordinal or binary under every scenario; ``levels`` are their names."""

    id: str
    name: str
    unit: str
    inertia: float
    levels: tuple[str, ...]
    rows: tuple[LevelRow, ...]


@dataclass(frozen=True, slots=True)
class DelayRow:
    """How values of one source change after an age, as final / known at `SHARES`.

    ``ages``, in whole periods since the period ended, are from the first to before the second.
    ``fitted`` is what the model uses, ``seen`` the pairs themselves; both None where they are too
    few and values are taken as complete.
    """

    indicator: str
    source: str
    ages: tuple[int, int]
    pairs: int
    fitted: tuple[float, ...] | None
    seen: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Delays:
    """The answer of ``forecast priors --delay``; ``indicators`` maps the counts' ids to names.

    ``fewest`` pairs are needed to learn, each of a value of at least ``least`` when it was known;
    values are final at the age ``final``, in periods.
    """

    case: str
    cadence: str
    as_of: date
    indicators: dict[str, str]
    fewest: int
    least: float
    final: int
    rows: tuple[DelayRow, ...]


@dataclass(frozen=True, slots=True)
class CheckedReading:
    """A reading in the forecast that was made of it: P(Y < value), P(Y <= value), and its PIT.

    ``pit`` is drawn between the two, with a fixed seed.
    """

    period: Period
    value: float
    below: float
    up_to: float
    pit: float


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number of all readings of an indicator: as read, and as replicated, 5 to 95 %.

    ``at_most`` and ``at_least`` are the shares of replicates that are no larger, and no smaller;
    flagged if either is below `RARE`. Zeros and repeats are shares of readings.
    """

    name: StatisticName
    read: float
    low: float
    high: float
    at_most: float
    at_least: float
    flagged: bool


@dataclass(frozen=True, slots=True)
class CheckedIndicator:
    """How the readings of one indicator lie in their forecasts.

    ``mean`` is that of their PITs, ``inside`` how many lie in each of the `CENTRAL` intervals,
    ``uniform`` the p-value of a Kolmogorov-Smirnov test, None of fewer than `ENOUGH` readings.
    """

    id: str
    name: str
    readings: tuple[CheckedReading, ...]
    mean: float | None
    inside: tuple[int, ...]
    uniform: float | None
    statistics: tuple[Statistic, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """The answer of ``forecast priors --check``; ``failures`` name the fits that failed the gate.

    ``forecasts`` is how many it took, the last of them as-of ``as_of``. ``cut`` says how the answer
    was cut short; empty if it was not.
    """

    case: str
    cadence: str
    as_of: date
    forecasts: int
    failures: tuple[str, ...]
    indicators: tuple[CheckedIndicator, ...]
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean (of medians and multipliers: geometric) and the 5 and 95 % points."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LearnedRow:
    """One parameter before and after the readings.

    ``indicator``, ``scenario``, ``level`` (a number from 0) and ``source`` say whose it is, None
    where it is not theirs alone. ``moved`` is the shift of its mean in prior standard deviations,
    ``narrowed`` its posterior standard deviation as a share of the prior one.
    """

    quantity: Quantity
    indicator: str | None
    scenario: str | None
    level: int | None
    source: str | None
    prior: Summary
    posterior: Summary
    moved: float
    narrowed: float
    learned: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """What the fit as-of a date taught; ``failures`` are those of the fit's gate."""

    as_of: date
    failures: tuple[str, ...]
    rows: tuple[LearnedRow, ...]


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """How long a scenario's episodes last, where that was elicited by shares that are over.

    Parameters
    ----------
    over
        Periods, the share elicited, and the share that the scenario's lives give.
    ends
        Periods that an episode has lasted, and the chance that it ends in the next.
    off
        Whether a share is off by more than `SHARE_OFF`.
    """

    id: str
    name: str
    over: tuple[tuple[int, float, float], ...]
    ends: tuple[tuple[int, float], ...]
    off: bool


@dataclass(frozen=True, slots=True)
class Priors:
    """The answer of ``forecast priors``; ``scenarios`` maps ids to names."""

    case: str
    cadence: str
    scenarios: dict[str, str]
    indicators: tuple[QuantileIndicator | LevelIndicator, ...]
    learned: Learned | None
    episodes: tuple[EpisodeRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Trend:
    """By what factor an indicator's readings grow per period now, with the 90 % interval.

    None where ``readings`` are too few to say.
    """

    readings: int
    factor: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two scenarios, and the periods until readings tell them apart 9 to 1 on average.

    In all, and by indicator alone; None: more than 52.
    """

    first: str
    second: str
    periods: float | None
    by_indicator: dict[str, float | None]
