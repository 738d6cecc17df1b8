"""Files in all spellings of providers' layouts: one answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from forecast.case import Case
from forecast.errors import ReadingError
from forecast.readings.events import store
from tests.readings.events.pulls import acled, event, pull, source, stored, ucdp, write

KNOWN = datetime(2024, 12, 2, 10, 15, tzinfo=UTC)
UCDP_ROWS = [
    ucdp(id="1", source_headline="Stri-kes on town;Eight kil*led", where_description="a, \"b\""),
    ucdp(id="2", type_of_violence="2", where_coordinates="", date_start="2024-11-28 00:00:00.000",
         date_end="2024-11-30 00:00:00.000"),
]  # fmt: skip
UCDP_EVENTS = [
    {
        "id": "1",
        "day": date(2024, 11, 27),
        "last_day": date(2024, 11, 27),
        "country": "Syria",
        "admin1": "Aleppo governorate",
        "admin2": "Jebel Saman district",
        "place": "Aleppo city",
        "actor": "Government of Syria\nSyrian insurgents",
        "type": "state-based",
        "text": 'Stri-kes on town\nEight kil*led\na, "b"',
        "deaths": 3,
        "deaths_low": 2,
        "deaths_high": 4,
        "civilians": 1,
        "value": None,
        "published": None,
        "numbers": None,
    }
]
UCDP_EVENTS.append(
    UCDP_EVENTS[0]
    | {
        "id": "2",
        "day": date(2024, 11, 28),
        "last_day": date(2024, 11, 30),
        "place": "near Aleppo",
        "type": "non-state",
        "text": "Shelling\nnear Aleppo",
    }
)


def with_index(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"": str(number)} | row for number, row in enumerate(rows)]


def plain_days(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    days = ("date_start", "date_end")
    return [row | {day: row[day][:10] for day in days} for row in rows]


def older(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    names = {"best": "best_est", "high": "high_est", "low": "low_est"}
    return [{names.get(name, name): cell for name, cell in row.items()} for row in rows]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("spell", [list, with_index, plain_days])
def test_ucdp_in_any_spelling(
    case: Case,
    tmp_path: Path,
    spell: type[list[dict[str, str]]],
    header: bool,
    ends: str,
) -> None:
    raw = write(tmp_path / "raw.csv", spell(UCDP_ROWS), header=header, ends=ends)
    kept = store(case, source("ucdp"), raw, known=KNOWN).vintage
    assert kept is not None
    assert stored(kept.path) == UCDP_EVENTS


def test_ucdp_with_byte_order_mark_in_any_order_with_more_columns(
    case: Case, tmp_path: Path
) -> None:
    rows = [dict(reversed([*row.items(), ("new", "x")])) for row in older(UCDP_ROWS)]
    raw = write(tmp_path / "raw.csv", rows)
    raw.write_bytes(b"\xef\xbb\xbf" + raw.read_bytes())
    kept = store(case, source("ucdp"), raw, known=KNOWN).vintage
    assert kept is not None
    assert stored(kept.path) == UCDP_EVENTS


@pytest.mark.parametrize("day", ["2024-11-27", "27 November 2024"])
@pytest.mark.parametrize("more", [{}, {"population_best": "1200"}])
def test_acled_in_both_date_styles(case: Case, day: str, more: dict[str, str]) -> None:
    rows = [acled(event_date=day) | more,
            acled(event_id_cnty="SYR2", event_date=day, civilian_targeting="Civilian targeting",
                  assoc_actor_1="Wagner Group") | more]  # fmt: skip
    kept = pull(case, rows, "2024-12-02", source("acled")).vintage
    assert kept is not None
    first, second = stored(kept.path)
    assert first == {
        "id": "SYR1",
        "day": date(2024, 11, 27),
        "last_day": date(2024, 11, 27),
        "country": "Syria",
        "admin1": "Idleb",
        "admin2": "Idleb",
        "place": "Idleb",
        "actor": "Military Forces of Russia (2000-)\nCivilians (Syria)",
        "type": "Explosions/Remote violence\nAir/drone strike",
        "text": "Russian warplanes struck the town.",
        "deaths": 2,
        "deaths_low": None,
        "deaths_high": None,
        "civilians": None,
        "value": None,
        "published": None,
        "numbers": None,
    }
    assert second["civilians"] == 2
    assert second["actor"] == "Military Forces of Russia (2000-)\nWagner Group\nCivilians (Syria)"


def test_a_table_by_its_mapping(case: Case, tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text(
        "When,Key,People,Till\n2024-11-27T00:00:00,a,12.5,\n2024-11-28,b,,2024-11-29\n", "utf-8"
    )
    mapped = source(columns={"id": "Key", "date": "When", "last_day": "Till", "value": "People"})
    kept = store(case, mapped, raw, known=KNOWN).vintage
    assert kept is not None
    shown = ("id", "day", "last_day", "value", "country", "deaths")
    assert [tuple(found[name] for name in shown) for found in stored(kept.path)] == [
        ("a", date(2024, 11, 27), date(2024, 11, 27), 12.5, "", None),
        ("b", date(2024, 11, 28), date(2024, 11, 29), None, "", None),
    ]


def problems(case: Case, raw: Path, kind: str, **fields: object) -> list[str]:
    with pytest.raises(ReadingError) as caught:
        store(case, source(kind, **fields), raw, known=KNOWN)
    assert not (case.root / "indicators" / "vintages").exists()
    return str(caught.value).split("\n")


def test_every_missing_column_is_named(case: Case, tmp_path: Path) -> None:
    rows = [{k: v for k, v in acled().items() if k not in {"notes", "fatalities"}}]
    rows = [row | {"note": ""} for row in rows]
    assert problems(case, write(tmp_path / "raw.csv", rows), "acled") == [
        "events, first line: must name the columns notes, fatalities (did you mean note?)"
    ]


def test_a_column_that_is_there_twice(case: Case, tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text("id,date,date\n1,2024-11-27,2024-11-28\n", "utf-8")
    assert problems(case, raw, "table", columns={"id": "id", "date": "date"}) == [
        "events, first line: must name the column date once, found 2 times"
    ]


def test_ucdp_without_header_and_of_another_width(case: Case, tmp_path: Path) -> None:
    rows = [dict(list(ucdp().items())[:-1])]
    assert problems(case, write(tmp_path / "raw.csv", rows, header=False), "ucdp") == [
        "events, first line: must name its columns, or have 49 in UCDP's order, found 48 columns "
        "(a file without header may have one more, an index, in front)"
    ]


def test_rows_after_the_header_alone_are_no_event(case: Case) -> None:
    declared = source(since=date(2024, 11, 25), until=date(2024, 12, 1))
    kept = pull(case, [], "2024-12-02", declared).vintage
    assert kept is not None
    assert kept.rows == 0
    assert pull(case, [event("a", "2024-11-27")], "2024-12-03", declared).vintage is not None
