"""Every verb is complete: it is there, says what it does and what it takes, and is documented."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from typer.main import get_command

import forecast.cli
from forecast.cli.app import VERBS, Verb, app_for
from tests.test_docs import commands

ROOT = Path(__file__).parents[2]
CLI = Path(forecast.cli.__file__).parent
SHOWN = [
    command
    for page in (ROOT / "README.md", ROOT / "docs" / "cookbook.md")
    for command in commands(page.read_text("utf-8"))
]
COMMANDS = get_command(app_for(["--help"])).commands  # type: ignore[attr-defined]
each_verb = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)


def test_a_module_with_a_verb_is_in_the_registry() -> None:
    written = set()
    for path in CLI.glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name == path.stem:
                first = node.args.args[0].annotation if node.args.args else None
                if first is not None and ast.unparse(first) == "typer.Context":
                    written.add(path.stem.replace("_", "-"))
    assert written - {"home"} == {*VERBS}  # `home` is what happens without a verb


@each_verb
def test_it_says_what_it_does_and_what_it_takes(verb: Verb) -> None:
    line = (inspect.getdoc(verb.load()) or "").split("\n")[0]
    assert line.endswith(".")
    assert len(line) <= 80
    help_of = {p.name: getattr(p, "help", None) for p in COMMANDS[verb.name].params}
    assert [name for name, text in help_of.items() if not text] == []


@each_verb
def test_it_prints_json_if_it_promises_to(verb: Verb) -> None:
    options = {name for parameter in COMMANDS[verb.name].params for name in parameter.opts}
    assert ("--json" in options) is verb.json


@each_verb
def test_it_is_documented(verb: Verb) -> None:
    assert [command for command in SHOWN if command.split()[:1] == [verb.name]]
