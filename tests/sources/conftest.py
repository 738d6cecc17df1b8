"""What every test of sources starts from: no credentials, and no keyring but an empty one."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest

from tests.sources.serving import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    root, into = tmp_path / "case", tmp_path / "into"
    root.mkdir()
    into.mkdir()
    return Desk(root, into)


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACLED_USERNAME", "ACLED_PASSWORD", "UCDP_TOKEN"):
        monkeypatch.delenv(f"FORECAST_{name}", raising=False)
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)
