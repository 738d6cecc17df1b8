"""How what was expected of indicators fared, in words."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.families import FAMILIES
from forecast.proof.types import (
    EMPIRICAL,
    ETS,
    FEWEST,
    FORECASTS,
    LAST_VALUE,
    SARIMAX,
    SMOOTHED,
    IndicatorRow,
    IndicatorTable,
)
from forecast.report.view import words
from forecast.report.view.sanitise import clean

_BESIDE = (LAST_VALUE, EMPIRICAL, SMOOTHED)
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """Forecasts of an indicator or a baseline. ``beaten``: by this baseline."""

    name: str
    scored: str
    loss: str
    beside: str
    skill: str
    beaten: bool


@dataclass(frozen=True, slots=True)
class IndicatorBlock:
    """One indicator; ``score`` names the loss, ``told`` are coverage, thresholds and PIT."""

    title: str
    score: str
    lines: tuple[ExpectedLine, ...]
    told: str


def build_indicator(table: IndicatorTable) -> IndicatorBlock:
    """Return the block of an indicator that has settled forecasts."""
    scale = FAMILIES[table.family].scale
    parts = f" ({table.partial} in part)" if table.partial else ""
    title = f"{clean(table.name)}: {words.counted(table.issued, 'forecast')}"
    rows = {row.name: row for row in table.rows}
    names = (*_BESIDE, ETS, SARIMAX) if scale == "log" else _BESIDE
    return IndicatorBlock(
        title=f"{title}, {table.settled} settled{parts}, {table.issued - table.settled} open",
        score="RPS" if scale == "level" else "CRPS",
        lines=(
            _line(rows[FORECASTS], table.needed),
            *(_line(rows[name], table.needed) if name in rows else _absent(name) for name in names),
        ),
        told=_told(table),
    )


def _line(row: IndicatorRow, needed: int) -> ExpectedLine:
    if row.name == FORECASTS:
        return ExpectedLine(row.name, str(row.scored), words.rival(row.loss), "", "", beaten=False)
    better = row.loss < row.beside
    told = row.skill
    return ExpectedLine(
        name=row.name,
        scored=str(row.scored),
        loss=words.rival(row.loss, better=better),
        beside=words.loss(row.beside),
        skill=words.saved(told.value, told.low, told.high) if told else words.too_few(needed),
        beaten=better,
    )


def _absent(name: str) -> ExpectedLine:
    fitted = name in (ETS, SARIMAX)
    why = f"never {FEWEST} readings to fit" if fitted else "nothing read before"
    return ExpectedLine(name, "0", "", "", why, beaten=False)


def _told(table: IndicatorTable) -> str:
    said = []
    if table.inside:
        inside = [
            f"{table.inside[share]} in {percent}"
            for share, percent in (("0.5", "50 %"), ("0.9", "90 %"))
        ]
        said.append(f"Of {words.counted(table.settled, 'reading')} {', '.join(inside)}.")
    if table.thresholds:
        scores = [
            f"{name.replace('_', ' ')} {words.loss(ours)} v "
            f"{words.rival(theirs, better=theirs < ours, otherwise='')}"
            for name, (ours, theirs) in table.thresholds.items()
        ]
        said.append(f"Thresholds: {', '.join(scores)}.")
    if table.pit:
        tenths = [0] * _TENTHS
        for pit in table.pit:
            tenths[min(int(_TENTHS * pit), _TENTHS - 1)] += 1
        said.append(f"PIT {words.sparkline(tenths)}")
    return " ".join(said)
