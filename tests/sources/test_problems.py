"""What somebody else said, as it may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.sources.problems import Problems, place


def test_a_secret_is_struck_out() -> None:
    problems = Problems("acled")
    problems.hide("a b/c")
    assert problems.said("wrong: a b/c!") == "wrong: ***!"


@pytest.mark.parametrize("spelt", ["a%20b/c", "a%20b%2Fc", "a+b/c", "a+b%2fc", "%61%20b/c"])
def test_a_secret_is_not_shown_as_a_url_spells_it_either(spelt: str) -> None:
    problems = Problems("acled")
    problems.hide("a b/c")
    assert problems.said(f"wrong: {spelt}") == "something that holds a secret"


def test_the_longer_of_two_secrets_goes_first() -> None:
    problems = Problems("acled")
    problems.hide("key")
    problems.hide("key-ring")
    assert problems.said("key-ring key") == "*** ***"


def test_an_empty_secret_hides_nothing() -> None:
    problems = Problems("acled")
    problems.hide("")
    assert problems.said("as it is") == "as it is"


@settings(derandomize=True)
@given(
    text=st.text(), secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6)
)
def test_whatever_is_said_is_one_short_line_without_the_secret(text: str, secret: str) -> None:
    problems = Problems("acled")
    problems.hide(secret)
    said = problems.said(text + secret + text)
    assert said.isprintable()
    assert len(said) <= 200
    assert secret not in said


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:word@example.org:8/a/b?key=word#word", "https://example.org:8/a/b"),
        ("https://[::1/a?key=word", "an address that cannot be read"),
    ],
)
def test_a_url_is_shown_without_what_may_be_a_key(url: str, shown: str) -> None:
    assert place(url) == shown
