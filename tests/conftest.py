"""For all tests: no example is too slow, and linear algebra has one thread."""

from __future__ import annotations

import os

from hypothesis import settings

# Before numpy is loaded. Workers share the cores, and threads that wait for each other over a
# matrix of five by five take more of them than the test does.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
