"""A pull in words: what came, and what it makes of the readings that are counted from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import assert_never

from forecast.case import Case, EventSource
from forecast.errors import Problem, counted
from forecast.periods import Period
from forecast.readings import Reading
from forecast.readings.events import Changed, LeftOut, Stored, Unmatched, Vintage
from forecast.report.view import words
from forecast.report.view.sanitise import clean


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull of one source came to.

    ``known`` is when it was pulled and ``day`` the day that was where the analyst is; ``last`` is
    when the newest vintage before it was pulled; ``kept`` is false for a dry run;
    ``coded`` has the hand-coded reading of an indicator and a period, where there is one.
    """

    source: EventSource
    known: datetime
    day: date
    stored: Stored
    last: datetime | None
    kept: bool
    coded: Mapping[tuple[str, Period], Reading]


@dataclass(frozen=True, slots=True)
class PullRow:
    """One counted reading that a pull made or changed, and the hand-coded one beside it."""

    indicator: str
    period: str
    old: str
    new: str
    difference: str
    days: str
    coded: str
    coder: str


@dataclass(frozen=True, slots=True)
class PullView:
    """Everything `forecast pull` shows of one source; texts may be empty."""

    source: str
    outcome: str
    path: str
    summary: str
    rows: tuple[PullRow, ...]
    later: str


def build_pull(case: Case, pulled: Pulled, as_of: date) -> PullView:
    """A pull in words; ``as_of`` is that of the case's next forecast."""
    changes, vintage = pulled.stored.changes, pulled.stored.vintage
    names = {indicator.id: clean(indicator.name) for indicator in case.indicators}
    known = min((change.new.published for change in changes), default=pulled.day)
    later = (
        f"These readings are known only from {words.day_month_year(known)} on: a forecast as-of "
        f"{words.day_month_year(as_of)} does not use them."
    )
    return PullView(
        source=pulled.source.id,
        outcome=_outcome(pulled),
        path="" if vintage is None or not pulled.kept else clean(path_in(case, vintage)),
        summary="" if vintage is None else _summary(case, pulled),
        rows=tuple(_row(change, names, pulled.coded) for change in changes),
        later=later if changes and pulled.kept and as_of < known else "",
    )


def path_in(case: Case, vintage: Vintage) -> str:
    """Return where a vintage is, from the case's folder on."""
    return vintage.path.relative_to(case.root.resolve()).as_posix()


def fetched_so_far(source: EventSource, done: int, total: int | None) -> str:
    """How much has come: of a file in MB, of an API in events."""
    if source.at:
        of = "" if total is None else f" of {total / 1e6:.1f}"
        return f"{source.id}: {done / 1e6:.1f}{of} MB"
    of = "" if total is None else f" of {words.number(total)}"
    return f"{source.id}: {words.number(done)}{of} events"


def left_out_notes(case: Case, pulled: Pulled) -> list[Problem]:
    """Return what of a pull is in no count."""
    stored = pulled.stored
    return [
        *_unmatched(case, pulled.source, stored.unmatched, "this pull"),
        *(_left_out(case, pulled.source, part) for part in stored.left_out),
    ]


def absent_notes(
    case: Case, source: EventSource, unmatched: Iterable[Unmatched], nothing: Iterable[LeftOut]
) -> list[Problem]:
    """The names that no event of a source has, and what lets none of them through."""
    return [
        *_unmatched(case, source, unmatched, "any pull"),
        *(_left_out(case, source, part) for part in nothing),
    ]


def _unmatched(
    case: Case, source: EventSource, unmatched: Iterable[Unmatched], of: str
) -> Iterator[Problem]:
    asking: dict[tuple[str, str, str], list[str]] = {}
    for absent in unmatched:
        same = asking.setdefault((absent.column, absent.value, absent.close), [])
        same.append(_name(case, absent.indicator))
    for (column, value, close), indicators in asking.items():
        yield Problem(
            source.id,
            f'no event of {of} has the {column} "{clean(value)}" asked for by '
            + words.listed(indicators),
            hint=f"did you mean {clean(close)}?" if close else "",
        )


def _left_out(case: Case, source: EventSource, part: LeftOut) -> Problem:
    days = _days(part.first, part.last)
    name = _name(case, part.indicator) if part.indicator else ""
    number, among = words.number(part.number), words.number(part.among)
    of = f"{number} of {counted(part.among, 'event')}"
    unit = case.cadence
    match part.reason:
        case "outside":
            are = "is" if part.number == 1 else "are"
            sentence = f"{of} {are} on days that are not covered ({days}): not counted"
        case "longer":
            sentence = (
                f"{of} counted for {name} may lie anywhere in a {unit} or longer ({days}): left "
                f"out, and no {unit} they may lie in is taken for 0"
            )
        case "unknown":
            have = "has" if part.number == 1 else "have"
            sentence = (
                f"{of} counted for {name} {have} no number of "
                f"{_column(case, source, part.indicator)} ({days}): the sum of such a {unit} is "
                "missing"
            )
        case "gaps":
            sentence = (
                f"a row is a day for {name}, and {number} of {among} days have none, or none with "
                f"a number ({days}): not covered"
            )
        case "nothing":
            sentence = f"none of {counted(part.among, 'event')} is let through for {name}"
            sentence += ", which is counted as 0"
        case "regular":
            sentence = (
                "every row begins on the same day of a week or month "
                f"({days}): if it is a total of one, its last_day must be among the columns, or it "
                "counts whole on its first day"
            )
        case _:
            assert_never(part.reason)
    return Problem(source.id, sentence)


def _column(case: Case, source: EventSource, indicator: str) -> str:
    """Return what is summed of a source's events."""
    countings = next(each.counted for each in case.indicators if each.id == indicator)
    return next(clean(how.column) for how in countings if how.source == source.id)


def _days(first: date, last: date) -> str:
    day = words.day_month_year(first)
    return day if first == last else f"{day} to {words.day_month_year(last)}"


def _name(case: Case, indicator: str) -> str:
    return next(clean(each.name) for each in case.indicators if each.id == indicator)


def _outcome(pulled: Pulled) -> str:
    vintage = pulled.stored.vintage
    if vintage is None:
        since = f" since {_moment(pulled.last)}" if pulled.last else ""
        return f"Unchanged{since}: nothing stored."
    since, until = (words.day_month_year(day) for day in (vintage.since, vintage.until))
    days = (vintage.until - vintage.since).days + 1
    events = words.counted(vintage.rows, "event")
    covered = f"{since} to {until}, {words.counted(days, 'day')}"
    return f"{events}; covers {covered}.{'' if pulled.kept else ' Dry run: nothing stored.'}"


def _moment(known: datetime) -> str:
    at = known.astimezone(UTC)
    return f"{words.day_month_year(at.date())}, {at:%H:%M} UTC"


def _summary(case: Case, pulled: Pulled) -> str:
    source = pulled.source.id
    if all(how.source != source for indicator in case.indicators for how in indicator.counted):
        return f"No indicator counts from it: none has [counted.{source}]."
    new = sum(change.old is None for change in pulled.stored.changes)
    changed = len(pulled.stored.changes) - new
    if not new and not changed:
        return "No reading changes."
    return f"Readings: {words.number(new)} new, {words.number(changed)} changed."


def _row(
    change: Changed, names: Mapping[str, str], coded: Mapping[tuple[str, Period], Reading]
) -> PullRow:
    old, new = change.old, change.new
    beside = coded.get((change.indicator, change.period)) if new.span == 1 else None
    return PullRow(
        indicator=names[change.indicator],
        period=_periods(new),
        old=_value(old),
        new=_value(new),
        difference=_difference(old, new),
        days=str(new.days) if old is None or old.days == new.days else f"{old.days} -> {new.days}",
        coded="-" if beside is None else _coded(beside),
        coder="" if beside is None else clean(beside.source),
    )


def _value(reading: Reading | None) -> str:
    return "-" if reading is None or reading.withdrawn else words.number(reading.value)


def _difference(old: Reading | None, new: Reading) -> str:
    if new.withdrawn:
        return "withdrawn"
    return "new" if old is None or old.withdrawn else _signed(new.value - old.value)


def _periods(reading: Reading) -> str:
    first, last = reading.period, reading.last_period
    return str(first) if first == last else f"{first} to {last}"


def _signed(difference: float) -> str:
    size = words.number(abs(difference))
    return size if size == "0" else f"{'+' if difference > 0 else '-'}{size}"


def _coded(reading: Reading) -> str:
    part = f" in {reading.days} d" if reading.days < reading.period.days else ""
    return words.number(reading.value) + part
