"""Every error a user can meet, in one tree.

::

    ForecastError               exit code 1: the data or the case has a problem
    ├── CaseError               a folder, file, key or line of a case is not as it must be
    ├── ReadingError            a reading that was offered cannot be recorded
    ├── PullError               a provider's data could not be brought in
    ├── LedgerError             the ledger's chain is broken, shortened or rewritten
    ├── FitError                the sampler could not run at all (a failed gate is not an error:
    │                           it is printed on the report's first line)
    └── BusyError               another process holds the case's lock
    UsageError                  exit code 2: the command line itself is wrong
    Stopped                     exit code 130: not an error, its user wants no more of an answer

Each says *where* (file, key or line), the *rule* ("must be ..."), the *value* found and, where
one can be given, a *hint*. The command line turns them into one or two lines; no traceback
reaches a user.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice

PROBLEMS_MOST = 5000  # of one file or step that are looked for
_LONGEST = 60  # characters of a value in a message
_MOST_KNOWN = 100  # words among which one like it is looked for


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: ``where: rule, found value (hint)``.

    Examples
    --------
    >>> print(Problem("priors/tone.toml, [other] levels", "must sum to 1", show(1.1)))
    priors/tone.toml, [other] levels: must sum to 1, found 1.1
    """

    where: str
    rule: str
    found: str = ""
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.rule}"
        if self.found:
            text += f", found {self.found}"
        if self.hint:
            text += f" ({self.hint})"
        return text


class ForecastError(Exception):
    """Base of all errors about data, case and record; carries one or more problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class CaseError(ForecastError):
    """A case folder that breaks the case format (``docs/case-format.md``)."""


class ReadingError(ForecastError):
    """A reading that was offered and not recorded."""


class PullError(ForecastError):
    """A provider that did not give its data, or not as it must be; never holds a secret."""


class LedgerError(ForecastError):
    """A ledger whose hash chain does not hold."""


class FitError(ForecastError):
    """A model that could not be sampled at all."""


class BusyError(ForecastError):
    """A lock another process holds."""


class UsageError(ForecastError):
    """A command line that asks for something that does not exist."""


class Stopped(Exception):  # noqa: N818  # no error
    """A computation ended early by its user, raised where it tells its progress.

    What can show what it has so far catches it.
    """


def first_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Problems as far as anybody will want to know them: after so many no more are looked for."""
    return list(islice(problems, PROBLEMS_MOST))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint naming the closest known word, or the known words if none is close.

    Examples
    --------
    >>> did_you_mean("mediann", ["median", "p90"])
    'did you mean median?'
    >>> did_you_mean("x", ["median", "p90"])
    'known: median, p90'
    """
    choices = [each for each in known if len(each) <= _LONGEST]
    if len(choices) > _MOST_KNOWN or len(word) > _LONGEST:  # nor would it be found soon
        return ""
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(choices)}" if choices else ""


def show(value: object) -> str:
    """Return a value as it may be quoted in a message: one line, printable, at most 60 characters.

    Written as in the files it came from: ``true`` and ``2024-12-02``, an empty text as ``""``.

    Examples
    --------
    >>> show(True), show(date(2024, 12, 2)), show("")
    ('true', '2024-12-02', '""')
    """
    match value:
        case str():
            text = value or '""'
        case bool():
            text = str(value).lower()
        case date():
            text = value.isoformat()
        case _:
            try:
                text = repr(value)
            except (ValueError, RecursionError):  # whole numbers of over 4300 digits, deep nesting
                text = f"{type(value).__name__} too long to show"
    text = printable(text[: _LONGEST + 1])
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def printable(text: str) -> str:
    """Return text on one line, whatever cannot be printed written as an escape."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def extra(name: str) -> str:
    """Return the hint how to install what an extra of this package needs."""
    return f"run `pip install '.[{name}]'` in the checkout this was installed from"


def counted(quantity: int, thing: str) -> str:
    """Return ``1 forecast`` or ``2 forecasts``, ``1 entry`` or ``2 entries``.

    Examples
    --------
    >>> counted(1, "entry"), counted(2000, "entry")
    ('1 entry', '2,000 entries')
    """
    if quantity != 1:
        thing = f"{thing[:-1]}ies" if thing.endswith("ry") else f"{thing}s"
    return f"{quantity:,} {thing}"
