"""What every chart owes: equal bytes, texts in their place, a finding, words for who cannot see."""

from __future__ import annotations

import dataclasses
import itertools
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from msgspec import structs

from forecast.record import Forecast
from forecast.report.charts.waterfall import waterfall_chart
from forecast.report.view import captions, model_captions
from forecast.report.view.explain import build_explain

from .drawn import CHARTS, moved, priors, proof, written
from .hostile import hostile
from .sample import make

START = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}
SHOWN = {
    "scenarios": "Sustained air campaign 52 % (90 % range 27-74)",
    "horizon": "Sustained air campaign 52 %, 52 % in 1 week",
    "watch": "Sorties: 52 in week 48, 1 of 7 days",
    "priors": "Opposition breakthrough asked 10 (one in ten above 40), believed 11",
    "calibration": "of 6 called 60-90 % 17 % came true",
    "waterfall": "Sorties",
}
LONG = "An offensive of the opposition's allies that nobody in the capital had foreseen " * 3
NAMES = {
    "long": LONG,
    "Arabic": "هجوم المعارضة في شمال غرب سوريا وتصاعد الغارات الجوية الروسية والسورية على إدلب",
}


def renamed(name: str) -> Forecast:
    """The sample with every name set to one that begins with a number, so that they differ."""
    forecast = make(case=name)
    return structs.replace(
        forecast,
        scenarios=[
            structs.replace(s, name=f"{k} {name}") for k, s in enumerate(forecast.scenarios)
        ],
        indicators=[
            structs.replace(
                i, name=f"{k} {name}", unit=name, level_names=[name for _ in i.level_names]
            )
            for k, i in enumerate(forecast.indicators)
        ],
    )


@pytest.mark.parametrize("suffix", START)
@pytest.mark.parametrize("chart", CHARTS)
def test_same_input_same_bytes_that_say_what_they_show(
    tmp_path: Path, chart: str, suffix: str
) -> None:
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    CHARTS[chart](make(), one)
    CHARTS[chart](make(), two)
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes().startswith(START[suffix])
    if suffix != ".pdf":  # where it is compressed
        assert SHOWN[chart] in one.read_bytes().decode("latin-1")


@pytest.mark.parametrize("names", ["as they are", *NAMES])
@pytest.mark.parametrize("chart", CHARTS)
def test_every_text_has_its_place(monkeypatch: pytest.MonkeyPatch, chart: str, names: str) -> None:
    forecast = renamed(NAMES[names]) if names in NAMES else make()
    texts = written(monkeypatch, CHARTS[chart], forecast)
    assert len(texts) > 8
    outside = [text for text, box in texts if min(box.x0, box.y0) < 0 or max(box.x1, box.y1) > 1]
    assert outside == []
    over = [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(texts, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 0.002 and min(a.y1, b.y1) - max(a.y0, b.y0) > 0.003
    ]
    assert over == []


@pytest.mark.parametrize("chart", ["scenarios", "horizon", "watch"])
def test_a_failed_fit_is_said_above_the_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chart: str
) -> None:
    failed = make(fit=structs.replace(make().fit, ok=False, failures=["R-hat 1.02"]))
    CHARTS[chart](failed, tmp_path / "a.svg")
    assert "FIT NOT OK. Do not act on these numbers" in (tmp_path / "a.svg").read_text("utf-8")
    texts = written(monkeypatch, CHARTS[chart], failed)
    [alarm] = [box for text, box in texts if text.startswith("FIT NOT OK. Do not act")]
    assert all(box.y1 < alarm.y0 for text, box in texts if box is not alarm)


def test_a_failed_fit_of_an_explanation_is_said_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = build_explain(dataclasses.replace(moved(make()), failures=("R-hat 1.02",)))
    texts = written(monkeypatch, lambda _, path: waterfall_chart(found, path), make())
    assert [text for text, _ in texts if text.startswith("FIT NOT OK.")]
    assert found.alt_text.startswith("FIT NOT OK.")


@pytest.mark.parametrize("chart", CHARTS)
def test_hostile_names_are_drawn_as_text(tmp_path: Path, chart: str) -> None:
    path = tmp_path / "a.svg"
    CHARTS[chart](hostile(), path)
    root = ET.fromstring(path.read_bytes())  # noqa: S314 (our own file)
    assert not [e for e in root.iter() if str(e.tag).endswith(("script", "foreignObject", "}a"))]


def test_the_title_is_the_finding() -> None:
    assert captions.horizon_title(make()) == (
        "Sustained air campaign leads at 52 % now, Opposition breakthrough at 44 % in 12 weeks"
    )
    assert captions.watch_title(make()) == (
        "Displacement at critical; Sorties, Turkish posture and Civilian deaths at warning"
    )
    calm = [structs.replace(i, state="watch") for i in make().indicators]
    assert captions.watch_title(make(indicators=calm)) == "No indicator has reached warning"
    pace = [structs.replace(i, state="warning_pace") for i in make().indicators[:1]]
    assert captions.watch_title(make(indicators=pace)) == "Sorties on pace for warning"
    assert model_captions.priors_title(priors(make())) == (
        "9 of 24 expectations do not come back as asked"
    )
    worst = model_captions.calibration_title(proof(make()).tables[0], "week")
    assert worst == "What was called 60-90 % came true in 17 % of cases: 6 replayed forecasts now"
