"""Settings of the user's machine: none of them reaches into a fit, and none is a fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytensor.configparser import parse_config_string

from forecast.errors import FitError
from forecast.model import environment

# what some machine has set, each of which was once a fault or gave other numbers
HOSTILE = {
    "NUMBA_DISABLE_JIT": "1",
    "NUMBA_OPT": "0",
    "NUMBA_BOUNDSCHECK": "1",
    "NUMBA_LOOP_VECTORIZE": "0",
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CACHE_DIR": "/proc/none",
    "NUMBA_NUM_THREADS": "abc",
    "NUMBA_THREADING_LAYER": "none",
    "PYTENSOR_FLAGS": "floatX=float32,numba__fastmath=True,mode=FAST_COMPILE,,=,x",
    "PYTENSORRC": "rc",
    "OMP_NUM_THREADS": "4,2",
    "MPLCONFIGDIR": "/proc/none",
    "PYTHONHASHSEED": "7",
    "LC_ALL": "C",
}
SHOWN = """
import json, sys
import numpy as np
from tests.model.specs import full_spec
from forecast.model.data import data_of
from forecast.model.kernel import density
from forecast.model.packing import pack, size_of
from forecast.model.environment import settle_sampler
import numba
settle_sampler()
import pytensor
data = data_of(full_spec())
theta = np.random.default_rng(1).normal(size=size_of(data))
value, gradient = density(theta, *pack(data))
print(json.dumps({
    "density": value.hex(),
    "gradient": [each.hex() for each in gradient],
    "numba": {name: str(getattr(numba.config, name)) for name in (
        "DISABLE_JIT", "OPT", "BOUNDSCHECK", "LOOP_VECTORIZE", "CPU_NAME", "CACHE_DIR",
        "NUMBA_NUM_THREADS",
    )},
    "pytensor": {name: str(getattr(pytensor.config, name)) for name in (
        "floatX", "numba__fastmath", "mode", "base_compiledir",
    )},
}))
"""


def shown(folder: Path, settings: dict[str, str]) -> tuple[dict[str, Any], str]:
    """What both libraries are set to, and a density, in a process that starts in a folder."""
    own = {name: text for name, text in os.environ.items() if not name.startswith("NUMBA_")}
    root = str(Path(__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-c", SHOWN],
        cwd=folder,
        env=own | {"PYTHONPATH": root} | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout), run.stderr


def test_nothing_that_is_set_changes_a_bit(tmp_path: Path) -> None:
    plain, hostile = tmp_path / "plain", tmp_path / "hostile"
    for folder in (plain, hostile):
        folder.mkdir()
    (hostile / "rc").write_text("[global]\nfloatX = float32\nmode = FAST_COMPILE\n")
    (hostile / ".numba_config.yaml").write_text("disable_jit: 1\nopt: 0\nboundscheck: 1\n")
    expected, _ = shown(plain, {})
    found, said = shown(hostile, HOSTILE)
    assert found == expected
    assert said == ""
    assert found["pytensor"]["floatX"] == "float64"
    assert found["pytensor"]["numba__fastmath"] == "False"


@pytest.mark.parametrize("name", ["cache", "a, b", "it's", 'quo"te', "back\\slash", "x=y,z=1"])
def test_pytensor_is_told_of_any_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / name
    monkeypatch.setattr(environment, "code_folder", lambda: folder)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    environment.settle_sampler()
    flags = parse_config_string(os.environ["PYTENSOR_FLAGS"])
    assert flags["base_compiledir"] == str(folder)
    assert flags["floatX"] == "float64"


@pytest.mark.parametrize(("before", "after"), [("4", "4"), ("4,2", None), ("many", None)])
def test_threads_are_a_number_or_not_said(
    before: str, after: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "code_folder", lambda: tmp_path)
    monkeypatch.setattr(os, "environ", os.environ | {"OMP_NUM_THREADS": before})
    environment.settle_sampler()
    assert os.environ.get("OMP_NUM_THREADS") == after


def test_nowhere_to_compile_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setattr(environment, "code_folder", lambda: tmp_path / "a file" / "code")
    with pytest.raises(FitError, match=r"must be a folder to write to.*XDG_CACHE_HOME"):
        environment.settle_sampler()
