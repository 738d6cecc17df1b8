"""Drafted outcomes in words: which conditions a period meets, by which readings, and the row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from forecast.case import Case
from forecast.families import FAMILIES
from forecast.periods import Period
from forecast.readings import Fact, OutcomeDraft, Verdict
from forecast.report.view import words
from forecast.report.view.derived import source_of, value_text
from forecast.report.view.sanitise import clean

_MET = {True: "met", False: "not met", None: "not known"}
_MOST = 8  # periods of one subject that are named, the latest


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One scenario's condition; ``facts`` are what was read, a line per subject."""

    scenario: str
    met: str
    condition: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    """A drafted outcome: its conditions, what follows, and the cells of the row that records it.

    ``scenario`` is empty where there is nothing to record; ``ruled_out`` stands in its place where
    more than one scenario is possible.
    """

    heading: str
    rows: tuple[VerdictRow, ...]
    conclusion: str
    scenario: str
    ruled_out: tuple[str, ...]
    url: str
    note: str


def build_draft(case: Case, draft: OutcomeDraft, recorded: frozenset[str] | None) -> DraftView:
    """A draft in words.

    Parameters
    ----------
    recorded
        The scenarios that recorded outcomes leave possible; None if nothing is recorded.
    """
    possible = draft.possible
    ruled_out = tuple(s.id for s in case.scenarios if s.id not in possible)
    if len(possible) == 1:
        conclusion = f"By these conditions {possible[0]} held."
    elif ruled_out:
        conclusion = f"Ruled out: {', '.join(ruled_out)}. Possible: {', '.join(possible)}."
    else:
        conclusion = "These conditions rule no scenario out."
    new = bool(ruled_out)
    if recorded is not None:
        said = " or ".join(s.id for s in case.scenarios if s.id in recorded)
        if not recorded & {*possible}:
            conclusion += f" That CONTRADICTS what is recorded: {said}."
            new = False
        elif recorded <= {*possible}:
            conclusion += f" Recorded before: {said}."
            new = False
    note, url = _note(case, draft)
    return DraftView(
        heading=draft.period.label(),
        rows=tuple(_row(case, verdict, draft.period) for verdict in draft.verdicts),
        conclusion=conclusion,
        scenario=possible[0] if new and len(possible) == 1 else "",
        ruled_out=ruled_out if new and len(possible) > 1 else (),
        url=url,
        note=note if url else f"not openable: {note}",
    )


def _row(case: Case, verdict: Verdict, period: Period) -> VerdictRow:
    scenario = verdict.scenario
    if scenario.holds_when is None:
        last = scenario is case.scenarios[-1]
        told = "holds if no other does" if last else "has no holds_when: judge it yourself"
        return VerdictRow(scenario.id, "", told, ())
    by_subject: dict[str, list[Fact]] = {}
    for fact in verdict.facts:
        by_subject.setdefault(fact.subject, []).append(fact)
    return VerdictRow(
        scenario=scenario.id,
        met=_MET[verdict.met],
        condition=clean(str(scenario.holds_when)),
        facts=tuple(
            f"{subject}{_read(case, facts, period)}" for subject, facts in by_subject.items()
        ),
    )


def _read(case: Case, facts: list[Fact], period: Period) -> str:
    """Return `` 12 (monitor B2, 30 Nov)``, or of several periods ``: W45 12, W46 not read``."""
    if len(facts) == 1:
        return f" {_value(case, facts[0])}{_source(facts[0])}"
    shown = facts[-_MOST:]
    more = f"{len(facts) - len(shown)} more, " if len(shown) < len(facts) else ""
    named = (f"{words.period_range(f.period, f.period, period)} {_value(case, f)}" for f in shown)
    return f": {more}{', '.join(named)}{_source(facts[-1])}"


def _value(case: Case, fact: Fact) -> str:
    measure = next((each for each in case.derived if each.id == fact.subject), None)
    if fact.value is None:
        return "not read" if measure is None else "not known"
    if measure is not None:
        return value_text(measure, source_of(case, measure), fact.value)
    indicator = next(each for each in case.indicators if each.id == fact.subject)
    family = FAMILIES[indicator.family]
    levels = family.levels(indicator.levels)
    if levels:
        return f"{clean(levels[int(fact.value)])} ({family.bare(fact.value)})"
    text = f"{fact.value:,.10g}" if family.adds_up else family.text(fact.value)
    reading = fact.reading
    if reading is not None and reading.span > 1:
        text += f" in {words.counted(reading.span, case.cadence)}"
    elif reading is not None and family.adds_up and reading.days < reading.full_days:
        text += f" in {reading.days} of {reading.full_days} d"
    return text


def _source(fact: Fact) -> str:
    if fact.reading is None:
        return ""
    reading = fact.reading
    return f" ({clean(reading.source)} {reading.grade}, {words.day_month(reading.published)})"


def _note(case: Case, draft: OutcomeDraft) -> tuple[str, str]:
    """What the row of an outcome says for itself, and the first address that shows it."""
    told = [v for v in draft.verdicts if v.scenario.holds_when is not None and v.met is not None]
    decided = [v for v in told if v.met] or told
    facts = dict.fromkeys(
        fact for verdict in decided for fact in verdict.facts if fact.period == draft.period
    )
    named = "; ".join(f"{each.subject} {_value(case, each)}{_source(each)}" for each in facts)
    return f"by holds_when: {named}", _first_url(facts)


def _first_url(facts: Iterable[Fact]) -> str:
    return next((f.reading.url for f in facts if f.reading is not None and f.reading.url), "")
