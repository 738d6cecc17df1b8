"""The page of scores."""

from __future__ import annotations

from benchmarks.proof import PAGE


def test_the_page_says_what_one_case_proves() -> None:
    assert "proves nothing" in PAGE.read_text("utf-8")
