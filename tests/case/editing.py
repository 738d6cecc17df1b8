"""What tests of a case do to the template: edit it, and ask what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from forecast.case import check_case


def said(root: Path) -> list[str]:
    return [str(problem) for problem in check_case(root)]


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Replace the first ``old``; that it is there is part of the test."""
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")
