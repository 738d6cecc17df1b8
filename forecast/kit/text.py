"""Numbers as text: what screens, charts, memos and families of indicators share."""

from __future__ import annotations

import math


def whole(probability: float) -> int:
    """A probability in whole per cent, halves up."""
    return math.floor(100 * probability + 0.5)


def bare_percent(probability: float) -> str:
    """Return ``52``, ``<1`` or ``>99``: nothing is called impossible or certain."""
    if probability < 0.01:
        return "<1"
    if probability > 0.99:
        return ">99"
    return str(whole(probability))


def percent(probability: float) -> str:
    """Return ``52 %``, ``<1 %`` or ``>99 %``."""
    return f"{bare_percent(probability)} %"


def number(value: float) -> str:
    """Return ``48,500``; below 100 with one decimal where there is one."""
    if not math.isfinite(value):
        return "unknown"
    if abs(value) < 100:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:,.0f}"


def rough_number(value: float) -> str:
    """An expected number: in short, and whole from ten on."""
    return short_number(round(value) if abs(value) >= 10 else value)


def short_number(value: float) -> str:
    """Return ``48.5k`` or ``1.2M`` from ten thousand on, as `number` below: for narrow columns."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= max(0.9995 * size, 9_999.5):
            digits = 1 if abs(value) < 99.95 * size else 0
            return f"{value / size:.{digits}f}".removesuffix(".0") + unit
    return number(value)
