"""The analyst's paragraphs: understood as far as they are simple, text beyond that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.report.memo import parsed
from forecast.report.memo.document import Bullets, Paragraph, Run, plain


def test_paragraphs_and_bullets() -> None:
    assert parsed("One\nline.\n\n- a\n- b\n  goes on\n\nLast.\n") == (
        Paragraph(plain("One line.")),
        Bullets((plain("a"), plain("b goes on"))),
        Paragraph(plain("Last.")),
    )


def test_a_list_may_follow_its_line() -> None:
    assert parsed("Two things:\n* a\n* b") == (
        Paragraph(plain("Two things:")),
        Bullets((plain("a"), plain("b"))),
    )


def test_emphasis() -> None:
    assert parsed("a **b c** *d* _e_ f_g_h 2 * 3 * 4") == (
        Paragraph(
            (
                Run("a "),
                Run("b c", strong=True),
                Run(" "),
                Run("d", emphasis=True),
                Run(" "),
                Run("e", emphasis=True),
                Run(" f_g_h 2 * 3 * 4"),
            )
        ),
    )


@pytest.mark.parametrize("text", ["# A heading", "[x](https://example.org)", "<b>x</b>", "`x`"])
def test_all_else_is_text(text: str) -> None:
    assert parsed(text) == (Paragraph(plain(text)),)


def test_nothing_is_nothing() -> None:
    assert parsed(" \n\n \n- \u202e\n") == ()


@given(st.text(alphabet=st.sampled_from("ab *_-\n\u202e\x1b[")))
def test_any_text_is_read(text: str) -> None:
    for block in parsed(text):
        lines = (block.line,) if isinstance(block, Paragraph) else block.lines
        assert all(run.text and run.text.isprintable() for line in lines for run in line)
