"""The memo as page, Word document and PDF: the same figures, the same bytes, and inert text."""

from __future__ import annotations

import dataclasses
import io
import re
import unicodedata
import zipfile

import pytest
from docx import Document

from forecast.report.charts.style import fonts_folder
from forecast.report.memo import build_memo, markdown
from forecast.report.memo.document import Column, Run, Table, together
from forecast.report.memo.docx import document
from forecast.report.memo.pdf import data_of, pdf
from forecast.report.view.build import build_view
from forecast.report.view.explain import build_explain

from .drawn import moved
from .formats import Page, as_page, as_pdf, as_word, evil, memo, texts, word_text
from .sample import ENTRY, make


def test_what_is_odd_of_an_explanation_is_said_below_it() -> None:
    view = build_view(make(), entry=ENTRY, live_scored=0)
    odd = build_explain(dataclasses.replace(moved(make()), ess=41.2, failures=("R-hat 1.02",)))
    text = markdown(build_memo(view, moved=odd), {"waterfall": "charts/waterfall.png"})
    section = text.split("## What moved, and why\n\n")[1].split("\n\n## ")[0]
    before, after = re.split(
        r"\n\n!\[FIT NOT OK\..* Waterfall .*\]\(charts/waterfall.png\)\n\n", section
    )
    assert before.count("Change against entry ") == section.count("Change against entry ")
    assert after.startswith("- FIT NOT OK: R-hat 1.02.")
    assert "\n- Of 40 combinations of causes" in after


def test_equal_memos_give_equal_bytes() -> None:
    forecast = make()
    assert as_page(forecast, memo(forecast)) == as_page(forecast, memo(forecast))
    assert as_word(forecast, memo(forecast)) == as_word(forecast, memo(forecast))


def test_equal_memos_give_equal_pdfs() -> None:
    forecast = make()
    made = as_pdf(forecast, memo(forecast))
    assert made.startswith(b"%PDF")
    assert made == as_pdf(forecast, memo(forecast))


def test_page_is_built_for_keyboard_and_screen_reader() -> None:
    shown = Page(as_page(make(), memo(make())))
    assert shown.open == []
    assert len(shown.named("figure")) == len(shown.named("svg")) == 3
    assert shown.named("html") == [{"lang": "en"}]
    assert len(shown.named("h1")) == len(shown.named("main")) == len(shown.named("nav")) == 1
    assert {th.get("scope") for th in shown.named("th")} == {"col", "row"}
    assert len(shown.named("caption")) == len(shown.named("table")) == 3
    ids = [attributes["id"] for _, attributes in shown.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {str(a["href"])[1:] for a in shown.named("a") if str(a["href"]).startswith("#")}
    assert targets <= set(ids)
    assert (
        shown.elements[[tag for tag, _ in shown.elements].index("body") + 1][1]["class"] == "skip"
    )


def test_page_asks_for_nothing_from_elsewhere() -> None:
    text = as_page(make(), memo(make()))
    shown = Page(text)
    policy = next(m["content"] for m in shown.named("meta") if "http-equiv" in m)
    assert str(policy).startswith("default-src 'none'")
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in shown.elements}
    assert not re.search(r"url\((?!#)|@import", text)
    assert all("src" not in attributes for _, attributes in shown.elements)


def test_page_keeps_hostile_text_inert() -> None:
    shown = Page(as_page(*evil()))
    tags = {tag for tag, _ in shown.elements}
    assert not tags & {"script", "img", "b", "iframe"}
    assert not [k for _, attributes in shown.elements for k in attributes if k.startswith("on")]
    assert all(str(a["href"]).startswith(("#", "https://")) for a in shown.named("a"))
    assert "<script>alert(1)</script>" in shown.text
    assert clean_everywhere(shown.text)


def test_word_document_has_headings_tables_and_a_described_picture() -> None:
    made = Document(io.BytesIO(as_word(make(), memo(make()))))
    styles = [paragraph.style.name for paragraph in made.paragraphs if paragraph.style]
    assert styles.count("Heading 1") == 1
    assert styles.count("Heading 2") == len(memo(make()).sections)
    assert [len(table.columns) for table in made.tables] == [8, 2, 8]
    assert all(table.rows[0]._tr.xpath("w:trPr/w:tblHeader") for table in made.tables)
    assert "Sustained air campaign 52" in made.element.xpath("//wp:docPr/@descr")[0]


def test_a_short_table_of_the_word_document_stays_on_one_page() -> None:
    def kept(rows: int) -> list[bool | None]:
        line = (Run("a"),)
        table = Table("One", (Column("A"), Column("B")), ((line, line),) * rows)
        said = dataclasses.replace(memo(make()), opening=(table,), sections=())
        [drawn] = Document(io.BytesIO(document(said, {}))).tables
        return [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in drawn.rows]

    assert kept(12) == [True] * 12 + [None]
    assert kept(13) == [None] * 14


def test_no_line_ends_where_it_should_not() -> None:
    assert together("At week 48 by 5 % of a week or 4 weeks") == (
        "At week\u00a048 by 5\u00a0% of a week or 4 weeks"
    )


def test_word_document_says_nothing_of_who_made_it_and_when() -> None:
    data = as_word(make(), memo(make()))
    about = Document(io.BytesIO(data)).core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert str(about.created)[:10] == str(about.modified)[:10] == "2024-12-02"
    with zipfile.ZipFile(io.BytesIO(data)) as members:
        assert {member.date_time[0] for member in members.infolist()} == {1980}


def test_word_document_keeps_hostile_text_inert() -> None:
    data = as_word(*evil())
    with zipfile.ZipFile(io.BytesIO(data)) as members:
        body = members.read("word/document.xml").decode()
        related = members.read("word/_rels/document.xml.rels").decode()
    assert not re.search(r"<w:(instrText|fldSimple|fldChar|object|script)", body)
    outside = re.findall(r'Target="([^"]*)"[^>]*TargetMode="External"', related)
    assert all(target.startswith("https://") for target in outside)
    assert "javascript:alert(3)" in word_text(data)
    assert clean_everywhere(word_text(data))


def test_pdf_keeps_hostile_text_inert() -> None:
    forecast, said = evil()
    made = as_pdf(forecast, said)
    assert not re.search(rb"/JavaScript|/JS\b|/Launch|/EmbeddedFile", made)
    assert not [
        uri for uri in re.findall(rb"/URI\s*\(([^)]*)", made) if not uri.startswith(b"http")
    ]
    assert clean_everywhere(str(texts(data_of(said))))


def test_pdf_without_typst_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from forecast.errors import UsageError

    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(UsageError, match=r"pip install '\.\[pdf\]'"):
        pdf(memo(make()), {}, fonts_folder())


def clean_everywhere(text: str) -> bool:
    """Tell whether no escape, control or bidirectional override is left in a text."""
    text = text.replace("\n", " ")
    return not [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")]
