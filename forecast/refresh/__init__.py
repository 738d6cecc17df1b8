"""Refresh: readings as-of a date in, a forecast out. Pure: it writes nothing but caches.

A replay or a backtest is the ordinary refresh with an earlier as-of; there is no second path.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import date
from typing import Any

from forecast import clock
from forecast.alerts import following
from forecast.case import Case, Evidence
from forecast.families import FAMILIES
from forecast.model import names
from forecast.model.fit import Progress, silent
from forecast.model.posterior import Posterior, interval
from forecast.model.spec import Array
from forecast.model.store import versions
from forecast.periods import Period
from forecast.readings import Known, Reading, evidence_known, known_as_of
from forecast.record import (
    EvidenceForecast,
    FitReport,
    Forecast,
    HeldReading,
    HistoryPoint,
    KnownOutcome,
    Mode,
    Previous,
    ScenarioForecast,
    Swing,
)
from forecast.refresh.draws import (
    Bounded,
    Draws,
    by_scenario,
    draws_as_of,
    forecast_period,
    normalised,
)
from forecast.refresh.evidence import contributions
from forecast.refresh.hangs import hangs_on
from forecast.refresh.playing import sources_in_play
from forecast.refresh.swing import swing
from forecast.refresh.warning import signs_now
from forecast.refresh.watch import watch_list


def refresh(
    case: Case,
    readings: tuple[Reading, ...],
    as_of: date,
    previous: Previous | None = None,
    *,
    progress: Progress | None = None,
    refit: bool = False,
) -> Forecast:
    """Return the forecast of a case as-of a date.

    Parameters
    ----------
    case, readings
        The case and all its rows; only those published on or before ``as_of`` are used.
    as_of
        The date whose knowledge the forecast may use.
    previous
        What `change` compares with; without it there is none.
    progress
        Called with a share done in [0, 1] and what is being done.
    refit
        Sample anew even if the cache holds this very fit.

    Raises
    ------
    CaseError
        If no period of the case had ended before ``as_of``.
    FitError
        If the model could not be sampled at all.
    """
    issued = clock.now()  # before the draws: midnight may come while they are made
    mode: Mode = "live" if case.as_of is None and as_of == issued.date() else "replayed"
    period = forecast_period(case, as_of)
    known = known_as_of(case, readings, as_of)
    events = tuple(item for item in case.evidence if item.published <= as_of)
    said = contributions(case, evidence_known(case, as_of, period))
    draws = draws_as_of(case, readings, known, progress or silent, refit=refit)
    posterior = draws.posterior
    forecast = Forecast(
        case=case.name,
        period=period,
        as_of=as_of,
        issued=issued.replace(microsecond=0),
        mode=mode,
        fingerprint=fingerprint(case, known),
        cadence=case.cadence,
        language=case.language,
        pinned=case.as_of is not None,
        readings_used=len(known.speaking) + len(known.spans),
        change_since=None,
        scenarios=_scenarios(case, posterior, swing(case, readings, known, draws)),
        history=_history(case, posterior),
        indicators=watch_list(case, known, draws.data, posterior, draws.theta),
        evidence=[_event(case, item, said.get(item.id)) for item in events],
        held=[_held(case, reading) for reading in known.held],
        fit=_report(case, draws),
        support=by_scenario(case, posterior.support()[-1]),
        outcomes=[
            KnownOutcome(period, [s.id for s in case.scenarios if s.id in left])
            for period, left in known.possible.items()
        ],
        signs=signs_now(case, known, draws),
        hangs_on=hangs_on(case, draws),
    )
    return following(case.alerts, forecast, previous)


RECORD = 2  # part of every fingerprint: raise it when the same inputs mean a record of more
_NO_PART = (
    "root", "as_of", "sources", "ordered", "alerts", "reliability", "credibility", "outcomes",
    "derived",
)  # fmt: skip


def fingerprint(case: Case, known: Known) -> str:
    """Return the hash of all it uses: definitions, known readings, as-of, seed, versions.

    Not of where events are pulled from and how they are counted: what that led to is among the
    readings, and before the first pull it led to nothing. Nor of whether scenarios are ordered,
    which only scores ask, of when a probability is an alert, which changes none, and of derived
    facts and ``holds_when``, by which nothing is forecast. Outcomes are part of it as far as they
    were known and rule anything out.
    """
    definitions = dataclasses.asdict(case)
    for name in _NO_PART:
        del definitions[name]
    if signs := [dataclasses.asdict(each) for each in case.derived if each.role == "sign"]:
        definitions["signs"] = signs
    definitions["grades"] = case.grades
    if not case.before:
        del definitions["before"]
    for scenario in definitions["scenarios"]:
        del scenario["holds_when"]
        for name, default in (("over", ()), ("resumes", 0.0), ("elapsed", None)):
            if scenario[name] == default:  # as before there was such a key
                del scenario[name]
    for indicator, defined in zip(case.indicators, definitions["indicators"], strict=True):
        del defined["counted"]
        if indicator.memory is None:  # as before there was such a key
            del defined["memory"]
        defined["sources"] = sources = sources_in_play(indicator, known)
        defined["ratio"] = {s: ratio for s, ratio in indicator.ratio.items() if s in sources}
    definitions["evidence"] = [
        _defined(item) for item in case.evidence if item.published <= known.as_of
    ]
    rows = [*known.speaking.values(), *known.spans, *known.silent, *known.held, *known.replaced]
    parts = {
        "definitions": definitions,
        "readings": sorted(json.dumps(_row(r), sort_keys=True) for r in rows),
        "as_of": known.as_of,
        "seed": names.SEED,
        "record": RECORD,
        "versions": versions(),
    }
    if known.possible:
        parts["outcomes"] = {str(p): sorted(left) for p, left in known.possible.items()}
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=_plain).encode()).hexdigest()


def _defined(item: Evidence) -> dict[str, Any]:
    """An event without what it has not, as before there was such a key."""
    defined = dataclasses.asdict(item)
    if not item.before:
        del defined["before"]
    return defined


def _plain(value: object) -> object:
    """Return what JSON has no word for as the fingerprints of every record so far have it."""
    if isinstance(value, Period):
        return {"cadence": value.cadence, "ordinal": value.ordinal}
    return str(value)


def _row(reading: Reading) -> dict[str, Any]:
    row = {f.name: getattr(reading, f.name) for f in dataclasses.fields(reading)}
    del row["line"]
    return row | {"period": str(reading.period), "published": reading.published.isoformat()}


def _scenarios(
    case: Case, posterior: Posterior, swings: tuple[Array, Array]
) -> list[ScenarioForecast]:
    now = Bounded.of(posterior.now)
    horizons = {h: normalised(p) for h, p in posterior.horizons(case.horizons).items()}
    ever = posterior.ever_within(case.horizons)
    return [
        ScenarioForecast(
            id=scenario.id,
            name=scenario.name,
            probability=float(now.probability[k]),
            low=float(now.low[k]),
            high=float(now.high[k]),
            change=None,
            horizons={str(h): float(p[k]) for h, p in horizons.items()},
            ever_within={str(h): float(p[k]) for h, p in ever.items()},
            swing=Swing(float(swings[0][k]), float(swings[1][k])),
        )
        for k, scenario in enumerate(case.scenarios)
    ]


def _history(case: Case, posterior: Posterior) -> list[HistoryPoint]:
    low, high = interval(posterior.filtered)
    filtered, smoothed = posterior.filtered.mean(axis=0), posterior.smoothed.mean(axis=0)
    return [
        HistoryPoint(
            period=case.first + t,
            filtered=[float(p) for p in filtered[t]],
            smoothed=[float(p) for p in smoothed[t]],
            low=[float(p) for p in low[t]],
            high=[float(p) for p in high[t]],
        )
        for t in range(len(filtered))
    ]


def _event(case: Case, item: Evidence, log_support: Array | None) -> EvidenceForecast:
    return EvidenceForecast(
        id=item.id,
        name=item.name,
        period=item.period,
        published=item.published,
        grade=item.grade,
        url=item.url or None,
        support={} if log_support is None else by_scenario(case, log_support),
    )


def _held(case: Case, reading: Reading) -> HeldReading:
    name = next(i.name for i in case.indicators if i.id == reading.indicator)
    return HeldReading(
        indicator=reading.indicator,
        name=name,
        period=reading.period,
        value=reading.value,
        published=reading.published,
        source=reading.source,
    )


def _report(case: Case, draws: Draws) -> FitReport:
    counts = [i for i in case.indicators if FAMILIES[i.family].adds_up]
    return FitReport(
        method=draws.method,
        anchor=draws.anchor,
        rhat_max=draws.fit.rhat_max,
        ess_min=draws.ess,
        divergences=draws.fit.divergences,
        khat=draws.khat,
        draws=len(draws.theta),
        ok=not draws.fit.failures,
        seed=names.SEED,
        failures=draws.fit.failures,
        surprises=[
            f"{counts[c].name} under {case.scenarios[k].name}: "
            f"{'higher' if moved > 0 else 'lower'} than asked by {abs(moved):.1f} prior sd"
            for (c, k), moved in draws.surprises.items()
        ],
    )
