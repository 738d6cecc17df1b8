"""ACLED: events of countries between two days.

The API: POST ``/oauth/token`` gives an access token and a refresh token; GET ``/api/acled/read``
gives pages from 1 on, until one is empty. An account may be kept from the latest months: the reply
says so in ``data_query_restrictions``, and the days after that are not covered, whatever the reply
holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from forecast.sources.credentials import Account, Secret, credentials, fits_header
from forecast.sources.flat import Pages, Row, rows_of
from forecast.sources.problems import Problems
from forecast.sources.provider import (
    Answer,
    Api,
    Conversation,
    EventSource,
    Layout,
    Provider,
    Service,
    Task,
)

USERNAME, PASSWORD = "FORECAST_ACLED_USERNAME", "FORECAST_ACLED_PASSWORD"
ACCOUNT = Account(
    ((USERNAME, "acled-username"), (PASSWORD, "acled-password")),
    "an account is free: https://acleddata.com/user/register",
)
FIRST_DAY = date(1997, 1, 1)  # ACLED's
NO_ACCESS = "log in at acleddata.com: terms to accept, or an account without API access?"

COLUMNS = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type",
    "sub_event_type", "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2",
    "interaction", "civilian_targeting", "iso", "region", "country", "admin1", "admin2", "admin3",
    "location", "latitude", "longitude", "geo_precision", "source", "source_scale", "notes",
    "fatalities", "tags", "timestamp",
)  # fmt: skip
_READ = """
    event_id_cnty event_date event_type sub_event_type actor1 assoc_actor_1 actor2 assoc_actor_2
    civilian_targeting country admin1 admin2 location notes fatalities time_precision
"""

_LAYOUT = Layout(
    columns={name: (name,) for name in _READ.split()},
    key=("event_id_cnty",),
    needed=("event_id_cnty", "event_date", "event_type", "fatalities"),
    days=("event_date",),
    numbers=("fatalities",),
    texts=("notes",),
    optional=("time_precision",),
    event="""
        event_id_cnty AS id,
        CASE time_precision WHEN '3' THEN date_trunc('month', day_of(event_date))::DATE
            ELSE day_of(event_date) END AS day,
        CASE time_precision WHEN '3' THEN last_of('month', day_of(event_date))
            ELSE day_of(event_date) END AS last_day,
        country, admin1, admin2, location AS place,
        concat_ws(chr(10), nullif(actor1, ''), nullif(assoc_actor_1, ''), nullif(actor2, ''),
            nullif(assoc_actor_2, '')) AS actor,
        concat_ws(chr(10), nullif(event_type, ''), nullif(sub_event_type, '')) AS type,
        notes AS text,
        number_of(fatalities) AS deaths, NULL::DOUBLE AS deaths_low, NULL::DOUBLE AS deaths_high,
        CASE WHEN lower(civilian_targeting) = 'civilian targeting' THEN number_of(fatalities) END
            AS civilians,
        NULL::DOUBLE AS value, NULL::DATE AS published, NULL::MAP(VARCHAR, DOUBLE) AS numbers""",
)


def pull(task: Task, api: Conversation, to: Path) -> date | None:
    """Write every event to a CSV file; return the last day this account is given, if limited.

    Raises
    ------
    PullError
        If the credentials are missing or refused, or ACLED says that it failed.
    """
    username, password = credentials(ACCOUNT, task.problems)
    login = Login(task, api, username, password)
    limits = set[date]()
    with Pages(to, COLUMNS, "event_id_cnty", task.problems) as pages:
        for params in _queries(task.source, task.service):
            for rows, limit in _pages(params, login, task.problems):
                pages.add(rows, rows)
                task.say(pages.received, None)
                if limit is not None:
                    limits.add(limit)
    return min(limits, default=None)


class Login:
    """Asks with a token, and for a new token when the old one has expired."""

    def __init__(self, task: Task, api: Conversation, username: Secret, password: Secret) -> None:
        self._api = api
        self._url = task.service.api
        self._problems = task.problems
        self._username = username
        self._password = password
        self._access: Secret | None = None
        self._refresh: Secret | None = None

    def read(self, params: Mapping[str, str | int]) -> Answer:
        """The answer to a query; once more with a new token if the old one is refused."""
        if self._access is None:
            self._access = self._log_in()
        answer = self._ask(params, self._access)
        if answer.status == 401:
            self._access = self._renewed()
            answer = self._ask(params, self._access)
        return answer

    def _ask(self, params: Mapping[str, str | int], access: Secret) -> Answer:
        bearer = Secret(f"Bearer {access.text}")
        url = f"{self._url}/api/acled/read"
        return self._api.ask(url, params=params, headers={"Authorization": bearer})

    def _renewed(self) -> Secret:
        """A token for the refresh token, or by logging in again if that is too old."""
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
        return self._api.ask(f"{self._url}/oauth/token", form={"client_id": "acled", **form})

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


def _queries(source: EventSource, service: Service) -> Iterator[dict[str, str | int]]:
    """Yield one query per country, so that no name needs to be fitted beside another."""
    since = source.since or FIRST_DAY
    until = source.until or service.now().date()
    query: dict[str, str | int] = {
        "_format": "json",
        "event_date": f"{since.isoformat()}|{until.isoformat()}",
        "event_date_where": "BETWEEN",
        "limit": service.page,
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
                raise problems.refused(answer.status, found, hint)
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


ACLED = Provider(
    kind="acled",
    name="ACLED",
    page="https://acleddata.com/",
    keys=(),
    needs=(),
    numbers=("deaths", "civilians"),
    known_zero=("civilians",),  # of an event that targets no civilians it counts none dead
    mapped=False,
    layout=lambda _: _LAYOUT,
    versions=None,
    api=Api(Service("https://acleddata.com", page=5000), ACCOUNT, pull),
)
