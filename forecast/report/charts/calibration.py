"""Reliability diagrams: what was called so probable, against the share of it that came true.

One panel per horizon. On the diagonal, 70 % came true in 70 of 100 cases; off it by more than the
band, the forecasts were wrong and not merely unlucky.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from forecast.proof.types import Block, Proof, Table
from forecast.report.charts.style import INK, QUIET, line_style, new_figure, save, shared_style
from forecast.report.view.scores import calibration_caption, calibration_title, horizon_name

_HEIGHT = 3.5  # inches
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
    with shared_style():
        figure = new_figure(_HEIGHT)
        grid = figure.add_gridspec(
            1, _PANELS, left=0.11, right=0.965, top=0.78, bottom=0.3, wspace=0.2
        )
        for place, table in enumerate(tables):
            axes = figure.add_subplot(grid[0, place])
            _frame(axes, left=place == 0)
            if table.reliability:
                _blocks(axes, table.reliability.blocks)
            name = horizon_name(table.horizon, proof.cadence)
            axes.set_title(f"{name[0].upper()}{name[1:]}", fontsize=8.5, color=INK)
        title = textwrap.fill(calibration_title(tables[0], proof.cadence), 72)
        caption = textwrap.fill(calibration_caption(proof), 118, break_on_hyphens=False)
        figure.text(0.012, 0.975, title, fontsize=11, fontweight="bold", va="top")
        figure.text(0.012, 0.13, caption, fontsize=7, color=QUIET, va="top")
        save(figure, path)


def drawn(proof: Proof) -> list[Table]:
    """Return the tables a diagram is drawn of: of one mode, the nearest horizons first."""
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
    style = line_style(0)
    for block in blocks:
        x, y = 100 * block.said, 100 * block.held
        low, high = 100 * block.band_low, 100 * block.band_high
        axes.vlines(x, low, high, color=style.color, alpha=0.22, linewidth=7, zorder=2)
        axes.hlines(y, 100 * block.low, 100 * block.high, color=style.color, linewidth=1.6)
        axes.plot(x, y, color=style.color, marker=style.marker, markersize=4, clip_on=False)
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
