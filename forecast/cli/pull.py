"""``forecast pull``: events from their sources, kept as vintages, and the readings they change."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from forecast import clock
from forecast.case import Case, EventSource, load_case
from forecast.cli.common import (
    AsJson,
    case_root,
    default_as_of,
    flag,
    locked,
    print_json,
    say,
)
from forecast.cli.step import Progress, shown_progress
from forecast.errors import (
    CaseError,
    ForecastError,
    Problem,
    PullError,
    UsageError,
    did_you_mean,
    show,
)
from forecast.periods import Period
from forecast.readings import Reading, known_as_of, load_readings
from forecast.readings.events import Changed, Stored, store, vintages_of
from forecast.report.view.pull import Pulled, build_pull, fetched_so_far, left_out_notes, path_in

_DAY = timedelta(days=1)

type Coded = Mapping[tuple[str, Period], Reading]


def pull(
    ctx: typer.Context,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE", help="Of indicators/sources.toml, or a kind; default: all."
        ),
    ] = None,
    dry_run: Annotated[
        bool, flag("--dry-run", text="Show which readings would change, store nothing.")
    ] = False,
    accept: Annotated[
        bool, flag("--accept", text="Store it even if it has far fewer events than before.")
    ] = False,
    allow_local: Annotated[
        bool, flag("--allow-local", text="Allow file:// and addresses that are not public.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Pull events and count readings from them."""
    root = case_root(ctx)
    case = load_case(root)
    chosen = _chosen(case, source)
    coded = _coded(case)
    problems: list[Problem] = []
    results: list[dict[str, Any]] = []
    shown = False
    for asked in chosen:
        try:
            pulled = _pull(case, asked, coded, keep=not dry_run, accept=accept, local=allow_local)
        except ForecastError as error:  # the other sources are pulled nevertheless
            problems += error.problems
            results.append({"source": asked.id, "problems": [asdict(p) for p in error.problems]})
            continue
        for note in left_out_notes(case, pulled):
            say(str(note))
        results.append(_json(case, pulled))
        if not as_json:
            _print(case, pulled, first=not shown)
            shown = True
    if as_json:
        print_json(results)
    if problems:
        raise PullError(*problems)


def _chosen(case: Case, name: str | None) -> list[EventSource]:
    """The sources asked for, by id or else by kind.

    Raises
    ------
    CaseError
        If the case declares none.
    UsageError
        If it is neither.
    """
    if not case.sources:
        rule = "must declare where to pull from"
        hint = (
            'a table such as [acled-events] with kind = "acled": docs/case-format.md has them all'
        )
        raise CaseError(Problem("indicators/sources.toml", rule, hint=hint))
    if name is None:
        return list(case.sources)
    chosen = [source for source in case.sources if source.id == name]
    chosen = chosen or [source for source in case.sources if source.kind == name]
    if not chosen:
        known = dict.fromkeys(word for s in case.sources for word in (s.id, s.kind))
        rule = "must be a source of the case, or a kind of them"
        raise UsageError(Problem("SOURCE", rule, show(name), did_you_mean(name, known)))
    return chosen


def _coded(case: Case) -> Coded:
    """The hand-coded reading of each indicator and period, of periods not over as well."""
    known = known_as_of(case, load_readings(case), clock.today())
    held = ((r.indicator, r.period, r) for r in reversed(known.held) if r.span == 1)
    return {**{(name, period): reading for name, period, reading in held}, **known.speaking}


def _pull(
    case: Case, source: EventSource, coded: Coded, *, keep: bool, accept: bool, local: bool
) -> Pulled:
    from forecast.sources.fetch import fetch  # every verb loads this module, only one fetches

    earlier = vintages_of(case, source.id)
    last = earlier[-1] if earlier else None
    with (
        TemporaryDirectory(prefix="forecast-pull-") as scratch,
        shown_progress() as progress,
    ):
        begun = clock.now()
        fetched = fetch(
            source,
            case.root,
            Path(scratch),
            # What it means that a file without a declared end is as it was, is for `store` to say.
            before=last if source.until else None,
            allow_local=local,
            say=lambda done, total: _tell(progress, source, done, total),
        )
        with locked(case.root) if keep else nullcontext():
            known = clock.now()
            day = clock.local_day(known)
            if fetched.raw is None:
                stored = Stored(None, unchanged=True, changes=())
            else:
                stored = store(
                    case,
                    source,
                    fetched.raw,
                    known=known,
                    day=day,
                    # A day that began while it was fetched was not asked for whole.
                    limit=min(clock.local_day(begun) - _DAY, fetched.limit or date.max),
                    etag=fetched.etag,
                    last_modified=fetched.last_modified,
                    accept=accept,
                    keep=keep,
                )
    return Pulled(source, known, day, stored, last.known if last else None, keep, coded)


def _tell(progress: Progress | None, source: EventSource, done: int, total: int | None) -> None:
    if progress:
        progress(done / total if total else 0.0, fetched_so_far(source, done, total))


def _print(case: Case, pulled: Pulled, *, first: bool) -> None:
    from forecast.report.terminal.console import make_console, put
    from forecast.report.terminal.pull import render_pull

    console = make_console()
    if not first:
        put(console)
    render_pull(build_pull(case, pulled, default_as_of(case)), console)


def _json(case: Case, pulled: Pulled) -> dict[str, Any]:
    vintage = pulled.stored.vintage
    return {
        "source": pulled.source.id,
        "known": pulled.known.astimezone(UTC).isoformat(timespec="seconds"),
        "day": pulled.day.isoformat(),
        "unchanged": pulled.stored.unchanged,
        "stored": vintage is not None and pulled.kept,
        "vintage": path_in(case, vintage) if vintage and pulled.kept else None,
        "events": vintage.rows if vintage else None,
        "since": vintage.since.isoformat() if vintage else None,
        "until": vintage.until.isoformat() if vintage else None,
        "changes": [_change(change, pulled.coded) for change in pulled.stored.changes],
        "unmatched": [asdict(name) for name in pulled.stored.unmatched],
        "left_out": [
            asdict(part) | {"first": part.first.isoformat(), "last": part.last.isoformat()}
            for part in pulled.stored.left_out
        ],
        "problems": [],
    }


def _change(change: Changed, coded: Coded) -> dict[str, Any]:
    old, new = change.old, change.new
    beside = coded.get((change.indicator, change.period))
    return {
        "indicator": change.indicator,
        "period": str(change.period),
        "span": new.span,
        "old": _known(old),
        "new": _known(new),
        "difference": _difference(old, new),
        "old_days": old.days if old else None,
        "new_days": new.days,
        "coded": {"value": beside.value, "days": beside.days, "source": beside.source}
        if beside
        else None,
    }


def _known(reading: Reading | None) -> float | None:
    return None if reading is None or reading.withdrawn else reading.value


def _difference(old: Reading | None, new: Reading) -> float | None:
    before, after = _known(old), _known(new)
    return None if before is None or after is None else after - before
