"""The first time ever: the kernel compiled by a second process while this one compiles emissions.

Each takes most of a minute, and compiling knows one core. `emissions` begins it (which the kernel
does not load, so that a helper begets no helper), and a fit waits where it needs the kernel
(`awaited`); it is then found as any kept code is.
"""

from __future__ import annotations

import os
import sys
from subprocess import DEVNULL, Popen

from forecast.model.caches import code_folder

_helpers: list[Popen[bytes]] = []  # one at most


def compile_ahead() -> None:
    """Begin, if nothing of these sources is compiled and there is a core to spare."""
    kept = (code_folder() / "numba").exists() or "NUMBA_CACHE_DIR" in os.environ
    if kept or _helpers or (os.cpu_count() or 1) < 2:
        return
    here = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    _helpers.append(
        Popen(
            [sys.executable, "-P", "-c", "import forecast.model.kernel"],
            env=os.environ | here,
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,  # if it fails, its work is done here, and heard of here
        )
    )


def awaited() -> None:
    """Wait until the second process, if there is one, has ended."""
    for helper in _helpers:
        helper.wait()
