"""The memo in Markdown: every text escaped, so that none of it can become markup."""

from __future__ import annotations

import re
from collections.abc import Mapping

from forecast.report.memo.document import (
    Block,
    Bullets,
    Figure,
    Line,
    Memo,
    Paragraph,
    Run,
    Table,
    quoted,
    source,
)

_MARKUP = re.compile(r"([\\`*_\[\]|~#$])")
_BLOCK_START = re.compile(r"^(\d*)([-+=.)])(?=\s|$|[-=])")


def markdown(memo: Memo, charts: Mapping[str, str] | None = None) -> str:
    """The memo.

    Parameters
    ----------
    memo
        What to say.
    charts
        Paths of charts by name, as seen from the memo: ``charts/scenarios.png``; the others are
        left out.
    """
    blocks = [f"**{escape(memo.alarm)}**" if memo.alarm else "", f"# {escape(memo.title)}"]
    blocks += [_block(block, charts or {}) for block in memo.opening]
    for section in memo.sections:
        blocks.append(f"## {escape(section.heading)}")
        blocks += [_block(block, charts or {}) for block in section.blocks]
    return "\n\n".join(block for block in blocks if block) + "\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, in a paragraph, a list item or a table cell."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BLOCK_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", text))


def link(text: str, url: str) -> str:
    """A link if the address is of the web, else text and address as plain text."""
    return _line(source(text, url))


def _block(block: Block, charts: Mapping[str, str]) -> str:
    match block:
        case Paragraph(line):
            return _line(line)
        case Bullets(lines):
            return "\n".join(f"- {_line(line)}" for line in lines)
        case Table():
            return _table(block)
        case Figure(name, alt):
            chart = charts.get(name)
            return f"![{escape(alt)}]({_ampersands(quoted(chart))})" if chart else ""


def _table(table: Table) -> str:
    lines = [
        [escape(column.head or column.aloud) for column in table.columns],
        ["--:" if column.number else "---" for column in table.columns],
        *([_line(cell) for cell in row] for row in table.rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _line(line: Line) -> str:
    return "".join(map(_run, line))


def _run(run: Run) -> str:
    marks = "**" * run.strong + "*" * run.emphasis
    text = f"{marks}{escape(run.text)}{marks}"
    return f"[{text}]({_ampersands(run.url)})" if run.url else text


def _ampersands(url: str) -> str:
    return url.replace("&", "&amp;")
