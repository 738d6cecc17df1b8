"""The sample's memo as page, Word document and PDF, and what is told in each."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from msgspec import structs

from forecast.record import Forecast
from forecast.report.charts.inline import bytes_of, inlined
from forecast.report.charts.style import fonts_folder
from forecast.report.memo import Memo, build_memo, parsed
from forecast.report.memo.docx import document
from forecast.report.memo.html import page
from forecast.report.memo.pdf import pdf
from forecast.report.view.build import build_view
from forecast.report.view.explain import build_explain

from .drawn import CHARTS, moved
from .hostile import HOSTILE, hostile
from .sample import ENTRY, make

EVIL = (
    f'{HOSTILE} <img src=x onerror=alert(1)> "><script>alert(2)</script> [x](javascript:alert(3)) '
    '=cmd|"/c calc"!A1 {{ HYPERLINK "http://evil.example" }} {DDEAUTO c:\\\\x} #panic("y") $x$ '
    "</title></style></svg>--> &lt;b&gt;"
)
WEB = re.compile(r"https?://example\.org/")


def evil() -> tuple[Forecast, Memo]:
    """A forecast with hostile text everywhere, and its memo with hostile notes."""
    forecast = hostile(EVIL)
    url = "javascript:alert(1)//https://example.org/"
    forecast = structs.replace(
        forecast, indicators=[structs.replace(i, url=url) for i in forecast.indicators]
    )
    view = build_view(forecast, entry=ENTRY, live_scored=0)
    notes = parsed(f"{EVIL}\n\n- {EVIL}\n\n# **{EVIL}**")
    found = dataclasses.replace(moved(forecast), failures=(EVIL,))
    return forecast, build_memo(view, notes=notes, moved=build_explain(found))


def memo(forecast: Forecast) -> Memo:
    view = build_view(forecast, entry=ENTRY, live_scored=0)
    return build_memo(view, moved=build_explain(moved(forecast)))


def drawn(forecast: Forecast, ending: str) -> dict[str, bytes]:
    """Return the charts of a memo; those of the sample are drawn once."""
    return sample_charts(ending) if forecast == make() else charts_of(forecast, ending)


@cache
def sample_charts(ending: str) -> dict[str, bytes]:
    return charts_of(make(), ending)


def charts_of(forecast: Forecast, ending: str) -> dict[str, bytes]:
    def bytes_as(draw: Callable[[Forecast, Path], None]) -> bytes:
        return bytes_of(lambda path: draw(forecast, path), ending)

    return {name: bytes_as(CHARTS[name]) for name in ("scenarios", "waterfall", "watch")}


def as_page(forecast: Forecast, said: Memo) -> str:
    return page(said, {name: inlined(name, svg) for name, svg in drawn(forecast, "svg").items()})


def as_word(forecast: Forecast, said: Memo) -> bytes:
    return document(said, drawn(forecast, "png"))


def as_pdf(forecast: Forecast, said: Memo) -> bytes:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    return pdf(said, drawn(forecast, "svg"), fonts_folder())


class Page(HTMLParser):
    """Elements with their attributes, and the text outside style sheets."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("p", "li", "th", "td"):
            self.text += " "  # what stands apart on the page is apart as text
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag  # every element is closed, in order

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def figures(text: str) -> set[str]:
    """Every per cent that a text holds."""
    return set(re.findall(r"[<>]?\d+ %", text.replace("\u00a0", " ")))


def word_text(data: bytes) -> str:
    return " ".join(
        node.text or ""
        for node in Document(io.BytesIO(data)).element.iter()
        if (node.tag.endswith("}t"))
    )


def texts(data: Any) -> list[str]:
    match data:
        case str():
            return [data]
        case dict():
            return [text for value in data.values() for text in texts(value)]
        case list():
            return [text for value in data for text in texts(value)]
        case _:
            return []
