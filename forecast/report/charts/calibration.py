"""Reliability diagrams: what was called so probable, against the share of it that came true.

One panel per horizon. On the diagonal, 70 % came true in 70 of 100 cases; off it by more than the
band, the forecasts were wrong and not merely unlucky.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from forecast.proof.types import Block, Proof, Table
from forecast.report.charts.sheet import new_sheet
from forecast.report.charts.style import INK, PALE, QUIET, save, shared_style
from forecast.report.view.model_captions import (
    calibration_alt,
    calibration_caption,
    calibration_title,
)
from forecast.report.view.scores import horizon_name

_BODY, _ABOVE, _BELOW = 2.55, 0.25, 0.42  # inches: all of it, panel names, axis below
_PANELS = 3


def calibration_chart(proof: Proof, path: Path) -> None:
    """Draw how the settled forecasts of a ledger were calibrated, live ones if there are any.

    Parameters
    ----------
    proof
        At least one of its tables has a reliability.
    path
        Where to write; ``.png``, ``.svg`` or ``.pdf``. Same input, same bytes.
    """
    tables = drawn(proof)
    with shared_style(proof):
        title = calibration_title(tables[0], proof.cadence)
        sheet = new_sheet(_BODY, title, calibration_caption(proof))
        grid = sheet.figure.add_gridspec(
            1,
            _PANELS,
            left=0.11,
            right=0.965,
            top=sheet.top - sheet.up(_ABOVE),
            bottom=sheet.bottom + sheet.up(_BELOW),
            wspace=0.2,
        )
        for place, table in enumerate(tables):
            axes = sheet.figure.add_subplot(grid[0, place])
            _frame(axes, left=place == 0)
            if table.reliability:
                _blocks(axes, table.reliability.blocks)
            name = horizon_name(table.horizon, proof.cadence)
            axes.set_title(f"{name[0].upper()}{name[1:]}", fontsize=8.5, color=INK)
        save(sheet.figure, path, calibration_alt(tables, proof.cadence))


def drawn(proof: Proof) -> list[Table]:
    """The tables a diagram is drawn of: of one mode, the nearest horizons first."""
    told = [table for table in proof.tables if table.reliability]
    live = [table for table in told if table.mode == "live"]
    return (live or told)[:_PANELS]


def _frame(axes: Axes, *, left: bool) -> None:
    ticks = [0, 50, 100]
    names = ["0 %", "50 %", "100 %"]
    axes.set_xlim(-2, 102)
    axes.set_ylim(-2, 102)
    axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    axes.grid()
    axes.set_axisbelow(True)
    axes.tick_params(length=2, labelsize=8, labelleft=left)
    axes.plot([0, 100], [0, 100], color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)), zorder=2)
    axes.set_xlabel("called", fontsize=8, color=QUIET)
    if left:
        axes.set_ylabel("came true", fontsize=8, color=QUIET)


def _blocks(axes: Axes, blocks: Sequence[Block]) -> None:
    for block in blocks:
        x, y = 100 * block.said, 100 * block.held
        low, high = 100 * block.band_low, 100 * block.band_high
        axes.vlines(x, low, high, color=PALE, linewidth=7, zorder=1)
        axes.hlines(y, 100 * block.low, 100 * block.high, color=INK, linewidth=1.6)
        axes.plot(x, y, color=INK, marker="o", markersize=4, clip_on=False)
        above = y < 50
        axes.annotate(
            str(block.number),
            (x, y),
            (0, 6 if above else -6),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            fontsize=7,
            color=INK,
        )
