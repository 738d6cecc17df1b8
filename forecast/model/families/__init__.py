"""Kinds of indicators as distributions, one module each: `base` says what each must have.

A family is found by its module, which has an `Emission` by the name of ``EMISSION``: to add one is
to add its module. In packed data it is known by a number, the CRC-32 of its id.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from forecast.model.arrays import closed
from forecast.model.families.base import Emission


def _found() -> dict[str, Emission[Any, Any]]:
    """Every family by id, in the order of ids.

    Raises
    ------
    TypeError
        If a module has no complete `Emission`.
    """
    found: dict[str, Emission[Any, Any]] = {}
    for module in sorted(each.name for each in iter_modules(__path__) if each.name != "base"):
        emission = getattr(import_module(f"{__name__}.{module}"), "EMISSION", None)
        if not isinstance(emission, Emission):
            raise TypeError(f"forecast.model.families.{module} must have an EMISSION")
        missing = [name for name in Emission.__annotations__ if not hasattr(emission, name)]
        if missing:
            raise TypeError(f"the emission of {module} must have {', '.join(missing)}")
        found[emission.family] = emission
    return found


EMISSIONS = _found()
BY_NUMBER = {emission.number: emission for emission in EMISSIONS.values()}

_names = {emission.number: emission.family for emission in EMISSIONS.values()}
# compiled: a family's `rows` and `back`, chosen by its number
rows_of = closed(_names, {e.family: e.rows for e in EMISSIONS.values()}, 6)
back_of = closed(_names, {e.family: e.back for e in EMISSIONS.values()}, 7)
