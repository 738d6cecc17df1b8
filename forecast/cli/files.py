"""Files that a verb makes: what they are called, and how they are put in their place."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import typer

from forecast.errors import CaseError, Problem, UsageError, printable, show
from forecast.files import replace_file


def ending(form: str | None, output: Path | None, formats: Iterable[str], default: str) -> str:
    """The format as a file's ending; of a file that is named, its own.

    Raises
    ------
    UsageError
        If a file is named that ends in none of the formats, or in another than was asked for.
    """
    if output is None or output == Path("-"):
        return form or default
    found = output.suffix.removeprefix(".")
    allowed = [form] if form else list(formats)
    if found not in allowed:
        rule = f"must end in .{', .'.join(allowed)}"
        raise UsageError(Problem("--output", rule, show(output.name)))
    return found


def write(path: Path, data: bytes) -> None:
    """Put a generated file in its place, whole, and print where that is.

    Raises
    ------
    CaseError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)
    except OSError as error:
        hint = error.strerror or ""
        raise CaseError(Problem(printable(str(path)), "must be writable", hint=hint)) from None
    typer.echo(printable(str(path)))
