"""The tables of a case's TOML files: which keys each has, and what the value of each must be.

`read_table` keeps only what is as it must be. The rules between keys, tables and files
(`forecast.case.rules`) thus see values of known types or none at all, and no rule can trip over
what another has already reported.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any

from forecast.case import values
from forecast.case.grades import CREDIBILITY, RELIABILITY
from forecast.case.types import Take
from forecast.errors import Problem, did_you_mean, show
from forecast.families import FAMILIES
from forecast.kit import checks
from forecast.kit.checks import SCALE_RULE, Check, Key, in_scale
from forecast.sources import PROVIDERS
from forecast.sources.provider import EVENT_NUMBERS, EVENT_WORDS


@dataclass(frozen=True, slots=True)
class Table:
    """The sound values of one TOML table, and where it stands.

    ``broken`` are the keys that were given but not as they must be.
    """

    where: str
    values: dict[str, Any]
    broken: frozenset[str] = frozenset()

    def at(self, key: str) -> str:
        """Return where a key of this table stands: ``priors/scenarios.toml, [other] start``."""
        return f"{self.where}{' ' if self.where.endswith(']') else ', '}{show(key)}"

    def has(self, key: str) -> bool:
        """Whether a key is given, sound or broken."""
        return key in self.values or key in self.broken


def read_table(
    where: str, raw: dict[str, Any], keys: tuple[Key, ...]
) -> Generator[Problem, None, Table]:
    """Yield the problems of a raw table, and return its sound values."""
    known = {key.name: key for key in keys}
    sound = {}
    table = Table(where, {})
    for name, value in raw.items():
        if name not in known:
            hint = did_you_mean(name, known)
            yield Problem(table.at(name), "must be a known key", hint=hint)
        elif rule := known[name].check(value) or ("" if in_scale(value) else SCALE_RULE):
            yield Problem(table.at(name), rule, show(value))
        else:
            sound[name] = value
    for key in keys:
        if key.required and key.name not in raw:
            yield Problem(table.at(key.name), "must be given")
    return Table(where, sound, frozenset(raw.keys() & known.keys() - sound.keys()))


def _either(several: Iterable[tuple[Key, ...]]) -> tuple[Key, ...]:
    """Keys that any of several tables has, none required: a value is sound that is so in one."""
    checked: dict[str, list[Check]] = {}
    for key in itertools.chain.from_iterable(several):
        checked.setdefault(key.name, []).append(key.check)
    return tuple(Key(name, checks.any_of(*each), required=False) for name, each in checked.items())


_WORTH = Key("worth", checks.number("must be a number above 0", lambda x: x > 0))

CASE = (
    Key("name", checks.line),
    Key("cadence", checks.one_of("week", "month")),
    Key("first", checks.line),
    Key("as_of", checks.day, required=False),
    Key("horizons", values.horizons),
    Key("language", checks.one_of("icd203", "phia")),
    Key("ordered", checks.true_or_false, required=False),
    Key("alerts", values.alerting, required=False),
)

SCENARIO = (
    Key("name", checks.line),
    Key("holds_if", checks.text),
    Key("holds_when", checks.text, required=False),  # a condition on what there is: see rules
    Key("assumes", checks.line),
    Key("start", checks.number("must be a probability above 0 and below 1", lambda x: 0 < x < 1)),
    Key("lasts", values.duration, required=False),  # required unless ends_case: see rules
    Key("since", values.since, required=False),  # of a period before the first: see rules
    Key(
        "resumes",
        checks.number("must be a probability from 0, below 1", lambda x: 0 <= x < 1),
        required=False,
    ),
    Key("then", checks.table, required=False),  # the same
    _WORTH,
    Key("ends_case", checks.true_or_false, required=False),
)

TAKES: dict[Take, tuple[str, ...]] = {  # the keys that each must have
    "mean": ("over",),
    "sum": ("over",),
    "maximum": ("over",),
    "periods-at-or-above": ("over", "value"),
    "trend": ("over", "against"),
    "slow-mean": ("halflife",),
    "periods-since": (),  # and may have a value
}
_PERIODS = checks.whole(1, 520)
TAKE_KEYS: dict[str, Check] = {
    "over": _PERIODS,
    "against": _PERIODS,
    "value": checks.number("must be a number above 0", lambda x: x > 0),
    "halflife": checks.number("must be a number of periods, 0.5 to 520", lambda x: 0.5 <= x <= 520),
}

INDICATOR = (
    Key("name", checks.short(16)),
    Key("question", checks.line),
    Key("family", checks.one_of(*FAMILIES)),
    Key("unit", checks.line),
    Key("coding", checks.text),
    Key("sources", checks.list_of(values.identifier, "must be a list of ids that differ")),
    Key("scope", checks.line),
    Key("at_or_above", checks.table, required=False),
    Key("at_or_below", checks.table, required=False),
    Key(
        "inertia",
        checks.number("must be a number from 0 to 0.95", lambda x: 0 <= x <= 0.95),
        required=False,
    ),
    Key("due_days", checks.whole(0, 366), required=False),
    *_either(family.keys for family in FAMILIES.values()),  # which has or needs them: see rules
)

MEASURE = (
    Key("name", checks.short(24)),
    Key("from", values.identifier),
    Key("take", checks.one_of(*TAKES)),
    *(Key(name, check, required=False) for name, check in TAKE_KEYS.items()),  # of which: see rules
    Key("role", checks.one_of("fact", "sign"), required=False),
    Key("otherwise", values.spread, required=False),  # of signs only: see rules
    Key("before", checks.table, required=False),
    Key("because", checks.text, required=False),
)


def spread_keys(scenarios: Iterable[str]) -> tuple[Key, ...]:
    """Keys of what a measure is before scenarios begin."""
    return tuple(Key(scenario, values.spread, required=False) for scenario in scenarios)


_NAMES = "must be a list of names that differ, without spaces around them"
_BEGINNINGS = "must be a list of beginnings of words that differ, each at least 2 letters or digits"

COUNTING = (
    Key("grade", values.grade),
    Key("measure", checks.one_of("events", "sum", "days")),
    Key("column", values.number_name, required=False),  # of sums only, known ones: see rules
    Key("where", checks.table, required=False),
    Key("words", checks.list_of(values.beginning, _BEGINNINGS), required=False),
)

WHERE = tuple(
    Key(word, checks.list_of(checks.name, _NAMES), required=False) for word in EVENT_WORDS
)

SOURCE = (
    Key("kind", checks.one_of(*PROVIDERS)),
    Key("at", values.place, required=False),  # which kinds have or need these: `PROVIDERS`
    Key("version", values.version, required=False),
    Key(
        "country",
        checks.one_or_list(checks.name, "must be a name or a list of names that differ"),
        required=False,
    ),
    Key("since", checks.day, required=False),
    Key("until", checks.day, required=False),
    Key("columns", checks.table, required=False),
    Key("dates", checks.one_of("ymd", "dmy", "mdy"), required=False),
    Key("decimal", checks.one_of(".", ","), required=False),
    Key("missing", checks.list_of(checks.name, _NAMES), required=False),
    Key("longer", checks.one_of("total", "apart"), required=False),
    Key("delay", checks.whole(0, 366), required=False),
    Key(
        "was",
        checks.list_of(values.identifier, "must be a list of ids that differ"),
        required=False,
    ),
)

COLUMNS = (
    Key("id", checks.one_or_list(checks.line, "must be a column or a list of columns that differ")),
    Key("date", checks.line),
    *(
        Key(name, checks.line, required=False)
        for name in ("last_day", "published", *EVENT_WORDS, "text", *EVENT_NUMBERS)
    ),
    Key("values", values.named_columns, required=False),
    Key("day_rows", checks.true_or_false, required=False),
)

_BASIS = (
    _WORTH,
    Key("basis", checks.one_of("episode", "judgement")),
    Key("because", checks.text),
)
_UNKNOWN = _either(family.expectation_keys for family in FAMILIES.values())


BEFORE = Key("before", checks.table, required=False)


def expectation_keys(family: str | None) -> tuple[Key, ...]:
    """Keys of an expectation; None: of any family, for it is not known of which."""
    return (*(FAMILIES[family].expectation_keys if family else _UNKNOWN), *_BASIS)


ITEM = (
    Key("name", checks.short(60)),
    Key("period", checks.line),
    Key("published", checks.day),
    Key("grade", values.grade),
    Key("url", values.address, required=False),
    Key("note", checks.text, required=False),
    Key("group", values.identifier, required=False),
    Key("because", checks.text),
    Key("likelihood", checks.table_per("analyst")),
)

_TRUST = checks.number("must be a probability, from 0 to 1", lambda x: 0 <= x <= 1)
TRUST = (
    Key("reliability", checks.table, required=False),
    Key("credibility", checks.table, required=False),
)

GRADE = {
    "reliability": tuple(Key(letter, _TRUST, required=False) for letter in RELIABILITY),
    "credibility": tuple(Key(digit, _TRUST, required=False) for digit in CREDIBILITY),
}

_LIKELIHOOD = checks.number(
    "must be a likelihood from 0.01 to 1, or 0", lambda x: x == 0 or 0.01 <= x <= 1
)
WEIGHT = Key("weight", checks.number("must be above 0 and at most 1", lambda x: 0 < x <= 1))


def likelihood_keys(scenarios: Iterable[str]) -> tuple[Key, ...]:
    """Return the keys of one analyst's likelihoods: a weight, and each scenario."""
    named = (scenario for scenario in scenarios if scenario not in (WEIGHT.name, BEFORE.name))
    return (WEIGHT, BEFORE, *(Key(scenario, _LIKELIHOOD) for scenario in named))


def likely_before_keys(scenarios: Iterable[str]) -> tuple[Key, ...]:
    """Keys of one analyst's likelihoods in the last period before scenarios begin."""
    return tuple(Key(scenario, _LIKELIHOOD, required=False) for scenario in scenarios)
