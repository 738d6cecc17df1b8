"""Dates that cannot be, or are a year off, in every verb and file that takes one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, edit, snapshot

URL = ["--url", "https://example.org"]
ADD = ["add", "border", "2", "--grade", "B2", *URL]
EVENT = """\
[harbour]
name = "Harbour closes"
period = "{period}"
published = {published}
grade = "B2"
url = "https://example.org"
because = "As before"
[harbour.likelihood.desk]
weight = 1.0
war = 0.5
other = 0.5
"""
SOURCE = '[feed]\nkind = "acled"\nsince = {since}\n'
TODAY = "must not be after today, 2024-12-10"


def place(root: Path, name: str, published: str, period: str = "2024-W48") -> None:
    """Write a date into a file of the case."""
    match name:
        case "indicators/border.csv":
            row = f"{period},2,{published},desk,B2,,,country,https://example.org,\n"
            (root / name).write_text((root / name).read_text() + row)
        case "indicators/evidence.toml":
            (root / name).write_text(EVENT.format(period=period, published=published))
        case "reports/resolutions.csv":
            (root / "reports").mkdir(exist_ok=True)
            row = f"{period},war,{published},https://example.org,\n"
            (root / name).write_text("period,scenario,published,url,note\n" + row)
        case "priors/scenarios.toml":
            edit(root / name, "horizons", f"as_of = {published}\nhorizons")
        case "indicators/sources.toml":
            (root / name).write_text(SOURCE.format(since=published))


FILES = ["indicators/border.csv", "indicators/evidence.toml", "reports/resolutions.csv"]


@pytest.mark.parametrize("published", ["2024-12-12", "2025-12-02", "2062-11-30"])
@pytest.mark.parametrize("name", [*FILES, "priors/scenarios.toml"])
def test_what_cannot_be_known_yet_is_named_in_its_file(
    forecast: Run, root: Path, name: str, published: str
) -> None:
    place(root, name, published)
    result = forecast("check")
    assert (result.code, result.out) == (1, "")
    assert name in result.err
    assert TODAY in result.err
    assert ("did you mean 2024-" in result.err or "did you mean 2023-" in result.err) == (
        published != "2024-12-12"
    )


@pytest.mark.parametrize("name", FILES)
def test_a_year_too_late_is_doubtful_in_its_file(forecast: Run, root: Path, name: str) -> None:
    edit(root / "priors" / "scenarios.toml", '"2024-W40"', '"2023-W40"')
    place(root, name, "2024-12-04", "2023-W48")
    result = forecast("check")
    assert result.code == 0
    assert f"Note: {name}" in result.err
    assert "published: is a year or more after 2023-W48 began, found 2024-12-04 (did you mean" in (
        result.err
    )
    assert "2023-12-04 or of 2024-W48?" in result.err
    assert "Case is in order" in result.out


@pytest.mark.parametrize("name", FILES)
def test_in_time_nothing_is_doubtful(forecast: Run, root: Path, name: str) -> None:
    place(root, name, "2024-12-04")
    result = forecast("check")
    assert (result.code, result.err) == (0, "")


def test_a_source_that_begins_tomorrow_is_doubtful(forecast: Run, root: Path) -> None:
    place(root, "indicators/sources.toml", "2025-12-01")
    result = forecast("check")
    assert result.code == 0
    assert "[feed], since: is after today, 2024-12-10: nothing can be pulled before" in result.err


def test_a_case_that_begins_in_years_is_doubtful(forecast: Run, root: Path) -> None:
    (root / "indicators" / "strikes.csv").write_text(
        (root / "indicators" / "border.csv").read_text()
    )
    edit(root / "priors" / "scenarios.toml", '"2024-W40"', '"2062-W40"')
    assert "priors/scenarios.toml, first: is more than a year ahead" in forecast("check").err


@pytest.mark.parametrize(
    "arguments",
    [
        [*ADD, "--period", "2024-W49", "--published", "2062-12-10"],
        [*ADD, "--period", "2024-W49", "--published", "2024-12-11"],
        ["resolve", "2024-W48", "war", *URL, "--published", "2025-12-02"],
    ],
)
def test_what_cannot_be_known_yet_is_refused(
    forecast: Run, root: Path, arguments: list[str]
) -> None:
    before = snapshot(root / "indicators")
    result = forecast(*arguments)
    assert (result.code, result.out) == (1, "")
    assert TODAY in result.err
    assert snapshot(root / "indicators") == before
    assert not (root / "reports" / "resolutions.csv").exists()


@pytest.mark.parametrize(
    "arguments",
    [[*ADD, "--period", "2023-W48"], ["resolve", "2023-W48", "war", *URL]],
)
def test_a_year_too_late_is_said_when_it_is_recorded(
    forecast: Run, root: Path, arguments: list[str]
) -> None:
    edit(root / "priors" / "scenarios.toml", '"2024-W40"', '"2023-W40"')
    result = forecast(*arguments)
    assert result.code == 0
    assert "published: is a year or more after 2023-W48 began, found 2024-12-10" in result.err


def test_a_colleague_s_tomorrow_waits(forecast: Run, root: Path) -> None:
    """At nine in Greenwich it is the eleventh nowhere; at eleven it is, in Kiritimati."""
    from datetime import UTC, datetime

    from forecast import clock

    place(root, "indicators/border.csv", "2024-12-11", "2024-W49")
    assert forecast("check").code == 1
    with pytest.MonkeyPatch.context() as later:
        later.setattr(clock, "now", lambda: datetime(2024, 12, 10, 11, tzinfo=UTC))
        result = forecast("check")
        assert result.code == 0
        assert "published: is after today here, 2024-12-10: not used before" in result.err
        assert "Due for week 49: Border" in forecast().out
        later.setattr(clock, "now", lambda: datetime(2024, 12, 11, 0, 1, tzinfo=UTC))
        assert forecast("check").err == ""
        assert "Nothing is due" in forecast().out


def test_a_date_is_written_one_way(forecast: Run) -> None:
    for text in ("20241202", "2024-W49", "2024-W49-1", "2.12.2024", "2024-12-2"):
        result = forecast("refresh", "--as-of", text)
        assert (result.code, result.out) == (2, "")
        assert "--as-of: must be a date, for example 2024-12-02" in result.err
