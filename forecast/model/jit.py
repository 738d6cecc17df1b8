"""How this package compiles: kept in the user's cache, called by address where callers are many.

Compiled code is kept under a hash of this package's sources (`caches`) and named after its module,
wherever the package lies: a second clone, or a new folder, compiles nothing anew. (numba's own
cache looks only at the file a function stands in, not at those it calls, and would go on using
yesterday's kernel.)

A compiled caller takes what it calls into its own code and optimises all of it again. What is large
and called from several places is therefore compiled once `by_address`::

    density, emissions  <── name of a symbol ──  the sampler's wrapper, loops over draws

Division by zero gives what it gives in numpy. No code here may raise: behind an address, an error
has no way out. Loops are written out. Of an assignment of an array to a part of another, numba
compiles how to word that their shapes differ, which takes a fit four seconds, for the sampler's
wrapper has some; here the error is the same in fewer words.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from llvmlite import binding
from numba import cfunc, njit, types
from numba.core import config
from numba.core.caching import Cache, CacheImpl, UserProvidedCacheLocator
from numba.core.runtime import rtsys
from numba.extending import register_jitable
from numba.np import arrayobj

from forecast.model.caches import code_folder

_HERE = Path(__file__).parent

config._config_fname = ""  # a file of settings in whatever folder the user is in
config.reload_config()  # without it, and if numba was imported before `environment` was settled

compiled: Callable[..., Any] = njit(
    cache=True, error_model="numpy", no_cfunc_wrapper=True, nogil=True
)
# for compiled callers only: to take a `Data` from Python is half of what such a function compiles
inner: Callable[..., Any] = njit(
    cache=True, error_model="numpy", no_cfunc_wrapper=True, no_cpython_wrapper=True
)

FLOATS, WHOLES = types.CPointer(types.float64), types.CPointer(types.int64)
SIZE, FLOAT = types.int64, types.float64


class _Locator(UserProvidedCacheLocator):
    """Where numba keeps this package's code."""

    def __init__(self, py_func: Any, py_file: str) -> None:
        self._py_file = py_file
        self._lineno = py_func.__code__.co_firstlineno
        self._cache_path = str(code_folder() / "numba")

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        """Return the place for one function, None if it is not of this package."""
        return cls(py_func, py_file) if Path(py_file).parent == _HERE else None


CacheImpl._locator_classes.insert(0, _Locator)
_load_for_compiling, _save_overload = Cache.load_overload, Cache.save_overload


def _load_overload(self: Cache, sig: Any, target_context: Any) -> Any:
    """Load kept code as numba does, but not, to run it, all that it takes to compile.

    What numba itself does first imports how it compiles numpy, and scipy's linear algebra.
    """
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


Cache.load_overload, Cache.save_overload = _load_overload, _save_if_possible


@register_jitable
def _shapes_differ(_theirs: Any, _ours: Any) -> None:
    """Raise, in compiled code too, what an assignment raises whose shapes differ."""
    raise ValueError("cannot assign slice from input of different shape")


arrayobj.raise_with_shape_context = _shapes_differ


def by_address(symbol: str, signature: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function by itself, with a signature of numbers and pointers.

    Returns
    -------
    What compiled callers call in its stead. ``symbol`` is how their code, kept or fresh, finds it.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        native = cfunc(signature, cache=True, error_model="numpy")(function)
        binding.add_symbol(symbol, native.address)
        return types.ExternalFunction(symbol, signature)

    return decorate
