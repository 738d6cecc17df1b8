"""One raw CSV or nothing: paths, URLs, what has not changed, and what is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from forecast.case import EventSource
from forecast.errors import PullError
from forecast.sources.fetch import Fetched
from tests.sources.serving import CSV, Desk, Reply, redirect, serving

TABLE = EventSource("counts", "table", columns={"id": "id", "date": "date"})


def test_a_path_starts_from_the_case(desk: Desk) -> None:
    (desk.root / "counts.csv").write_bytes(CSV)
    fetched = desk.table("counts.csv")
    assert fetched == Fetched(desk.into / "raw.csv")
    assert (desk.into / "raw.csv").read_bytes() == CSV
    assert desk.said == [(len(CSV), len(CSV))]


def test_an_absolute_path_is_one_the_user_wrote(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_bytes(CSV)
    desk.table(str(tmp_path / "counts.csv"))
    assert desk.left() == ["raw.csv"]


def test_a_missing_file_is_named(desk: Desk) -> None:
    with pytest.raises(PullError, match=r"counts: must be a file that can be read.*none\.csv"):
        desk.table("none.csv")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_no_file(desk: Desk) -> None:
    os.mkfifo(desk.root / "pipe.csv")
    with pytest.raises(PullError, match=r"must be a file, found .*pipe"):
        desk.table("pipe.csv")


@pytest.mark.parametrize("at", ["", "/dev/zero"])
def test_a_folder_or_device_is_no_file(desk: Desk, at: str) -> None:
    if at and not Path(at).exists():
        pytest.skip("no such device here")
    with pytest.raises(PullError, match="must be a file, found"):
        desk.table(at or str(desk.root))


def test_a_file_that_is_too_large_is_not_copied(desk: Desk) -> None:
    (desk.root / "counts.csv").write_bytes(CSV)
    with pytest.raises(PullError, match=r"must be at most 5 bytes, found 21"):
        desk.table("counts.csv", size=5)


def test_a_file_url_is_refused(desk: Desk) -> None:
    (desk.root / "counts.csv").write_bytes(CSV)
    source = replace(TABLE, at=(desk.root / "counts.csv").as_uri())
    with pytest.raises(PullError, match=r"must not be a file:// address.*--allow-local"):
        desk.fetch(source, allow_local=False)


def test_a_file_url_may_be_allowed(desk: Desk) -> None:
    (desk.root / "a %C3 b.csv").write_bytes(CSV)
    desk.table((desk.root / "a %C3 b.csv").as_uri())
    assert (desk.into / "raw.csv").read_bytes() == CSV


def test_a_file_on_another_machine_is_refused(desk: Desk) -> None:
    with pytest.raises(PullError, match="must be a file:// address on this machine"):
        desk.table("file://elsewhere/counts.csv")


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        ("ftp://example.org/a.csv", "must be an http or https address"),
        ("http:///a.csv", "must be an http or https address"),
        ("http://[::1/a.csv", "must be an address"),
        ("https://me:word@example.org/a.csv", "must hold no user name or password"),
    ],
)
def test_an_address_that_cannot_be_is_refused(desk: Desk, at: str, rule: str) -> None:
    with pytest.raises(PullError, match=rule) as caught:
        desk.table(at)
    assert "word" not in str(caught.value).replace("password", "")


def test_a_url_is_downloaded_with_progress(desk: Desk) -> None:
    with serving([Reply()]) as server:
        desk.table(f"{server.url}/counts.csv")
    assert (desk.into / "raw.csv").read_bytes() == CSV
    assert desk.said[-1] == (len(CSV), len(CSV))


def test_what_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    validators = {"ETag": '"abc"', "Last-Modified": "Mon, 02 Dec 2024 10:00:00 GMT"}
    with serving([Reply(headers=validators), Reply(b"", 304)]) as server:
        first = desk.table(f"{server.url}/counts.csv")
        (desk.into / "raw.csv").unlink()
        second = desk.fetch(replace(TABLE, at=f"{server.url}/counts.csv"), before=first)
    assert second == Fetched(None)
    assert server.asked[1].headers["if-none-match"] == '"abc"'
    assert server.asked[1].headers["if-modified-since"] == "Mon, 02 Dec 2024 10:00:00 GMT"
    assert desk.left() == []


def test_the_condition_follows_a_redirect(desk: Desk) -> None:
    with serving([Reply(headers={"ETag": '"abc"'}), Reply(b"", 304)]) as there:
        first = desk.table(f"{there.url}/counts.csv")
        with serving([redirect(f"{there.url}/counts.csv")]):
            second = desk.fetch(replace(TABLE, at=f"{there.url}/counts.csv"), before=first)
    assert second.raw is None


@pytest.mark.parametrize(("name", "column"), [("other.csv", "date"), ("counts.csv", "day")])
def test_an_edited_source_is_fetched_whole(desk: Desk, name: str, column: str) -> None:
    with serving([Reply(headers={"ETag": '"abc"'})]) as server:
        first = desk.table(f"{server.url}/counts.csv")
        columns = {"id": "id", "date": column}
        desk.fetch(replace(TABLE, at=f"{server.url}/{name}", columns=columns), before=first)
    assert "if-none-match" not in server.asked[1].headers


def test_not_modified_unasked_is_an_error(desk: Desk) -> None:
    with (
        serving([Reply(b"", 304)]) as server,
        pytest.raises(PullError, match="must answer with success, found status 304"),
    ):
        desk.table(f"{server.url}/counts.csv")


def test_a_failure_leaves_what_was_there(desk: Desk) -> None:
    (desk.into / "other").write_text("mine")
    with (
        serving([Reply(b"<html>Log in", headers={"Content-Type": "text/csv"})]) as server,
        pytest.raises(PullError, match="must be a CSV file, found a web page"),
    ):
        desk.table(f"{server.url}/counts.csv")
    assert desk.left() == ["other"]


def test_a_folder_that_is_not_there_is_a_problem(desk: Desk) -> None:
    desk.into.rmdir()
    with pytest.raises(PullError, match=r"counts: must be written to .*into, found No such"):
        desk.table("counts.csv")


def test_an_interrupt_leaves_nothing(desk: Desk) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with serving([Reply(how="cut")]) as server, pytest.raises(KeyboardInterrupt):
        desk.table(f"{server.url}/counts.csv", sleep=interrupted)
    assert desk.left() == []


def test_neither_importing_nor_a_path_loads_the_network(desk: Desk) -> None:
    (desk.root / "counts.csv").write_bytes(CSV)
    program = """
import sys
from pathlib import Path
from forecast.case import EventSource
from forecast.sources.fetch import fetch
root, into = map(Path, sys.argv[1:])
source = EventSource("counts", "table", at="counts.csv")
fetch(source, root, into, before=None, allow_local=False, say=lambda done, total: None)
assert not {"httpx", "httpcore", "keyring", "ssl"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program, desk.root, desk.into], check=True)
