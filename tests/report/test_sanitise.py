"""Text from outside is data."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.report.view.sanitise import clean, cleaned

from .hostile import hostile
from .sample import make

NOISE = st.text(alphabet=st.sampled_from("ab \x1b\x9b\x9d[]0;31mJ\x07\\\n\u202e\u2066\ud800\x00"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain, naïve, حلب, 阿勒颇", "plain, naïve, حلب, 阿勒颇"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://e.example\x1b\\text", "text"),
        ("line\nbreak\t tab\u2028end", "line break tab end"),
        ("abc\u202edef\u2066", "abcdef"),
        ("بی\u200cطرف", "بی\u200cطرف"),
        ("\x1b", ""),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text() | NOISE)
def test_nothing_that_controls_survives(text: str) -> None:
    result = clean(text)
    assert all(c in "\u200c\u200d" or unicodedata.category(c)[0] != "C" for c in result)
    assert "\n" not in result
    assert clean(result) == result


def test_a_clean_forecast_is_left_alone() -> None:
    assert cleaned(make()) == make()


def test_cleaning_leaves_the_forecast_itself_untouched() -> None:
    forecast = hostile()
    before = forecast.to_json()
    cleaned(forecast)
    assert forecast.to_json() == before
