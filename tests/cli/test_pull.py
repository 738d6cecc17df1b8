"""`forecast pull`: from a file or a server to vintages and the readings that change."""

from __future__ import annotations

import dataclasses
import logging
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any, cast

import keyring
import pytest

from forecast import clock as clocks
from forecast.case import load_case
from forecast.kit import cache
from forecast.readings import Reading
from forecast.readings.events import counted_readings
from forecast.sources.types import PROVIDERS
from tests.cli.conftest import Run, edit, pin, snapshot
from tests.factories import HEADER
from tests.sources.serving import Reply, Request, as_json, serving

SOURCES = """\
[feed]
kind    = "table"
at      = "events.csv"
since   = 2024-11-18
until   = 2024-12-08
columns = { id = "nr", date = "begin", admin1 = "region" }
"""
COUNTED = """
[counted.feed]
grade   = "B2"
measure = "events"

[counted.feed.where]
admin1  = ["Idleb"]
"""
EVENTS = """\
nr,begin,region
1,2024-11-18,Idleb
2,2024-11-26,Idleb
3,2024-11-27,Idleb
4,2024-11-27,Homs
"""
Clock = Callable[[str], None]
PLANTED = "planted-pass&word"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the time; each look at the clock is a second later."""
    times: list[datetime] = []

    def now() -> datetime:
        times[0] += timedelta(seconds=1)
        return times[0].astimezone()

    monkeypatch.setattr(clocks, "now", now)

    def to(moment: str) -> None:
        times[:] = [datetime.fromisoformat(moment).replace(tzinfo=UTC)]

    return to


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache and a folder for temporary files of one's own, and an empty keyring."""
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / "cache" / name)
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)


@pytest.fixture
def feed(root: Path, forecast: Run, clock: Clock) -> Run:
    """A case whose strikes are counted from a file of events beside two coded readings."""
    clock("2024-12-09T10:15:00")
    (root / "indicators" / "sources.toml").write_text(SOURCES, "utf-8")
    strikes = root / "indicators" / "strikes.toml"
    edit(strikes, '["sohr", "acled"]', '["sohr", "acled", "feed"]')
    strikes.write_text(strikes.read_text("utf-8") + COUNTED, "utf-8")
    (root / "events.csv").write_text(EVENTS, "utf-8")
    return forecast


def vintages(root: Path) -> list[str]:
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*.parquet"))


def test_a_pull_shows_what_it_counts_beside_what_is_coded(feed: Run, root: Path) -> None:
    result = feed("pull")
    assert (result.code, result.err) == (0, "")
    [vintage] = vintages(root)
    assert re.fullmatch(r"indicators/vintages/feed/2024-12-09T1015\d\dZ.parquet", vintage)
    assert result.out == (
        "feed\n"
        "4 events; covers 18 Nov 2024 to 8 Dec 2024, 21 days.\n"
        f"{vintage}\n"
        "Readings: 3 new, 0 changed.\n"
        "\n"
        "reading  period    old  new  difference  days      coded  by  \n"
        "Strikes  2024-W47    -    1         new     7          -      \n"
        "Strikes  2024-W48    -    2         new     7  52 in 4 d  sohr\n"
        "Strikes  2024-W49    -    0         new     7         60  sohr\n"
    )
    assert list((root.parent / "scratch").iterdir()) == []


def test_the_same_again_stores_nothing(feed: Run, root: Path) -> None:
    feed("pull")
    before = snapshot(root)
    result = feed("pull", "feed")
    assert (result.code, result.out) == (
        0, "feed\nUnchanged since 9 Dec 2024, 10:15 UTC: nothing stored.\n",
    )  # fmt: skip
    assert snapshot(root) == before


def test_what_has_changed_is_a_second_vintage(feed: Run, root: Path, clock: Clock) -> None:
    feed("pull")
    edit(root / "events.csv", "3,2024-11-27,Idleb\n", "")
    clock("2024-12-10T09:00:00")
    result = feed("pull", "table")
    assert "Readings: 0 new, 1 changed." in result.out
    assert "Strikes  2024-W48    2    1          -1     7  52 in 4 d  sohr\n" in result.out
    assert len(vintages(root)) == 2


def test_a_dry_run_writes_nothing(feed: Run, root: Path) -> None:
    before = snapshot(root)
    result = feed("pull", "--dry-run")
    assert result.code == 0
    assert "Dry run: nothing stored." in result.out
    assert "Readings: 3 new, 0 changed." in result.out
    assert snapshot(root) == before
    assert list((root.parent / "scratch").iterdir()) == []


def test_json_has_every_number(feed: Run, root: Path) -> None:
    [result] = cast(list[dict[str, Any]], feed("pull", "--json").json)
    assert (result["source"], result["events"], result["problems"]) == ("feed", 4, [])
    assert [result["vintage"]] == vintages(root)
    assert result["changes"][1] == {
        "indicator": "strikes", "period": "2024-W48", "span": 1, "old": None, "new": 2.0,
        "difference": None, "old_days": None, "new_days": 7,
        "coded": {"value": 52.0, "days": 4, "source": "sohr"},
    }  # fmt: skip


def test_counted_readings_are_readings(feed: Run) -> None:
    assert "2 readings." in feed("check").out
    feed("pull")
    assert "5 readings." in feed("check").out


def test_of_a_pinned_case_they_are_not_known_yet(feed: Run, root: Path) -> None:
    pin(root)
    assert feed("pull").out.endswith(
        "\nThese readings are known only from 9 Dec 2024 on: a forecast as-of 2 Dec 2024\n"
        "does not use them.\n"
    )


def test_a_misspelt_name_is_said(feed: Run, root: Path) -> None:
    edit(root / "indicators" / "strikes.toml", '["Idleb"]', '["Idleb", "Idlib", "Homms"]')
    assert feed("pull").err.splitlines() == [
        'feed: no event of this pull has the admin1 "Idlib" asked for by Strikes',
        'feed: no event of this pull has the admin1 "Homms" asked for by Strikes (did you mean '
        "Homs?)",
    ]


def test_one_source_that_fails_does_not_stop_the_others(feed: Run, root: Path) -> None:
    sources = root / "indicators" / "sources.toml"
    absent = SOURCES.replace("[feed]", "[absent]").replace("events.csv", "absent.csv")
    sources.write_text(absent + SOURCES, "utf-8")
    result = feed("pull")
    assert result.code == 1
    assert result.out.startswith("feed\n4 events")
    assert result.err.startswith("absent: must ")
    assert len(vintages(root)) == 1
    failed, unchanged = cast(list[dict[str, Any]], feed("pull", "--json").json)
    assert (failed["source"], len(failed["problems"])) == ("absent", 1)
    assert unchanged["unchanged"]


def test_far_fewer_events_need_accept(feed: Run, root: Path) -> None:
    many = "".join(f"m{n},2024-11-2{n % 10},Idleb\n" for n in range(30))
    (root / "events.csv").write_text(EVENTS + many, "utf-8")
    feed("pull")
    (root / "events.csv").write_text(EVENTS, "utf-8")
    refused = feed("pull")
    assert refused.code == 1
    assert "half of the 34 events known before, found 4" in refused.err
    assert len(vintages(root)) == 1
    assert feed("pull", "--accept").code == 0


@pytest.mark.parametrize(
    ("name", "hint"), [("feet", "did you mean feed?"), ("ucdp", "known: feed, table")]
)
def test_an_unknown_source_is_wrong_usage(feed: Run, name: str, hint: str) -> None:
    result = feed("pull", name)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"SOURCE: must be a source of the case, or a kind of them, found {name} ({hint})\n"
    )


def test_a_case_without_sources_is_told_how_to_declare_one(forecast: Run) -> None:
    result = forecast("pull")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("indicators/sources.toml: must declare where to pull from")
    assert len(result.err.splitlines()) == 1


def test_a_local_address_needs_to_be_allowed(feed: Run, root: Path) -> None:
    with serving([Reply(EVENTS.encode())]) as server:
        edit(root / "indicators" / "sources.toml", "events.csv", f"{server.url}/events.csv")
        refused = feed("pull")
        assert (refused.code, server.asked) == (1, [])
        assert feed("pull", "--allow-local").code == 0
    assert len(vintages(root)) == 1


def test_what_has_not_changed_is_not_sent_again(feed: Run, root: Path) -> None:
    def answer(request: Request) -> Reply:
        headers = {"Content-Type": "text/csv", "ETag": '"v1"'}
        same = request.headers.get("if-none-match") == '"v1"'
        return Reply(b"", 304, headers) if same else Reply(EVENTS.encode(), 200, headers)

    with serving(answer) as server:
        edit(root / "indicators" / "sources.toml", "events.csv", f"{server.url}/events.csv")
        feed("pull", "--allow-local")
        again = feed("pull", "--allow-local")
    assert "Unchanged since 9 Dec 2024" in again.out
    assert [request.headers.get("if-none-match") for request in server.asked] == [None, '"v1"']


def test_a_damaged_vintage_is_told_by_check_and_stops_only_its_source(
    feed: Run, root: Path
) -> None:
    feed("pull")
    [name] = vintages(root)
    (root / name).write_bytes(b"PAR1")
    for verb in ("check", "pull", "refresh"):
        result = feed(verb)
        assert result.code == 1
        assert result.err.startswith(f"{name}: must be a vintage as `forecast pull` wrote it")


def echo(request: Request) -> Reply:
    """Say everything back that was sent, as a careless server may."""
    return as_json({"message": f"{request.body} {' '.join(request.form.values())}"}, 401)


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_a_planted_secret_is_shown_nowhere(
    feed: Run,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    flags: tuple[str, ...],
) -> None:
    monkeypatch.setenv("FORECAST_ACLED_USERNAME", "planted-user@example.org")
    monkeypatch.setenv("FORECAST_ACLED_PASSWORD", PLANTED)
    sources = root / "indicators" / "sources.toml"
    sources.write_text(SOURCES + '[acled]\nkind = "acled"\ncountry = "Syria"\n', "utf-8")
    caplog.set_level(logging.DEBUG)
    with serving(echo) as server:
        local = dataclasses.replace(PROVIDERS["acled"], api=server.url, sleep=lambda _: None)
        monkeypatch.setitem(PROVIDERS, "acled", local)
        result = feed("pull", "--allow-local", *flags)
    assert result.code == 1
    assert "acled: must be a user name and password ACLED accepts" in result.err
    assert server.asked
    shown = [result.out, result.err, caplog.text]
    shown += [data.decode("latin-1") for data in snapshot(root.parent).values()]
    for secret in ("planted-user", PLANTED, "planted-pass%26word", "planted-pass"):
        assert not any(secret in text for text in shown)


def test_watch_says_what_is_covered(feed: Run) -> None:
    feed("refresh", "--as-of", "2024-12-09")
    assert re.search(r"^  coverage .*\n +feed not pulled$", feed("watch").out, re.MULTILINE)
    feed("pull")
    pulled = r"^  coverage .*\n +feed 7 of 7 days, pulled 9 Dec$"
    assert re.search(pulled, feed("watch").out, re.MULTILINE)
    [strikes] = cast(dict[str, Any], feed("watch", "--json").json)["indicators"]
    assert strikes["counted"] == [{"source": "feed", "pulled": "2024-12-09", "days": 7}]


def test_watch_says_nothing_where_nothing_is_pulled(forecast: Run) -> None:
    forecast("refresh")
    assert "pulled" not in forecast("watch").out
    [strikes] = cast(dict[str, Any], forecast("watch", "--json").json)["indicators"]
    assert "counted" not in strikes


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Put the analyst so many hours east of Greenwich."""
    with monkeypatch.context() as patch:

        def to(hours: int) -> None:
            patch.setenv("TZ", f"TST{-hours:+d}")  # as POSIX has it, west is positive
            time.tzset()

        yield to
    time.tzset()


@pytest.mark.parametrize(
    ("hours", "local"),
    [
        (hours, local)
        for hours, local in zip(
            range(-11, 15),
            cycle(["2024-12-08T20:00", "2024-12-09T00:10", "2024-12-09T07:30"]),
            strict=False,
        )
    ],
)
def test_days_are_those_of_the_analyst(
    feed: Run, root: Path, clock: Clock, zone: Callable[[int], None], hours: int, local: str
) -> None:
    zone(hours)
    here = datetime.fromisoformat(local)
    clock((here - timedelta(hours=hours)).isoformat())
    edit(root / "indicators" / "sources.toml", "until   = 2024-12-08\n", "")
    (root / "indicators" / "strikes.csv").write_text(HEADER, "utf-8")
    [result] = cast(list[dict[str, Any]], feed("pull", "--json").json)
    assert result["day"] == str(here.date())
    assert result["until"] == str(here.date() - timedelta(days=1))
    last = result["changes"][-1]
    assert (last["period"], last["new_days"]) == ("2024-W49", 6 if here.day == 8 else 7)
    assert {reading.published for reading in counted(root)} == {here.date()}


def counted(root: Path) -> tuple[Reading, ...]:
    return counted_readings(load_case(root))


def test_whoever_travels_west_learns_of_no_pull_before_it_was_made(
    feed: Run, root: Path, clock: Clock, zone: Callable[[int], None]
) -> None:
    zone(14)
    clock("2024-12-09T12:00:00")  # the 10th, there
    feed("pull")
    edit(root / "events.csv", "2,2024-11-26,Idleb\n", "")
    zone(-11)
    clock("2024-12-09T13:00:00")
    feed("pull")
    changed = [r for r in counted(root) if str(r.period) == "2024-W48"]
    assert [(r.published.day, r.value) for r in changed] == [(10, 1)]


DAILY = """\
[feed]
kind    = "table"
at      = "events.csv"
missing = ["n/a"]
[feed.columns]
id       = "day"
date     = "day"
values   = { aircraft = "Air", vessels = "Sea" }
day_rows = true
"""
AIRCRAFT = """
[counted.feed]
grade   = "B2"
measure = "sum"
column  = "aircraft"
"""


@pytest.fixture
def daily(feed: Run, root: Path) -> Run:
    """The same with a table of one row a day and two numbers in it."""
    (root / "indicators" / "sources.toml").write_text(DAILY, "utf-8")
    edit(root / "indicators" / "strikes.toml", COUNTED, AIRCRAFT)
    rows = "".join(f"2024-11-{n},{'n/a' if n == 20 else 5},1\n" for n in range(18, 25) if n != 22)
    (root / "events.csv").write_text("day,Air,Sea\n" + rows, "utf-8")
    return feed


def test_a_daily_table_says_which_days_it_has_not(daily: Run) -> None:
    result = daily("pull")
    assert result.err == (
        "feed: a row is a day for Strikes, and 2 of 7 days have none, or none with a number "
        "(20 Nov 2024 to 22 Nov 2024): not covered\n"
    )
    assert "Strikes  2024-W47    -   25         new     5" in result.out


def test_what_is_no_longer_known_is_withdrawn(daily: Run, root: Path, clock: Clock) -> None:
    daily("pull")
    (root / "events.csv").write_text("day,Air,Sea\n2024-11-18,n/a,1\n2024-11-25,4,1\n", "utf-8")
    clock("2024-12-10T09:00:00")
    [result] = cast(list[dict[str, Any]], daily("pull", "--dry-run", "--json").json)
    shown = [(c["period"], c["old"], c["new"], c["difference"]) for c in result["changes"]]
    assert shown == [("2024-W47", 25, None, None), ("2024-W48", None, 4, None)]
    assert "Strikes  2024-W47   25    -   withdrawn     5" in daily("pull").out


LONG = "5,2024-11-20,Idleb,2024-12-19\n"


@pytest.mark.parametrize("verb", ["pull", "check", "refresh"])
def test_a_row_that_fits_no_period_stops_what_would_count_it(
    feed: Run, root: Path, verb: str
) -> None:
    """Also where it was pulled before: a cadence may change, or what is read of a file."""
    sources, events = root / "indicators" / "sources.toml", root / "events.csv"
    edit(sources, 'date = "begin"', 'date = "begin", last_day = "end"')
    text = EVENTS.replace("\n", ",\n").replace("region,", "region,end")
    events.write_text(text + LONG, "utf-8")
    edit(sources, "[feed]", '[feed]\nlonger = "apart"')
    assert feed("pull").err == (
        "feed: 1 of 4 events counted for Strikes may lie anywhere in a week or longer "
        "(20 Nov 2024 to 19 Dec 2024): left out, and no week they may lie in is taken for 0\n"
    )
    edit(sources, 'longer = "apart"\n', "")
    before = snapshot(root)
    result = feed(verb)
    assert result.code == 1
    assert result.err.splitlines()[0] == (
        "indicators/sources.toml, [feed]: must hold rows within a week each, or nothing but totals "
        "of whole weeks, found 1 row of 30 days, the first from 2024-11-20 to 2024-12-19, beside 3 "
        'within a week (count monthly rows in a case with cadence = "month", or longer = "apart" '
        "leaves such rows out)"
    )
    assert snapshot(root) == before


def test_events_on_days_that_are_not_covered_are_named(feed: Run, root: Path) -> None:
    with (root / "events.csv").open("a", encoding="utf-8") as file:
        file.write("8,2023-11-27,Idleb\n9,2062-11-27,Idleb\n")
    assert feed("pull").err == (
        "feed: 2 of 6 events are on days that are not covered (27 Nov 2023 to 27 Nov 2062): not "
        "counted\n"
    )


def test_a_source_that_was_renamed_keeps_its_pulls(feed: Run, root: Path, clock: Clock) -> None:
    feed("pull")
    before = [(r.period, r.value, r.published) for r in counted(root)]
    for name in ("sources.toml", "strikes.toml"):
        path = root / "indicators" / name
        path.write_text(path.read_text("utf-8").replace("feed", "incidents"), "utf-8")
    lost = feed("check")
    assert lost.code == 0
    assert lost.err == (
        "Note: indicators/vintages/feed: is of no source of the case, and no reading is counted "
        'from it (has a source been renamed? was = ["feed"] keeps its pulls).\n'
    )
    edit(root / "indicators" / "sources.toml", "[incidents]", '[incidents]\nwas = ["feed"]')
    assert feed("check").err == ""
    assert [(r.period, r.value, r.published) for r in counted(root)] == before
    assert feed("pull").out.startswith("incidents\nUnchanged since 9 Dec 2024")
    edit(root / "events.csv", "3,2024-11-27,Idleb\n", "")
    clock("2024-12-10T09:00:00")
    assert "Strikes  2024-W48    2    1          -1" in feed("pull").out
    assert [name.split("/")[2] for name in vintages(root)] == ["feed", "incidents"]


WARNED: dict[str, tuple[str, str, str, str]] = {
    "a name that no event has": (
        "strikes.toml", '["Idleb"]', '["Idleb", "Homms"]',
        'feed: no event of any pull has the admin1 "Homms" asked for by Strikes '
        "(did you mean Homs?)",
    ),
    "a filter that lets nothing through": (
        "strikes.toml", '["Idleb"]', '["Idlib"]',
        'feed: no event of any pull has the admin1 "Idlib" asked for by Strikes '
        "(did you mean Idleb?).\nNote: feed: none of 4 events is let through for Strikes, which "
        "is counted as 0",
    ),
    "a counting that was cut off": (
        "strikes.toml", COUNTED, "",
        "indicators/strikes.toml: has feed among its sources, and no [counted.feed]: none of its "
        "pulls is counted",
    ),
    "a source that nothing counts": (
        "sources.toml", "[feed]", '[more]\nkind = "acled"\n[feed]',
        "indicators/sources.toml, [more]: is counted by no indicator",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), WARNED.values(), ids=WARNED.keys())
def test_check_warns_of_what_counts_nothing(
    feed: Run, root: Path, name: str, old: str, new: str, said: str
) -> None:
    feed("pull")
    assert feed("check").err == ""
    edit(root / "indicators" / name, old, new)
    result = feed("check")
    assert (result.code, result.err) == (0, f"Note: {said}.\n")
    notes = cast(dict[str, Any], feed("check", "--json").json)["notes"]
    assert len(notes) == len(said.splitlines())


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, endless])
@pytest.mark.parametrize("verb", ["check", "pull", "refresh"])
def test_what_is_no_file_is_not_read_as_a_vintage(
    feed: Run, root: Path, make: Callable[[Path], None], verb: str
) -> None:
    feed("pull")
    name = "indicators/vintages/feed/2024-12-10T101503Z.parquet"
    make(root / name)
    result = feed(verb)
    assert result.code == 1
    assert result.err.startswith(f"{name}: must be a file, found a folder, pipe or device")


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, endless])
def test_what_is_no_file_is_not_pulled(feed: Run, root: Path, make: Callable[[Path], None]) -> None:
    (root / "events.csv").unlink()
    make(root / "events.csv")
    assert re.match(r"feed: must be a file, found .*, a folder, pipe or device\n", feed("pull").err)
