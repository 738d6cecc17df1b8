"""What is changed inside numba, on the numba that is installed."""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numba
import numpy as np
import pytest
from numba import njit
from numba.core.caching import Cache, CacheImpl

import forecast
from forecast.cli import _in_kept_code
from forecast.errors import FitError
from forecast.model import filter as filtering
from forecast.model import numba_hooks
from forecast.model.caches import code_folder
from forecast.model.jit import compiled

ROOT = Path(forecast.__file__).parent


def test_the_version_bound_is_the_one_that_is_installed_by() -> None:
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text("utf-8"))["project"]
    [bound] = [each for each in project["dependencies"] if each.startswith("numba")]
    first, below = (".".join(map(str, each)) for each in (numba_hooks.FROM, numba_hooks.BELOW))
    assert bound == f"numba>={first},<{below}"
    numba_hooks.require_version(numba.__version__)


@pytest.mark.parametrize("version", ["0.61.2", "0.69.0", "0.69.0rc1", "1.0"])
def test_another_version_is_refused_in_a_sentence(version: str) -> None:
    with pytest.raises(
        FitError, match=rf"numba: must be of a version from .* {re.escape(version)}"
    ):
        numba_hooks.require_version(version)


def test_no_other_module_knows_private_parts_of_numba() -> None:
    public = {"numba", "numba.extending"}
    for path in sorted(ROOT.rglob("*.py")):
        if path.stem == "numba_hooks":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
        modules |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        assert {m for m in modules if m.split(".")[0] == "numba"} <= public, path


def test_installed_twice_is_installed_once() -> None:
    before = list(CacheImpl._locator_classes), Cache.load_overload, Cache.save_overload
    numba_hooks.install()
    assert (list(CacheImpl._locator_classes), Cache.load_overload, Cache.save_overload) == before


def test_code_of_this_package_is_kept_in_the_cache_folder_and_other_code_is_not() -> None:
    own = njit(cache=True)(filtering.__dict__[_compiled_name(filtering)].py_func)
    assert Path(own._cache.cache_path) == code_folder() / "numba"
    assert Path(njit(cache=True)(one_more)._cache.cache_path) != code_folder() / "numba"


def _compiled_name(module: ModuleType) -> str:
    return next(name for name, found in vars(module).items() if hasattr(found, "py_func"))


@pytest.mark.parametrize("damaged", [b"", b"\x80\x05garbage", b"not a pickle"])
def test_kept_code_that_is_damaged_is_known_as_that(tmp_path: Path, damaged: bytes) -> None:
    source = tmp_path / "made.py"
    source.write_text(
        "from numba import njit\n@njit(cache=True)\ndef one_more(x):\n    return x + 1\n"
    )
    assert loaded(source)(1) == 2
    [index] = (tmp_path / "__pycache__").glob("*.nbi")
    index.write_bytes(damaged or index.read_bytes()[:-1])
    with pytest.raises(Exception) as caught:  # noqa: PT011  # whichever pickle raises
        loaded(source)(1)
    assert _in_kept_code(caught.value)


def loaded(source: Path) -> Callable[[int], int]:
    spec = importlib.util.spec_from_file_location("made", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[int], int] = module.one_more
    return found


def test_what_is_called_by_address_is_there_before_its_caller() -> None:
    calls: list[str] = []

    def provide() -> None:
        calls.append("called")
        if len(calls) == 1:
            raise KeyboardInterrupt
        assert njit(cache=True)(one_more)(2) == 3  # it may load code itself

    numba_hooks.before_loading(provide)
    with pytest.raises(KeyboardInterrupt):
        njit(cache=True)(one_more)(1)
    assert njit(cache=True)(one_more)(1) == 2
    assert njit(cache=True)(one_more)(1) == 2
    assert calls == ["called", "called"]


def test_an_assignment_whose_shapes_differ_raises_in_compiled_code() -> None:
    @compiled
    def assign(x, y):  # type: ignore[no-untyped-def]
        x[:2] = y

    with pytest.raises(ValueError, match=r"of different shape$"):
        assign(np.zeros(3), np.zeros(3))


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
