"""Periods and arrays are written and read back; what has no form is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from forecast.kit.codec import dec_hook, enc_hook, plain
from forecast.periods import Period


@settings(derandomize=True)
@given(st.integers(-2000, 2000), st.sampled_from(["week", "month"]))
def test_a_period_is_its_text(ordinal: int, cadence: str) -> None:
    period = Period("week" if cadence == "week" else "month", ordinal)
    text = msgspec.json.encode(period, enc_hook=enc_hook)
    assert text == f'"{period}"'.encode()
    assert msgspec.json.decode(text, type=Period, dec_hook=dec_hook) == period


@pytest.mark.parametrize("text", [b'"2024-13"', b'"2024-W54"', b"7", b"null", b"[]", b'""'])
def test_what_is_no_period_is_refused(text: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Period, dec_hook=dec_hook)


@pytest.mark.parametrize("shape", [(0,), (3,), (2, 3), ()])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.bool_])
def test_an_array_keeps_type_shape_and_bytes(shape: tuple[int, ...], dtype: type) -> None:
    array: NDArray[np.generic] = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    data = msgspec.msgpack.encode(array, enc_hook=enc_hook)
    back = msgspec.msgpack.decode(data, type=NDArray[np.float64], dec_hook=dec_hook)
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, shape, array.tobytes())


def test_what_json_shows_is_plain() -> None:
    found = plain(
        {"p": Period.parse("2024-11"), "d": date(2024, 1, 2), "f": np.float64(0.1), 3: (1,)}
    )
    assert found == {"p": "2024-11", "d": "2024-01-02", "f": 0.1, "3": (1,)}
    assert type(found["f"]) is float


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(NotImplementedError):
        msgspec.json.encode(Path("x"), enc_hook=enc_hook)
    with pytest.raises(NotImplementedError):
        msgspec.json.decode(b'"x"', type=Path, dec_hook=dec_hook)
