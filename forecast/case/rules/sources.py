"""Rules of ``indicators/sources.toml``: what is pulled from where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forecast.case.draft import Draft
from forecast.case.tables import Table
from forecast.case.values import ID_RULE, is_id
from forecast.errors import Problem, show
from forecast.periods import FIRST_YEAR, LAST_YEAR
from forecast.sources import PROVIDERS, Provider
from forecast.sources.provider import EVENT_NUMBERS

_KEY = r"(?:key|api[_-]?key|token|access[_-]?token|password)="
_PASSWORD = re.compile(rf"[a-z]+://(?:[^/?#]*@|[^?]*\?(?:.*&)?{_KEY})", re.IGNORECASE)


def ids_are_ids(draft: Draft) -> Iterator[Problem]:
    """Sources are named by ids."""
    for name, source in (draft.sources or {}).items():
        if not is_id(name):
            yield Problem(source.where, ID_RULE)


def kinds_have_their_keys(draft: Draft) -> Iterator[Problem]:
    """A source has the keys its provider needs, and none that are another provider's own."""
    for source in _sources(draft):
        provider = _provider(source)
        if provider is None:
            continue
        for need in provider.needs:
            if not source.has(need.key) and not (need.unless and source.has(need.unless)):
                other = f", or {need.unless}" if need.unless else f": the kind is {provider.kind}"
                yield Problem(source.at(need.key), f"must be given{other}", hint=need.hint)
        for key in (key for other in PROVIDERS.values() for key in other.keys):
            if key not in provider.keys and source.has(key):
                yield Problem(source.at(key), f"must be left out: the kind is {provider.kind}")


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
        provider = _provider(source)
        covered = provider and provider.version_days(source.values.get("version", ""))
        if not covered:
            continue
        first, last = covered
        for key in ("since", "until"):
            day = source.values.get(key)
            if day and not first <= day <= last:
                rule = f"must lie in what version {source.values['version']} covers"
                yield Problem(source.at(key), f"{rule}, {first} to {last}", show(day))


def rows_are_published_once(draft: Draft) -> Iterator[Problem]:
    """A table names the column of its dates of publication, or says how late they are."""
    for name, columns in draft.columns.items():
        source = (draft.sources or {})[name]
        if source.has("delay") and columns.has("published"):
            yield Problem(source.at("delay"), "must be left out beside columns.published")


def own_numbers_have_own_names(draft: Draft) -> Iterator[Problem]:
    """``values`` names numbers that are none of those every event may have."""
    for columns in draft.columns.values():
        for name in columns.values.get("values", {}):
            if name in EVENT_NUMBERS:
                rule = f"must not name {name}: it is a column of its own"
                yield Problem(columns.at("values"), rule, hint=f'{name} = "..." beside it')


def rows_of_a_day_end_on_it(draft: Draft) -> Iterator[Problem]:
    """A table of one row a day has no row of several days."""
    for columns in draft.columns.values():
        if columns.values.get("day_rows") and columns.has("last_day"):
            yield Problem(columns.at("last_day"), "must be left out: every day has its own row")


def former_ids_are_of_one_source(draft: Draft) -> Iterator[Problem]:
    """``was`` names no source of the case, and no other source's former id."""
    taken = {name: f"the source [{name}]" for name in draft.sources or {}}
    for name, source in (draft.sources or {}).items():
        for former in source.values.get("was", ()):
            if former in taken:
                yield Problem(source.at("was"), f"must not name {former}: it is {taken[former]}")
            taken[former] = f"what [{show(name)}] was"


def _sources(draft: Draft) -> list[Table]:
    return list((draft.sources or {}).values())


def _provider(source: Table) -> Provider | None:
    """Return the provider of a source; None if its kind is missing or none there is."""
    return PROVIDERS.get(source.values.get("kind", ""))
