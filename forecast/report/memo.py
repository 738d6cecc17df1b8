"""The memo in Markdown: what a reader can act on, then what it rests on.

Every string of the View is escaped here, so that no name, note or URL can become markup; only
``http`` and ``https`` addresses become links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from forecast.report.view.types import View

_MARKUP = re.compile(r"([\\`*_\[\]|~#$])")
_BLOCK_START = re.compile(r"^(\d*)([-+=.)])(?=\s|$|[-=])")
_URL_SAFE = "%/:=?~+!,;@.-_&"


def memo_markdown(view: View, *, chart: str | None = None) -> str:
    """Return the memo.

    Parameters
    ----------
    view
        What to say.
    chart
        Path of the scenario chart as seen from the memo, ``charts/scenarios.png``; None without.
    """
    return (
        "\n\n".join(
            block
            for block in (
                f"**{escape(view.alarm)}**" if view.alarm else "",
                f"# {escape(view.case)}: {escape(view.period)}",
                f"Forecast {escape(view.as_known)}.",
                f"**{escape(view.bottom_line)}**",
                escape(view.confidence),
                f"![{escape(view.alt_text)}]({_destination(chart)})" if chart else "",
                "## Scenarios",
                _scenarios(view),
                "## What moved, and why",
                _bullets([view.moved, *view.why, view.compared]),
                "## What to watch",
                _watch(view),
                "## Missing, old or held",
                _bullets([*_gaps(view), view.held]) or "Nothing.",
                "## Method and limits",
                _bullets([*view.method, view.surprises]),
                "## Sources",
                _sources(view) or "None read.",
                "## Record",
                _bullets([view.fit, view.entry, view.skill, f"Fingerprint {view.fingerprint}"]),
            )
            if block
        )
        + "\n"
    )


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, in a paragraph, a list item or a table cell."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BLOCK_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", text))


def link(text: str, url: str) -> str:
    """Return a link if the address is of the web, else text and address as plain text."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in ("http", "https") and parts.netloc:
        return f"[{escape(text)}]({_destination(url)})"
    return f"{escape(text)} ({escape(url)})" if url else escape(text)


def _destination(url: str) -> str:
    return quote(url, safe=_URL_SAFE).replace("&", "&amp;")


def _scenarios(view: View) -> str:
    main, ever = view.main_horizon, view.main_ever
    heads = ["Scenario", "Now", "", "90 % range"]
    if view.since:
        heads.append(f"Since {view.since}, points")
    heads += [view.horizon_headings[main].capitalize(), view.ever_headings[ever].capitalize()]
    rows = []
    for row in view.scenarios:
        cells = [row.name, row.now, row.word, row.range]
        if view.since:
            cells.append(row.change)
        rows.append([*cells, row.horizons[main], row.ever[ever]])
    return _table(heads, rows)


def _watch(view: View) -> str:
    heads = ["Indicator", "Latest", view.recent_heading, "Grade", "State", "Question"]
    heads += [f"At warning {view.next_period}", f"Expected {view.next_period}"]
    rows = [
        [
            row.name,
            row.latest,
            row.sparkline,
            row.grade,
            row.state,
            row.question,
            row.warning,
            row.expected,
        ]
        for row in view.watch
    ]
    return _table(heads, rows)


def _gaps(view: View) -> list[str]:
    return [
        f"{row.name}: {row.due}; latest reading {row.reading}." for row in view.watch if row.due
    ]


def _sources(view: View) -> str:
    lines = [
        f"- {escape(row.name)}: {escape(row.reading)}; {link(row.published, row.url)}"
        for row in view.watch
        if row.published
    ]
    lines += [f"- {escape(event.name)}: {link(event.known, event.url)}" for event in view.events]
    return "\n".join(lines)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([escape(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {escape(line)}" for line in lines if line)
