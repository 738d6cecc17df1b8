"""`forecast pull`: from a file or a server to vintages and the readings that change."""

from __future__ import annotations

import dataclasses
import logging
import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import keyring
import pytest

from forecast import caches
from forecast.sources.types import PROVIDERS
from tests.cli.conftest import Run, edit, pin, snapshot
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
        return times[0]

    monkeypatch.setattr(import_module("forecast.cli.pull"), "now", now)

    def to(moment: str) -> None:
        times[:] = [datetime.fromisoformat(moment).replace(tzinfo=UTC)]

    return to


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache and a folder for temporary files of one's own, and an empty keyring."""
    monkeypatch.setattr(caches, "cache_folder", lambda name: tmp_path / "cache" / name)
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
    assert result.out == (
        "feed\n"
        "4 events; covers 18 Nov 2024 to 8 Dec 2024, 21 days.\n"
        "indicators/vintages/feed/2024-12-09T101503Z.parquet\n"
        "Readings: 3 new, 0 changed.\n"
        "\n"
        "reading  period    old  new  difference  days      coded  by  \n"
        "Strikes  2024-W47    -    1         new     7          -      \n"
        "Strikes  2024-W48    -    2         new     7  52 in 4 d  sohr\n"
        "Strikes  2024-W49    -    0         new     7         60  sohr\n"
    )
    assert vintages(root) == ["indicators/vintages/feed/2024-12-09T101503Z.parquet"]
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


def test_json_has_every_number(feed: Run) -> None:
    [result] = cast(list[dict[str, Any]], feed("pull", "--json").json)
    assert (result["source"], result["events"], result["problems"]) == ("feed", 4, [])
    assert result["vintage"] == "indicators/vintages/feed/2024-12-09T101503Z.parquet"
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
