"""The page on pulled events, and that what is generated for it is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.events import HEADINGS, PAGE, TITLE, default_path, real_section, with_section
from benchmarks.events_rows import count, ingest, last_pull, write_files


def test_a_section_is_replaced_and_the_other_kept() -> None:
    first, second = (f"{heading}\n\ntext\n" for heading in HEADINGS)
    both = with_section(with_section("", second), first)
    assert both == f"{TITLE}\n{first}\n{second}"
    assert with_section(both, f"{HEADINGS[0]}\n\nnew\n") == both.replace("text", "new", 1)
    assert with_section(both, second) == both


def test_the_page_has_the_real_month_as_it_is_counted() -> None:
    path = default_path()
    if not path.is_file():
        pytest.skip(f"no UCDP month: {path} is not there (UCDP_GED names it)")
    page = PAGE.read_text("utf-8")
    assert with_section(page, real_section(path)) == page


def test_generated_pulls_overlap_and_are_counted(tmp_path: Path) -> None:
    *paths, more = write_files(tmp_path / "raw", 100, 4)
    ingest(tmp_path / "case", paths)
    took, readings = count(tmp_path / "case", 3)
    assert len(took) == 3
    assert readings >= 3 * 12  # three indicators, ten weeks and two more
    assert last_pull(tmp_path / "case", more, 3) > 0
    assert len(list((tmp_path / "case").rglob("*.parquet"))) == 3
