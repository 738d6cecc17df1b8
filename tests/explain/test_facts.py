"""What is behind a cause: also a reading that its source has withdrawn."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from forecast.explain.causes import Cause
from forecast.explain.facts import facts_of
from forecast.readings import known_as_of
from tests.factories import make_case
from tests.readings.test_asof import reading


@pytest.mark.parametrize(
    ("indicator", "source"), [("strikes", "sohr"), ("border", "desk")], ids=["count", "ordinal"]
)
def test_a_withdrawn_reading_has_no_value(tmp_path: Path, indicator: str, source: str) -> None:
    case = make_case(tmp_path / "case")
    gone = reading("2024-W47", math.nan, indicator=indicator, source=source)
    whole = known_as_of(case, [gone], date(2024, 12, 9))
    (fact,) = facts_of(Cause(readings=(gone,)), case, whole)
    assert (fact.value, fact.level, fact.source) == (None, "withdrawn", source)
