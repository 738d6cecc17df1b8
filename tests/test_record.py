"""What a record can hold: diagnostics are numbers, or none."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from tests.factories import make_forecast


@pytest.mark.parametrize("name", ["rhat_max", "ess_min", "khat"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_report_of_a_fit_has_a_diagnostic_that_is_no_number(name: str, value: float) -> None:
    changed: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match="finite"):
        dataclasses.replace(make_forecast().fit, **changed)


def test_a_diagnostic_that_does_not_exist_is_none() -> None:
    assert dataclasses.replace(make_forecast().fit, khat=None).khat is None
