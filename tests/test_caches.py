"""The cache folder: the user's, or where that cannot be written one that goes with the process."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from forecast import caches


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of one's own, and no memory of folders tried before."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(caches, "_temporary", [])
    caches._writable.cache_clear()
    return folder


def of_user(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(caches, "user_cache_path", lambda *_, **__: folder)


def test_it_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    of_user(monkeypatch, tmp_path / "home" / ".cache")
    assert caches.cache_folder("fits") == tmp_path / "home" / ".cache" / "fits"
    assert list((tmp_path / "home" / ".cache").iterdir()) == []  # nothing is left of the probe


@pytest.mark.parametrize("where", ["a file/.cache", "/proc/none", "~/.cache", ""])
def test_what_cannot_be_written_is_replaced_until_the_process_ends(
    where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temporary: Path
) -> None:
    (tmp_path / "a file").write_text("")
    place = tmp_path / where if where.startswith("a file") else Path(where)
    of_user(monkeypatch, place)
    folder = caches.cache_folder("fits")
    assert folder.parent.parent == temporary
    assert caches.cache_folder("other").parent == folder.parent
    caches.keep(folder / "one", b"content")
    assert caches.kept(folder / "one") == b"content"
    caches.remove_temporary()
    assert list(temporary.iterdir()) == []


def test_a_full_disk_is_one_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temporary: Path
) -> None:
    def usage(folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=0 if full in (folder, None) else 1 << 40)

    of_user(monkeypatch, tmp_path / "home")
    monkeypatch.setattr(shutil, "disk_usage", usage)
    full: Path | None = tmp_path / "home"
    assert caches.cache_folder("fits").is_relative_to(temporary)
    full = None  # of all
    caches._writable.cache_clear()
    assert caches.cache_folder("fits") == tmp_path / "home" / "fits"


def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("")
    of_user(monkeypatch, tmp_path / "a file" / ".cache")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    folder = caches.cache_folder("fits")
    caches.keep(folder / "one", b"content")
    assert caches.kept(folder / "one") is None
    caches.thin(folder, 1)
    caches.remove_temporary()


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
    caches.cache_folder("fits")
    assert (left.exists(), running.exists(), other.exists()) == (False, True, True)


def test_matplotlib_is_given_a_folder_it_can_write(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    of_user(monkeypatch, tmp_path / "home")
    monkeypatch.setenv("MPLCONFIGDIR", "/proc/none")
    caches.settle_matplotlib()
    assert os.environ["MPLCONFIGDIR"] == str(tmp_path / "home" / "matplotlib")
