"""No connection to an address that was not looked at."""

from __future__ import annotations

import ipaddress
import socket

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import PullError
from forecast.sources.address import PinnedTransport, is_public, resolved
from forecast.sources.problems import Problems
from tests.sources.serving import Reply, serving

CLOSED = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
    "::1/128", "::/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "2001:db8::/32",
    "::ffff:10.0.0.0/104", "64:ff9b::7f00:0/104", "2002:7f00::/24",
]  # fmt: skip


@pytest.mark.parametrize("network", CLOSED)
def test_no_address_of_a_closed_network_is_public(network: str) -> None:
    block = ipaddress.ip_network(network)
    assert not is_public(str(block[0]))
    assert not is_public(str(block[-1]))


@pytest.mark.parametrize(
    "ip", ["8.8.8.8", "130.238.7.10", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_an_address_of_the_internet_is_public(ip: str) -> None:
    assert is_public(ip)


@settings(derandomize=True)
@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_as_public_as_itself(ip: ipaddress.IPv4Address) -> None:
    assert is_public(f"::ffff:{ip}") == is_public(f"64:ff9b::{ip}") == is_public(str(ip))


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1"])
def test_other_spellings_of_loopback_resolve_to_it(host: str) -> None:
    assert resolved(host) == ["127.0.0.1"]


def test_a_name_without_an_address_is_a_failed_connection() -> None:
    with pytest.raises(httpx.ConnectError, match="no address is known"):
        resolved("a" * 64 + ".invalid")  # a label too long to be looked up at all


def test_one_private_address_among_public_ones_is_refused() -> None:
    transport = PinnedTransport(
        Problems("counts"), allow_local=False, resolve=lambda _: ["8.8.8.8", "10.0.0.1"]
    )
    with (
        httpx.Client(transport=transport) as client,
        pytest.raises(PullError, match=r"must be at a public address, found two\.example at 10\."),
    ):
        client.get("http://two.example/")


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    asked: list[str] = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    transport = PinnedTransport(Problems("counts"), allow_local=True, resolve=resolve)
    with serving([Reply()]) as server, httpx.Client(transport=transport) as client:
        client.get(f"http://rebinding.example:{server.port}/a?b=c")
    assert asked == ["rebinding.example"]
    assert server.asked[0].headers["host"] == f"rebinding.example:{server.port}"
    assert (server.asked[0].path, server.asked[0].query) == ("/a", {"b": "c"})


def test_a_certificate_is_checked_against_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[httpx.Request] = []

    def handle(_: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    transport = PinnedTransport(
        Problems("counts"), allow_local=False, resolve=lambda _: ["2606:4700::1111"]
    )
    with httpx.Client(transport=transport) as client:
        client.get("https://exämple.org/")
    assert str(sent[0].url) == "https://[2606:4700::1111]/"
    assert sent[0].extensions["sni_hostname"] == "xn--exmple-cua.org"


def test_the_next_address_is_tried_when_one_is_dead() -> None:
    with socket.socket() as taken:  # bound and not listening: refuses
        taken.bind(("127.0.0.2", 0))
        port = taken.getsockname()[1]
        with serving([Reply()]) as server:
            transport = PinnedTransport(
                Problems("counts"),
                allow_local=True,
                resolve=lambda _: ["127.0.0.2", "127.0.0.1"],
            )
            with httpx.Client(transport=transport) as client:
                assert client.get(f"http://two.example:{server.port}/").status_code == 200
            assert port != server.port
