"""A forecast as it is logged, shown and scored: plain data, nothing heavy.

``Forecast.to_json`` is the content of ``forecast.json``, of a ledger line and of ``--json``;
``Forecast.from_json`` reads it back, so that a quick verb never touches the model. Numbers are
unrounded; only ``report/view`` rounds. Probabilities of one moment sum to 1.

::

    Forecast
     ├─ scenarios    ScenarioForecast …    in the case's order, most drastic first
     ├─ history      HistoryPoint …        one per period, from the case's first on
     ├─ indicators   IndicatorForecast …   in the case's order
     ├─ evidence     EvidenceForecast …    one-off events known by the as-of
     ├─ held         HeldReading …         known, but about a later period
     ├─ outcomes     KnownOutcome …        past periods of which scenarios are ruled out
     ├─ signs        Sign …                what bears on what begins in the next period
     ├─ hangs_on     HangsOn …             judgements on which the next period's lead hangs
     ├─ alerts       Alert …               thresholds that are, or lately were, likely to be crossed
     └─ fit          FitReport
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from forecast.families import FAMILIES
from forecast.kit.codec import dec_hook, plain
from forecast.periods import Cadence, Period

ROUNDING = 1e-6  # how far computed probabilities may be from where they must lie


def _rule(text: str, **limits: Any) -> Meta:
    """Return limits of a value, with the rule in words for whoever reads of one that breaks it."""
    return Meta(**limits, extra={"rule": text})


def _one_of(*words: str) -> Meta:
    rule = f"must be {', '.join(words[:-1])} or {words[-1]}"
    return _rule(rule, pattern=rf"\A(?:{'|'.join(words)})\Z")


Probability = Annotated[
    float, _rule("must be a probability, 0 to 1", ge=-ROUNDING, le=1 + ROUNDING)
]
Named = Annotated[str, _rule("must be text", pattern=r"\S")]
Grade = Annotated[str, _rule("must be an Admiralty grade", pattern=r"\A[A-F][1-6]\Z")]
Step = Annotated[float, _rule("must be from -1 to 1", ge=-1 - ROUNDING, le=1 + ROUNDING)]
Amount = Annotated[float, _rule("must be at least 0 and at most 1e+30", ge=0, le=1e30)]
_LAST = 2**53 - 1  # whole numbers up to it are the same wherever JSON is read
Whole = Annotated[int, _rule("must be a whole number", ge=-_LAST, le=_LAST)]
Count = Annotated[int, _rule("must be at least 0", ge=0, le=_LAST)]
Length = Annotated[int, _rule("must be at least 1", ge=1, le=_LAST)]
Ahead = Annotated[
    str,
    _rule(
        "must be periods ahead, 1 to 520",
        pattern=r"\A(?:[1-9][0-9]?|[1-4][0-9]{2}|5[01][0-9]|520)\Z",
    ),
]
Level = Annotated[str, _rule("must be between 0 and 1", pattern=r"\A0\.[0-9]*[1-9][0-9]*\Z")]
_THRESHOLDS = ("watch", "warning", "critical")
_BELOW, _PACE = (tuple(name + end for name in _THRESHOLDS) for end in ("_below", "_pace"))
Threshold = Annotated[str, _one_of(*_THRESHOLDS, *_BELOW)]
State = Annotated[str, _one_of("none", "ok", *_THRESHOLDS, *_BELOW, *_PACE)]
Family = Annotated[str, _one_of(*FAMILIES)]
Due = Annotated[str, _one_of("reported", "due", "overdue")]
Language = Annotated[str, _one_of("icd203", "phia")]
Mode = Literal["live", "replayed"]
Method = Literal["fit", "tempered", "update"]  # how a posterior was computed
AlertState = Literal["raised", "standing", "crossed", "cleared", "quiet"]

_DAY = timedelta(days=1)


class Swing(Struct, frozen=True):
    """10th and 90th percentile of what a probability can be expected to be."""

    low: Probability
    high: Probability


class ScenarioForecast(Struct, frozen=True):
    """One scenario's probability for the forecast period and after it.

    ``low`` and ``high`` bound the 90 % interval across draws, widened to include ``probability``.
    ``change`` is against ``Forecast.change_since``, None when there is nothing to compare with.
    ``horizons`` and ``ever_within`` are keyed by periods ahead, as text. ``swing`` is what its
    probability of the next period can be expected to be once that period's readings are in; None in
    records of versions before it.
    """

    id: Named
    name: Named
    probability: Probability
    low: Probability
    high: Probability
    change: Step | None
    horizons: dict[Ahead, Probability]
    ever_within: dict[Ahead, Probability]
    swing: Swing | None = None


class HistoryPoint(Struct, frozen=True):
    """Scenario probabilities (in the order of ``Forecast.scenarios``) for one past period.

    ``filtered`` uses readings up to that period, ``smoothed`` all of them; both with what is known
    as-of the forecast. ``low`` and ``high`` bound the filtered probabilities' 90 % interval.
    """

    period: Period
    filtered: list[Probability]
    smoothed: list[Probability]
    low: list[Probability]
    high: list[Probability]


class NextPeriod(Struct, frozen=True):
    """Predictive distribution of an indicator for the period after the forecast period.

    ``quantiles`` maps 23 levels (``"0.01"`` ... ``"0.99"``) to values; for ordinals and binaries
    ``levels`` holds a probability per level as well. ``thresholds`` maps ``watch``, ``warning``,
    ``critical`` to the probability of being at or above it, and ``watch_below`` and so on to that
    of being at or below.
    """

    quantiles: dict[Level, Amount]
    thresholds: dict[Threshold, Probability]
    levels: list[Probability]


class IndicatorForecast(Struct, frozen=True):
    """An indicator's latest reading, its state, what it says and what is expected next.

    ``level_names`` names an ordinal's levels from 0. ``period`` .. ``state`` describe the latest
    speaking reading (None when there is none): ``age_days`` runs from its publication to the as-of,
    ``state`` is the worst threshold reached (``ok``, ``watch``, ``warning``, ``critical``; with
    ``_below`` one from above, with ``_pace`` one that a part of a period is on pace for; ``none``
    without a reading). ``due`` is ``reported``, ``due`` or ``overdue`` for the forecast period; of
    what is overdue the state is the last known. ``recent`` are the values per full period of the
    last 12 periods from ``recent_first`` on, None where missing. ``support`` maps scenario ids to
    log p(this period's reading | scenario, all before it); empty when there is none. ``bounds`` are
    the values of ``next.thresholds``; empty in records of versions before it. ``false`` is the
    probability, given all that was read, that the reading of the forecast period is false; None
    without one, and in records of versions before it.
    """

    id: Named
    name: Named
    question: str
    family: Family
    unit: str
    level_names: list[str]
    period: Period | None
    value: Amount | None
    days: Length | None
    span: Length | None
    published: date | None
    source: str | None
    grade: Grade | None
    url: str | None
    age_days: Count | None
    state: State
    due: Due
    recent: list[Amount | None]
    recent_first: Period
    support: dict[str, float]
    next: NextPeriod
    bounds: dict[Threshold, Amount] = field(default_factory=dict)
    false: Probability | None = None


class EvidenceForecast(Struct, frozen=True):
    """A one-off event known by the as-of.

    ``support`` maps scenario ids to what it adds to their log-likelihood in its period; empty if it
    is about a period after the forecast period, and held.
    """

    id: Named
    name: Named
    period: Period
    published: date
    grade: Grade
    url: str | None
    support: dict[str, float]


class HeldReading(Struct, frozen=True):
    """A reading that is known but about a period after the forecast period."""

    indicator: Named
    name: Named
    period: Period
    value: Amount
    published: date
    source: str


class KnownOutcome(Struct, frozen=True):
    """A period of which an outcome was known by the as-of, and the scenarios it leaves possible."""

    period: Period
    possible: list[Named]


class Sign(Struct, frozen=True):
    """What something of the forecast period says of a scenario's beginning in the next.

    ``factor`` is the log of how much likelier it is if that begins next than if it does not.
    ``value`` is a derived measure's; None of readings and events.
    """

    id: Named
    name: Named
    kind: Literal["reading", "event", "measure"]
    scenario: Named
    factor: float
    value: float | None = None


class HangsOn(Struct, frozen=True):
    """A judgement, and its share of the variance of the log odds that the next lead has."""

    name: Named
    share: Probability


class Alert(Struct, frozen=True):
    """A threshold that an indicator was likely to cross next period; ``raised`` is when first.

    ``state`` is ``raised`` by this forecast, ``standing`` since an earlier one, over because the
    threshold was ``crossed`` or the probability fell (``cleared``), or ``quiet``: over, and too
    soon to be raised again.
    """

    indicator: str
    threshold: Threshold
    probability: Probability
    raised: Period
    state: AlertState


class ChangeSince(Struct, frozen=True):
    """What ``change`` compares with: a ledger entry (its number), or that period recomputed."""

    period: Period
    as_of: date
    entry: Length | None


class FitReport(Struct, frozen=True):
    """How the posterior was computed, and whether it can be trusted.

    ``method`` is ``fit`` (NUTS), ``tempered`` (what failed the gate, sampled again across modes) or
    ``update`` (an earlier fit's draws, reweighted). ``ok`` is False when any gate failed;
    ``failures`` says which, in words. ``surprises`` names locations that moved more than two prior
    standard deviations: said, not failed. Diagnostics that do not exist are None, never NaN.
    """

    method: Method
    anchor: date
    rhat_max: float
    ess_min: float
    divergences: Count
    khat: float | None
    draws: Count
    ok: bool
    seed: Whole
    failures: list[str]
    surprises: list[str]

    def __post_init__(self) -> None:
        """Refuse diagnostics that are no numbers.

        Raises
        ------
        ValueError
            If one is not finite.
        """
        if not all(map(math.isfinite, (self.rhat_max, self.ess_min, self.khat or 0.0))):
            raise ValueError("diagnostics of a fit must be finite")


class Forecast(Struct, frozen=True):
    """Everything a refresh says.

    ``issued`` is the one field that differs between equal runs: the moment it was begun, with the
    local offset from UTC.

    ``support`` maps scenario ids to log p(all readings and events of the period | scenario, all
    before it). It is not the sum of theirs: counts share a shock, and all of them what is not known
    of the scenario. Empty in records of version 1. ``alerts`` are those that stand or ended lately
    (`forecast.alerts`), by the case's rule when it was issued. ``files`` are digests of
    the rows of readings and resolutions that no entry before had, by path (`forecast.ledger`);
    empty before it is logged, and in older records. ``outcomes`` are those that the filter took in,
    in order of periods, ``signs`` what bears on what begins next, ``hangs_on`` the judgements on
    which the lead of the next period hangs most; without any there are no such fields, as in older
    records.
    """

    case: Named
    period: Period
    as_of: date
    issued: datetime
    mode: Mode
    fingerprint: str
    cadence: Cadence
    language: Language
    pinned: bool
    readings_used: Count
    change_since: ChangeSince | None
    scenarios: list[ScenarioForecast]
    history: list[HistoryPoint]
    indicators: list[IndicatorForecast]
    evidence: list[EvidenceForecast]
    held: list[HeldReading]
    fit: FitReport
    support: dict[str, float] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    files: dict[str, list[str]] = field(default_factory=dict)
    outcomes: list[KnownOutcome] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    hangs_on: list[HangsOn] = field(default_factory=list)

    @property
    def nearest(self) -> str:
        """The nearest period ahead of which there are probabilities, as a key of `horizons`."""
        return min(self.scenarios[0].horizons, key=int)

    @property
    def ruled_out(self) -> list[ScenarioForecast]:
        """The scenarios that a known outcome of the forecast period leaves impossible."""
        left = next((o.possible for o in self.outcomes if o.period == self.period), None)
        return [] if left is None else [s for s in self.scenarios if s.id not in left]

    @property
    def issued_day(self) -> date:
        """The day on which it was issued, where the analyst was.

        ``issued`` has the offset from UTC of that place, but was written in UTC at first: then the
        as-of of a live forecast, no more than a day from Greenwich's, is that day.
        """
        written = self.issued.date()
        return self.as_of if self.mode == "live" and abs(written - self.as_of) <= _DAY else written

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        data: dict[str, Any] = plain(self)
        for name in ("outcomes", "signs", "hangs_on"):
            if not data[name]:
                del data[name]
        return data | {"issued": self.issued.isoformat()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Forecast:
        """Read back what `to_json` wrote.

        Unknown fields are ignored, so that old tools read new records, and those that later
        versions added have their defaults.

        Raises
        ------
        ValueError
            If a field is missing, or is not of its type and range; `forecast.ledger.first_fault`
            says which.
        """
        return msgspec.convert(data, cls, dec_hook=dec_hook)


type Previous = tuple[int | None, Forecast]  # ledger entry number (None: recomputed) and forecast


def compared(forecast: Forecast, previous: Previous | None) -> Forecast:
    """Return a forecast with what changed since another; with None, of changes since nothing."""
    entry, earlier = previous or (None, None)
    before = {s.id: s.probability for s in earlier.scenarios} if earlier else {}
    since = ChangeSince(earlier.period, earlier.as_of, entry) if earlier else None
    return replace(
        forecast,
        change_since=since,
        scenarios=[
            replace(s, change=s.probability - before[s.id] if s.id in before else None)
            for s in forecast.scenarios
        ],
    )
