"""Families: the kinds of indicators. Each is a module of this package, found by its name.

`base` has what a family is. `FAMILIES` is the door: whoever differs by the kind of an indicator
asks its family, none its name.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from forecast.families.base import Basis, Expectation, Family


def _found() -> dict[str, Family[Any]]:
    """Every family by id; a module without one, or with one unfinished, is an error of import."""
    found = {}
    for module in iter_modules(__path__):
        if module.name == "base":
            continue
        family = getattr(import_module(f"{__name__}.{module.name}"), "FAMILY", None)
        if not isinstance(family, Family) or family.id != module.name:
            raise TypeError(
                f"families/{module.name}.py must have a FAMILY with the id {module.name}"
            )
        found[family.id] = family
    return found


FAMILIES = _found()

__all__ = ["FAMILIES", "Basis", "Expectation", "Family"]
