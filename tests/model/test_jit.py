"""Kept code is run without what it takes to compile."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from forecast.model.data import data_of
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from tests.model.specs import small_spec

_ANEW = """
import sys
import numpy as np
from forecast.model.data import data_of
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from tests.model.specs import small_spec
data = data_of(small_spec())
loglik = Posterior.of(data, np.zeros((1, size_of(data)))).loglik[0]
print(loglik.hex(), "numba.np.arraymath" in sys.modules, "scipy.linalg" in sys.modules)
"""


def test_kept_code_runs_without_the_compiler_and_to_the_last_bit() -> None:
    data = data_of(small_spec())
    here = Posterior.of(data, np.zeros((1, size_of(data)))).loglik[0]  # and is kept from now on
    run = subprocess.run([sys.executable, "-c", _ANEW], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [here.hex(), "False", "False"]
