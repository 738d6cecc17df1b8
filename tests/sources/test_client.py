"""Whatever a server does: a clean recovery or one clear error, and nothing left behind."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.case import EventSource
from forecast.errors import PullError
from forecast.sources import address
from forecast.sources.client import seconds_asked
from tests.sources.serving import CSV, NOW, Desk, Reply, redirect, serving

HTML = {"Content-Type": "text/html; charset=utf-8"}
LATER = "Mon, 02 Dec 2024 10:15:42 GMT"  # 42 s after NOW


@pytest.fixture(autouse=True)
def _nothing_is_left(desk: Desk) -> Iterator[None]:
    yield
    assert desk.left() in ([], ["raw.csv"])


@pytest.mark.parametrize(
    "broken",
    [
        Reply(how="cut"),
        Reply(how="dropped"),
        Reply(b"", 500),
        Reply(b"", 503),
        Reply(b"", 429),
        Reply(b"no gzip", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["truncated", "dropped", "500", "503", "429", "undecodable"],
)
def test_what_passes_is_tried_again(desk: Desk, broken: Reply) -> None:
    with serving([broken, broken, Reply()]) as server:
        desk.table(f"{server.url}/counts.csv")
    assert (desk.into / "raw.csv").read_bytes() == CSV
    assert desk.slept == [1.0, 2.0]


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (Reply(how="cut"), "an answer cut short or garbled"),
        (Reply(how="dropped"), "an answer cut short or garbled"),
        (Reply(b"", 500), "status 500"),
        (Reply(b"", 429), "status 429"),
    ],
    ids=["truncated", "dropped", "500", "429"],
)
def test_what_does_not_pass_is_given_up(desk: Desk, broken: Reply, found: str) -> None:
    with (
        serving([broken]) as server,
        pytest.raises(PullError, match=f"counts: must answer within 5 tries, found {found}"),
    ):
        desk.table(f"{server.url}/counts.csv")
    assert len(server.asked) == 5
    assert desk.slept == [1.0, 2.0, 4.0, 8.0]
    assert desk.left() == []


def test_a_server_that_is_not_there_is_given_up(desk: Desk) -> None:
    with serving([Reply()]) as server:
        pass
    with pytest.raises(PullError, match="must answer within 5 tries, found no connection"):
        desk.table(f"{server.url}/counts.csv")


@pytest.mark.parametrize(
    ("asked", "slept"), [("7", 7.0), ("9999", 120.0), (LATER, 42.0), ("soon", 1.0), ("-1", 1.0)]
)
def test_the_server_says_how_long_to_wait(desk: Desk, asked: str, slept: float) -> None:
    with serving([Reply(b"", 429, {"Retry-After": asked}), Reply()]) as server:
        desk.table(f"{server.url}/counts.csv")
    assert desk.slept == [slept]


@pytest.mark.parametrize(("jitter", "slept"), [(0.0, 0.5), (1.0, 1.5)])
def test_pauses_are_spread(desk: Desk, jitter: float, slept: float) -> None:
    with serving([Reply(b"", 500), Reply()]) as server:
        desk.table(f"{server.url}/counts.csv", jitter=lambda: jitter)
    assert desk.slept == [slept]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
def test_a_refusal_is_not_tried_again(desk: Desk, status: int) -> None:
    with (
        serving([Reply(b"", status)]) as server,
        pytest.raises(PullError, match=f"must answer with success, found status {status}"),
    ):
        desk.table(f"{server.url}/counts.csv?key=word")
    assert len(server.asked) == 1


def test_an_endless_body_is_cut_off(desk: Desk) -> None:
    with (
        serving([Reply(how="endless")]) as server,
        pytest.raises(PullError, match="must be at most 1000000 bytes, found more"),
    ):
        desk.table(f"{server.url}/counts.csv", size=1_000_000)


def test_a_body_that_swells_when_unpacked_is_cut_off(desk: Desk) -> None:
    bomb = Reply(gzip.compress(bytes(10_000_000)), headers={"Content-Encoding": "gzip"})
    with (
        serving([bomb]) as server,
        pytest.raises(PullError, match="must be at most 1000000 bytes, found more"),
    ):
        desk.table(f"{server.url}/counts.csv", size=1_000_000)


def test_a_dripping_body_is_cut_off(desk: Desk) -> None:
    with (
        serving([Reply(how="dripping")]) as server,
        pytest.raises(PullError, match=r"must come within 0\.1 s"),
    ):
        desk.table(f"{server.url}/counts.csv", seconds=0.1)


def test_a_web_page_is_no_table(desk: Desk) -> None:
    with (
        serving([Reply(CSV, headers=HTML)]) as server,
        pytest.raises(PullError, match=r"must be a CSV or JSON file, found a web page.*login"),
    ):
        desk.table(f"{server.url}/counts.csv")


def test_a_redirect_is_followed(desk: Desk) -> None:
    with serving([redirect("/there.csv?a=b"), Reply()]) as server:
        desk.table(f"{server.url}/counts.csv")
    assert [(r.path, r.query) for r in server.asked] == [
        ("/counts.csv", {}),
        ("/there.csv", {"a": "b"}),
    ]


def test_redirects_come_to_an_end(desk: Desk) -> None:
    with (
        serving([redirect("/counts.csv")]) as server,
        pytest.raises(PullError, match="must redirect at most 5 times"),
    ):
        desk.table(f"{server.url}/counts.csv")
    assert len(server.asked) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://x/"])
def test_a_redirect_to_no_web_address_is_refused(desk: Desk, target: str) -> None:
    with (
        serving([redirect(target)]) as server,
        pytest.raises(PullError, match="must be an http or https address"),
    ):
        desk.table(f"{server.url}/counts.csv")


def test_a_redirect_that_cannot_be_read_is_refused(desk: Desk) -> None:
    with (
        serving([redirect("http://[::1/")]) as server,
        pytest.raises(PullError, match="an answer cut short or garbled"),
    ):
        desk.table(f"{server.url}/counts.csv")


def test_a_redirect_from_https_to_http_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = httpx.Response(302, headers={"Location": "http://8.8.8.8/there.csv"})
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda *_: away)
    with pytest.raises(PullError, match="must not redirect from https to http"):
        desk.table("https://8.8.8.8/counts.csv")


def test_a_cookie_is_not_sent_back(desk: Desk) -> None:
    cookie = Reply(b"", 302, {"Location": "/there.csv", "Set-Cookie": "session=1; Path=/"})
    with serving([cookie, Reply()]) as server:
        desk.table(f"{server.url}/counts.csv")
    assert "cookie" not in server.asked[1].headers


@pytest.mark.parametrize(
    "host", ["127.0.0.2", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "127.2"]
)
def test_a_redirect_to_a_private_address_is_refused(
    desk: Desk, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = address.is_public  # to which the first server alone is made public
    monkeypatch.setattr(address, "is_public", lambda ip: ip == "127.0.0.1" or real(ip))
    with serving([redirect(f"http://{host}/secrets.csv")]) as server:
        source = EventSource("counts", "table", at=f"{server.url}/counts.csv")
        with pytest.raises(PullError, match="must be at a public address"):
            desk.fetch(source, allow_local=False)
    assert len(server.asked) == 1


@settings(derandomize=True)
@given(text=st.text() | st.integers().map(str) | st.datetimes().map(format_datetime))
def test_whatever_is_asked_for_it_is_no_time_before_now(text: str) -> None:
    assert seconds_asked(text, NOW, 1.0) >= 0
