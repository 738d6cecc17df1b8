"""Which addresses may be connected to, and a transport that connects to no other.

A host name is resolved once, every address it has is checked, and the connection goes to one of
those very addresses: a name that means something else a moment later (DNS rebinding) gains nothing.
The certificate is still checked against the name.

Proxies of the environment are not used: they would resolve names themselves, unchecked.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable

import httpx

from forecast.sources.problems import Problems

Resolve = Callable[[str], list[str]]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # its last 32 bits are the address that is meant


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None or ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def resolved(host: str) -> list[str]:
    """The addresses a host name has, the one to be tried first in front.

    Raises
    ------
    httpx.ConnectError
        If it has none.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise httpx.ConnectError(f"no address is known of {host}") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class PinnedTransport(httpx.BaseTransport):
    """Connects to addresses it has checked itself.

    One pool per host: two names with one address must not share a connection, whose certificate
    was checked for the first of them only.
    """

    def __init__(
        self, problems: Problems, *, allow_local: bool, resolve: Resolve = resolved
    ) -> None:
        self._problems = problems
        self._allow_local = allow_local
        self._resolve = resolve
        self._context: ssl.SSLContext = httpx.create_ssl_context()
        self._pools: dict[str, httpx.BaseTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the first address of its host that answers.

        Raises
        ------
        PullError
            If any of the host's addresses is not public and local ones are not allowed.
        """
        host = request.url.raw_host.decode("ascii")
        addresses = self._checked(host)
        for address in addresses[:-1]:
            try:
                return self._send(request, host, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return self._send(request, host, addresses[-1])

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()

    def _checked(self, host: str) -> list[str]:
        addresses = self._resolve(host)
        refused = [address for address in addresses if not is_public(address)]
        if refused and not self._allow_local:
            raise self._problems.error(
                "must be at a public address",
                f"{host} at {refused[0]}",
                "--allow-local if this is meant",
            )
        return addresses

    def _send(self, request: httpx.Request, host: str, address: str) -> httpx.Response:
        if host not in self._pools:
            self._pools[host] = httpx.HTTPTransport(verify=self._context, trust_env=False)
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,  # with the name as Host
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return self._pools[host].handle_request(pinned)
