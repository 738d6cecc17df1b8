"""Whether a count is of the size that was elicited: named where outside, refused where absurd."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case import Case, CountExpectation
from forecast.errors import CaseError, ReadingError
from forecast.periods import Period
from forecast.readings import Reading, append_reading, load_readings, unexpected
from forecast.readings.scale import ABSURD, scale_of
from tests.factories import HEADER, make_case

WORST, MILDEST = 60 * math.exp(math.log(200 / 60) * 2.01), 5 * math.exp(-math.log(4) * 2.01)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("scale") / "case")


def reading(value: float, source: str = "sohr", days: int = 7, span: int = 1) -> Reading:
    period = Period.parse("2024-W41")
    return Reading(
        "strikes", period, value, period.refresh_day, source, "B2", days, span, "x", "", "", 2
    )


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (reading(0), False),  # a lull, or a slip: nobody can tell
        (reading(1), False),
        (reading(60), False),
        (reading(WORST), False),
        (reading(1.3 * WORST), True),
        (reading(1.3 * WORST, source="acled"), False),  # may count 2.3 times as many
        (reading(2.8 * WORST, source="acled"), True),
        (reading(1.3 * WORST, span=2, days=14), False),
        (reading(2.5 * WORST, span=2, days=14), True),
        (reading(0.5 * WORST, days=2), True),  # a week's worth in two days
    ],
)
def test_what_is_outside_everything_expected_is_named(
    case: Case, row: Reading, *, named: bool
) -> None:
    assert bool(unexpected(case, [row])) is named


def test_a_positive_value_far_too_small_is_named(case: Case) -> None:
    asked = CountExpectation(5000, 20000, worth=2, basis="judgement", because="")
    crowded = dataclasses.replace(case, expectations={"strikes": {"war": asked}})
    (note,) = unexpected(crowded, [reading(0.05)])
    assert note.rule.startswith("0.05 for 2024-W41 is outside everything that was expected")
    assert unexpected(crowded, [reading(0)]) == []


def test_one_note_an_indicator_names_the_worst(case: Case) -> None:
    rows = [reading(value) for value in (10, 4000, 9000, 5000)]
    (note,) = unexpected(case, rows)
    assert note.where == f"indicators/strikes.csv, line {rows[2].line}"
    assert note.rule.startswith("9,000 for 2024-W41 is outside everything")
    assert note.rule.endswith("(so are 2 more)")


@given(
    median=st.floats(1e-320, 1e300),
    ratio=st.floats(1.0000001, 1e10),
    days=st.integers(1, 7),
    span=st.integers(1, 52),
)
def test_a_scale_is_a_scale_whatever_was_elicited(
    case: Case, median: float, ratio: float, days: int, span: int
) -> None:
    asked = CountExpectation(
        median, min(median * ratio, 1e308), worth=1, basis="judgement", because=""
    )
    only = dataclasses.replace(case, expectations={"strikes": {"war": asked}})
    found = scale_of(only, case.indicators[1], reading(1, days=days, span=span))
    assert found is not None
    assert 0 <= found.low <= found.high
    assert not math.isnan(found.most)
    assert not found.outside(0)


def test_a_level_has_no_scale_and_neither_has_what_nothing_is_elicited_of(case: Case) -> None:
    assert scale_of(case, case.indicators[0], reading(1)) is None
    nothing = dataclasses.replace(case, expectations={})
    assert scale_of(nothing, case.indicators[1], reading(1e300)) is None


ROW = {
    "period": "2024-W41",
    "published": "2024-10-14",
    "source": "sohr",
    "grade": "B2",
    "url": "https://example.org/a",
}


@pytest.mark.parametrize("value", ["1e7", "1000000000000", "1e15"])
def test_what_is_absurd_is_refused_wherever_it_is_offered(tmp_path: Path, value: str) -> None:
    case = make_case(tmp_path / "case")
    rule = "value: must be at most .* any scenario expects .*raise p90 in priors/strikes.toml"
    with pytest.raises(ReadingError, match=rule):
        append_reading(case, "strikes", **ROW, value=value)
    path = case.readings_paths["strikes"]
    assert path.read_text("utf-8") == HEADER
    row = f"2024-W41,{value},2024-10-14,sohr,B2,,,north-west,https://example.org/a,\n"
    path.write_text(HEADER + row, "utf-8")
    with pytest.raises(CaseError, match="strikes.csv, line 2, " + rule):
        load_readings(case)


def test_what_is_large_and_not_absurd_is_recorded(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    scale = scale_of(case, case.indicators[1], reading(1))
    assert scale is not None
    assert scale.most == ABSURD * scale.high
    recorded = append_reading(case, "strikes", **ROW, value=f"{0.99 * scale.most:.0f}")
    assert unexpected(case, [recorded.reading])
