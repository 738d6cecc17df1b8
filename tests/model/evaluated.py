"""Parts of the kernel that only compiled code calls, called from Python."""

from __future__ import annotations

from typing import Any

import numba

from forecast.model.counts import CountParameters
from forecast.model.data import Data
from forecast.model.packing import pack, unpack
from forecast.model.rows import CountRows, count_rows

unpacked: Any = numba.njit(lambda numbers, whole: unpack(numbers, whole))
_rows = numba.njit(lambda p, numbers, whole: count_rows(p, unpack(numbers, whole)))


def evaluated(p: CountParameters, data: Data) -> CountRows:
    """Return what `count_rows` does."""
    return CountRows(*_rows(p, *pack(data)))
