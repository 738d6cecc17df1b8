"""Terminal, memo and charts of one forecast show the same figures."""

from __future__ import annotations

import io
import re

import pytest
from docx import Document

from forecast.report.memo import escape, markdown
from forecast.report.memo.document import together
from forecast.report.memo.pdf import data_of
from forecast.report.terminal.explain import render_explain
from forecast.report.terminal.watch import render_first_screen
from forecast.report.view.build import build_view
from forecast.report.view.explain import build_explain

from .drawn import CHARTS, moved, written
from .formats import Page, as_page, as_word, figures, memo, texts, word_text
from .sample import ENTRY, make
from .test_terminal import printed


def test_terminal_memo_and_chart_show_the_same_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    forecast = make()
    view, said = build_view(forecast, entry=ENTRY, live_scored=0), memo(forecast)
    now = {row.now for row in view.scenarios}
    alts = [each["aria-label"] or "" for each in Page(as_page(forecast, said)).named("svg")]
    alt = alts[0]
    screen = figures(printed(lambda console: render_first_screen(view, console), 80))
    plain, web = figures(markdown(said).replace("&lt;", "<")), Page(as_page(forecast, said)).text
    assert len(now) >= 5
    assert now <= figures(alt)
    assert figures(alt) - {"90 %"} == now
    assert now <= screen
    assert plain == figures(web)
    assert plain == figures(word_text(as_word(forecast, said)))
    assert screen - plain <= {"100 %"}
    set_from = figures(" ".join(texts(data_of(said))))  # of the PDF
    assert plain <= set_from <= plain | figures(" ".join(alts))
    chart, fan, watch = (
        figures(" ".join(text for text, _ in written(monkeypatch, CHARTS[name], forecast)))
        for name in ("scenarios", "horizon", "watch")
    )
    axis = {"0 %", "50 %", "100 %", "90 %"}
    assert now <= chart
    assert chart - axis <= plain
    ahead = {row.horizons[-1] for row in view.scenarios} | {row.ever[-1] for row in view.scenarios}
    assert now | ahead <= fan
    assert {row.warning for row in view.watch} <= watch <= plain | axis


def test_terminal_memo_and_waterfall_show_the_same_points(monkeypatch: pytest.MonkeyPatch) -> None:
    forecast = make()
    view, found = build_view(forecast, entry=ENTRY, live_scored=0), build_explain(moved(forecast))
    [row] = [row for row in view.scenarios if row.name == found.headings[0]]
    steps = [(cause.name, cause.points[0]) for cause in found.causes]
    told = "; ".join(" ".join(step) for step in steps)
    assert row.change.replace("down ", "-") == found.total[0] == "-69"
    assert sum(int(points) for _, points in steps) == -69
    alt = {figure.name: figure.alt for figure in memo(forecast).figures()}["waterfall"]
    assert f"to {row.now}, in points: {told}; in all -69." in alt
    said = memo(forecast)
    assert escape(alt) in markdown(said, {"waterfall": "waterfall.png"})
    shown = [each["aria-label"] for each in Page(as_page(forecast, said)).named("svg")]
    assert together(alt) in shown
    word = Document(io.BytesIO(as_word(forecast, said)))
    assert together(alt) in word.element.xpath("//wp:docPr/@descr")
    assert together(alt) in texts(data_of(said))
    screen = printed(lambda console: render_explain(found, console), 120)
    drawn = [text for text, _ in written(monkeypatch, CHARTS["waterfall"], forecast)]
    for name, points in steps:
        assert re.search(rf"^ *{re.escape(name)} +{re.escape(points)} ", screen, re.MULTILINE)
        assert {name, points} <= set(drawn)
    assert f"{row.now}\n-69 in all" in drawn
