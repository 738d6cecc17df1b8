"""UCDP: georeferenced events (GED) and candidate events, of one version.

Versions, and the days each speaks for::

    25.1           yearly, consolidated        1989 to the year before
    24.0.11        candidate events            one month, November 2024
    24.01.24.12    candidate events, revised   from one month to another, of one year

The API: GET ``/api/gedevents/<version>?pagesize=&page=`` (from 0), the token in a header. A version
does not change, so every page must speak of the same total. What the source declares is asked for
where that is safe, and picked from what arrives in any case: the days with one to spare at either
end, as it is not said whether the ends are included; a country if it is one and given by its
Gleditsch-Ward number (Syria: 652), as the API knows no names.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import quote

from forecast.periods import Period
from forecast.sources.credentials import Account, Secret, credentials, fits_header
from forecast.sources.flat import Pages, Row, rows_of
from forecast.sources.problems import Problems, place
from forecast.sources.provider import (
    Api,
    Conversation,
    EventSource,
    Layout,
    Need,
    Provider,
    Service,
    Task,
    Versions,
)

TOKEN = "FORECAST_UCDP_TOKEN"  # noqa: S105  # a variable of the environment
ACCOUNT = Account(
    ((TOKEN, "ucdp-token"),), "a token is given on request: https://ucdp.uu.se/apidocs/"
)
DAY = timedelta(days=1)

COLUMNS = (  # in the order of a file without header
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id",
    "conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name",
    "side_a_dset_id", "side_a_new_id", "side_a", "side_b_dset_id", "side_b_new_id", "side_b",
    "number_of_sources", "source_article", "source_office", "source_date", "source_headline",
    "source_original", "where_prec", "where_coordinates", "where_description", "adm_1", "adm_2",
    "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region",
    "event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b",
    "deaths_civilians", "deaths_unknown", "best", "high", "low", "gwnoa", "gwnob",
)  # fmt: skip
_READ = """
    id type_of_violence side_a side_b source_headline where_coordinates where_description adm_1
    adm_2 country date_prec date_start date_end deaths_civilians best high low
"""
_OLDER = {
    "best": ("best_est",),  # as older versions write it
    "high": ("high_est",),
    "low": ("low_est",),
    "source_headline": ("source_article",),  # headlines were no column of their own
}

_YEARLY = re.compile(r"([0-9]{1,2})\.[1-9]")
_MONTH = re.compile(r"([0-9]{2})\.0\.([1-9]|1[0-2])")
_MONTHS = re.compile(r"([0-9]{2})\.(0[1-9]|1[0-2])\.([0-9]{2})\.(0[1-9]|1[0-2])")

_LAYOUT = Layout(
    columns={name: (name, *_OLDER.get(name, ())) for name in _READ.split()},
    key=("id",),
    needed=(*("id", "type_of_violence", "date_start", "date_end"),
            *("deaths_civilians", "best", "high", "low")),
    days=("date_start", "date_end"),
    numbers=("deaths_civilians", "best", "high", "low"),
    texts=("source_headline", "where_description"),
    one_of=("type_of_violence", ("1", "2", "3")),
    optional=("date_prec",),
    order=COLUMNS,
    # The days an event may lie on are from date_start to date_end; date_prec 4 (known to a month)
    # and 5 (to a year) are not less than that. Headlines are joined by ";" alone: as lines of their
    # own they stay apart.
    event="""
        id,
        CASE WHEN too_short(date_prec, date_start, date_end) THEN date_trunc(
            CASE date_prec WHEN '4' THEN 'month' ELSE 'year' END, day_of(date_start))::DATE
            ELSE day_of(date_start) END AS day,
        CASE WHEN too_short(date_prec, date_start, date_end) THEN
            last_of(CASE date_prec WHEN '4' THEN 'month' ELSE 'year' END, day_of(date_end))
            ELSE day_of(date_end) END AS last_day,
        country,
        adm_1 AS admin1, adm_2 AS admin2,
        coalesce(nullif(where_coordinates, ''), where_description) AS place,
        concat_ws(chr(10), nullif(side_a, ''), nullif(side_b, '')) AS actor,
        CASE type_of_violence WHEN '1' THEN 'state-based' WHEN '2' THEN 'non-state'
            ELSE 'one-sided' END AS type,
        concat_ws(chr(10), nullif(replace(source_headline, ';', chr(10)), ''),
            nullif(where_description, '')) AS text,
        number_of(best) AS deaths, number_of(low) AS deaths_low, number_of(high) AS deaths_high,
        number_of(deaths_civilians) AS civilians, NULL::DOUBLE AS value,
        NULL::DATE AS published, NULL::MAP(VARCHAR, DOUBLE) AS numbers""",
)  # fmt: skip


def version_days(version: str) -> tuple[date, date] | None:
    """The first and the last day a version covers; None if it is no version."""
    if match := _YEARLY.fullmatch(version):
        last = 2000 + int(match[1]) - 1
        return date(1989, 1, 1), date(last, 12, 31)
    if match := _MONTH.fullmatch(version):
        return _days(match[1], match[2], match[1], match[2])
    if (match := _MONTHS.fullmatch(version)) and match.group(1, 2) <= match.group(3, 4):
        return _days(*match.groups())
    return None


def _days(year: str, month: str, last_year: str, last_month: str) -> tuple[date, date]:
    first, last = (
        Period.containing(date(2000 + int(y), int(m), 1), "month")
        for y, m in ((year, month), (last_year, last_month))
    )
    return first.first_day, last.last_day


def pull(task: Task, api: Conversation, to: Path) -> None:
    """Write every event of a version to a CSV file.

    Raises
    ------
    PullError
        If the token is missing or refused, or not every event came.
    """
    source, problems = task.source, task.problems
    (token,) = credentials(ACCOUNT, problems)
    if not fits_header(token.text):
        raise problems.error(f"must be a token as UCDP gave it: {TOKEN}", "other signs")
    url = f"{task.service.api}/api/gedevents/{quote(source.version, safe='')}"
    params = _params(source, task.service)
    total: int | None = None
    with Pages(to, COLUMNS, "id", problems) as pages:
        for page in count():
            rows, said = _page(url, {**params, "page": page}, token, api, problems)
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


def _params(source: EventSource, service: Service) -> dict[str, str | int]:
    params: dict[str, str | int] = {"pagesize": service.page}
    if source.since is not None and source.since > date.min:
        params["StartDate"] = (source.since - DAY).isoformat()
    if source.until is not None and source.until < date.max:
        params["EndDate"] = (source.until + DAY).isoformat()
    match source.country:
        case (number,) if number.isdecimal():
            params["Country"] = number
    return params


def _page(
    url: str, params: dict[str, str | int], token: Secret, api: Conversation, problems: Problems
) -> tuple[list[Row], int]:
    """The rows of a page and how many there are in all."""
    answer = api.ask(url, params=params, headers={"x-ucdp-access-token": token})
    match answer.status, answer.data:
        case 200, {"TotalCount": str(total), "Result": rows} if (
            total.isdecimal() and len(total) < 16
        ):
            return rows_of(rows, problems), int(total)
        case 200, _:
            raise problems.error("must answer with TotalCount and Result", "something else")
        case 401 | 403, _:
            raise problems.error(
                f"must be a token UCDP accepts: {TOKEN}", f"status {answer.status}"
            )
        case _:
            raise problems.refused(answer.status, place(url), "is the version right?")


def _is_wanted(row: Row, source: EventSource) -> bool:
    """Whether an event is of a declared country and begins on a declared day."""
    names = {name.casefold() for name in source.country}
    own = str(row.get("country")).casefold(), str(row.get("country_id"))
    if names and names.isdisjoint(own):
        return False
    try:
        day = date.fromisoformat(str(row.get("date_start"))[:10])
    except ValueError:
        return True  # for the reader to complain of, not to be lost here
    return (source.since or date.min) <= day <= (source.until or date.max)


UCDP = Provider(
    kind="ucdp",
    name="UCDP",
    page="https://ucdp.uu.se/",
    keys=("version",),
    needs=(
        Need(
            "version",
            unless="at",
            hint="for example 25.1, or 24.0.11 for candidate events of November 2024",
        ),
    ),
    numbers=("deaths", "deaths_low", "deaths_high", "civilians"),
    known_zero=(),
    mapped=False,
    layout=lambda _: _LAYOUT,
    versions=Versions("a version of UCDP GED such as 25.1, 24.0.11 or 24.01.24.12", version_days),
    api=Api(
        Service("https://ucdpapi.pcr.uu.se"),  # which gives at most 1000 rows a page
        ACCOUNT,
        pull,
    ),
)
