"""Kept code is run without what it takes to compile."""

from __future__ import annotations

import subprocess
import sys

import numba
import numpy as np
import pytest
from numba import njit
from numba.core.caching import Cache

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


@pytest.mark.parametrize("method", ["_save_overload", "_load_overload"])
def test_what_a_disk_refuses_is_compiled_all_the_same(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Cache, method, refuse)
    assert njit(cache=True)(one_more)(1) == 2


def one_more(x: int) -> int:
    return x + 1


def test_no_file_of_settings_is_read_from_whatever_folder_one_is_in() -> None:
    assert numba.config._config_fname == ""
    assert not numba.config.DISABLE_JIT
