"""Settings of the user's machine that must not reach into a fit.

A forecast is a function of case and as-of. numba and PyTensor take settings from the environment
and from files (``NUMBA_*`` and ``.numba_config.yaml``; ``PYTENSOR_FLAGS`` and ``.pytensorrc``), and
some of them round sums differently, which a sampler turns into other draws, or compile nothing at
all. So all of them are put aside in this process, and those that matter are set, before either
library is imported (`settle`, `settle_sampler`) and after (`jit`, `fit`), for a program that
imports this package may have imported them already.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forecast.errors import FitError, Problem, printable
from forecast.kit.cache import settle_matplotlib
from forecast.model.caches import code_folder

# fastmath lets sums round differently in fresh and in cached code: other draws from one seed
NUMBERS = {"floatX": "float64", "numba__fastmath": False}


def settle() -> None:
    """Put the user's settings of numba aside, before it is imported."""
    for name in [name for name in os.environ if name.startswith("NUMBA_")]:
        del os.environ[name]
    os.environ["NUMBA_DISABLE_JIT"] = "0"  # the one that a file of settings would settle on import
    warnings.filterwarnings(
        "ignore", "Environment variable 'NUMBA_", RuntimeWarning
    )  # of that file


@contextmanager
def room_to_compile() -> Iterator[None]:
    """Say in a sentence what the disk does not let be done.

    Raises
    ------
    FitError
        In place of its error.
    """
    try:
        yield
    except OSError as error:
        rule = "must be a folder to write to, with room for what is compiled"
        hint = "name another one in XDG_CACHE_HOME"
        problem = Problem(printable(str(code_folder())), rule, error.strerror or "", hint)
        raise FitError(problem) from error


def _quoted(text: str) -> str:
    """One flag as PyTensor reads it, whatever signs it has: as a shell does, but for commas."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def settle_sampler() -> None:
    """Put the user's settings of PyTensor and of what it loads aside, before it is imported.

    Raises
    ------
    FitError
        If there is nowhere to compile: neither the cache folder nor a temporary one can be written.
    """
    folder = code_folder()
    with room_to_compile():
        folder.mkdir(parents=True, exist_ok=True)
    flags = NUMBERS | {"base_compiledir": folder, "generated_src_dir": folder / "generated"}
    flags["cxx"] = ""  # a C compiler, which fits do not need, wants room of its own
    os.environ["PYTENSOR_FLAGS"] = ",".join(_quoted(f"{k}={v}") for k, v in flags.items())
    os.environ["PYTENSORRC"] = os.devnull
    if not os.environ.get("OMP_NUM_THREADS", "1").isdecimal():
        del os.environ["OMP_NUM_THREADS"]  # PyTensor takes no list of numbers, which OpenMP does
    try:
        Path.home()
    except RuntimeError:  # PyTensor asks, whatever it is told
        os.environ["HOME"] = str(folder)
    settle_matplotlib()
