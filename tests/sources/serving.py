"""A server on loopback that answers as a test tells it to, and a fetch against it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from forecast.case import EventSource
from forecast.sources.fetch import Fetched, Validators, fetch
from forecast.sources.provider import Service

CSV = b"id,date\n1,2024-11-27\n"
NOW = datetime(2024, 12, 2, 10, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]
    body: str


@dataclass(frozen=True)
class Reply:
    """``how`` a body is sent: whole, cut short, never ending, byte by byte, or not at all."""

    body: bytes = CSV
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/csv"})
    how: Literal["whole", "cut", "endless", "dripping", "dropped"] = "whole"


def as_json(data: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(json.dumps(data).encode(), status, {"Content-Type": "application/json", **headers})


def redirect(to: str, status: int = 302) -> Reply:
    return Reply(b"", status, {"Location": to})


class Server:
    """What was asked, and where."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self.asked: list[Request] = []


Script = Callable[[Request], Reply]


@contextmanager
def serving(script: Script | list[Reply]) -> Iterator[Server]:
    """Serve by a function, or by a list whose last reply is given again and again."""
    answer = script if callable(script) else _in_turn(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            request = Request(
                self.command,
                parts.path,
                {name: values[-1] for name, values in parse_qs(parts.query).items()},
                {name.lower(): value for name, value in self.headers.items()},
                {name: values[-1] for name, values in parse_qs(body).items()},
                body,
            )
            server.asked.append(request)
            self._send(answer(request))

        do_POST = do_GET  # noqa: N815 -- the names http.server calls

        def _send(self, reply: Reply) -> None:
            self.close_connection = reply.how != "whole"
            if reply.how == "dropped":
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.how in ("endless", "dripping"):
                self.send_header("Connection", "close")
                self.end_headers()
                while self._sent(b"x" * 65536 if reply.how == "endless" else b"x"):
                    time.sleep(0 if reply.how == "endless" else 0.02)
                return
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if reply.status != 304:
                self.wfile.write(reply.body[:-1] if reply.how == "cut" else reply.body)

        def _sent(self, data: bytes) -> bool:
            try:
                self.wfile.write(data)
            except OSError:  # the client hung up, as it should
                return False
            return True

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = Server(http.server_port)
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def _in_turn(replies: list[Reply]) -> Script:
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


@dataclass
class Desk:
    """A case folder, a folder to fetch into, and what happened while fetching."""

    root: Path
    into: Path
    slept: list[float] = field(default_factory=list)
    said: list[tuple[int, int | None]] = field(default_factory=list)

    def service(self, api: str = "", **changes: Any) -> Service:
        patience = {"sleep": self.slept.append, "jitter": lambda: 0.5, "now": lambda: NOW}
        return Service(api, **{**patience, **changes})

    def fetch(
        self,
        source: EventSource,
        service: Service | None = None,
        *,
        before: Validators | None = None,
        allow_local: bool = True,
    ) -> Fetched:
        return fetch(
            source,
            self.root,
            self.into,
            before=before,
            allow_local=allow_local,
            say=lambda done, total: self.said.append((done, total)),
            service=service or self.service(),
        )

    def table(self, at: str, **changes: Any) -> Fetched:
        """Fetch a table from a path or URL."""
        columns = {"id": "id", "date": "date"}
        return self.fetch(
            EventSource("counts", "table", at=at, columns=columns), self.service(**changes)
        )

    def left(self) -> list[str]:
        return sorted(path.name for path in self.into.rglob("*"))
