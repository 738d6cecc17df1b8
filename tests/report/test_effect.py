"""What a recorded reading would do, in words."""

from __future__ import annotations

from forecast.report.view.what_if import effect

BEFORE = {"War": 0.4, "Talks": 0.35, "Calm": 0.2, "Other": 0.05}


def test_the_three_largest_movements_the_largest_first() -> None:
    after = {"War": 0.5, "Talks": 0.15, "Calm": 0.26, "Other": 0.09}
    said = "would move Talks 35 % to 15 %, War 40 % to 50 % and Calm 20 % to 26 %."
    assert effect(BEFORE, after) == said


def test_less_than_half_a_point_is_no_movement() -> None:
    assert effect(BEFORE, BEFORE | {"War": 0.404}) == "would move no scenario by a point."


def test_what_draws_cannot_tell_is_said() -> None:
    assert effect(BEFORE, None) == (
        "would have an effect that is not known before `forecast refresh` (about 20 s)."
    )


def test_what_shows_no_difference_is_not_listed() -> None:
    before, after = {"War": 0.4951, "Other": 0.5049}, {"War": 0.5049, "Other": 0.4951}
    assert effect(before, after) == "would move no scenario by a point."
