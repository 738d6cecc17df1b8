"""What a case lets through: hidden words are found, and its text means nothing but itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.case import Counting
from forecast.readings.events.database import Database, opened
from forecast.readings.events.filters import patterns

SIGNS = "-*\u00ad\u200b\u200c\u200d\u200e\u200f\u2010\u2011\u2060\ufeff"


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with opened() as database:
        yield database


def matches(database: Database, column: str, text: str, counting: Counting) -> bool:
    [(found,)] = database.execute(
        "SELECT regexp_matches($text, $pattern)",
        {"text": text, "pattern": patterns(counting)[column]},
    ).fetchall()
    return bool(found)


def words(*beginnings: str) -> Counting:
    return Counting("events", "B2", "events", words=beginnings)


def where(**allowed: tuple[str, ...]) -> Counting:
    return Counting("events", "B2", "events", where=dict(allowed))


@pytest.mark.parametrize(
    ("text", "beginning", "found"),
    [
        ("due to stri-kes near", "strike", True),
        ("Eight kil*led", "killed", True),
        ("S*T*R*I*K*E*S", "strike", True),
        ("stri\u00ad\u200bke", "strike", True),
        ("stri-kes", "stri-ke", True),
        ("airstrikes", "strike", False),
        ("air-strikes", "strike", False),
        ("air-strikes", "airstrike", True),
        ("air - strikes", "strike", True),
        ("10-strike", "strike", True),
        ("-strike", "strike", True),
        ("one;strike", "strike", True),
        ("one\nstrike", "strike", True),
        ("stri\nke", "strike", False),
        ("F-16 jets", "f16", True),
        ("авиа-УДАР", "Авиаудар", True),
        ("غارة جوية", "غار", True),
        ("می\u200cزنند", "میزنند", True),
        ("空爆された", "空爆", True),
        ("昨夜、市内が空爆された", "空爆", True),
        ("今天早上空\u200b袭造成", "空袭", True),
        ("ทหารโจมตีหมู่บ้าน", "โจมตี", True),
        ("ကျေးရွာကိုဗုံးကြဲ", "ဗုံးကြဲ", True),
        ("ทหารโจมตี", "มตรี", False),
        ("공습이", "공습", True),
        ("대공습이", "공습", False),
        ("हवाई हमला", "हमला", True),
        ("Ka\u0301bul", "K\u00e1b", True),
        ("K\u00e1bul", "Ka\u0301b", True),
        ("anything", "-*", False),
        ("a.c", "a.c", True),
        ("abc", "a.c", False),
        ("(|x)", "(|x)", True),
        ("x", "(|x)", False),
        ("x", r"\x", False),
        ("x", ".*", False),
    ],
)
def test_words(database: Database, text: str, beginning: str, found: bool) -> None:
    assert matches(database, "text", text, words("zebra", beginning)) is found


def by_definition(text: str, beginnings: list[str]) -> bool:
    """Remove signs between letters, fold case, look at how each word begins."""
    bare = re.sub(rf"(?<=[^\W\d_])[{re.escape(SIGNS)}]+(?=[^\W\d_])", "", text).lower()
    found = re.findall(r"\w+", bare.replace("_", " "))
    return any(word.startswith(beginning) for word in found for beginning in beginnings)


@settings(max_examples=300)
@given(
    text=st.text(st.sampled_from("abAB \n;._1бБעé" + SIGNS), max_size=14),
    beginnings=st.lists(st.text(st.sampled_from("abбעé"), min_size=1, max_size=3), min_size=1),
)
def test_words_are_found_as_defined(database: Database, text: str, beginnings: list[str]) -> None:
    found = matches(database, "text", text, words(*beginnings))
    assert found is by_definition(text, beginnings)


@pytest.mark.parametrize(
    ("column", "text", "allowed", "found"),
    [
        ("country", "Syria", ("syria",), True),
        ("country", "SYRIA", ("Iraq", "Syria"), True),
        ("country", "Syrian Arab Republic", ("Syria",), False),
        ("country", "", ("Syria",), False),
        ("type", "Battles\nArmed clash", ("armed clash",), True),
        ("type", "Battles\nArmed clash", ("Battles",), True),
        ("type", "Battles\nArmed clash", ("Armed",), False),
        ("type", "Battles\nArmed clash", ("Battles\nArmed clash",), True),
        ("actor", "Military Forces of Russia (2000-)", ("russia",), True),
        ("actor", "Military Forces of Russia (2000-)", ("Russia (2000-)",), True),
        ("actor", "Military Forces of Russia (2000-)", ("Syria", "Iran"), False),
        ("actor", "Military Forces", (".*",), False),
        ("place", "x' OR '1'='1", ("' OR '1'='1",), False),
        ("place", "' OR '1'='1", ("' OR '1'='1",), True),
    ],
)
def test_where(
    database: Database, column: str, text: str, allowed: tuple[str, ...], found: bool
) -> None:
    assert matches(database, column, text, where(**{column: allowed})) is found


@settings(max_examples=200)
@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=12))
def test_any_text_matches_itself_and_nothing_beside(database: Database, text: str) -> None:
    for column in ("country", "actor"):
        assert matches(database, column, text, where(**{column: (text,)}))
        assert not matches(database, column, "\x01", where(**{column: (text,)}))


def test_all_of_a_filter_must_hold() -> None:
    both = Counting("events", "B2", "events", where={"country": ("Syria",)}, words=("air",))
    assert patterns(both).keys() == {"country", "text"}
    assert patterns(where()) == {}
