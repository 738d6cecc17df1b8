"""Every provider is complete: what it declares is true, taken, counted and documented."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import keyring
import pytest

from forecast import sources
from forecast.case import tables
from forecast.case.values import is_id
from forecast.errors import PullError
from forecast.readings.events.database import opened
from forecast.readings.events.layouts import EVENT
from forecast.readings.events.load import load
from forecast.sources import PROVIDERS, EventSource, Provider
from forecast.sources.problems import Problems
from forecast.sources.provider import EVENT_NUMBERS, EVENT_WORDS, Answer, Layout, Task

ROOT = Path(__file__).parents[2]
FORMAT = (ROOT / "docs" / "case-format.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
MAPPED = ("id", "date", "last_day", "published", "text", *EVENT_WORDS, *EVENT_NUMBERS)
each_provider = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)


def a_source(provider: Provider) -> EventSource:
    columns = {name: f"column of {name}" for name in MAPPED} if provider.mapped else {}
    return EventSource("events", provider.kind, at="events.csv", columns=columns)


def one_event(layout: Layout) -> dict[str, str]:
    """A record with a value in every column that is read."""
    cells = {spellings[0]: "x" for spellings in layout.columns.values() if spellings}
    named = {column: spellings[0] for column, spellings in layout.columns.items() if spellings}
    cells |= {named[column]: "2024-11-27" for column in layout.days}
    cells |= {named[column]: "1" for column in layout.numbers}
    return cells | ({named[layout.one_of[0]]: layout.one_of[1][0]} if layout.one_of else {})


def read(source: EventSource, folder: Path) -> dict[str, Any]:
    """The event that is read of a file of one such record."""
    layout = PROVIDERS[source.kind].layout(source)
    record, raw = one_event(layout), folder / "raw.csv"
    with raw.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*record])
        writer.writeheader()
        writer.writerow(record)
    with opened(folder) as database:
        load(database, source, raw)
        found = database.execute("SELECT * FROM event")
        columns = [column[0] for column in found.description or ()]
        [row] = found.fetchall()
    return dict(zip(columns, row, strict=True))


def test_a_module_that_declares_a_provider_is_in_the_registry() -> None:
    folder = Path(sources.__file__).parent
    declaring = {p.stem for p in folder.glob("*.py") if "= Provider(" in p.read_text("utf-8")}
    assert declaring == set(PROVIDERS)
    assert all(kind == provider.kind and is_id(kind) for kind, provider in PROVIDERS.items())


@each_provider
def test_its_keys_are_keys_of_a_source(provider: Provider) -> None:
    known = {key.name for key in tables.SOURCE}
    needed = {name for need in provider.needs for name in (need.key, need.unless) if name}
    assert {*provider.keys, *needed} <= known
    assert {*provider.keys} <= {field.name for field in fields(EventSource)}
    others = {key for each in PROVIDERS.values() if each is not provider for key in each.keys}
    assert needed <= known - others


@each_provider
def test_its_layout_makes_an_event_with_its_numbers(provider: Provider, tmp_path: Path) -> None:
    layout = provider.layout(a_source(provider))
    assert {*layout.key, *layout.needed, *layout.days, *layout.numbers, *layout.texts} <= {
        *layout.columns
    }
    assert {*layout.columns} <= {*layout.order} or not layout.order
    found = read(a_source(provider), tmp_path)
    assert tuple(found) == EVENT
    known = {number for number in EVENT_NUMBERS if found[number] is not None}
    assert known | {*provider.known_zero} == {*provider.numbers}


@each_provider
def test_its_versions_speak_for_days(provider: Provider) -> None:
    assert provider.version_days("no version") is None
    if provider.versions:
        assert "version" in provider.keys
        shown = re.findall(r"\d[\d.]*\d", provider.versions.words)
        assert shown
        for version in shown:
            first, last = provider.versions.days(version) or (None, None)
            assert first is not None
            assert last is not None
            assert first <= last


class Silent:
    """An API that nobody may speak with."""

    def ask(self, url: str, **_: Mapping[str, Any] | None) -> Answer:
        raise AssertionError(f"asked {url} without credentials")


@each_provider
def test_its_api_asks_for_its_own_credentials(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if provider.api is None:
        return
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)
    variables = [variable for variable, _ in provider.api.account.wanted]
    for variable in variables:
        monkeypatch.delenv(variable, raising=False)
    assert provider.api.service.api.startswith("https://")
    source = replace(a_source(provider), at="")
    task = Task(source, provider.api.service, Problems("events"), lambda *_: None, False)
    with pytest.raises(PullError, match=" and ".join(variables)):
        provider.api.pull(task, Silent(), tmp_path / "raw.csv")
    assert all(f"`{variable}`" in FORMAT for variable in variables)
    assert provider.page.startswith("https://")


@each_provider
def test_it_is_documented(provider: Provider) -> None:
    [kinds] = re.findall(r"^\| `kind` \| (.*)$", FORMAT, re.MULTILINE)
    assert f'`"{provider.kind}"`' in kinds
    assert re.search(rf'^kind +=.*"{provider.kind}"', FORMAT, re.MULTILINE), "no example"
    for key in provider.keys:
        [row] = re.findall(rf"^\| `{key}` \| (.*)$", FORMAT, re.MULTILINE)
        assert row.startswith(f"kind `{provider.kind}` only")
    assert provider.name in README or provider.mapped
