"""What a memo says, in order: what a reader can act on first, then what it rests on.

Built from the View and the `Grounds` alone; nothing here formats a number.

The analyst's own paragraphs, ``reports/<period>/notes.md``, go into every memo (`parsed`):
paragraphs, bullets and simple emphasis are understood, everything else is text as it stands. The
program reads the file and never writes it, so that it survives every new memo.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

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
    plain,
    source,
)
from forecast.report.view.explain import ExplainView
from forecast.report.view.grounds import Grounds
from forecast.report.view.sanitise import clean
from forecast.report.view.types import View

_NO_GROUNDS = Grounds((), (), (), "", (), "")


def build_memo(
    view: View,
    grounds: Grounds = _NO_GROUNDS,
    notes: Sequence[Paragraph | Bullets] = (),
    moved: ExplainView | None = None,
) -> Memo:
    """Return what the memo says.

    Parameters
    ----------
    view
        The forecast in words.
    grounds
        What it rests on: assumptions and readings.
    notes
        The analyst's own paragraphs, as `notes.parsed` reads them.
    moved
        The explanation of the change the view shows, if one is at hand.
    """
    sections = (
        ("scenarios", "Scenarios", (_scenarios(view),)),
        ("moved", "What moved, and why", _moved(view, moved)),
        ("notes", "Analyst's notes", tuple(notes)),
        ("wrong", "What to expect if we are wrong", _wrong(view, grounds)),
        ("watch", "What to watch", (*_said(view.alerts), *_said(view.doubted), *_watch(view))),
        ("gaps", "Missing, old or held", _bullets([*_gaps(view), view.held], "Nothing.")),
        ("assumptions", "Key assumptions", _assumptions(grounds)),
        ("method", "Method and limits", _bullets([*view.method, view.surprises])),
        ("sources", "Sources", _sources(view)),
        ("record", "Record", _bullets([view.fit, view.entry, *view.record, _fingerprint(view)])),
        ("readings", "Every reading used", _readings(grounds)),
    )
    return Memo(
        title=f"{view.case}: {view.period}",
        day=view.known_on,
        alarm=view.alarm,
        opening=(
            Paragraph(plain(f"Forecast {view.as_known}.")),
            Paragraph((Run(view.bottom_line, strong=True),), lead=True),
            Paragraph(plain(" ".join(filter(None, (view.confidence, view.hangs))))),
            Figure("scenarios", view.alt_text),
        ),
        sections=tuple(Section(*parts) for parts in sections if parts[2]),
    )


def _scenarios(view: View) -> Table:
    main, ever = view.main_horizon, view.main_ever
    columns = [
        Column("Scenario", share=6),
        Column(_one_line(view.past_heading), number=True, share=3),
    ]
    if view.since:
        columns.append(Column(f"Since {view.since}, points", number=True, share=4))
    columns += [
        Column(_one_line(view.horizon_headings[0]), number=True, share=3),
        Column("", short=True, aloud="In words", share=5),
    ]
    if view.swing_heading:
        columns.append(Column(_one_line(view.swing_heading), number=True, share=3))
    if main:
        columns.append(Column(_one_line(view.horizon_headings[main]), number=True, share=3))
    columns.append(Column(_one_line(view.ever_headings[ever]), number=True, share=3))
    rows = []
    for row in view.scenarios:
        cells = [row.name, row.now, *([row.change] if view.since else [])]
        cells += [row.horizons[0], row.word, *([row.swing] if view.swing_heading else [])]
        rows.append([*cells, *([row.horizons[main]] if main else []), row.ever[ever]])
    return _table("Probability of each scenario", columns, rows)


def _one_line(heading: str) -> str:
    text = heading.replace("\n", " ")
    return text[0].upper() + text[1:]


def _moved(view: View, moved: ExplainView | None) -> tuple[Block, ...]:
    said = _bullets([view.moved, *view.why, view.compared])
    if moved is None:
        return said
    odd = [line for line in (moved.alarm, *moved.notes) if line not in (view.alarm, view.compared)]
    return (*said, Figure("waterfall", moved.alt_text), *_bullets(odd))


def _watch(view: View) -> tuple[Block, ...]:
    columns = [
        Column("Indicator", share=8),
        Column("Latest", short=True, share=6),
        Column(view.recent_heading, short=True, even=True, share=7),
        Column("Grade", share=4),
        Column("State", short=True, share=6),
        Column("Question", share=11),
        Column(f"At warning {view.next_period}", number=True, share=6),
        Column(f"Expected {view.next_period}", number=True, share=9),
    ]
    rows = [
        [
            row.name,
            row.latest,
            row.sparkline,
            row.grade,
            row.state,
            row.question,
            row.chance,
            row.expected,
        ]
        for row in view.watch
    ]
    return _table("The watch list", columns, rows), Figure("watch", view.watch_alt)


def _wrong(view: View, grounds: Grounds) -> tuple[Block, ...]:
    """Return what would surprise us, beside what was judged usual under the main scenarios."""
    columns = [
        Column("Indicator", share=2),
        Column(f"Would surprise us {view.next_period}", share=4),
        *(Column(f"Usual under {name}", share=3) for name in grounds.under),
    ]
    rows = []
    for n, (name, surprise) in enumerate(view.surprising):
        usual = grounds.usual[n] if n < len(grounds.usual) else ("-",) * len(grounds.under)
        rows.append([name, surprise, *usual])
    said = view.surprising_rule + (f" {grounds.usual_rule}" if grounds.usual else "")
    return (Paragraph(plain(said)), _table("What would surprise us", columns, rows)) if rows else ()


def _gaps(view: View) -> list[str]:
    return [f"{row.name}: {row.due}; latest: {row.reading}." for row in view.watch if row.due]


def _assumptions(grounds: Grounds) -> tuple[Block, ...]:
    lines = tuple((Run(f"{name}:", strong=True), Run(f" {text}")) for name, text in grounds.assumes)
    return (Bullets(lines),) if lines else ()


def _sources(view: View) -> tuple[Block, ...]:
    lines: list[Line] = [
        (Run(row.name), Run(": "), Run(row.reading), Run("; "), *source(row.published, row.url))
        for row in view.watch
        if row.published
    ]
    lines += [
        (Run(event.name), Run(": "), *source(event.known, event.url)) for event in view.events
    ]
    return (Bullets(tuple(lines)) if lines else Paragraph(plain("None read.")),)


def _readings(grounds: Grounds) -> tuple[Block, ...]:
    if not grounds.readings:
        return ()
    columns = (
        Column("Indicator", share=3),
        Column("Period", share=2),
        Column("Reading", number=True, share=3),
        Column("Grade", share=2),
        Column("Source", share=3),
        Column("Published", short=True, share=3),
    )
    rows = tuple(
        (
            plain(row.name),
            plain(row.period),
            plain(row.value),
            plain(row.grade),
            source(row.source, row.url),
            plain(row.published),
        )
        for row in grounds.readings
    )
    table = Table("Every reading used, with grade and source", columns, rows)
    return (Paragraph(plain(grounds.note)), table) if grounds.note else (table,)


def _fingerprint(view: View) -> str:
    return f"Fingerprint {view.fingerprint}"


def _table(label: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> Table:
    return Table(label, tuple(columns), tuple(tuple(map(plain, row)) for row in rows))


def _bullets(lines: Sequence[str], otherwise: str = "") -> tuple[Block, ...]:
    said = tuple(plain(line) for line in lines if line)
    if said:
        return (Bullets(said),)
    return _said(otherwise)


def _said(text: str) -> tuple[Block, ...]:
    return (Paragraph(plain(text)),) if text else ()


_BULLET = re.compile(r"\s*[-*+]\s+(?=\S)")
_STYLED = re.compile(
    r"\*\*(?P<strong>[^*\s](?:[^*]*[^*\s])?)\*\*"
    r"|\*(?P<star>[^*\s](?:[^*]*[^*\s])?)\*"
    r"|(?<!\w)_(?P<line>[^_\s](?:[^_]*[^_\s])?)_(?!\w)"
)


def parsed(text: str) -> tuple[Paragraph | Bullets, ...]:
    """Return notes as blocks: an empty line ends a paragraph, ``-`` or ``*`` begins a bullet."""
    blocks: list[Paragraph | Bullets] = []
    for empty, lines in groupby(text.splitlines(), key=lambda line: not line.strip()):
        if not empty:
            blocks += _blocks(list(lines))
    return tuple(blocks)


def _blocks(lines: list[str]) -> list[Paragraph | Bullets]:
    """The blocks of a run of lines; one that begins no bullet continues the one before."""
    before: list[str] = []
    bullets: list[str] = []
    for line in lines:
        if (mark := _BULLET.match(line)) is not None:
            bullets.append(line[mark.end() :])
        elif bullets:
            bullets[-1] += f" {line}"
        else:
            before.append(line)
    blocks: list[Paragraph | Bullets] = []
    if said := _styled(clean(" ".join(before))):
        blocks.append(Paragraph(said))
    if listed := tuple(line for line in (_styled(clean(bullet)) for bullet in bullets) if line):
        blocks.append(Bullets(listed))
    return blocks


def _styled(text: str) -> Line:
    runs, end = [], 0
    for found in _STYLED.finditer(text):
        runs.append(Run(text[end : found.start()]))
        strong, star, line = found.group("strong", "star", "line")
        runs.append(Run(strong or star or line, strong=bool(strong), emphasis=not strong))
        end = found.end()
    return tuple(run for run in [*runs, Run(text[end:])] if run.text)
