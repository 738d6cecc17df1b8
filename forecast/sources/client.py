"""HTTP with patience and limits: whatever a server does, an answer or one clear error.

::

    request    up to 5 tries, with growing pauses or as long as the server asks
     └─ hops   up to 5 redirects, each looked at again; no secret goes to another host
         └─ pieces   the body, within its limits of size and time

A body is read inside its try: one that breaks off is asked for again from the start. Errors are
raised after httpx's own is over, never chained to it: its text may quote what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic
from typing import Self

import httpx

from forecast.sources.address import PinnedTransport
from forecast.sources.credentials import Secret
from forecast.sources.flat import parsed
from forecast.sources.problems import place
from forecast.sources.provider import Answer, Headers, Task

TRIES = 5
REDIRECTS = 5
TIMEOUT = httpx.Timeout(30, connect=10)
FIRST_PAUSE = 1.0  # seconds, doubled with every try
LONGEST_PAUSE = 120.0
TOO_MANY = 429


class Client:
    """One fetch's conversation with a provider; all answers together are within its size."""

    def __init__(self, task: Task) -> None:
        self._service = task.service
        self._problems = task.problems
        self._say = task.say
        self._left = task.service.size
        self._http = httpx.Client(
            transport=PinnedTransport(task.problems, allow_local=task.allow_local),
            headers={"User-Agent": "watchlist-forecast", "Accept-Encoding": "gzip"},
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        form: Mapping[str, str | Secret] | None = None,
        headers: Headers | None = None,
    ) -> Answer:
        """An API's answer; ``form`` makes it a POST.

        Raises
        ------
        PullError
            If none comes, or a success that is no JSON.
        """
        full = str(httpx.URL(url, params=dict(params))) if params else url

        def read(response: httpx.Response) -> Answer:
            limit = min(self._service.parsed, self._left)
            body = b"".join(self._pieces(response, limit))
            self._left -= len(body)
            kind = _content_type(response)
            if "json" in kind:
                return Answer(response.status_code, parsed(body, self._problems))
            if response.is_success:
                raise self._problems.error("must answer in JSON", kind or "no content type")
            return Answer(response.status_code, None)

        return self._request(full, headers or {}, form, read)

    def download(self, url: str, to: Path, headers: Headers) -> httpx.Headers | None:
        """Write a file to ``to`` and return the reply's headers; None if it was not modified.

        Raises
        ------
        PullError
            If it does not come whole, or is a web page.
        """

        def read(response: httpx.Response) -> httpx.Headers | None:
            if response.status_code == httpx.codes.NOT_MODIFIED and headers:
                return None
            if response.status_code != httpx.codes.OK:
                raise self._problems.refused(response.status_code, place(url))
            if _content_type(response) in ("text/html", "application/xhtml+xml"):
                raise self._problems.error(
                    "must be a CSV or JSON file",
                    "a web page",
                    "the address may lead to a login or an error page",
                )
            packed = "content-encoding" in response.headers
            length = response.headers.get("content-length", "")
            total = int(length) if length.isdecimal() and not packed else None
            with to.open("wb") as file:
                for piece in self._pieces(response, self._service.size):
                    file.write(piece)
                    self._say(file.tell(), total)
            return response.headers

        return self._request(url, headers, None, read)

    def _request[T](
        self,
        url: str,
        headers: Headers,
        form: Mapping[str, str | Secret] | None,
        read: Callable[[httpx.Response], T],
    ) -> T:
        """Return what ``read`` makes of the response, over as many tries as it takes."""
        for attempt in range(TRIES):
            pause = FIRST_PAUSE * 2**attempt * (0.5 + self._service.jitter())
            try:
                with self._hops(url, headers, form) as response:
                    if response.status_code != TOO_MANY and response.status_code < 500:
                        return read(response)
                    found = f"status {response.status_code}"
                    asked = response.headers.get("retry-after", "")
                    pause = seconds_asked(asked, self._service.now(), pause)
            except httpx.RequestError as error:
                found = _in_words(error)
            if attempt < TRIES - 1:
                self._service.sleep(min(pause, LONGEST_PAUSE))
        raise self._problems.error(
            f"must answer within {TRIES} tries", f"{found} from {place(url)}", "try again later"
        )

    @contextmanager
    def _hops(
        self, url: str, headers: Headers, form: Mapping[str, str | Secret] | None
    ) -> Iterator[httpx.Response]:
        """Follow redirects by hand and hold the last response open."""
        for _ in range(REDIRECTS + 1):
            request = self._build(url, headers, form)
            with closing(self._http.send(request, stream=True)) as response:
                self._http.cookies.clear()  # a cookie is a credential, and we need none
                if response.next_request is None:
                    yield response
                    return
                if form:
                    raise self._problems.error("must not redirect a login", place(url))
                target = response.next_request.url
            if request.url.scheme == "https" and target.scheme == "http":
                raise self._problems.error("must not redirect from https to http", place(url))
            if _origin(target) != _origin(request.url):
                headers = {n: v for n, v in headers.items() if not isinstance(v, Secret)}
            url = str(target)
        raise self._problems.error(f"must redirect at most {REDIRECTS} times", place(url))

    def _build(
        self, url: str, headers: Headers, form: Mapping[str, str | Secret] | None
    ) -> httpx.Request:
        try:
            request = self._http.build_request(
                "POST" if form else "GET",
                url,
                headers={name: _plain(value) for name, value in headers.items()},
                data={name: _plain(value) for name, value in form.items()} if form else None,
            )
        except httpx.InvalidURL:
            raise self._problems.error("must be an address", place(url)) from None
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise self._problems.error("must be an http or https address", place(url))
        if request.url.userinfo:
            raise self._problems.error("must hold no user name or password", place(url))
        return request

    def _pieces(self, response: httpx.Response, limit: int) -> Iterator[bytes]:
        """Yield the body, unpacked, within its limits of size and time."""
        done, start = 0, monotonic()
        for piece in response.iter_bytes():
            done += len(piece)
            if done > limit:
                raise self._problems.error(f"must be at most {limit} bytes", "more")
            if monotonic() - start > self._service.seconds:
                raise self._problems.error(
                    f"must come within {self._service.seconds:g} s", f"{done} bytes by then"
                )
            yield piece


def seconds_asked(retry_after: str, now: datetime, otherwise: float) -> float:
    """Return how long a server asks to wait, in seconds or until a date; else ``otherwise``."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        then = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return otherwise
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - now).total_seconds())


def _in_words(error: httpx.RequestError) -> str:
    """Return what went wrong; only of a failed connection in words not our own.

    Those about a broken answer quote it, and it may say back what was sent.
    """
    match error:
        case httpx.ConnectError():
            return f"no connection: {error}"
        case httpx.TimeoutException():
            return "no answer in time"
        case _:
            return "an answer cut short or garbled"


def _plain(value: str | Secret) -> str:
    return value.text if isinstance(value, Secret) else value


def _content_type(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
