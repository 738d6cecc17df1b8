"""The page of scores: filled between its marks, and nowhere else."""

from __future__ import annotations

import pytest

from benchmarks.proof import BEGIN, END, PAGE, filled


def test_only_what_lies_between_the_marks_is_replaced() -> None:
    page = f"a\n{BEGIN}old\n{END}b\n"
    assert filled(page, "new\n") == f"a\n{BEGIN}```\nnew\n```\n{END}b\n"
    assert filled(filled(page, "new\n"), "new\n") == filled(page, "new\n")


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{BEGIN}{END}"])
def test_a_page_without_its_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="must hold"):
        filled(page, "new\n")


def test_the_page_says_what_one_case_proves() -> None:
    assert "proves nothing" in PAGE.read_text("utf-8")
