"""The verbs, in the order and groups of the help; the module of one is loaded when it is needed.

Without a verb (`home`): the last forecast, and what is due.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperOption

from forecast.cli.common import (
    case_root,
    default_as_of,
    entries_of,
    flag,
    last_entry,
    load,
    print_screen,
    view_of,
)
from forecast.cli.waiting import due_line, news_line, outcome_line


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: ``what-if`` is the function ``what_if`` of ``forecast.cli.what_if``.

    ``panel`` is its group in the help. ``json`` is whether it prints its result as JSON with
    ``--json``, ``quick`` whether it computes nothing and loads no heavy library.
    """

    name: str
    panel: Literal["Monday", "Questions", "Record", "Case"]
    json: bool
    quick: bool

    def load(self) -> Callable[..., Any]:
        """The function behind it; its module is imported now and not before."""
        name = self.name.replace("-", "_")
        found: Callable[..., Any] = getattr(import_module(f"forecast.cli.{name}"), name)
        return found


VERBS = {
    verb.name: verb
    for verb in (
        Verb("add", "Monday", json=False, quick=False),
        Verb("refresh", "Monday", json=True, quick=False),
        Verb("watch", "Monday", json=True, quick=True),
        Verb("memo", "Monday", json=False, quick=True),
        Verb("chart", "Monday", json=False, quick=False),
        Verb("explain", "Questions", json=True, quick=False),
        Verb("what-if", "Questions", json=True, quick=False),
        Verb("collect", "Questions", json=True, quick=False),
        Verb("priors", "Questions", json=True, quick=False),
        Verb("show", "Record", json=True, quick=True),
        Verb("replay", "Record", json=True, quick=False),
        Verb("resolve", "Record", json=False, quick=False),
        Verb("score", "Record", json=True, quick=False),
        Verb("log", "Record", json=True, quick=True),
        Verb("export", "Record", json=False, quick=False),
        Verb("diagnose", "Record", json=False, quick=False),
        Verb("init", "Case", json=False, quick=False),
        Verb("check", "Case", json=True, quick=True),
        Verb("pull", "Case", json=True, quick=False),
    )
}

_NEGATIVE = re.compile(r"-[0-9.].*", re.DOTALL)
_FOLDER = "The case: there or in a folder above."


class _Command(TyperCommand):
    """A verb's command: ``-C`` may stand after it, and a negative number is a value, no option."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.append(
            TyperOption(
                param_decls=["-C"],
                type=Path,
                metavar="DIR",
                help=_FOLDER,
                expose_value=False,
                callback=_name_folder,
            )
        )

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.ignore_unknown_options = any(map(_NEGATIVE.fullmatch, args))
        return super().parse_args(ctx, args)


def _name_folder(ctx: Any, _option: Any, folder: Path | None) -> None:
    if folder is not None:
        ctx.obj = folder


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The command line with the verbs that these arguments may need."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.callback(invoke_without_command=True)(root)
    needed = tuple(_needed(list(arguments)))
    for verb in VERBS.values():
        if verb.name in needed:
            app.command(verb.name, cls=_Command, rich_help_panel=verb.panel)(verb.load())
    return app


def _needed(arguments: list[str]) -> Iterator[str]:
    """Yield the verb that is named; all, if the help or what is no verb is asked for."""
    while arguments and arguments[0].startswith("-"):
        if arguments[0] == "--help":
            break
        del arguments[: 2 if arguments[0] == "-C" else 1]
    if not arguments:
        yield "show"  # without a verb none is needed, but there must be one
    elif arguments[0] in VERBS:
        yield arguments[0]
    else:
        yield from VERBS


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"watchlist-forecast {version('watchlist-forecast')}")
        raise typer.Exit


def root(
    ctx: typer.Context,
    folder: Annotated[
        Path,
        typer.Option("-C", metavar="DIR", show_default="here", help=_FOLDER),
    ] = Path(),
    _show_version: Annotated[
        bool,
        flag("--version", text="Print the version.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    """Weekly scenario probabilities from a watch list.

    Without a verb: the last forecast and what is due.
    """
    ctx.obj = folder
    if ctx.invoked_subcommand is None:
        home(ctx)


def home(ctx: typer.Context) -> None:
    """Show the last forecast and what is due."""
    from forecast.report.terminal.console import make_console, put, put_text

    root = case_root(ctx)
    entries = entries_of(root)
    entry = last_entry(entries)
    console = make_console()
    forecast = entry.forecast if entry else None
    if forecast:
        print_screen(view_of(root, entries, entry, forecast))
        put(console)
    else:
        put_text(console, "No forecast yet: run `forecast refresh`.")
    case, readings = load(root)
    as_of = default_as_of(case)
    put_text(console, due_line(case, readings, as_of))
    if waiting := outcome_line(case, readings, (entry.period for entry in entries), as_of):
        put_text(console, waiting)
    if forecast and (news := news_line(case, readings, forecast, as_of)):
        put_text(console, news)
