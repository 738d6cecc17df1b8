"""The tables of a case's TOML files: which keys each has, and what the value of each must be.

`read_table` keeps only what is as it must be. The rules between keys, tables and files
(`forecast.case.rules`) thus see values of known types or none at all, and no rule can trip over
what another has already reported.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any

from forecast.case import values
from forecast.case.grades import CREDIBILITY, RELIABILITY
from forecast.case.types import EVENT_NUMBERS, EVENT_WORDS, Family
from forecast.case.values import SCALE_RULE, Check, in_scale
from forecast.errors import Problem, did_you_mean, show


@dataclass(frozen=True, slots=True)
class Key:
    """A key a table may have, and whether it must."""

    name: str
    check: Check
    required: bool = True


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


_WORTH = Key("worth", values.number("must be a number above 0", lambda x: x > 0))

CASE = (
    Key("name", values.line),
    Key("cadence", values.one_of("week", "month")),
    Key("first", values.line),
    Key("as_of", values.day, required=False),
    Key("horizons", values.horizons),
    Key("language", values.one_of("icd203", "phia")),
    Key("ordered", values.true_or_false, required=False),
    Key("alerts", values.alerting, required=False),
)

SCENARIO = (
    Key("name", values.line),
    Key("holds_if", values.text),
    Key("assumes", values.line),
    Key("start", values.number("must be a probability above 0 and below 1", lambda x: 0 < x < 1)),
    Key("lasts", values.duration, required=False),  # required unless ends_case: see rules
    Key("then", values.table, required=False),  # the same
    _WORTH,
    Key("ends_case", values.true_or_false, required=False),
)

INDICATOR = (
    Key("name", values.short(16)),
    Key("question", values.line),
    Key("family", values.one_of("count", "ordinal", "binary")),
    Key("unit", values.line),
    Key("coding", values.text),
    Key("sources", values.list_of(values.identifier, "must be a list of ids that differ")),
    Key("scope", values.line),
    Key(
        "levels",
        values.list_of(values.line, "must be a list of at least 2 names that differ", at_least=2),
        required=False,
    ),
    Key("at_or_above", values.table, required=False),
    Key("at_or_below", values.table, required=False),
    Key(
        "inertia",
        values.number("must be a number from 0 to 0.95", lambda x: 0 <= x <= 0.95),
        required=False,
    ),
    Key("due_days", values.whole(0, 366), required=False),
    Key("shock", values.one_of("with", "against", "none"), required=False),
    Key("memory", values.memory, required=False),
    Key("ratio", values.table, required=False),
    Key("counted", values.table_per("source"), required=False),
)

_NAMES = "must be a list of names that differ, without spaces around them"
_BEGINNINGS = "must be a list of beginnings of words that differ, each at least 2 letters or digits"

COUNTING = (
    Key("grade", values.grade),
    Key("measure", values.one_of("events", "sum", "days")),
    Key("column", values.number_name, required=False),  # of sums only, known ones: see rules
    Key("where", values.table, required=False),
    Key("words", values.list_of(values.beginning, _BEGINNINGS), required=False),
)

WHERE = tuple(
    Key(word, values.list_of(values.name, _NAMES), required=False) for word in EVENT_WORDS
)

SOURCE = (
    Key("kind", values.one_of("ucdp", "acled", "table")),
    Key("at", values.place, required=False),  # which kinds must have these: see rules
    Key("version", values.version, required=False),
    Key(
        "country",
        values.one_or_list(values.name, "must be a name or a list of names that differ"),
        required=False,
    ),
    Key("since", values.day, required=False),
    Key("until", values.day, required=False),
    Key("columns", values.table, required=False),
    Key("dates", values.one_of("ymd", "dmy", "mdy"), required=False),
    Key("decimal", values.one_of(".", ","), required=False),
    Key("missing", values.list_of(values.name, _NAMES), required=False),
    Key("longer", values.one_of("total", "apart"), required=False),
    Key("delay", values.whole(0, 366), required=False),
    Key(
        "was",
        values.list_of(values.identifier, "must be a list of ids that differ"),
        required=False,
    ),
)

COLUMNS = (
    Key("id", values.one_or_list(values.line, "must be a column or a list of columns that differ")),
    Key("date", values.line),
    *(
        Key(name, values.line, required=False)
        for name in ("last_day", "published", *EVENT_WORDS, "text", *EVENT_NUMBERS)
    ),
    Key("values", values.named_columns, required=False),
    Key("day_rows", values.true_or_false, required=False),
)

_BASIS = (
    _WORTH,
    Key("basis", values.one_of("episode", "judgement")),
    Key("because", values.text),
)

EXPECTATION: dict[Family, tuple[Key, ...]] = {
    "count": (
        Key("median", values.number("must be a number above 0", lambda x: x > 0)),
        Key("p90", values.number("must be a number above 0", lambda x: x > 0)),
        *_BASIS,
    ),
    "ordinal": (Key("levels", values.probabilities), *_BASIS),
    "binary": (
        Key(
            "probability",
            values.number("must be a probability above 0 and below 1", lambda x: 0 < x < 1),
        ),
        *_BASIS,
    ),
}

ITEM = (
    Key("name", values.short(60)),
    Key("period", values.line),
    Key("published", values.day),
    Key("grade", values.grade),
    Key("url", values.address, required=False),
    Key("note", values.text, required=False),
    Key("group", values.identifier, required=False),
    Key("because", values.text),
    Key("likelihood", values.table_per("analyst")),
)

_TRUST = values.number("must be a probability, from 0 to 1", lambda x: 0 <= x <= 1)
TRUST = (
    Key("reliability", values.table, required=False),
    Key("credibility", values.table, required=False),
)

GRADE = {
    "reliability": tuple(Key(letter, _TRUST, required=False) for letter in RELIABILITY),
    "credibility": tuple(Key(digit, _TRUST, required=False) for digit in CREDIBILITY),
}

WEIGHT = Key("weight", values.number("must be above 0 and at most 1", lambda x: 0 < x <= 1))


def likelihood_keys(scenarios: Iterable[str]) -> tuple[Key, ...]:
    """Return the keys of one analyst's likelihoods: a weight, and each scenario."""
    check = values.number("must be a likelihood from 0.01 to 1", lambda x: 0.01 <= x <= 1)
    return (WEIGHT, *(Key(scenario, check) for scenario in scenarios if scenario != WEIGHT.name))
