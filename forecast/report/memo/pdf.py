"""The memo as PDF, set by Typst: tagged, so that it can be read aloud.

Text reaches Typst as data, never as markup; equal memos give equal bytes on any machine, since only
Typst's own fonts are used and the charts' beside them, but for letters that only an installed font
has.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any

from forecast.errors import Problem, UsageError, extra
from forecast.report.memo.document import Block, Memo, together


def pdf(memo: Memo, charts: Mapping[str, bytes], *fonts: Path) -> bytes:
    """The PDF.

    Parameters
    ----------
    memo
        What to say.
    charts
        Every chart of the memo by name, as SVG.
    fonts
        Folders of fonts for what Typst's own do not have.

    Raises
    ------
    UsageError
        If Typst is not installed.
    """
    try:
        import typst
    except ImportError:
        rule = "must have Typst installed"
        hint = extra("pdf")
        raise UsageError(Problem("--format pdf", rule, hint=hint)) from None
    folders = [str(folder) for folder in fonts]
    made = typst.compile(
        files("forecast.report.memo").joinpath("memo.typ").read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=folders),
        sys_inputs={"memo": json.dumps(data_of(memo))}
        | {f"chart {name}": chart.decode() for name, chart in charts.items()},
        format="pdf",
        timestamp=datetime.combine(memo.day, time(), UTC),
        pdf_standards="ua-1",
    )
    return bytes(made)


def data_of(memo: Memo) -> dict[str, Any]:
    """A memo as plain JSON types, each block with its ``kind``; what ``memo.typ`` reads."""
    return {
        "title": together(memo.title),
        "day": [memo.day.year, memo.day.month, memo.day.day],
        "alarm": together(memo.alarm),
        "opening": [_block(block) for block in memo.opening],
        "sections": [
            {"heading": section.heading, "blocks": [_block(block) for block in section.blocks]}
            for section in memo.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    kind = type(block).__name__.lower()
    return {"kind": kind, **_together(dataclasses.asdict(block))}


def _together(data: Any) -> Any:
    match data:
        case str():
            return together(data)
        case dict():
            return {key: _together(value) for key, value in data.items()}
        case list() | tuple():
            return [_together(item) for item in data]
        case _:
            return data
