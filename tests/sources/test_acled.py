"""The ACLED API: logging in, pages, tokens that expire, and what an account is not given."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forecast.case import EventSource
from forecast.errors import PullError
from forecast.sources.acled import COLUMNS
from tests.sources.serving import Desk, Reply, Request, as_json, redirect, serving

ACLED = EventSource(
    "acled", "acled", country=("Syria",), since=date(2024, 7, 1), until=date(2024, 12, 1)
)
EXPIRED = as_json({"message": "The access token has expired"}, 401)


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECAST_ACLED_USERNAME", "me@example.org")
    monkeypatch.setenv("FORECAST_ACLED_PASSWORD", "p&ss wörd")


def event(number: int, country: str = "Syria") -> dict[str, Any]:
    cells = dict.fromkeys(COLUMNS, "")
    return {**cells, "event_id_cnty": f"SYR{number}", "country": country, "population_1km": "7"}


class Acled:
    """The API as documented: a token is good for ``lasts`` queries."""

    def __init__(self, events: Sequence[dict[str, Any]], lasts: int = 10**6, **said: Any) -> None:
        self.events = events
        self.lasts = lasts
        self.said = {"status": 200, "success": True, **said}
        self.tokens = 0
        self.left = 0
        self.refreshable = True

    def __call__(self, request: Request) -> Reply:
        return self._token(request) if request.path == "/oauth/token" else self._page(request)

    def _token(self, request: Request) -> Reply:
        if request.form["grant_type"] == "refresh_token" and not self.refreshable:
            return as_json({"error": "invalid_request"}, 401)
        self.tokens += 1
        self.left = self.lasts
        token = {"access_token": f"access-{self.tokens}", "refresh_token": f"refresh-{self.tokens}"}
        return as_json({"token_type": "Bearer", "expires_in": 86400, **token})

    def _page(self, request: Request) -> Reply:
        if request.headers["authorization"] != f"Bearer access-{self.tokens}" or not self.left:
            return EXPIRED
        self.left -= 1
        limit = int(request.query["limit"])
        start = (int(request.query["page"]) - 1) * limit
        wanted = request.query.get("country")
        found = [e for e in self.events if wanted in (None, e["country"])]
        return as_json({"data": found[start : start + limit], **self.said})


def rows(desk: Desk) -> list[dict[str, str]]:
    with (desk.into / "raw.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pages_become_one_csv_until_one_is_empty(desk: Desk) -> None:
    with serving(Acled([event(k) for k in range(4)])) as server:
        fetched = desk.fetch(ACLED, desk.service(server.url, page=2))
    assert (fetched.raw, fetched.limit) == (desk.into / "raw.csv", None)
    assert tuple(rows(desk)[0]) == COLUMNS
    assert [row["event_id_cnty"] for row in rows(desk)] == ["SYR0", "SYR1", "SYR2", "SYR3"]
    assert [r.query["page"] for r in server.asked[1:]] == ["1", "2", "3"]
    assert desk.said == [(2, None), (4, None), (4, None)]


def test_the_login_is_posted_and_the_query_carries_the_token(desk: Desk) -> None:
    with serving(Acled([])) as server:
        desk.fetch(ACLED, desk.service(server.url))
    login, query = server.asked
    assert (login.method, login.query) == ("POST", {})
    assert login.form == {
        "client_id": "acled",
        "grant_type": "password",
        "username": "me@example.org",
        "password": "p&ss wörd",
    }
    assert query.headers["authorization"] == "Bearer access-1"
    assert query.query == {
        "_format": "json",
        "country": "Syria",
        "event_date": "2024-07-01|2024-12-01",
        "event_date_where": "BETWEEN",
        "limit": "1000",
        "page": "1",
    }


def test_days_that_are_not_declared_run_from_the_first_to_the_pull(desk: Desk) -> None:
    with serving(Acled([])) as server:
        desk.fetch(replace(ACLED, since=None, until=None), desk.service(server.url))
    assert server.asked[1].query["event_date"] == "1997-01-01|2024-12-02"


def test_countries_are_asked_for_one_by_one(desk: Desk) -> None:
    events = [event(1), event(2, "Iraq"), event(3, "Jordan")]
    with serving(Acled(events)) as server:
        desk.fetch(replace(ACLED, country=("Syria", "Iraq")), desk.service(server.url))
    assert [row["event_id_cnty"] for row in rows(desk)] == ["SYR1", "SYR2"]


def test_without_a_country_none_is_asked_for(desk: Desk) -> None:
    with serving(Acled([event(1), event(2, "Iraq")])) as server:
        desk.fetch(replace(ACLED, country=()), desk.service(server.url))
    assert len(rows(desk)) == 2


def test_a_token_that_expires_is_refreshed(desk: Desk) -> None:
    with serving(Acled([event(k) for k in range(4)], lasts=1)) as server:
        desk.fetch(ACLED, desk.service(server.url, page=1))
    assert len(rows(desk)) == 4
    grants = [r.form for r in server.asked if r.method == "POST"]
    assert [form["grant_type"] for form in grants] == ["password"] + ["refresh_token"] * 4
    assert [form["refresh_token"] for form in grants[1:]] == [f"refresh-{k}" for k in range(1, 5)]


def test_a_refresh_token_that_is_too_old_is_replaced_by_a_login(desk: Desk) -> None:
    acled = Acled([event(1)], lasts=1)
    acled.refreshable = False
    with serving(acled) as server:
        desk.fetch(ACLED, desk.service(server.url))
    grants = [r.form["grant_type"] for r in server.asked if r.method == "POST"]
    assert grants == ["password", "refresh_token", "password"]
    assert len(rows(desk)) == 1


def test_a_token_that_is_never_good_is_given_up(desk: Desk) -> None:
    with (
        serving(Acled([event(1)], lasts=0)) as server,
        pytest.raises(PullError, match=r"found status 401, The access token .*API access"),
    ):
        desk.fetch(ACLED, desk.service(server.url))
    assert len(server.asked) == 4


def test_an_embargo_is_the_last_day_given(desk: Desk) -> None:
    restriction = {"date_recency": {"quantity": 12, "unit": "Months", "date": "2023-12-02"}}
    with serving(Acled([event(1)], data_query_restrictions=restriction)) as server:
        fetched = desk.fetch(ACLED, desk.service(server.url))
    assert fetched.limit == date(2023, 12, 2)


@pytest.mark.parametrize("restriction", [[], None, {}, {"date_recency": None}])
def test_no_embargo_is_no_limit(desk: Desk, restriction: object) -> None:
    with serving(Acled([], data_query_restrictions=restriction)) as server:
        assert desk.fetch(ACLED, desk.service(server.url)).limit is None


@pytest.mark.parametrize("day", ["last year", None, 1701475200])
def test_an_embargo_that_cannot_be_read_is_an_error(desk: Desk, day: object) -> None:
    restriction = {"date_recency": {"date": day}}
    with (
        serving(Acled([], data_query_restrictions=restriction)) as server,
        pytest.raises(PullError, match=f"must give date_recency as a date, found {day}"),
    ):
        desk.fetch(ACLED, desk.service(server.url))


@pytest.mark.parametrize("success", [False, None, 0, "false"])
def test_a_failure_is_told_in_acleds_words(desk: Desk, success: object) -> None:
    said: dict[str, Any] = {"success": success, "data": [], "messages": ["Unknown\x1b[31m country"]}
    with (
        serving(Acled([], **said)) as server,
        pytest.raises(PullError, match=r"must answer with success, .*Unknown.*x1b\[31m country"),
    ):
        desk.fetch(ACLED, desk.service(server.url))
    assert desk.left() == []


def test_a_wrong_password_is_told(desk: Desk) -> None:
    reply = as_json({"error": "invalid_grant", "error_description": "Not a user"}, 400)
    with (
        serving([reply]) as server,
        pytest.raises(PullError, match=r"FORECAST_ACLED_PASSWORD, found status 400, Not a user"),
    ):
        desk.fetch(ACLED, desk.service(server.url))
    assert len(server.asked) == 1


@pytest.mark.parametrize("token", [{}, {"access_token": None}, {"access_token": "a\nb"}])
def test_a_login_without_a_token_is_an_error(desk: Desk, token: dict[str, Any]) -> None:
    with (
        serving([as_json(token)]) as server,
        pytest.raises(PullError, match="must give an access token"),
    ):
        desk.fetch(ACLED, desk.service(server.url))


def test_a_login_is_not_redirected(desk: Desk) -> None:
    with (
        serving([as_json({})]) as there,
        serving([redirect(f"{there.url}/oauth/token", 307)]) as here,
        pytest.raises(PullError, match="must not redirect a login"),
    ):
        desk.fetch(ACLED, desk.service(here.url))
    assert there.asked == []


def test_a_query_redirected_to_another_host_takes_no_token_along(desk: Desk) -> None:
    with serving([as_json({"success": True, "data": []})]) as there:
        acled = Acled([])
        away = redirect(f"{there.url}/read")
        with serving(lambda r: acled(r) if r.method == "POST" else away) as here:
            desk.fetch(ACLED, desk.service(here.url))
    assert "authorization" in here.asked[1].headers
    assert "authorization" not in there.asked[0].headers


def test_pages_that_repeat_are_refused(desk: Desk) -> None:
    acled = Acled([])
    page = as_json({"success": True, "data": [event(1)]})
    with (
        serving(lambda r: acled(r) if r.method == "POST" else page) as server,
        pytest.raises(PullError, match="must send each event once, found SYR1 twice"),
    ):
        desk.fetch(ACLED, desk.service(server.url))
    assert desk.left() == []
