"""The UCDP API: georeferenced events of one version, page by page.

GET ``/api/gedevents/<version>?pagesize=&page=`` (from 0), the token in a header. A version does not
change, so every page must speak of the same total.

What the source declares is asked for where that is safe, and picked from what arrives in any case:
the days with one to spare at either end, as it is not said whether the ends are included; a country
if it is one and given by its Gleditsch-Ward number (Syria: 652), as the API knows no names.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import quote

from forecast.case import EventSource
from forecast.sources.client import Client, refused
from forecast.sources.credentials import UCDP_TOKEN, Secret, credentials, fits_header
from forecast.sources.flat import Row, rows_of
from forecast.sources.pages import Pages
from forecast.sources.problems import Problems, place
from forecast.sources.types import Provider, Task

COLUMNS = (
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id",
    "conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name",
    "side_a_dset_id", "side_a_new_id", "side_a", "side_b_dset_id", "side_b_new_id", "side_b",
    "number_of_sources", "source_article", "source_office", "source_date", "source_headline",
    "source_original", "where_prec", "where_coordinates", "where_description", "adm_1", "adm_2",
    "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region",
    "event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b",
    "deaths_civilians", "deaths_unknown", "best", "high", "low", "gwnoa", "gwnob",
)  # fmt: skip
DAY = timedelta(days=1)


def pull(task: Task, client: Client, to: Path) -> None:
    """Write every event of a version to a CSV file.

    Raises
    ------
    PullError
        If the token is missing or refused, or not every event came.
    """
    source, problems = task.source, task.problems
    (token,) = credentials("ucdp", problems, UCDP_TOKEN)
    if not fits_header(token.text):
        raise problems.error(f"must be a token as UCDP gave it: {UCDP_TOKEN[0]}", "other signs")
    url = f"{task.provider.api}/api/gedevents/{quote(source.version, safe='')}"
    params = _params(source, task.provider)
    total: int | None = None
    with Pages(to, COLUMNS, "id", problems) as pages:
        for page in count():
            rows, said = _page(url, {**params, "page": page}, token, client, problems)
            if total is not None and said != total:
                raise problems.error("must not change while it is read", f"{total}, then {said}")
            total = said
            pages.add(rows, [row for row in rows if _is_wanted(row, source)])
            task.say(pages.received, total)
            if not rows or pages.received >= total:
                break
    if pages.received != total:
        raise problems.error(
            f"must send all {total} events it speaks of", str(pages.received), "pull again"
        )


def _params(source: EventSource, provider: Provider) -> dict[str, str | int]:
    params: dict[str, str | int] = {"pagesize": provider.page}
    if source.since is not None and source.since > date.min:
        params["StartDate"] = (source.since - DAY).isoformat()
    if source.until is not None and source.until < date.max:
        params["EndDate"] = (source.until + DAY).isoformat()
    match source.country:
        case (number,) if number.isdecimal():
            params["Country"] = number
    return params


def _page(
    url: str, params: dict[str, str | int], token: Secret, client: Client, problems: Problems
) -> tuple[list[Row], int]:
    """Return the rows of a page and how many there are in all."""
    answer = client.ask(url, params=params, headers={"x-ucdp-access-token": token})
    match answer.status, answer.data:
        case 200, {"TotalCount": str(total), "Result": rows} if (
            total.isdecimal() and len(total) < 16
        ):
            return rows_of(rows, problems), int(total)
        case 200, _:
            raise problems.error("must answer with TotalCount and Result", "something else")
        case 401 | 403, _:
            raise problems.error(
                "must be a token UCDP accepts: FORECAST_UCDP_TOKEN", f"status {answer.status}"
            )
        case _:
            raise refused(problems, answer.status, place(url), "is the version right?")


def _is_wanted(row: Row, source: EventSource) -> bool:
    """Return whether an event is of a declared country and begins on a declared day."""
    names = {name.casefold() for name in source.country}
    own = str(row.get("country")).casefold(), str(row.get("country_id"))
    if names and names.isdisjoint(own):
        return False
    try:
        day = date.fromisoformat(str(row.get("date_start"))[:10])
    except ValueError:
        return True  # for the reader to complain of, not to be lost here
    return (source.since or date.min) <= day <= (source.until or date.max)
