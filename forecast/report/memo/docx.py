"""The memo as a Word document: real headings and tables, the chart with its alternative text.

Equal memos give equal bytes: nothing in the file says when, where or by whom it was made. Text is
only ever the text of a run, so that no field code, macro or formula can come of it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import datetime, time
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from forecast.report.memo.document import (
    Block,
    Bullets,
    Figure,
    Line,
    Memo,
    Paragraph,
    Run,
    Table,
    together,
)

_ZIPPED = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can name
_TITLE = 255  # characters a title may have
_SHORT = 12  # rows of a table that is kept on one page
_MARGIN, _WIDTH = Mm(20), Mm(170)  # of A4
_INK, _LINK = RGBColor(0x1A, 0x1A, 0x1A), RGBColor(0x00, 0x55, 0x8C)


def document(memo: Memo, charts: Mapping[str, bytes]) -> bytes:
    """The document.

    Parameters
    ----------
    memo
        What to say.
    charts
        Every chart of the memo by name, as PNG.
    """
    made = Document()
    _style(made)
    _about(made, memo)
    if memo.alarm:
        _line(made.add_paragraph(), (Run(memo.alarm, strong=True),))
    made.add_heading(together(memo.title), level=1)
    for block in memo.opening:
        _block(made, block, charts)
    for section in memo.sections:
        made.add_heading(together(section.heading), level=2)
        for block in section.blocks:
            _block(made, block, charts)
    file = BytesIO()
    made.save(file)
    return _undated(file.getvalue())


def _style(made: Any) -> None:
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = _MARGIN
    for name, size, before in (("Normal", 10.5, 0), ("Heading 1", 18, 0), ("Heading 2", 13, 14)):
        style = made.styles[name]
        style.font.size, style.font.color.rgb = Pt(size), _INK
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(6)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in [key for key in fonts.attrib if "Theme" in key]:
            del fonts.attrib[theme]
        style.font.name = "Calibri"
    for border in made.styles["Table Grid"].element.iter(qn("w:tblBorders")):
        for side in border:
            side.set(qn("w:color"), "BFBFBF")
    made.styles["List Bullet"].paragraph_format.space_after = Pt(3)


def _about(made: Any, memo: Memo) -> None:
    """Say what it is, and nothing of who made it when: the as-of stands for every date."""
    about = made.core_properties
    about.title, about.language, about.revision = memo.title[:_TITLE], "en", 1
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.created = about.modified = datetime.combine(memo.day, time())


def _block(made: Any, block: Block, charts: Mapping[str, bytes]) -> None:
    match block:
        case Paragraph(line, lead):
            paragraph = made.add_paragraph()
            _line(paragraph, line, Pt(14) if lead else None)
        case Bullets(lines):
            for line in lines:
                _line(made.add_paragraph(style="List Bullet"), line)
        case Table():
            _table(made, block)
        case Figure(name, alt):
            picture = made.add_picture(BytesIO(charts[name]), width=_WIDTH)
            about = picture._inline.docPr  # python-docx has no name for alternative text
            about.set("name", f"Chart: {name}")
            about.set("descr", together(alt))


def _table(made: Any, table: Table) -> None:
    shares = sum(column.share for column in table.columns)
    drawn = made.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    drawn.autofit = False
    properties = drawn._tbl.tblPr
    properties.append(_element("w:tblCaption", table.label))
    for column, cell in zip(table.columns, drawn.rows[0].cells, strict=True):
        _cell(cell, (Run(column.head or column.aloud, strong=True),), number=column.number)
    drawn.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader", "true"))
    for row in table.rows:
        added = drawn.add_row()
        added._tr.get_or_add_trPr().append(_element("w:cantSplit", "true"))
        for column, cell, line in zip(table.columns, added.cells, row, strict=True):
            _cell(cell, line, number=column.number, even=column.even)
    for row in drawn.rows[:-1] if len(table.rows) <= _SHORT else ():
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    for number, column in enumerate(table.columns):
        width = Emu(_WIDTH * column.share // shares)
        drawn.columns[number].width = width
        for cell in drawn.columns[number].cells:
            cell.width = width
    made.add_paragraph().paragraph_format.space_after = Pt(0)


def _cell(cell: Any, line: Line, *, number: bool, even: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    if number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _line(paragraph, line, Pt(6.5 if even else 8.5))
    for run in paragraph.runs if even else ():
        run.font.name = "DejaVu Sans Mono"


def _line(paragraph: Any, line: Line, size: Pt | None = None) -> None:
    for run in line:
        added = paragraph.add_run(together(run.text))
        added.bold, added.italic = run.strong or None, run.emphasis or None
        if size is not None:
            added.font.size = size
        if run.url:
            added.font.color.rgb, added.font.underline = _LINK, True
            _link(paragraph, added, run.url)


def _link(paragraph: Any, added: Any, url: str) -> None:
    """Put a run into a hyperlink; python-docx reads them and cannot make them."""
    place = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    element = OxmlElement("w:hyperlink")
    element.set(qn("r:id"), place)
    element.append(added._r)
    paragraph._p.append(element)


def _element(name: str, value: str) -> Any:
    element = OxmlElement(name)
    element.set(qn("w:val"), value)
    return element


def _undated(data: bytes) -> bytes:
    """A zip file whose members carry no time."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for member in old.infolist():
            kept = zipfile.ZipInfo(member.filename, _ZIPPED)
            kept.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(kept, old.read(member.filename))
    return file.getvalue()
