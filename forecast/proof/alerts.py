"""How good alerts are: how many were followed by a crossing, how many crossings came unannounced.

A **crossing** is a reading at or beyond a threshold where the one before, if any, was not. An
alert is **followed** if one comes in a period it stood for; it is **open** while it stands and none
has come, or if nothing was read of all the periods it stood for. A crossing is **announced** if an
alert for it stood in the forecast of the period before. Judged by the rule the case has now, over
every first issue, so that one can see what another rule would have done.

Plain Python: `forecast watch` shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from forecast.alerts import STANDING, severity, step
from forecast.case import THRESHOLDS, Case, Indicator
from forecast.periods import Period
from forecast.proof.questions import MODES, Issue, Logged, first_issues, known_since
from forecast.proof.types import AlertRecord
from forecast.readings import Known, Reading, rates
from forecast.record import Alert, Mode

type _Seen = tuple[bool, bool | None]  # an alert stood; a crossing came, None: nothing was read


def alert_records(
    case: Case, logged: Sequence[Logged], readings: Iterable[Reading], known: Known
) -> tuple[AlertRecord, ...]:
    """The record of alerts by mode and threshold, of those forecasts speak about.

    Parameters
    ----------
    case
        Its rule and thresholds are those judged.
    logged
        Forecasts in the order of the ledger.
    readings, known
        All readings, and what is known now.
    """
    since = known_since(readings)
    counts: dict[tuple[Mode, str], Counter[str]] = {}
    for indicator in case.indicators:
        values = _values(case, indicator, known)
        issues = list(first_issues(indicator, logged, since, known))
        for mode in MODES:
            here = [issue for issue in issues if issue.mode == mode]
            for threshold, seen in _seen(case, indicator, here, values).items():
                level = THRESHOLDS[severity(threshold) - 1]
                counts.setdefault((mode, level), Counter()).update(_counted(seen))
    return tuple(
        AlertRecord(
            mode=mode,
            threshold=level,
            **{n: counts[mode, level][n] for n in ("raised", "followed", "crossings", "announced")},
            open=counts[mode, level]["open"],
        )
        for mode in MODES
        for level in THRESHOLDS
        if (mode, level) in counts
    )


def _values(case: Case, indicator: Indicator, known: Known) -> dict[Period, float]:
    """Return what was read of each period, in full; of a total its share."""
    periods = [case.first + step for step in range(known.period - case.first + 1)]
    told = zip(periods, rates(indicator, known, periods), strict=True)
    return {period: value for period, value in told if value is not None}


def _seen(
    case: Case, indicator: Indicator, issues: Sequence[Issue], values: dict[Period, float]
) -> dict[str, list[_Seen]]:
    """Return, per threshold, what was said and what came, one pair per forecast in order."""
    seen: dict[str, list[_Seen]] = {}
    alerts: list[Alert] = []
    for issue in issues:
        alerts = step(case.alerts, issue.target - 1, [issue.said], alerts)
        standing = {alert.threshold for alert in alerts if alert.state in STANDING}
        before = max((p for p in values if p < issue.target), default=None)
        for threshold, bound in indicator.bounds.items():
            if issue.said.bounds.get(threshold, bound) != bound:
                continue  # it was another threshold then
            came = None
            if issue.reading:
                was = before is not None and indicator.reaches(threshold, values[before])
                came = indicator.reaches(threshold, values[issue.target]) and not was
            seen.setdefault(threshold, []).append((threshold in standing, came))
    return seen


def _counted(seen: list[_Seen]) -> Counter[str]:
    counts = Counter(
        crossings=sum(came is True for _, came in seen),
        announced=sum(stood and came is True for stood, came in seen),
    )
    runs = [(stood, [came for _, came in run]) for stood, run in groupby(seen, lambda s: s[0])]
    for number, (stood, came) in enumerate(runs):
        if stood:
            last = number == len(runs) - 1
            followed = True in came
            waits = last or not any(told is not None for told in came)
            counts.update(raised=1, followed=followed, open=waits and not followed)
    return counts
