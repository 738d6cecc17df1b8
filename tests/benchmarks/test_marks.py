"""Pages of which only what lies between two marks is written."""

from __future__ import annotations

import pytest

from benchmarks.marks import filled

BEGIN, END = "<!-- begin -->\n", "<!-- end -->\n"


def test_only_what_lies_between_the_marks_is_replaced() -> None:
    page = f"a\n{BEGIN}old\n{END}b\n"
    once = filled(page, BEGIN, END, "new\n")
    assert once == f"a\n{BEGIN}new\n{END}b\n"
    assert filled(once, BEGIN, END, "new\n") == once


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{BEGIN}{END}"])
def test_a_page_without_its_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="must hold"):
        filled(page, BEGIN, END, "new\n")
