"""Rules of ``indicators/``: which files there are, levels, ratios and thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from forecast.case.draft import Draft
from forecast.case.folder import DERIVED, EVIDENCE, GRADES, SOURCES
from forecast.case.rules.common import family_of, levels_of, repeated_names
from forecast.case.tables import Table
from forecast.case.types import THRESHOLDS
from forecast.case.values import ID_RULE, is_id, ratio
from forecast.errors import Problem, did_you_mean, show
from forecast.families import FAMILIES
from forecast.kit.checks import is_number

_RESERVED = (
    "derived",
    "evidence",
    "grades",
    "scenarios",
    "sources",
)  # file names that are no indicator's


def is_indicator(stem: str) -> bool:
    """Whether a file of this name, without its ending, is an indicator's."""
    return is_id(stem) and stem not in _RESERVED


def files_belong_together(draft: Draft) -> Iterator[Problem]:
    """An indicator has a definition and priors; readings have a definition."""
    files = draft.files
    watched = [stem for stem in files.watched if stem not in _RESERVED]
    if not watched:
        yield Problem("indicators", "must have at least one <indicator>.toml")
    for stem in sorted({*files.watched, *files.expected, *files.coded}):
        here = [
            name
            for name, stems in (
                (f"indicators/{stem}.toml", files.watched),
                (f"priors/{stem}.toml", files.expected),
                (f"indicators/{stem}.csv", files.coded),
            )
            if stem in stems
        ]
        if not is_id(stem):
            rule = ID_RULE.replace("must be", "must be named by")
            yield from (Problem(show(name), rule) for name in here)
        elif stem in _RESERVED:
            rule = f"must not exist: {stem} is no indicator"
            known = (DERIVED, EVIDENCE, GRADES, SOURCES)
            yield from (Problem(name, rule) for name in here if name not in known)
        elif stem in draft.derived and stem not in files.watched:
            rule = f"must not exist: {stem} is a measure of {DERIVED}, and never read"
            yield from (Problem(name, rule) for name in here)
        elif stem not in files.watched:
            hint = did_you_mean(stem, watched)
            yield Problem(here[0], f"must have its indicators/{stem}.toml", hint=hint)
        elif stem not in files.expected:
            yield Problem(f"priors/{stem}.toml", "must exist: the indicator is watched")


def indicator_names_differ(draft: Draft) -> Iterator[Problem]:
    """No two indicators share the name they are shown by."""
    return repeated_names(draft.indicators.values())


def keys_are_of_the_family(draft: Draft) -> Iterator[Problem]:
    """What not every kind of indicator has, such as levels, is of those that have it."""
    every = dict.fromkeys(key.name for family in FAMILIES.values() for key in family.keys)
    for indicator in draft.indicators.values():
        if (family := family_of(indicator)) is None:
            continue
        needed = {key.name: key.required for key in family.keys}
        for name in every:
            if name in needed:
                if needed[name] and not indicator.has(name):
                    rule = f"must be given: the family is {family.id}"
                    yield Problem(indicator.at(name), rule)
            elif indicator.has(name):
                rule = f"must be left out: the family is {family.id}"
                yield Problem(indicator.at(name), rule)


def memory_needs_inertia(draft: Draft) -> Iterator[Problem]:
    """What is remembered matters only if something of it carries over."""
    for indicator in draft.indicators.values():
        if indicator.has("memory") and indicator.values.get("inertia") == 0:
            yield Problem(indicator.at("memory"), "must be left out: the inertia is 0")


def ratios_compare_sources_with_the_first(draft: Draft) -> Iterator[Problem]:
    """``ratio`` says how much other sources count for each 1 that the first counts."""
    for indicator in draft.indicators.values():
        sources = indicator.values.get("sources", [])
        for source, value in indicator.values.get("ratio", {}).items():
            where = f"{indicator.at('ratio')} {show(source)}"
            if sources and source not in sources:
                hint = did_you_mean(source, sources[1:])
                yield Problem(where, "must be one of the sources", hint=hint)
            elif sources and source == sources[0]:
                hint = "the first source is what the others are compared with"
                yield Problem(where, "must be left out", hint=hint)
            if rule := ratio(value):
                yield Problem(where, rule, show(value))


def thresholds_are_values(draft: Draft) -> Iterator[Problem]:
    """Thresholds are known by name and are values the indicator can take."""
    for indicator in draft.indicators.values():
        family, levels = family_of(indicator), levels_of(indicator)
        for key in ("at_or_above", "at_or_below"):
            for name, value in indicator.values.get(key, {}).items():
                where = f"{indicator.at(key)} {show(name)}"
                if name not in THRESHOLDS:
                    hint = did_you_mean(name, THRESHOLDS)
                    yield Problem(where, "must be watch, warning or critical", hint=hint)
                if not is_number(value) or value < 0:
                    yield Problem(where, "must be a number, at least 0", show(value))
                elif family and levels is not None and not family.allows(value, levels):
                    yield Problem(where, family.limits(levels), show(value))


def thresholds_are_in_order(draft: Draft) -> Iterator[Problem]:
    """Upwards thresholds increase with severity, downwards ones decrease; they do not overlap."""
    for indicator in draft.indicators.values():
        above, below = (_thresholds(indicator, key) for key in ("at_or_above", "at_or_below"))
        if any(a >= b for a, b in pairwise(above)):
            rule = "must increase from watch to critical"
            yield Problem(indicator.at("at_or_above"), rule, ", ".join(map(show, above)))
        if any(a <= b for a, b in pairwise(below)):
            rule = "must decrease from watch to critical"
            yield Problem(indicator.at("at_or_below"), rule, ", ".join(map(show, below)))
        if above and below and max(below) >= min(above):
            rule = f"must all lie below those of at_or_above ({show(min(above))} on)"
            yield Problem(indicator.at("at_or_below"), rule, show(max(below)))


def a_warning_is_set(draft: Draft) -> Iterator[Problem]:
    """The question is answered as the probability of a warning, so there is one."""
    for indicator in draft.indicators.values():
        tables = [indicator.values.get(key, {}) for key in ("at_or_above", "at_or_below")]
        if indicator.broken & {"at_or_above", "at_or_below"}:
            continue
        if not any("warning" in table for table in tables):
            yield Problem(indicator.where, "must have a warning in at_or_above or at_or_below")


def _thresholds(indicator: Table, key: str) -> list[float]:
    given = indicator.values.get(key, {})
    return [given[name] for name in THRESHOLDS if is_number(given.get(name))]
