"""How values that JSON and MessagePack have no word for are written and read by msgspec.

A period is its text (``2024-W48``), an array its type, shape and bytes. Dates, tuples, dataclasses
and structs are msgspec's own.
"""

from __future__ import annotations

from typing import Any, get_origin

import msgspec

from forecast.periods import Period


def enc_hook(value: Any) -> Any:
    """A period as text, an array as type, shape and bytes.

    Raises
    ------
    NotImplementedError
        If it is neither.
    """
    if isinstance(value, Period):
        return str(value)
    if type(value).__name__ == "ndarray":  # numpy takes longer to load than a quick verb may
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, float):  # numpy's, which is one of Python's
        return float(value)
    # the exception by which msgspec's hooks say that a type is none of theirs
    raise NotImplementedError(f"{type(value).__name__} cannot be written")


def dec_hook(kind: type, value: Any) -> Any:
    """The period or the array that was written; what comes back can be written to.

    Raises
    ------
    ValueError, TypeError
        If it is none.
    """
    if kind is Period:
        return Period.parse(value)
    if (get_origin(kind) or kind).__name__ == "ndarray":
        import numpy as np

        name, shape, data = value
        return np.frombuffer(data, np.dtype(name)).reshape(shape).copy()
    # as in `enc_hook`; any other would be taken for a fault of the value
    raise NotImplementedError(f"{kind} cannot be read")


def plain(value: Any) -> Any:
    """Return structs and dataclasses as dicts, periods and dates as text, as JSON has them.

    Keys keep the order of the fields.
    """
    return msgspec.to_builtins(value, enc_hook=enc_hook, str_keys=True)
