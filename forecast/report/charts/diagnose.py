"""The sheet of diagnostics: four panels, one question each.

::

    ranks by chain          effective sample size
    LOO-PIT of readings     power-scaling sensitivity
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from forecast.refresh.diagnosis import SENSITIVE, Curve, Diagnosis
from forecast.report.charts.sheet import fitted, new_sheet
from forecast.report.charts.style import INK, PALE, PALER, QUIET, line_style, save, shared_style
from forecast.report.view import model_captions as words

_BODY, _ABOVE, _BELOW = 5.2, 0.25, 0.45  # inches: all of it, panel names, axis below
_NAMES = 1.35  # inches for the names of what is scaled
_DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)))


def diagnose_sheet(found: Diagnosis, path: Path) -> None:
    """Draw the diagnostics of a forecast's draws.

    Parameters
    ----------
    path
        Where to write; ``.png``, ``.svg`` or ``.pdf``. Same input, same bytes.
    """
    with shared_style(found):
        alarm = f"Fit failed its gate: {found.failures}" if found.failures else ""
        sheet = new_sheet(_BODY, words.title(found), words.caption(found), alarm)
        grid = sheet.figure.add_gridspec(
            2, 2, left=0.09, right=0.97, top=sheet.top - sheet.up(_ABOVE),
            bottom=sheet.bottom + sheet.up(_BELOW), wspace=0.55, hspace=0.45,
        )  # fmt: skip
        draw = {"ranks": _ranks, "ess": _ess, "pit": _pit, "sensitivity": _sensitivity}
        for place, (name, panel) in enumerate(draw.items()):
            axes = sheet.figure.add_subplot(grid[divmod(place, 2)])
            axes.set_title(words.PANELS[name], fontsize=8.5, color=INK)
            axes.set_xlabel(words.AXES[name], fontsize=8, color=QUIET)
            axes.tick_params(length=2, labelsize=7.5)
            axes.grid()
            axes.set_axisbelow(True)
            panel(axes, found)
        save(sheet.figure, path, words.alt_text(found))


def _ranks(axes: Axes, found: Diagnosis) -> None:
    """One line for each chain, of the scenario whose chains are furthest apart."""
    if not found.ranks:
        return _nothing(axes, "nothing varies")
    name = max(found.ranks, key=lambda each: max(c.far for c in found.ranks[each]))
    curves = found.ranks[name]
    _band(axes, curves)
    for n, curve in enumerate(curves):
        axes.plot(_grid(curve), curve.relative, color=line_style(n).color, linewidth=0.9)
    axes.annotate(
        f"{len(curves)} chains, {fitted(name, 1.4, 7, lines=1)}", (0.02, 0.92),
        xycoords="axes fraction", fontsize=7, color=QUIET,
    )  # fmt: skip
    return None


def _ess(axes: Axes, found: Diagnosis) -> None:
    if not found.ranks or not len(found.draws):
        return _nothing(axes, "nothing varies")
    for values, name, dash in ((found.bulk, "bulk", "-"), (found.tail, "tail", (0, (4, 2)))):
        axes.plot(found.draws, values, color=INK, linewidth=1.1, linestyle=dash, label=name)
    axes.axhline(found.enough, color=QUIET, linewidth=0.8, linestyle=(0, (1, 1.5)), label="least")
    axes.set_ylim(bottom=0)
    axes.set_xlim(0, float(found.draws[-1]) * 1.02)
    axes.set_xticks([0, found.draws[-1] / 2, found.draws[-1]])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.legend(frameon=False, fontsize=7, loc="upper left")
    return None


def _pit(axes: Axes, found: Diagnosis) -> None:
    if not found.pit:
        return _nothing(axes, "nothing was read")
    _band(axes, list(found.pit.values()))
    for (name, curve), dash in zip(found.pit.items(), _DASHES, strict=False):
        label = f"{found.readings[name]} {words.KINDS[name]}"
        axes.plot(
            _grid(curve), curve.relative, color=INK, linewidth=1.1, linestyle=dash, label=label
        )
    axes.legend(frameon=False, fontsize=7, loc="best")
    return None


def _sensitivity(axes: Axes, found: Diagnosis) -> None:
    if not found.sensitivity:
        return _nothing(axes, "nothing varies")
    names = sorted(found.sensitivity, key=lambda name: found.sensitivity[name])
    values = [found.sensitivity[name] for name in names]
    shades = [INK if name == "likelihood" else PALE for name in names]
    axes.barh(range(len(names)), values, color=shades, height=0.6)
    labels = [fitted(words.SCALED[name], _NAMES, 7, lines=1) for name in names]
    axes.set_yticks(range(len(names)), labels)
    axes.tick_params(axis="y", labelsize=7)
    axes.axvline(SENSITIVE, color=QUIET, linewidth=0.8, linestyle=(0, (1, 1.5)))
    axes.grid(visible=False, axis="y")
    axes.set_xlim(0, max(*values, 1.2 * SENSITIVE) * 1.05)
    return None


def _nothing(axes: Axes, text: str) -> None:
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", color=QUIET, fontsize=8)


def _band(axes: Axes, curves: list[Curve]) -> None:
    """Shade what every curve should stay within."""
    axes.axhspan(-1, 1, color=PALER, linewidth=0)
    axes.axhline(0, color=QUIET, linewidth=0.6)
    far = max(1.3, *(1.1 * curve.far for curve in curves))
    axes.set_ylim(-far, far)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])


def _grid(curve: Curve) -> np.ndarray:
    return np.linspace(0, 1, len(curve.difference))
