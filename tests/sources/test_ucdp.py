"""The UCDP API: every event once, or a clear error."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forecast.case import EventSource
from forecast.errors import PullError
from forecast.sources.ucdp import COLUMNS
from tests.sources.serving import Desk, Reply, Request, Script, as_json, redirect, serving

UCDP = EventSource("ged", "ucdp", version="24.0.11")
TOKEN = "a1b2c3"  # noqa: S105 -- one that nobody has


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECAST_UCDP_TOKEN", TOKEN)


def event(number: int, **changes: Any) -> dict[str, Any]:
    cells: dict[str, Any] = dict.fromkeys(COLUMNS)
    return {
        **cells,
        "id": number,
        "country": "Syria" if number % 2 else "Iraq",
        "country_id": 652 if number % 2 else 645,
        "date_start": "2024-11-27T00:00:00",
        "source_headline": 'Air strike, "many" dead\nin حلب',
        "active_year": True,
        "best": number,
        **changes,
    }


def paged(events: Sequence[dict[str, Any]], **changes: Any) -> Script:
    def answer(request: Request) -> Reply:
        page, size = int(request.query["page"]), int(request.query["pagesize"])
        rows = events[page * size : (page + 1) * size]
        reply = {
            "TotalCount": len(events),
            "TotalPages": -(-len(events) // size),
            "PreviousPageUrl": "",
            "NextPageUrl": "" if (page + 1) * size >= len(events) else "http://169.254.169.254/",
            "Result": rows,
        }
        return as_json({**reply, **changes})

    return answer


def rows(desk: Desk) -> list[dict[str, str]]:
    with (desk.into / "raw.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pages_become_one_csv_under_the_documented_columns(desk: Desk) -> None:
    with serving(paged([event(k) for k in range(5)])) as server:
        fetched = desk.fetch(UCDP, desk.service(server.url, page=2))
    assert fetched.raw == desk.into / "raw.csv"
    assert tuple(rows(desk)[0]) == COLUMNS
    assert [row["id"] for row in rows(desk)] == ["0", "1", "2", "3", "4"]
    assert rows(desk)[1]["source_headline"] == 'Air strike, "many" dead\nin حلب'
    assert (rows(desk)[1]["active_year"], rows(desk)[1]["low"]) == ("true", "")
    assert desk.said == [(2, 5), (4, 5), (5, 5)]


def test_each_page_is_asked_for_with_the_token(desk: Desk) -> None:
    source = replace(UCDP, since=date(2024, 7, 1), until=date(2024, 12, 1), country=("652",))
    with serving(paged([event(1), event(3)])) as server:
        desk.fetch(source, desk.service(server.url, page=1))
    assert [request.path for request in server.asked] == ["/api/gedevents/24.0.11"] * 2
    assert [request.headers["x-ucdp-access-token"] for request in server.asked] == [TOKEN] * 2
    assert server.asked[1].query == {
        "pagesize": "1",
        "page": "1",
        "StartDate": "2024-06-30",
        "EndDate": "2024-12-02",
        "Country": "652",
    }


def test_days_beyond_the_declared_are_left_out(desk: Desk) -> None:
    days = ["2024-11-25", "2024-11-26 00:00:00.000", "2024-11-27T00:00:00", "2024-11-28", None]
    events = [event(k, date_start=day) for k, day in enumerate(days)]
    source = replace(UCDP, since=date(2024, 11, 26), until=date(2024, 11, 27))
    with serving(paged(events)) as server:
        desk.fetch(source, desk.service(server.url))
    assert [row["id"] for row in rows(desk)] == ["1", "2", "4"]  # a day unread is kept


def test_the_first_and_last_day_there_is_can_be_declared(desk: Desk) -> None:
    source = replace(UCDP, since=date.min, until=date.max)
    with serving(paged([event(1)])) as server:
        desk.fetch(source, desk.service(server.url))
    assert server.asked[0].query == {"pagesize": "1000", "page": "0"}
    assert len(rows(desk)) == 1


@pytest.mark.parametrize("country", [("syria",), ("652", "Jordan"), ("652", "660")])
def test_countries_by_name_are_picked_from_what_arrives(
    desk: Desk, country: tuple[str, ...]
) -> None:
    with serving(paged([event(k) for k in range(5)])) as server:
        desk.fetch(replace(UCDP, country=country), desk.service(server.url))
    assert [row["id"] for row in rows(desk)] == ["1", "3"]
    assert "Country" not in server.asked[0].query


def test_a_version_without_events_is_a_header(desk: Desk) -> None:
    with serving(paged([])) as server:
        desk.fetch(UCDP, desk.service(server.url))
    assert (desk.into / "raw.csv").read_text("utf-8").split() == [",".join(COLUMNS)]


def test_a_column_the_provider_dropped_is_missing_not_empty(desk: Desk) -> None:
    without = [{k: v for k, v in event(n).items() if k != "best"} for n in range(2)]
    with serving(paged(without)) as server:
        desk.fetch(UCDP, desk.service(server.url))
    assert "best" not in rows(desk)[0]


@pytest.mark.parametrize(
    ("events", "changes", "rule"),
    [
        ([event(1)], {"TotalCount": 3}, "must send all 3 events it speaks of, found 1"),
        ([event(1), event(1)], {}, "must send each event once, found 1 twice"),
        ([event(1), {"id": 2}], {}, "must send active_year of every event"),
        ([{"best": 1}], {}, "must send id of every event"),
        ([event(1, best=[1])], {}, "must be flat objects, found more than one value in best"),
        ([event(1)], {"Result": None}, "must be a list of objects"),
        ([event(1)], {"TotalCount": None}, "must answer with TotalCount and Result"),
        ([event(1)], {"TotalCount": 10**4000}, "must answer with TotalCount and Result"),
    ],
    ids=["fewer", "twice", "cells-gone", "no-id", "nested", "no-list", "no-total", "no-number"],
)
def test_what_is_not_whole_is_refused(
    desk: Desk, events: list[dict[str, Any]], changes: dict[str, Any], rule: str
) -> None:
    with (
        serving(paged(events, **changes)) as server,
        pytest.raises(PullError, match=f"ged: {rule}"),
    ):
        desk.fetch(UCDP, desk.service(server.url))
    assert desk.left() == []


def test_more_events_than_memory_holds_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecast.sources.flat.MOST_EVENTS", 3)
    with (
        serving(paged([event(n) for n in range(4)])) as server,
        pytest.raises(PullError, match="ged: must send at most 3 events, found more"),
    ):
        desk.fetch(UCDP, desk.service(server.url))


def test_a_total_that_changes_meanwhile_is_refused(desk: Desk) -> None:
    replies = [as_json({"TotalCount": total, "Result": [event(total)]}) for total in (3, 4)]
    with (
        serving(replies) as server,
        pytest.raises(PullError, match="must not change while it is read, found 3, then 4"),
    ):
        desk.fetch(UCDP, desk.service(server.url))


def test_a_server_that_sends_the_first_page_again_is_refused(desk: Desk) -> None:
    reply = as_json({"TotalCount": 4, "Result": [event(1), event(2)]})
    with serving([reply]) as server, pytest.raises(PullError, match="must send each event once"):
        desk.fetch(UCDP, desk.service(server.url))


def test_a_page_that_breaks_off_is_asked_for_again(desk: Desk) -> None:
    whole = [as_json({"TotalCount": 2, "Result": [event(k)]}) for k in (1, 2)]
    broken = [replace(whole[1], how="cut"), Reply(b"", 429, {"Retry-After": "3"})]
    with serving([whole[0], *broken, whole[1]]) as server:
        desk.fetch(UCDP, desk.service(server.url))
    assert [row["id"] for row in rows(desk)] == ["1", "2"]
    assert desk.slept == [1.0, 3.0]


def test_a_half_of_the_pages_is_nothing(desk: Desk) -> None:
    first = as_json({"TotalCount": 2, "Result": [event(1)]})
    with serving([first, Reply(b"", 500)]) as server, pytest.raises(PullError, match="status 500"):
        desk.fetch(UCDP, desk.service(server.url))
    assert desk.left() == []


def test_pages_without_end_are_cut_off(desk: Desk) -> None:
    def endless(request: Request) -> Reply:
        page = int(request.query["page"])
        return as_json({"TotalCount": 10**9, "Result": [event(page)]})

    size = len(json.dumps(event(1))) * 3
    with serving(endless) as server, pytest.raises(PullError, match=r"must be at most \d+ bytes"):
        desk.fetch(UCDP, desk.service(server.url, size=size))
    assert len(server.asked) < 5


def test_a_page_that_is_too_large_is_cut_off(desk: Desk) -> None:
    with (
        serving([Reply(how="endless", headers={"Content-Type": "application/json"})]) as server,
        pytest.raises(PullError, match="must be at most 1000 bytes"),
    ):
        desk.fetch(UCDP, desk.service(server.url, parsed=1000))


@pytest.mark.parametrize(
    ("reply", "rule"),
    [
        (Reply(b"", 401), "must be a token UCDP accepts: FORECAST_UCDP_TOKEN, found status 401"),
        (Reply(b"", 404), r"must answer with success, found status 404, .*24\.0\.11 \(is the ver"),
        (Reply(b"<html>", headers={"Content-Type": "text/html"}), "answer in JSON, found text/h"),
        (
            Reply(b"{", headers={"Content-Type": "application/json"}),
            "must be JSON, found Expecting property name",
        ),
    ],
)
def test_a_refusal_says_what_to_look_at(desk: Desk, reply: Reply, rule: str) -> None:
    with serving([reply]) as server, pytest.raises(PullError, match=rule):
        desk.fetch(UCDP, desk.service(server.url))
    assert len(server.asked) == 1


def test_the_token_does_not_go_to_another_host(desk: Desk) -> None:
    with (
        serving(paged([event(1)])) as there,
        serving([redirect(f"{there.url}/there?page=0&pagesize=1")]) as here,
    ):
        desk.fetch(UCDP, desk.service(here.url))
    assert "x-ucdp-access-token" in here.asked[0].headers
    assert "x-ucdp-access-token" not in there.asked[0].headers


def test_the_token_goes_along_on_the_same_host(desk: Desk) -> None:
    moved = redirect("/moved?page=0&pagesize=1")
    pages = paged([event(1)])
    with serving(lambda r: pages(r) if r.path == "/moved" else moved) as server:
        desk.fetch(UCDP, desk.service(server.url))
    assert server.asked[1].headers["x-ucdp-access-token"] == TOKEN


def test_a_version_is_one_part_of_the_path(desk: Desk) -> None:
    with serving(paged([])) as server:
        desk.fetch(replace(UCDP, version="../x?y"), desk.service(server.url))
    assert server.asked[0].path == "/api/gedevents/..%2Fx%3Fy"


def test_the_api_is_not_asked_at_a_private_address(desk: Desk) -> None:
    with (
        serving(paged([event(1)])) as server,
        pytest.raises(PullError, match=r"must be at a public address.*--allow-local"),
    ):
        desk.fetch(UCDP, desk.service(server.url), allow_local=False)
    assert server.asked == []
