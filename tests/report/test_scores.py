"""How forecasts fared as it is printed, from numbers set by hand; and their diagram."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest

from forecast.proof.types import (
    Block,
    IndicatorRow,
    IndicatorTable,
    Proof,
    Reliability,
    ScoreRow,
    Skill,
    Table,
)
from forecast.report.charts.calibration import calibration_chart
from forecast.report.terminal.records import render_scores
from forecast.report.view.scores import build_scores

from .hostile import HOSTILE
from .test_priors import trimmed
from .test_terminal import printed

OWN = {"log": 0.5, "brier": 0.3, "ranked": 0.2}
ROWS = (
    ScoreRow("forecasts", 25, 0.5, 0.3, 0.2, OWN, {}),
    ScoreRow("uniform", 25, 1.0, 0.25, 0.3, OWN, {"log": Skill(0.5, -0.104, 0.71)}),
    ScoreRow("last forecast repeated", 24, math.inf, 0.6, 0.4, OWN, {}),
    ScoreRow("as last revised", 2, 0.1, 0.1, 0.1, OWN, {}),
)
RELIABILITY = Reliability(
    (
        Block(0.001, 0.3, 0.1, 40, 0.2, 0.02, 0.18),
        Block(0.8, 0.8, 0.8, 10, 0.9, 0.5, 1.0),
    ),
    0.01,
    0.1,
    0.25,
)
NOW = Table("live", 0, 30, 25, 2, 3, 1.0, 20, ROWS, RELIABILITY)
LATER = Table("live", 4, 30, 0, 2, 0, 1.0, 20, (), None)
LIFE = Table("live", None, 40, 1, 0, 0, 3.25, 20, ROWS[:1], None)
STRIKES = IndicatorTable(
    "strikes", "Strikes", "count", "live", 30, 10, 2, 20,
    (
        IndicatorRow("forecasts", 10, 0.4, 0.4, None),
        IndicatorRow("last value", 8, 0.3, 0.35, None),
        IndicatorRow("last 12 periods", 10, 0.6, 0.4, Skill(0.333, 0.1, 0.5)),
        IndicatorRow("last 12, smoothed", 10, 0.5, 0.4, None),
        IndicatorRow("SARIMAX", 5, 0.7, 0.4, None),
    ),
    {"0.5": 6, "0.9": 9}, {"warning": (0.1, 0.2)}, (0.05, 0.55, 0.5999, 1.0),
)  # fmt: skip
PROOF = Proof("A small case", "week", False, False, 25, (NOW, LATER, LIFE), (STRIKES,))
EXPECTED = """\
A small case
Live forecasts scored: 25.

Live

Now: 30 forecasts, 25 settled, 5 open, 2 missing, 3 revised
                        scored        log   Brier  on these  log saved
forecasts                   25      0.500   0.300
uniform                     25      1.000  0.250!     0.500  50 % (-10 to 71)
last forecast repeated      24   infinite   0.600     0.500  too few, of 20
as last revised              2      0.100   0.100     0.500
    called  times  came true  if right
<1 to 30 %     40      20 %!    2-18 %
      80 %     10       90 %  50-100 %
"""


def shown(proof: Proof, width: int = 80) -> str:
    return trimmed(printed(lambda console: render_scores(build_scores(proof), console), width))


def test_scores_at_80_columns() -> None:
    text = shown(PROOF)
    assert text.startswith(EXPECTED)
    assert "4 weeks ahead: 30 forecasts, 0 settled, 30 open, 2 missing, 0 revised\n\n" in text
    assert "1 question settled, 39 open, answered for 3.2" in text
    assert "Replayed: none" in text


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_wider_than_the_screen(width: int) -> None:
    ordered = dataclasses.replace(PROOF, ordered=True)
    assert max(map(len, shown(ordered, width).splitlines())) <= width


def test_ordered_scenarios_have_a_column_more() -> None:
    assert "RPS" in shown(dataclasses.replace(PROOF, ordered=True)).splitlines()[6]
    assert "RPS " not in EXPECTED


EXPECTED_STRIKES = """\
Strikes: 30 forecasts, 10 settled (2 in part), 20 open
                   scored    CRPS  on these  saved
forecasts              10   0.400
last value              8  0.300!     0.350  too few, of 20
last 12 periods        10   0.600     0.400  33 % (10 to 50)
last 12, smoothed      10   0.500     0.400  too few, of 20
ETS                     0                    never 8 readings to fit
SARIMAX                 5   0.700     0.400  too few, of 20
Of 10 readings 6 in 50 %, 9 in 90 %. Thresholds: warning 0.100 v 0.200. PIT
▅▁▁▁▁█▁▁▁▅
"""


def test_an_indicator_beside_its_baselines() -> None:
    assert f"\n{EXPECTED_STRIKES}\n" in shown(PROOF)


def test_levels_have_no_time_series() -> None:
    levels = dataclasses.replace(
        STRIKES, family="ordinal", rows=STRIKES.rows[:1], inside={}, thresholds={}, pit=()
    )
    text = shown(dataclasses.replace(PROOF, indicators=(levels,)))
    assert "ETS  " not in text
    assert " RPS  on these" in text
    assert "last value              0                    nothing read before" in text


def test_one_pinned_case_proves_nothing() -> None:
    assert "proves nothing" in build_scores(dataclasses.replace(PROOF, pinned=True)).bottom_line
    assert "proves nothing" not in build_scores(PROOF).bottom_line


def test_names_are_data() -> None:
    text = shown(dataclasses.replace(PROOF, case=HOSTILE))
    assert "\x1b" not in text


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_diagram_is_the_same_every_time(tmp_path: Path, suffix: str) -> None:
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    calibration_chart(PROOF, one)
    calibration_chart(PROOF, two)
    assert one.read_bytes() == two.read_bytes()
    assert len(one.read_bytes()) > 5_000


def test_live_forecasts_are_drawn_if_there_are_any(tmp_path: Path) -> None:
    replayed = dataclasses.replace(NOW, mode="replayed", settled=1)
    both = dataclasses.replace(PROOF, tables=(*PROOF.tables, replayed))
    calibration_chart(PROOF, tmp_path / "a.svg")
    calibration_chart(both, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
