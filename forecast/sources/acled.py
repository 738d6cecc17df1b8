"""The ACLED API: events of countries between two days, page by page.

POST ``/oauth/token`` gives an access token and a refresh token; GET ``/api/acled/read`` gives pages
from 1 on, until one is empty. An account may be kept from the latest months: the reply says so in
``data_query_restrictions``, and the days after that are not covered, whatever the reply holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from forecast.case import EventSource
from forecast.sources.client import Answer, Client, refused
from forecast.sources.credentials import (
    ACLED_PASSWORD,
    ACLED_USERNAME,
    Secret,
    credentials,
    fits_header,
)
from forecast.sources.flat import Row, rows_of
from forecast.sources.pages import Pages
from forecast.sources.problems import Problems
from forecast.sources.types import Provider, Task

COLUMNS = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type",
    "sub_event_type", "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2",
    "interaction", "civilian_targeting", "iso", "region", "country", "admin1", "admin2", "admin3",
    "location", "latitude", "longitude", "geo_precision", "source", "source_scale", "notes",
    "fatalities", "tags", "timestamp",
)  # fmt: skip
FIRST_DAY = date(1997, 1, 1)  # ACLED's
NO_ACCESS = "log in at acleddata.com: terms to accept, or an account without API access?"


def pull(task: Task, client: Client, to: Path) -> date | None:
    """Write every event to a CSV file; return the last day this account is given, if limited.

    Raises
    ------
    PullError
        If the credentials are missing or refused, or ACLED says that it failed.
    """
    username, password = credentials("acled", task.problems, ACLED_USERNAME, ACLED_PASSWORD)
    login = Login(task, client, username, password)
    limits = set[date]()
    with Pages(to, COLUMNS, "event_id_cnty", task.problems) as pages:
        for params in _queries(task.source, task.provider):
            for rows, limit in _pages(params, login, task.problems):
                pages.add(rows, rows)
                task.say(pages.received, None)
                if limit is not None:
                    limits.add(limit)
    return min(limits, default=None)


class Login:
    """Asks with a token, and for a new token when the old one has expired."""

    def __init__(self, task: Task, client: Client, username: Secret, password: Secret) -> None:
        self._client = client
        self._api = task.provider.api
        self._problems = task.problems
        self._username = username
        self._password = password
        self._access: Secret | None = None
        self._refresh: Secret | None = None

    def read(self, params: Mapping[str, str | int]) -> Answer:
        """Return the answer to a query; once more with a new token if the old one is refused."""
        if self._access is None:
            self._access = self._log_in()
        answer = self._ask(params, self._access)
        if answer.status == 401:
            self._access = self._renewed()
            answer = self._ask(params, self._access)
        return answer

    def _ask(self, params: Mapping[str, str | int], access: Secret) -> Answer:
        bearer = Secret(f"Bearer {access.text}")
        url = f"{self._api}/api/acled/read"
        return self._client.ask(url, params=params, headers={"Authorization": bearer})

    def _renewed(self) -> Secret:
        """Return a token for the refresh token, or by logging in again if that is too old."""
        if self._refresh is not None:
            answer = self._post(grant_type="refresh_token", refresh_token=self._refresh)
            if answer.status == 200:
                return self._taken(answer)
        return self._log_in()

    def _log_in(self) -> Secret:
        answer = self._post(grant_type="password", username=self._username, password=self._password)
        if answer.status == 200:
            return self._taken(answer)
        raise self._problems.error(
            "must be a user name and password ACLED accepts: "
            "FORECAST_ACLED_USERNAME, FORECAST_ACLED_PASSWORD",
            f"status {answer.status}, {message(answer.data)}",
        )

    def _post(self, **form: str | Secret) -> Answer:
        return self._client.ask(f"{self._api}/oauth/token", form={"client_id": "acled", **form})

    def _taken(self, answer: Answer) -> Secret:
        match answer.data:
            case {"access_token": str(access), **rest} if fits_header(access):
                self._problems.hide(access)
                if isinstance(refresh := rest.get("refresh_token"), str):
                    self._problems.hide(refresh)
                    self._refresh = Secret(refresh)
                return Secret(access)
            case _:
                raise self._problems.error("must give an access token", "something else")


def _queries(source: EventSource, provider: Provider) -> Iterator[dict[str, str | int]]:
    """Yield one query per country, so that no name needs to be fitted beside another."""
    since = source.since or FIRST_DAY
    until = source.until or provider.now().date()
    query: dict[str, str | int] = {
        "_format": "json",
        "event_date": f"{since.isoformat()}|{until.isoformat()}",
        "event_date_where": "BETWEEN",
        "limit": provider.page,
    }
    for country in source.country:
        yield {**query, "country": country}
    if not source.country:
        yield query


def _pages(
    params: Mapping[str, str | int], login: Login, problems: Problems
) -> Iterator[tuple[list[Row], date | None]]:
    """Yield the rows of each page and the last day given, until a page is empty."""
    page, rows = 1, [Row()]
    while rows:
        answer = login.read({**params, "page": page})
        match answer.data:
            case {"data": data} if (
                answer.status == 200 and answer.data.get("success", True) is True
            ):
                rows = rows_of(data, problems)
            case _:
                found = message(answer.data)
                hint = NO_ACCESS if answer.status in (401, 403) else ""
                raise refused(problems, answer.status, found, hint)
        yield rows, _limit(answer.data, problems)
        page += 1


def _limit(data: Any, problems: Problems) -> date | None:
    match data:
        case {"data_query_restrictions": {"date_recency": {**recency}}} if recency:
            day = str(recency.get("date"))
            try:
                return datetime.fromisoformat(day).date()
            except ValueError:
                raise problems.error("must give date_recency as a date", day) from None
        case _:
            return None


def message(data: Any) -> str:
    """Return what a failure says of itself."""
    for key in ("error_description", "message", "messages", "error"):
        match data.get(key) if isinstance(data, dict) else None:
            case str(text) | [str(text), *_] if text:
                return text
    return "no reason given"
