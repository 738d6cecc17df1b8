"""Pulled events: real ones counted as with standard tools, and two million of them.

    python -m benchmarks.events [--ged FILE] [--rows 2000000 --pulls 400]

FILE is a month of UCDP GED Candidate events (Hegre et al. 2020, CC BY 4.0), which stays outside the
repository. Either part writes its section of docs/events.md and leaves the other as it is.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.events_rows import Measured, make_case, measure
from forecast.case import Counting, EventSource
from forecast.readings.events import store

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "events.md"
TITLE = "# Pulled events\n"
HEADINGS = ("## A real month", "## Two million rows")
AERIAL = ("airstr", "aerial", "drone", "jet", "warplane", "helicopter", "strike")
PULLED = datetime(2023, 11, 20, 12, tzinfo=UTC)


def default_path() -> Path:
    """Return where the real month is, whether or not anything is there."""
    beside = ROOT.parent / "shared" / "data" / "ucdp-ged" / "candidate_v23_0_10_syria.csv"
    return Path(os.environ.get("UCDP_GED", beside))


def counted_weekly(path: Path) -> dict[str, dict[str, float]]:
    """Return civilian deaths, and headlines that speak of aerial attack, by week: ours."""
    source = EventSource("ucdp", "ucdp", at=path.name)
    with tempfile.TemporaryDirectory() as folder:
        case = make_case(
            Path(folder),
            source,
            "2023-W01",
            deaths=Counting("ucdp", "B2", "sum", "civilians"),
            aerial=Counting("ucdp", "B2", "events", words=AERIAL),
        )
        changes = store(case, source, path, known=PULLED).changes
    counts: dict[str, dict[str, float]] = {"deaths": {}, "aerial": {}}
    for change in changes:
        counts[change.indicator][str(change.period)] = change.new.value
    return counts


def plain_weekly(path: Path) -> dict[str, dict[str, float]]:
    """Return the same, counted with the standard library: csv, re, isocalendar."""
    counts: dict[str, dict[str, float]] = {"deaths": {}, "aerial": {}}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            year, week, _ = date.fromisoformat(row["date_start"][:10]).isocalendar()
            text = f"{row['source_headline']};{row['where_description']}"
            shown = re.sub(r"(?<=[^\W\d_])[-*]+(?=[^\W\d_])", "", text).lower()
            aerial = any(word.startswith(AERIAL) for word in re.findall(r"\w+", shown))
            for name, value in (("deaths", int(row["deaths_civilians"])), ("aerial", int(aerial))):
                key = f"{year}-W{week:02d}"
                counts[name][key] = counts[name].get(key, 0) + value
    return counts


def seen_without(path: Path) -> int:
    """Return how many of these headlines a plain search for the words would have found."""
    pattern = re.compile(rf"\b({'|'.join(AERIAL)})", re.IGNORECASE)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(
            bool(pattern.search(f"{row['source_headline']};{row['where_description']}"))
            for row in csv.DictReader(file)
        )


def real_section(path: Path) -> str:
    """Return the section on a real month."""
    ours, plain = counted_weekly(path), plain_weekly(path)
    weeks = sorted(ours["deaths"])
    lines = [
        HEADINGS[0] + "\n",
        "UCDP GED Candidate 23.0.10, Syria, October 2023 (Hegre et al. 2020; CC BY 4.0), by",
        "`python -m benchmarks.events --ged FILE`. Beside it a count with Python's csv and re",
        "modules, in the same script. Aerial attack: a word of headlines or place begins with",
        f"{', '.join(AERIAL)}, whatever signs are hidden in it.\n",
        "| week | civilian deaths | with csv | events with aerial attack | with csv and re |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| {week} | "
            + " | ".join(
                f"{counts[name].get(week, 0):g}"
                for name in ("deaths", "aerial")
                for counts in (ours, plain)
            )
            + " |"
            for week in weeks
        ),
        f"| all | {_total(ours, 'deaths')} | {_total(plain, 'deaths')} "
        f"| {_total(ours, 'aerial')} | {_total(plain, 'aerial')} |\n",
        f"A search for the words as they are would have found {seen_without(path)} of the",
        f'{_total(ours, "aerial")}: the others are written like "stri-kes".',
    ]
    return "\n".join(lines) + "\n"


def _total(counts: dict[str, dict[str, float]], name: str) -> str:
    return f"{sum(counts[name].values()):g}"


def rows_section(rows: int, pulls: int, found: Measured) -> str:
    """Return the section on many rows."""
    slowest = max(found.counting.values())
    lines = [
        HEADINGS[1] + "\n",
        f"{rows:,} generated rows in ACLED's layout over {pulls} pulls, each ten weeks of events,",
        "nine in ten of them those of the pull before, by",
        f"`python -m benchmarks.events --rows {rows} --pulls {pulls}`, on {os.cpu_count()} cores.",
        "Stored: read, checked, hashed, compared with what was known before, written and synced.",
        "pandas only reads. Each line is a process of its own.\n",
        "| | seconds | rows a second | peak memory |",
        "|---|--:|--:|--:|",
        _line(f"stored, {pulls} files", found.ours, rows, found.ours_memory),
        _line(f"pandas.read_csv, {pulls} files", found.pandas, rows, found.pandas_memory),
        _line("stored, one file", found.big_ours, rows, found.big_ours_memory),
        _line("pandas.read_csv, one file", found.big_pandas, rows, found.big_pandas_memory),
        "",
        f"Against pandas: {found.pandas / found.ours:.2f} times its rows a second over {pulls}",
        f"files, {found.big_pandas / found.big_ours:.2f} times in one.\n",
        "Weekly readings of three indicators (a sum, a filter by type, words in the text) from all",
        f"pulls, nothing cached: at most {slowest:.2f} s, {found.counting_memory:.0f} MB,",
        f"{found.readings:,} readings.\n",
        "| as of | seconds |",
        "|---|--:|",
        *(f"| {day} | {seconds:.2f} |" for day, seconds in found.counting.items()),
        "",
        f"One more pull, with the readings it would change: {found.pull:.2f} s.",
    ]
    return "\n".join(lines) + "\n"


def _line(name: str, seconds: float, rows: int, memory: float) -> str:
    return f"| {name} | {seconds:.1f} | {rows / seconds:,.0f} | {memory:,.0f} MB |"


def with_section(page: str, section: str) -> str:
    """Return the page with one of its sections replaced, or added in its place."""
    parts = {part.split("\n", 1)[0]: part for part in re.split(r"^(?=## )", page, flags=re.M)[1:]}
    parts[section.split("\n", 1)[0]] = section
    kept = [parts[heading].rstrip("\n") + "\n" for heading in HEADINGS if heading in parts]
    return "\n".join([TITLE, *kept])


def main() -> None:
    """Write the sections that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ged", type=Path)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--pulls", type=int, default=400)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    sections = [real_section(asked.ged)] if asked.ged else []
    if asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(asked.rows, asked.pulls, Path(folder))
        sections.append(rows_section(asked.rows, asked.pulls, found))
    for section in sections:
        page = asked.page.read_text("utf-8") if asked.page.exists() else ""
        asked.page.write_text(with_section(page, section), "utf-8")


if __name__ == "__main__":
    main()
