"""Errors about one source, with every secret it was told of struck out."""

from __future__ import annotations

from urllib.parse import unquote, unquote_plus, urlsplit

from forecast.errors import Problem, PullError, printable

LONGEST = 200  # characters of what a provider says


class Problems:
    """Makes the errors of one fetch. Whatever text they quote, no hidden secret is in it."""

    def __init__(self, where: str) -> None:
        self.where = where
        self._secrets: set[str] = set()

    def hide(self, secret: str) -> None:
        """Keep this out of every error from now on, also as a URL spells it."""
        self._secrets |= {secret} - {""}

    def error(self, rule: str, found: str = "", hint: str = "") -> PullError:
        """An error; ``found`` may be whatever came over the wire."""
        return PullError(Problem(self.where, rule, self.said(found), hint))

    def refused(self, status: int, found: str, hint: str = "") -> PullError:
        """The error for a request that was turned down."""
        return self.error("must answer with success", f"status {status}, {found}", hint)

    def said(self, text: str) -> str:
        """Return what somebody else said as one printable line without secrets."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
            if secret in unquote(text) or secret in unquote_plus(text):
                return "something that holds a secret"
        text = " ".join(printable(text.replace("\n", " ")).split())
        return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def place(url: str) -> str:
    """A URL as it may be shown: without the query, which may hold a key."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
