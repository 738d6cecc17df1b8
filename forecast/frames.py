"""Forecasts, scores and readings as pandas data frames, for a notebook.

>>> from forecast.frames import forecast_frame, readings_frame, scores_frame  # doctest: +SKIP

One row each: of a forecast per scenario and horizon, of scores per mode, horizon and who is scored,
of readings per row of the case's files. Dates are dates, periods text, as the files have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from forecast.ledger import Entry
from forecast.ledger.table import frame_of, rows_of
from forecast.proof.types import Proof
from forecast.readings import Reading
from forecast.record import Forecast

if TYPE_CHECKING:
    import pandas as pd


def forecast_frame(*forecasts: Forecast | tuple[Entry, Forecast]) -> pd.DataFrame:
    """Forecasts as they are exported (`ledger.table`), each with its ledger entry if it has one."""
    pairs: list[tuple[Entry | None, Forecast]] = [
        each if isinstance(each, tuple) else (None, each) for each in forecasts
    ]
    return frame_of(rows_of(pairs))


def scores_frame(proof: Proof) -> pd.DataFrame:
    """Mean losses of forecasts and baselines: all losses, 0 is perfect.

    ``skill_log`` and ``skill_brier`` are the share of a baseline's loss that the forecasts save,
    missing where there are too few to tell; so is ``ranked`` where scenarios have no order.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = [
        {
            "mode": table.mode,
            "horizon": table.horizon,
            "name": row.name,
            "scored": row.scored,
            "issued": table.issued,
            "settled": table.settled,
            "log": row.log,
            "brier": row.brier,
            "ranked": row.ranked,
            **{f"skill_{name}": skill.value for name, skill in row.skill.items()},
        }
        for table in proof.tables
        for row in table.rows
    ]
    columns = ["mode", "horizon", "name", "scored", "issued", "settled", "log", "brier", "ranked"]
    columns += sorted({name for row in rows for name in row} - set(columns))
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"horizon": "Int64", "ranked": "float64"})


def readings_frame(readings: Sequence[Reading] | Iterable[Reading]) -> pd.DataFrame:
    """Readings as the rows of their files; the value of a withdrawal is missing."""
    import pandas as pd

    names = [field.name for field in fields(Reading)]
    frame = pd.DataFrame([[getattr(row, n) for n in names] for row in readings], columns=names)
    frame["period"] = frame["period"].astype(str)
    return frame
