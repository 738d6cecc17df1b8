"""The memo as one page that needs nothing else: no script, no request, any screen, any printer.

Every text is escaped; the policy in the head forbids whatever could be asked for from elsewhere.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from importlib.resources import files

from forecast.report.memo.document import (
    Block,
    Bullets,
    Column,
    Figure,
    Line,
    Memo,
    Paragraph,
    Run,
    Section,
    Table,
    together,
)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MANY = 7  # columns beyond which a narrow screen needs a wider table to scroll in


def page(memo: Memo, charts: Mapping[str, str]) -> str:
    """The page.

    Parameters
    ----------
    memo
        What to say.
    charts
        Every chart of the memo by name, each an ``svg`` element from `charts.inline.inlined`.
    """
    style = files("forecast.report.memo").joinpath("memo.css").read_text("utf-8")
    opening = "\n".join(_block(block, charts) for block in memo.opening)
    sections = "\n".join(_section(section, charts) for section in memo.sections)
    contents = "\n".join(
        f'<li><a href="#{section.id}">{_text(section.heading)}</a></li>'
        for section in memo.sections
    )
    alarm = f'<p class="alarm" role="note"><strong>{_text(memo.alarm)}</strong></p>\n'
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{_text(memo.title)}</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#memo">Skip to the memo</a>
<header>
<h1>{_text(memo.title)}</h1>
</header>
<main id="memo" tabindex="-1">
{alarm if memo.alarm else ""}{opening}
<nav aria-label="Sections">
<ul>
{contents}
</ul>
</nav>
{sections}
</main>
</body>
</html>
"""


def _section(section: Section, charts: Mapping[str, str]) -> str:
    blocks = "\n".join(_block(block, charts) for block in section.blocks)
    heading = f'<h2 id="{section.id}">{_text(section.heading)}</h2>'
    return f'<section aria-labelledby="{section.id}">\n{heading}\n{blocks}\n</section>'


def _block(block: Block, charts: Mapping[str, str]) -> str:
    match block:
        case Paragraph(line, lead):
            return f"<p{' class="lead"' * lead}>{_line(line)}</p>"
        case Bullets(lines):
            items = "\n".join(f"<li>{_line(line)}</li>" for line in lines)
            return f"<ul>\n{items}\n</ul>"
        case Table():
            return _table(block)
        case Figure(name, alt):
            named = f'<svg role="img" aria-label="{_text(alt)}"'
            drawn = charts[name].replace("<svg", named, 1)
            return f'<figure class="chart" tabindex="0">\n{drawn}\n</figure>'


def _table(table: Table) -> str:
    """A table that scrolls within itself, by touch, wheel or arrow keys, where it must."""
    heads = "".join(map(_head, table.columns))
    rows = "\n".join(
        "<tr>" + "".join(map(_cell, table.columns, row, range(len(row)))) + "</tr>"
        for row in table.rows
    )
    label, many = _text(table.label), ' class="many"' * (len(table.columns) > _MANY)
    return (
        f'<section class="wide" aria-label="{label}" tabindex="0">\n<table{many}>\n'
        f"<caption>{label}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table>\n</section>"
    )


def _head(column: Column) -> str:
    aloud = f'<span class="aloud">{_text(column.aloud)}</span>' if column.aloud else ""
    return f'<th scope="col"{_kind(column)}>{_text(column.head)}{aloud}</th>'


def _cell(column: Column, cell: Line, place: int) -> str:
    if place == 0:
        return f'<th scope="row">{_line(cell)}</th>'
    return f"<td{_kind(column)}>{_line(cell)}</td>"


def _kind(column: Column) -> str:
    named = {"number": column.number, "short": column.short, "even": column.even}
    kinds = " ".join(name for name, so in named.items() if so)
    return f' class="{kinds}"' if kinds else ""


def _line(line: Line) -> str:
    return "".join(map(_run, line))


def _run(run: Run) -> str:
    text = _text(run.text)
    if run.emphasis:
        text = f"<em>{text}</em>"
    if run.strong:
        text = f"<strong>{text}</strong>"
    return f'<a href="{_text(run.url)}" rel="noreferrer">{text}</a>' if run.url else text


def _text(text: str) -> str:
    return html.escape(together(text), quote=True)
