"""What this package changes inside numba: the one module that knows its private parts.

None of it is numba's public interface, so that a new version may take any of it away: the package
depends on numba from `FROM` up to `BELOW` and is tested with the real thing
(``tests/model/test_numba_hooks.py``). `install` is called once, before anything is compiled:

=================================  ================================================================
``config._config_fname``           a file of settings in whatever folder the user is in is not read
``CacheImpl._locator_classes``     this package's code is kept in the user's cache folder
``Cache.load_overload``            kept code is run without loading the compiler, and what it calls
                                   by address is compiled before it, not at import
``Cache.load_overload``, ``save``  a disk that is full or cannot be read costs time, nothing else
``arrayobj`` (shapes that differ)  the error of an assignment is compiled in a few words
=================================  ================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from numba.core import config
from numba.core.caching import Cache, CacheImpl, UserProvidedCacheLocator
from numba.core.runtime import rtsys
from numba.extending import register_jitable
from numba.np import arrayobj

from forecast.errors import FitError, Problem
from forecast.model.caches import code_folder

FROM, BELOW = (0, 62), (0, 69)  # as in pyproject.toml

_HERE = Path(__file__).parent
_awaited: list[Callable[[], None]] = []
_load_for_compiling, _save_overload = Cache.load_overload, Cache.save_overload


class _Locator(UserProvidedCacheLocator):
    """Where numba keeps this package's code."""

    def __init__(self, py_func: Any, py_file: str) -> None:
        self._py_file = py_file
        self._lineno = py_func.__code__.co_firstlineno
        self._cache_path = str(code_folder() / "numba")

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        """Return the place for one function, None if it is not of this package."""
        return cls(py_func, py_file) if _HERE in Path(py_file).parents else None


def _load_overload(self: Cache, sig: Any, target_context: Any) -> Any:
    """Load kept code as numba does, but not, to run it, all that it takes to compile.

    What numba itself does first imports how it compiles numpy, and scipy's linear algebra. What
    the code calls by address is there by then (`before_loading`).
    """
    while _awaited:
        provide = _awaited.pop(0)  # before it is called: it loads code itself
        try:
            provide()
        except BaseException:  # an interrupt, too: whoever comes next must not run without it
            _awaited.insert(0, provide)
            raise
    found = None
    with suppress(OSError):  # what cannot be read is compiled
        if isinstance(self._impl.locator, _Locator):
            rtsys.initialize(target_context)
            found = self._load_overload(sig, target_context)
        return _load_for_compiling(self, sig, target_context) if found is None else found
    return None


def _save_if_possible(self: Cache, sig: Any, data: Any) -> None:
    """Keep compiled code as numba does, where that can be written."""
    with suppress(OSError):
        _save_overload(self, sig, data)


@register_jitable
def _shapes_differ(_theirs: Any, _ours: Any) -> None:
    """Raise, in compiled code too, what an assignment raises whose shapes differ."""
    raise ValueError("cannot assign slice from input of different shape")


def before_loading(provide: Callable[[], None]) -> None:
    """Call a function once, before any code is loaded from a cache or, not found there, compiled.

    Numba asks the cache of each function that has one before it compiles it, under its own lock.
    """
    _awaited.append(provide)


def require_version(version: str) -> None:
    """Refuse a version of numba whose private parts may be others.

    Raises
    ------
    FitError
        If it is none from `FROM` up to `BELOW`.
    """
    if not FROM <= tuple(map(int, version.split(".")[:2])) < BELOW:
        first, below = (".".join(map(str, bound)) for bound in (FROM, BELOW))
        rule = f"must be of a version from {first} up to, but not including, {below}"
        hint = "install watchlist-forecast with the versions it depends on"
        raise FitError(Problem("numba", rule, version, hint))


def install() -> None:
    """Make the changes; once more changes nothing.

    Raises
    ------
    FitError
        If numba is of another version.
    """
    require_version(numba.__version__)
    config._config_fname = ""
    config.reload_config()  # if numba was imported before `environment` was settled
    if _Locator not in CacheImpl._locator_classes:
        CacheImpl._locator_classes.insert(0, _Locator)
    Cache.load_overload, Cache.save_overload = _load_overload, _save_if_possible
    arrayobj.raise_with_shape_context = _shapes_differ
