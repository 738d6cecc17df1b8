"""Credentials: from the environment, else from the system's keyring; never from a file.

A `Secret` shows itself as ``***``. Its text is taken out where it is sent, and nowhere else.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from forecast.sources.problems import Problems

SERVICE = "watchlist-forecast"


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that is sent, and shown nowhere."""

    text: str

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Account:
    """What opens an API: a variable and its name in the keyring of each secret; how to get one."""

    wanted: tuple[tuple[str, str], ...]
    hint: str


def credentials(account: Account, problems: Problems) -> list[Secret]:
    """The secrets of an account, each hidden from errors.

    Raises
    ------
    PullError
        Naming every variable that is not set, and where an account is to be had.
    """
    found = {variable: _look_up(variable, name) for variable, name in account.wanted}
    missing = [variable for variable, secret in found.items() if secret is None]
    if missing:
        keys = ", ".join(name for variable, name in account.wanted if variable in missing)
        raise problems.error(
            f"must have credentials: set {' and '.join(missing)}",
            hint=f'or keep {keys} in the system\'s keyring as "{SERVICE}"; {account.hint}',
        )
    secrets = [secret for secret in found.values() if secret is not None]
    for secret in secrets:
        problems.hide(secret.text)
    return secrets


def fits_header(text: str) -> bool:
    """Whether a token can be sent in a header at all."""
    return all("!" <= character <= "~" for character in text)


def _look_up(variable: str, name: str) -> Secret | None:
    text = os.environ.get(variable) or _from_keyring(name)
    text = (text or "").strip("\r\n")  # as a file or a shell may leave at its end
    return Secret(text) if text else None


def _from_keyring(name: str) -> str | None:
    import keyring  # asked only when the environment says nothing: it starts the system's service
    import keyring.errors

    try:
        return keyring.get_password(SERVICE, name)
    except (keyring.errors.KeyringError, OSError):  # none, locked or out of reach: holds nothing
        return None
