"""Letters that our own font lacks: taken from an installed one, or said to be missing."""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from msgspec import structs

from forecast.record import Forecast
from forecast.report.charts import fonts
from forecast.report.charts.fonts import MissingLetters, advice, families, letters_in, missing
from forecast.report.charts.sheet import width
from forecast.report.charts.style import fonts_folder, shared_style
from forecast.report.memo.pdf import pdf

from .drawn import CHARTS
from .formats import memo
from .sample import make
from .test_charts_all import renamed

KA, KHA = "\u1000", "\u1001"  # Myanmar letters
HA = "\u1210"  # an Ethiopic syllable


def made_font(path: Path, family: str, letters: str) -> Path:
    """Write a font that has these letters, each a box as wide as it is high."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 1000), (1000, 1000), (1000, 0)):
        pen.lineTo(corner)
    pen.closePath()
    box = pen.glyph()
    names = [".notdef", *(f"uni{ord(letter):04X}" for letter in letters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(dict(zip(map(ord, letters), names[1:], strict=True)))
    builder.setupGlyf(dict.fromkeys(names, box))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupNameTable(
        {"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")}
    )
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


def install(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """Let these fonts be all that are installed."""
    found = tuple(font for path in paths if (font := fonts._read(path)))
    assert len(found) == len(paths)
    monkeypatch.setattr(fonts, "_installed", lambda: found)


def test_usual_letters_need_no_other_font(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, made_font(tmp_path / "a.ttf", "Test A", "abc"))
    usual = letters_in(renamed("Sustained 52 % – Дніпро هجوم \u200e"))
    assert families(usual) == ["DejaVu Sans"]
    assert missing(usual) == set()


def test_as_few_fonts_as_have_the_letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(
        monkeypatch,
        made_font(tmp_path / "a.ttf", "Test A", KA),
        made_font(tmp_path / "b.ttf", "Test B", KA + KHA),
        made_font(tmp_path / "c.ttf", "Test C", HA),
    )
    wanted = frozenset(KA + KHA + HA + "x")
    assert families(wanted) == ["DejaVu Sans", "Test B", "Test C"]
    assert missing(wanted | {"\u4e00"}) == {"\u4e00"}
    copied = tmp_path / "copied"
    copied.mkdir()
    fonts.copy_fallbacks(wanted, copied)
    assert sorted(path.name for path in copied.iterdir()) == ["b.ttf", "c.ttf"]


def test_a_font_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    assert fonts._read(broken) is None
    assert fonts._read(tmp_path / "none.ttf") is None


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_takes_letters_from_an_installed_font_and_says_which_none_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chart: str
) -> None:
    install(monkeypatch, made_font(tmp_path / "a.ttf", "Test Drawn", KA + KHA))
    path = tmp_path / "a.svg"
    with pytest.warns(MissingLetters) as caught:
        CHARTS[chart](renamed(f"{KA}{KHA} {HA}"), path)
    assert [each.message.letters for each in caught] == [{HA}]  # type: ignore[union-attr]
    assert b"TestDrawn" in path.read_bytes()


def test_what_is_not_drawn_is_not_missed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch)
    asked = [structs.replace(i, question=KA, source=KA) for i in make().indicators]
    CHARTS["scenarios"](make(indicators=asked), tmp_path / "a.png")


def test_text_is_measured_in_the_font_it_is_drawn_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install(monkeypatch, made_font(tmp_path / "a.ttf", "Test Wide", KA))
    with shared_style([KA]):
        assert width(KA, 72) == pytest.approx(1.0, abs=0.02)  # an em of 72 points


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        (KA, f"{KA} (Myanmar), drawn as boxes: Noto Sans Myanmar would do."),
        (
            KA + HA,
            f"{KA} (Myanmar) and {HA} (Ethiopic), drawn as boxes: Noto Sans Myanmar and Noto Sans "
            "Ethiopic would do.",
        ),
        ("\u4e2d\ud55c\u3042", "(CJK), drawn as boxes: Noto Sans CJK would do."),
        ("\u1200\u1248", "\u1200, \u1248 (Ethiopic)"),
        ("\U0001f600", "\U0001f600, drawn as boxes: a font that has them would do."),
        ("".join(map(chr, range(0x1000, 0x1014))), "and 8 more (Myanmar)"),
    ],
)
def test_the_sentence_names_letters_and_fonts(letters: str, said: str) -> None:
    sentence = advice(frozenset(letters))
    assert sentence.startswith("No installed font has ")
    assert said in sentence


def test_a_pdf_holds_the_letters_of_an_installed_font(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    install(monkeypatch, made_font(tmp_path / "a.ttf", "Test Set", KA + KHA))
    forecast = named(KA + KHA)
    said = dataclasses.replace(memo(forecast), sections=(), opening=memo(forecast).opening[:2])
    others = tmp_path / "others"
    others.mkdir()
    without = pdf(said, {}, fonts_folder(), others)
    fonts.copy_fallbacks(letters_in(said), others)
    made = pdf(said, {}, fonts_folder(), others)
    assert (b"TestSet" in without, b"TestSet" in made) == (False, True)


def named(name: str) -> Forecast:
    """The sample with every scenario called that."""
    return make(scenarios=[structs.replace(s, name=name) for s in make().scenarios])


def test_nothing_is_warned_of_where_nothing_is_missing(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        CHARTS["scenarios"](make(), tmp_path / "a.png")
    assert not [each for each in caught if isinstance(each.message, MissingLetters)]
