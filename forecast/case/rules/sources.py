"""Rules of ``indicators/sources.toml``: what is pulled from where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forecast.case.draft import Draft
from forecast.case.tables import Table
from forecast.case.ucdp import version_days
from forecast.case.values import ID_RULE, is_id
from forecast.errors import Problem, show
from forecast.periods import FIRST_YEAR, LAST_YEAR

_KEY = r"(?:key|api[_-]?key|token|access[_-]?token|password)="
_PASSWORD = re.compile(rf"[a-z]+://(?:[^/?#]*@|[^?]*\?(?:.*&)?{_KEY})", re.IGNORECASE)


def ids_are_ids(draft: Draft) -> Iterator[Problem]:
    """Sources are named by ids."""
    for name, source in (draft.sources or {}).items():
        if not is_id(name):
            yield Problem(source.where, ID_RULE)


def kinds_have_their_keys(draft: Draft) -> Iterator[Problem]:
    """A table says where it is and what its columns hold, UCDP's API which version is asked."""
    for source in _sources(draft):
        kind = source.values.get("kind")
        if kind == "table":
            for key in ("at", "columns"):
                if not source.has(key):
                    yield Problem(source.at(key), "must be given: the kind is table")
        if kind == "ucdp" and not source.has("version") and not source.has("at"):
            hint = "for example 25.1, or 24.0.11 for candidate events of November 2024"
            yield Problem(source.at("version"), "must be given, or at", hint=hint)
        for key, owner in (("columns", "table"), ("version", "ucdp")):
            if kind and kind != owner and source.has(key):
                yield Problem(source.at(key), f"must be left out: the kind is {kind}")


def files_are_pulled_whole(draft: Draft) -> Iterator[Problem]:
    """Only an API can be asked for some countries; a file holds what it holds."""
    for source in _sources(draft):
        if source.has("at") and source.has("country"):
            hint = "a file is pulled whole; filter by country where it is counted"
            yield Problem(source.at("country"), "must be left out beside at", hint=hint)


def addresses_hold_no_password(draft: Draft) -> Iterator[Problem]:
    """A case is shared; what opens a door is not kept in it."""
    for source in _sources(draft):
        if _PASSWORD.match(source.values.get("at", "")):  # not shown: the message may be shared too
            rule = "must hold no user name, password, key or token"
            hint = "a case is shared; for the providers' APIs they are given in the environment"
            yield Problem(source.at("at"), rule, hint=hint)


def days_are_in_order(draft: Draft) -> Iterator[Problem]:
    """A source begins before it ends, within the calendar."""
    for source in _sources(draft):
        since, until = source.values.get("since"), source.values.get("until")
        for key, day in (("since", since), ("until", until)):
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                rule = f"must be in the years {FIRST_YEAR} to {LAST_YEAR}"
                yield Problem(source.at(key), rule, show(day))
        if since and until and until < since:
            yield Problem(source.at("until"), f"must not be before since, {since}", show(until))


def days_lie_in_the_version(draft: Draft) -> Iterator[Problem]:
    """Days a version does not cover must not be declared covered: they would count as zero."""
    for source in _sources(draft):
        covered = version_days(source.values.get("version", ""))
        if not covered or source.values.get("kind") != "ucdp":
            continue
        first, last = covered
        for key in ("since", "until"):
            day = source.values.get(key)
            if day and not first <= day <= last:
                rule = f"must lie in what version {source.values['version']} covers"
                yield Problem(source.at(key), f"{rule}, {first} to {last}", show(day))


def _sources(draft: Draft) -> list[Table]:
    return list((draft.sources or {}).values())
