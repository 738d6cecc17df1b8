"""The verbs, in the order and groups of the help; a verb is loaded when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption

from forecast.cli.common import flag

PANELS = {
    "Monday": ("add", "refresh", "watch", "memo", "chart"),
    "Questions": ("explain", "what-if", "collect", "priors"),
    "Record": ("show", "replay", "resolve", "score", "log", "export", "diagnose"),
    "Case": ("init", "check", "pull"),
}
VERBS = tuple(verb for verbs in PANELS.values() for verb in verbs)


_NEGATIVE = re.compile(r"-[0-9.].*", re.DOTALL)
_FOLDER = "The case: there or in a folder above."


class _Verb(TyperCommand):
    """A verb: ``-C`` may stand after it as well, and a negative number is a value, no option."""

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
    """Return the command line with the verbs that these arguments may need."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.callback(invoke_without_command=True)(root)
    needed = tuple(_needed(list(arguments)))
    for panel, verbs in PANELS.items():
        for verb in verbs:
            if verb in needed:
                app.command(verb, cls=_Verb, rich_help_panel=panel)(_function(verb))
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


def _function(verb: str) -> Callable[..., Any]:
    name = verb.replace("-", "_")
    found: Callable[..., Any] = getattr(import_module(f"forecast.cli.{name}"), name)
    return found


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
        from forecast.cli.home import home

        home(ctx)
