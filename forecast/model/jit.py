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
wrapper has some; here the error is the same in fewer words. What that and the cache change inside
numba is in `numba_hooks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import binding
from numba import cfunc, njit, types

from forecast.model.numba_hooks import before_loading, install

install()  # before any module that imports this one compiles

compiled: Callable[..., Any] = njit(
    cache=True, error_model="numpy", no_cfunc_wrapper=True, nogil=True
)
# for compiled callers only: to take a `Data` from Python is half of what such a function compiles
inner: Callable[..., Any] = njit(
    cache=True, error_model="numpy", no_cfunc_wrapper=True, no_cpython_wrapper=True
)


def written(source: str, names: dict[str, Any]) -> Any:
    """Compile a function whose source was written by a program: for compiled callers only.

    It has no file, so that its code is part of its callers' and cached with them.

    Parameters
    ----------
    source
        One function definition.
    names
        What it refers to.
    """
    scope = dict(names)
    exec(source, scope)  # noqa: S102 (from declarations of this package, no input)
    (function,) = (scope[name] for name in scope if name not in {*names, "__builtins__"})
    return njit(error_model="numpy", no_cfunc_wrapper=True, no_cpython_wrapper=True)(function)


FLOATS, WHOLES = types.CPointer(types.float64), types.CPointer(types.int64)
SIZE, FLOAT = types.int64, types.float64


def by_address(symbol: str, signature: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function by itself, with a signature of numbers and pointers.

    It is compiled, or loaded, before the first of its callers is: nothing is at import.

    Returns
    -------
    What compiled callers call in its stead. ``symbol`` is how their code, kept or fresh, finds it.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        def provide() -> None:
            native = cfunc(signature, cache=True, error_model="numpy")(function)
            binding.add_symbol(symbol, native.address)

        before_loading(provide)
        return types.ExternalFunction(symbol, signature)

    return decorate
