"""Rules of ``[counted.<source>]`` in ``indicators/<indicator>.toml``: readings from events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forecast.case.draft import Draft
from forecast.case.folder import SOURCES
from forecast.errors import Problem, did_you_mean, show
from forecast.sources import PROVIDERS


def counted_sources_are_sources(draft: Draft) -> Iterator[Problem]:
    """What is counted is pulled, and is one of the indicator's sources."""
    for indicator, source, counting, _ in draft.all_countings():
        if draft.sources is not None and source not in draft.sources:
            hint = did_you_mean(source, draft.sources)
            yield Problem(counting.where, f"must be a source of {SOURCES}", hint=hint)
        among = indicator.values.get("sources")
        if among and source not in among:
            hint = did_you_mean(source, among)
            yield Problem(counting.where, "must be one of the indicator's sources", hint=hint)


def only_sums_have_a_column(draft: Draft) -> Iterator[Problem]:
    """A sum says of what, and its source has it; events and days are counted as they are."""
    for _, source, counting, _ in draft.all_countings():
        measure, column = counting.values.get("measure"), counting.values.get("column")
        where, numbers = counting.at("column"), _numbers(draft, source)
        if measure == "sum" and not counting.has("column"):
            yield Problem(where, "must be given: the measure is sum")
        elif measure in {"events", "days"} and counting.has("column"):
            yield Problem(where, f"must be left out: the measure is {measure}")
        elif column and numbers is not None and column not in numbers:
            rule, hint = f"must be a number that {source} has", did_you_mean(column, numbers)
            yield Problem(where, rule, show(column), hint)


def filters_ask_for_what_events_have(draft: Draft) -> Iterator[Problem]:
    """A filter by what no event has would let nothing through: a zero that nobody counted."""
    for _, source, counting, where in draft.all_countings():
        table = (draft.sources or {}).get(source)
        provider = PROVIDERS.get(table.values.get("kind", "")) if table else None
        if not provider or not provider.mapped or source not in draft.columns:
            continue
        mapped = draft.columns[source]
        asked = {word: where.at(word) for word in where.values}
        if counting.has("words"):
            asked["text"] = counting.at("words")
        for column, place in asked.items():
            if not mapped.has(column):
                yield Problem(place, f"must be left out, or {mapped.at(column)} be given")


def _numbers(draft: Draft, source: str) -> Sequence[str] | None:
    """Return the numbers of a source's events; None if they are not known."""
    table = (draft.sources or {}).get(source)
    provider = PROVIDERS.get(table.values.get("kind", "")) if table else None
    if provider is None or not provider.mapped:
        return provider.numbers if provider else None
    mapped = draft.columns.get(source)
    if mapped is None or "values" in mapped.broken:
        return None
    own = mapped.values.get("values", {})
    return [*(number for number in provider.numbers if mapped.has(number)), *own]
