"""The cache: what was saved or nothing, in the user's folder or one that ends with the process."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.kit import cache
from forecast.kit.cache import Cache
from forecast.periods import Period

NUMBERS = Cache[list[int]]("fits", list[int], most=3)


@dataclass(frozen=True)
class Thing:
    """One of everything that is cached."""

    period: Period
    day: date
    values: NDArray[np.float64]
    pairs: dict[tuple[int, int], float]
    name: Literal["a", "b"] | None = None


THING = Thing(
    Period.parse("2024-W48"),
    date(2024, 12, 2),
    np.array([[0.1, np.nan], [-0.0, np.inf]]),
    {(1, 2): 0.1 + 0.2},
    "a",
)
THINGS = Cache[Thing]("things", Thing, most=16)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of one's own, and no memory of folders tried before."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(cache, "_temporary", [])
    cache._writable.cache_clear()
    return folder


def of_user(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(cache, "user_cache_path", lambda *_, **__: folder)


def test_it_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    of_user(monkeypatch, tmp_path / "home" / ".cache")
    assert cache.cache_folder("fits") == tmp_path / "home" / ".cache" / "fits"
    assert list((tmp_path / "home" / ".cache").iterdir()) == []  # nothing is left of the probe


@pytest.mark.parametrize("where", ["a file/.cache", "/proc/none", "~/.cache", ""])
def test_what_cannot_be_written_is_replaced_until_the_process_ends(
    where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temporary: Path
) -> None:
    (tmp_path / "a file").write_text("")
    place = tmp_path / where if where.startswith("a file") else Path(where)
    of_user(monkeypatch, place)
    folder = cache.cache_folder("fits")
    assert folder.parent.parent == temporary
    assert cache.cache_folder("other").parent == folder.parent
    NUMBERS.save([1], "one")
    assert NUMBERS.load("one") == [1]
    cache.remove_temporary()
    assert list(temporary.iterdir()) == []


def test_a_full_disk_is_one_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temporary: Path
) -> None:
    def usage(folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=0 if full in (folder, None) else 1 << 40)

    of_user(monkeypatch, tmp_path / "home")
    monkeypatch.setattr(shutil, "disk_usage", usage)
    full: Path | None = tmp_path / "home"
    assert cache.cache_folder("fits").is_relative_to(temporary)
    full = None  # of all
    cache._writable.cache_clear()
    assert cache.cache_folder("fits") == tmp_path / "home" / "fits"


def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("")
    of_user(monkeypatch, tmp_path / "a file" / ".cache")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    NUMBERS.save([1], "one")
    assert NUMBERS.load("one") is None
    cache.remove_temporary()


def test_what_a_killed_process_left_is_removed_by_a_later_one(
    monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    left, running, other = (
        temporary / name
        for name in ("watchlist-forecast-cache-1", "watchlist-forecast-cache-2", "x")
    )
    for folder in (left, running, other):
        (folder / "fits").mkdir(parents=True)
    for folder in (left, other):
        os.utime(folder, (0, 0))
    of_user(monkeypatch, Path("/proc/none"))
    cache.cache_folder("fits")
    assert (left.exists(), running.exists(), other.exists()) == (False, True, True)


def test_matplotlib_is_given_a_folder_it_can_write(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    of_user(monkeypatch, tmp_path / "home")
    monkeypatch.setenv("MPLCONFIGDIR", "/proc/none")
    cache.settle_matplotlib()
    assert os.environ["MPLCONFIGDIR"] == str(tmp_path / "home" / "matplotlib")


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    of_user(monkeypatch, tmp_path / "home")
    return tmp_path / "home"


@pytest.mark.usefixtures("home")
def test_what_is_loaded_is_what_was_saved_to_the_last_bit() -> None:
    assert THINGS.load("key") is None
    THINGS.save(THING, "key")
    found = THINGS.load("key")
    assert found is not None
    assert (found.period, found.day, found.pairs, found.name) == (
        THING.period, THING.day, THING.pairs, "a",
    )  # fmt: skip
    assert (found.values.dtype, found.values.shape) == (np.dtype(np.float64), (2, 2))
    assert found.values.tobytes() == THING.values.tobytes()
    found.values[0, 0] = 1.0  # compiled code takes what can be written to


@pytest.mark.usefixtures("home")
def test_what_is_cut_off_or_edited_is_absent() -> None:
    THINGS.save(THING, "key")
    path = THINGS.path("key")
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at])
        assert THINGS.load("key") is None
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        assert THINGS.load("key") is None


@pytest.mark.usefixtures("home")
def test_what_was_saved_of_another_type_is_absent() -> None:
    Cache[list[str]]("fits", list[str], most=3).save(["x"], "key")
    assert NUMBERS.load("key") is None


PARTS: tuple[tuple[object, ...], ...] = (
    (),
    ("",),
    ("ab", "c"),
    ("a", "bc"),
    (1,),
    (1.0,),
    (True,),
    (None,),
    ((1, 2), 3),
    (1, (2, 3)),
    (Period.parse("2024-W48"),),
    (Period.parse("2024-11"),),
    (np.zeros(2),),
    (np.zeros((2, 1)),),
    (np.zeros(2, np.float32), np.zeros(2, np.float32)),
    (np.zeros(2, np.int64),),
    (np.array([0.0, np.nextafter(0.0, 1.0)]),),
)


def test_no_two_keys_have_one_place_nor_two_kinds(home: Path) -> None:
    assert home.name == "home"
    places = {kind.path(*parts) for kind in (NUMBERS, THINGS) for parts in PARTS}
    names = {path.name for path in places}
    assert len(names) == len(places) == 2 * len(PARTS)


@pytest.mark.usefixtures("home")
def test_a_key_has_its_place_whatever_the_order_of_a_table() -> None:
    assert NUMBERS.path({"a": 1, "b": 2}) == NUMBERS.path({"b": 2, "a": 1})


def test_the_oldest_and_what_earlier_versions_left_are_removed(home: Path) -> None:
    folder = home / "fits"
    folder.mkdir(parents=True)
    (folder / "0f3a.fit").write_bytes(b"of an earlier version")
    (folder / ".being-written.tmp").write_bytes(b"of another process")
    for number in range(6):
        NUMBERS.save([number], number)
        os.utime(NUMBERS.path(number), (1000 + number, 1000 + number))
    assert not (folder / "0f3a.fit").exists()
    assert (folder / ".being-written.tmp").exists()
    assert [NUMBERS.load(number) for number in range(6)] == [None, None, None, [3], [4], [5]]


def test_a_folder_that_is_in_the_way_costs_time_only(home: Path) -> None:
    home.mkdir()
    (home / "fits").write_text("a file")
    NUMBERS.save([1], "key")
    assert NUMBERS.load("key") is None
