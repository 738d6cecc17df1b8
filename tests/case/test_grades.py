"""Grades: the judged table, a case's own, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.case import check_case, load_case
from forecast.case.grades import CREDIBILITY, RELIABILITY, trust_of
from tests.factories import make_case


def test_every_grade_has_a_trust_and_better_is_higher() -> None:
    trust = trust_of({}, {})
    assert len(trust) == 36
    assert trust["B2"] == RELIABILITY["B"] * CREDIBILITY["2"]
    for worse in ("B1", "C1", "D1", "E1", "A2", "A3", "A4", "A5"):
        assert trust[worse] < trust["A1"]


def test_a_case_overrides_what_it_names(tmp_path: Path) -> None:
    make_case(tmp_path)
    given = "[reliability]\nD = 0.5\n[credibility]\n5 = 0\n"
    (tmp_path / "indicators" / "grades.toml").write_text(given, "utf-8")
    grades = load_case(tmp_path).grades
    assert grades["D1"] == 0.5 * CREDIBILITY["1"]
    assert grades["A5"] == 0.0
    assert grades["A1"] == trust_of({}, {})["A1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[reliability]\nA = 1.2\n",
            "[reliability] A: must be a probability, from 0 to 1, found 1.2",
        ),
        (
            "[reliability]\nG = 0.5\n",
            "[reliability] G: must be a known key (known: A, B, C, D, E, F)",
        ),
        (
            "[relaibility]\nA = 0.5\n",
            "relaibility: must be a known key (did you mean reliability?)",
        ),
        (
            "credibility = 0.5\n",
            "credibility: must be a table such as { a = 1 }, found 0.5",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    make_case(tmp_path)
    (tmp_path / "indicators" / "grades.toml").write_text(text, "utf-8")
    found = [str(problem) for problem in check_case(tmp_path)]
    assert found == [f"indicators/grades.toml, {expected}"]
