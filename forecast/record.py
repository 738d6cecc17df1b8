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
from dataclasses import MISSING, dataclass, field
from typing import Any, Literal

Mode = Literal["live", "replayed"]
Method = Literal["fit", "tempered", "update"]  # how a posterior was computed
AlertState = Literal["raised", "standing", "crossed", "cleared", "quiet"]


@dataclass(frozen=True, slots=True)
class ScenarioForecast:
    """One scenario's probability for the forecast period and after it.

    ``low`` and ``high`` bound the 90 % interval across draws, widened to include ``probability``.
    ``change`` is against ``Forecast.change_since``, None when there is nothing to compare with.
    ``horizons`` and ``ever_within`` are keyed by periods ahead, as text.
    """

    id: str
    name: str
    probability: float
    low: float
    high: float
    change: float | None
    horizons: dict[str, float]
    ever_within: dict[str, float]


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """Scenario probabilities (in the order of ``Forecast.scenarios``) for one past period.

    ``filtered`` uses readings up to that period, ``smoothed`` all of them; both with what is known
    as-of the forecast. ``low`` and ``high`` bound the filtered probabilities' 90 % interval.
    """

    period: str
    filtered: list[float]
    smoothed: list[float]
    low: list[float]
    high: list[float]


@dataclass(frozen=True, slots=True)
class NextPeriod:
    """Predictive distribution of an indicator for the period after the forecast period.

    ``quantiles`` maps 23 levels (``"0.01"`` ... ``"0.99"``) to values; for ordinals and binaries
    ``levels`` holds a probability per level as well. ``thresholds`` maps ``watch``, ``warning``,
    ``critical`` to the probability of being at or above it, and ``watch_below`` and so on to that
    of being at or below.
    """

    quantiles: dict[str, float]
    thresholds: dict[str, float]
    levels: list[float]


@dataclass(frozen=True, slots=True)
class IndicatorForecast:
    """An indicator's latest reading, its state, what it says and what is expected next.

    ``level_names`` names an ordinal's levels from 0. ``period`` .. ``state`` describe the latest
    speaking reading (None when there is none): ``age_days`` runs from its publication to the as-of,
    ``state`` is the worst threshold reached (``ok``, ``watch``, ``warning``, ``critical``; with
    ``_below`` one from above, with ``_pace`` one that a part of a period is on pace for; ``none``
    without a reading). ``due`` is ``reported``, ``due`` or
    ``overdue`` for the forecast period. ``recent`` are the values per full period of the last 12
    periods from ``recent_first`` on, None where missing. ``support`` maps scenario ids to
    log p(this period's reading | scenario, all before it); empty when there is none. ``bounds`` are
    the values of ``next.thresholds``; empty in records of versions before it.
    """

    id: str
    name: str
    question: str
    family: str
    unit: str
    level_names: list[str]
    period: str | None
    value: float | None
    days: int | None
    span: int | None
    published: str | None
    source: str | None
    grade: str | None
    url: str | None
    age_days: int | None
    state: str
    due: str
    recent: list[float | None]
    recent_first: str
    support: dict[str, float]
    next: NextPeriod
    bounds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidenceForecast:
    """A one-off event known by the as-of.

    ``support`` maps scenario ids to what it adds to their log-likelihood in its period; empty if it
    is about a period after the forecast period, and held.
    """

    id: str
    name: str
    period: str
    published: str
    grade: str
    url: str | None
    support: dict[str, float]


@dataclass(frozen=True, slots=True)
class HeldReading:
    """A reading that is known but about a period after the forecast period."""

    indicator: str
    name: str
    period: str
    value: float
    published: str
    source: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A threshold that an indicator was likely to cross next period; ``raised`` is when first.

    ``state`` is ``raised`` by this forecast, ``standing`` since an earlier one, over because the
    threshold was ``crossed`` or the probability fell (``cleared``), or ``quiet``: over, and too
    soon to be raised again.
    """

    indicator: str
    threshold: str
    probability: float
    raised: str
    state: AlertState


@dataclass(frozen=True, slots=True)
class ChangeSince:
    """What ``change`` compares with: a ledger entry (its number), or that period recomputed."""

    period: str
    as_of: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class FitReport:
    """How the posterior was computed, and whether it can be trusted.

    ``method`` is ``fit`` (NUTS), ``tempered`` (what failed the gate, sampled again across modes) or
    ``update`` (an earlier fit's draws, reweighted). ``ok`` is False when any gate failed;
    ``failures`` says which, in words. ``surprises`` names locations that moved more than two prior
    standard deviations: said, not failed. Diagnostics that do not exist are None, never NaN.
    """

    method: Method
    anchor: str
    rhat_max: float
    ess_min: float
    divergences: int
    khat: float | None
    draws: int
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
    """Everything a refresh says. ``issued`` is the one field that differs between equal runs.

    ``support`` maps scenario ids to log p(all readings and events of the period | scenario, all
    before it). It is not the sum of theirs: counts share a shock, and all of them what is not known
    of the scenario. Empty in records of version 1. ``alerts`` are those that stand or ended lately
    (`forecast.alerts`), by the case's rule when it was issued.
    """

    case: str
    period: str
    as_of: str
    issued: str
    mode: Mode
    fingerprint: str
    cadence: str
    language: str
    pinned: bool
    readings_used: int
    change_since: ChangeSince | None
    scenarios: list[ScenarioForecast]
    history: list[HistoryPoint]
    indicators: list[IndicatorForecast]
    evidence: list[EvidenceForecast]
    held: list[HeldReading]
    fit: FitReport
    support: dict[str, float] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Forecast:
        """Read back what `to_json` wrote.

        Unknown fields are ignored, so that old tools read new records.

        Raises
        ------
        KeyError, TypeError
            If a field is missing or not of its type.
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
