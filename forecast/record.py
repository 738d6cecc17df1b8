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
     ├─ alerts       Alert …               thresholds that are, or lately were, likely to be crossed
     └─ fit          FitReport
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple

from forecast.periods import Period, parse_day

ROUNDING = 1e-6  # how far computed probabilities may be from where they must lie


class Rule(NamedTuple):
    """What a value must be, beside being of its type: in words, and as a test of it."""

    says: str
    holds: Callable[[Any], bool]


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def holds(text: str) -> bool:
        try:
            parse(text)
        except (ValueError, OverflowError):
            return False
        return True

    return holds


def _one_of(*words: str) -> Rule:
    return Rule(f"must be {', '.join(words[:-1])} or {words[-1]}", lambda word: word in words)


Share = Annotated[
    float, Rule("must be a probability, 0 to 1", lambda p: -ROUNDING <= p <= 1 + ROUNDING)
]
Named = Annotated[str, Rule("must be text", lambda text: bool(text.strip()))]
Grade = Annotated[
    str, Rule("must be an Admiralty grade", lambda text: bool(re.fullmatch("[A-F][1-6]", text)))
]
Step = Annotated[float, Rule("must be from -1 to 1", lambda x: abs(x) <= 1 + ROUNDING)]
Amount = Annotated[float, Rule("must be at least 0 and at most 1e+30", lambda x: 0 <= x <= 1e30)]
Count = Annotated[int, Rule("must be at least 0", lambda n: n >= 0)]
Length = Annotated[int, Rule("must be at least 1", lambda n: n >= 1)]
Ahead = Annotated[
    str, Rule("must be periods ahead, 1 to 520", lambda h: h.isdecimal() and 1 <= int(h) <= 520)
]
Level = Annotated[
    str, Rule("must be between 0 and 1", lambda q: _parses(float)(q) and 0 < float(q) < 1)
]
PeriodText = Annotated[str, Rule("must be a period", _parses(Period.parse))]
Day = Annotated[str, Rule("must be a date", _parses(parse_day))]
Moment = Annotated[
    str,
    Rule(
        "must be a date and time",
        lambda text: _parses(parse_day)(text[:10]) and _parses(datetime.fromisoformat)(text),
    ),
]
_THRESHOLDS = ("watch", "warning", "critical")
_BELOW, _PACE = (tuple(name + end for name in _THRESHOLDS) for end in ("_below", "_pace"))
Threshold = Annotated[str, _one_of(*_THRESHOLDS, *_BELOW)]
State = Annotated[str, _one_of("none", "ok", *_THRESHOLDS, *_BELOW, *_PACE)]
Family = Annotated[str, _one_of("count", "ordinal", "binary")]
Due = Annotated[str, _one_of("reported", "due", "overdue")]
CadenceText = Annotated[str, _one_of("week", "month")]
Language = Annotated[str, _one_of("icd203", "phia")]
Mode = Literal["live", "replayed"]
Method = Literal["fit", "tempered", "update"]  # how a posterior was computed
AlertState = Literal["raised", "standing", "crossed", "cleared", "quiet"]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ScenarioForecast:
    """One scenario's probability for the forecast period and after it.

    ``low`` and ``high`` bound the 90 % interval across draws, widened to include ``probability``.
    ``change`` is against ``Forecast.change_since``, None when there is nothing to compare with.
    ``horizons`` and ``ever_within`` are keyed by periods ahead, as text.
    """

    id: Named
    name: Named
    probability: Share
    low: Share
    high: Share
    change: Step | None
    horizons: dict[Ahead, Share]
    ever_within: dict[Ahead, Share]


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """Scenario probabilities (in the order of ``Forecast.scenarios``) for one past period.

    ``filtered`` uses readings up to that period, ``smoothed`` all of them; both with what is known
    as-of the forecast. ``low`` and ``high`` bound the filtered probabilities' 90 % interval.
    """

    period: PeriodText
    filtered: list[Share]
    smoothed: list[Share]
    low: list[Share]
    high: list[Share]


@dataclass(frozen=True, slots=True)
class NextPeriod:
    """Predictive distribution of an indicator for the period after the forecast period.

    ``quantiles`` maps 23 levels (``"0.01"`` ... ``"0.99"``) to values; for ordinals and binaries
    ``levels`` holds a probability per level as well. ``thresholds`` maps ``watch``, ``warning``,
    ``critical`` to the probability of being at or above it, and ``watch_below`` and so on to that
    of being at or below.
    """

    quantiles: dict[Level, Amount]
    thresholds: dict[Threshold, Share]
    levels: list[Share]


@dataclass(frozen=True, slots=True)
class IndicatorForecast:
    """An indicator's latest reading, its state, what it says and what is expected next.

    ``level_names`` names an ordinal's levels from 0. ``period`` .. ``state`` describe the latest
    speaking reading (None when there is none): ``age_days`` runs from its publication to the as-of,
    ``state`` is the worst threshold reached (``ok``, ``watch``, ``warning``, ``critical``; with
    ``_below`` one from above, with ``_pace`` one that a part of a period is on pace for; ``none``
    without a reading). ``due`` is ``reported``, ``due`` or ``overdue`` for the forecast period; of
    what is overdue the state is the last known. ``recent`` are the values per full period of the
    last 12 periods from ``recent_first`` on, None where missing. ``support`` maps scenario ids to
    log p(this period's reading | scenario, all before it); empty when there is none. ``bounds`` are
    the values of ``next.thresholds``; empty in records of versions before it.
    """

    id: Named
    name: Named
    question: str
    family: Family
    unit: str
    level_names: list[str]
    period: PeriodText | None
    value: Amount | None
    days: Length | None
    span: Length | None
    published: Day | None
    source: str | None
    grade: Grade | None
    url: str | None
    age_days: Count | None
    state: State
    due: Due
    recent: list[Amount | None]
    recent_first: PeriodText
    support: dict[str, float]
    next: NextPeriod
    bounds: dict[Threshold, Amount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidenceForecast:
    """A one-off event known by the as-of.

    ``support`` maps scenario ids to what it adds to their log-likelihood in its period; empty if it
    is about a period after the forecast period, and held.
    """

    id: Named
    name: Named
    period: PeriodText
    published: Day
    grade: Grade
    url: str | None
    support: dict[str, float]


@dataclass(frozen=True, slots=True)
class HeldReading:
    """A reading that is known but about a period after the forecast period."""

    indicator: Named
    name: Named
    period: PeriodText
    value: Amount
    published: Day
    source: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A threshold that an indicator was likely to cross next period; ``raised`` is when first.

    ``state`` is ``raised`` by this forecast, ``standing`` since an earlier one, over because the
    threshold was ``crossed`` or the probability fell (``cleared``), or ``quiet``: over, and too
    soon to be raised again.
    """

    indicator: str
    threshold: Threshold
    probability: Share
    raised: PeriodText
    state: AlertState


@dataclass(frozen=True, slots=True)
class ChangeSince:
    """What ``change`` compares with: a ledger entry (its number), or that period recomputed."""

    period: PeriodText
    as_of: Day
    entry: Length | None


@dataclass(frozen=True, slots=True)
class FitReport:
    """How the posterior was computed, and whether it can be trusted.

    ``method`` is ``fit`` (NUTS), ``tempered`` (what failed the gate, sampled again across modes) or
    ``update`` (an earlier fit's draws, reweighted). ``ok`` is False when any gate failed;
    ``failures`` says which, in words. ``surprises`` names locations that moved more than two prior
    standard deviations: said, not failed. Diagnostics that do not exist are None, never NaN.
    """

    method: Method
    anchor: Day
    rhat_max: float
    ess_min: float
    divergences: Count
    khat: float | None
    draws: Count
    ok: bool
    seed: int
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


@dataclass(frozen=True, slots=True)
class Forecast:
    """Everything a refresh says.

    ``issued`` is the one field that differs between equal runs: the moment it was begun, with the
    local offset from UTC.

    ``support`` maps scenario ids to log p(all readings and events of the period | scenario, all
    before it). It is not the sum of theirs: counts share a shock, and all of them what is not known
    of the scenario. Empty in records of version 1. ``alerts`` are those that stand or ended lately
    (`forecast.alerts`), by the case's rule when it was issued. ``files`` are digests of
    the rows of readings and resolutions that no entry before had, by path (`forecast.ledger`);
    empty before it is logged, and in older records.
    """

    case: Named
    period: PeriodText
    as_of: Day
    issued: Moment
    mode: Mode
    fingerprint: str
    cadence: CadenceText
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

    @property
    def issued_day(self) -> date:
        """The day on which it was issued, where the analyst was.

        ``issued`` has the offset from UTC of that place, but was written in UTC at first: then the
        as-of of a live forecast, no more than a day from Greenwich's, is that day.
        """
        written, as_of = date.fromisoformat(self.issued[:10]), date.fromisoformat(self.as_of)
        return as_of if self.mode == "live" and abs(written - as_of) <= _DAY else written

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Forecast:
        """Read back what `to_json` wrote.

        Unknown fields are ignored, so that old tools read new records. Values are trusted:
        `forecast.ledger.first_fault` is for records that nothing vouches for.

        Raises
        ------
        KeyError, TypeError
            If a field is missing, or is no record where one is needed.
        """
        nested = (
            "change_since", "scenarios", "history", "indicators", "evidence", "held", "fit",
            "alerts",
        )  # fmt: skip
        since = data["change_since"]
        return cls(
            **_known(cls, data, *nested),
            change_since=_build(ChangeSince, since) if since else None,
            scenarios=[_build(ScenarioForecast, item) for item in data["scenarios"]],
            history=[_build(HistoryPoint, item) for item in data["history"]],
            indicators=[
                IndicatorForecast(
                    **_known(IndicatorForecast, item, "next"), next=_build(NextPeriod, item["next"])
                )
                for item in data["indicators"]
            ],
            evidence=[_build(EvidenceForecast, item) for item in data["evidence"]],
            held=[_build(HeldReading, item) for item in data["held"]],
            fit=_build(FitReport, data["fit"]),
            alerts=[_build(Alert, item) for item in data.get("alerts", [])],
        )


type Previous = tuple[int | None, Forecast]  # ledger entry number (None: recomputed) and forecast


def compared(forecast: Forecast, previous: Previous | None) -> Forecast:
    """Return a forecast with what changed since another; with None, of changes since nothing."""
    entry, earlier = previous or (None, None)
    before = {s.id: s.probability for s in earlier.scenarios} if earlier else {}
    since = ChangeSince(earlier.period, earlier.as_of, entry) if earlier else None
    return dataclasses.replace(
        forecast,
        change_since=since,
        scenarios=[
            dataclasses.replace(s, change=s.probability - before[s.id] if s.id in before else None)
            for s in forecast.scenarios
        ],
    )


def _known(cls: type, data: dict[str, Any], *without: str) -> dict[str, Any]:
    fields = [each for each in dataclasses.fields(cls) if each.name not in without]
    optional = {each.name for each in fields if each.default_factory is not MISSING}
    names = [each.name for each in fields]
    return {name: data[name] for name in names if name in data or name not in optional}


def _build[T](cls: type[T], data: dict[str, Any]) -> T:
    return cls(**_known(cls, data))
