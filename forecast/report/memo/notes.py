"""The analyst's own paragraphs: ``reports/<period>/notes.md``, carried into every memo.

Paragraphs, bullets and simple emphasis are understood; everything else is text as it stands. The
program reads the file and never writes it, so that it survives every new memo.
"""

from __future__ import annotations

import re
from itertools import groupby

from forecast.report.memo.document import Bullets, Line, Paragraph, Run
from forecast.report.view.sanitise import clean

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
    """Return the blocks of a run of lines; one that begins no bullet continues the one before."""
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
