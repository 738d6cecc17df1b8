"""Every command a document shows is one the program has, with options it has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from forecast.cli.app import app_for

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
VERBS = get_command(app_for(["--help"])).commands  # type: ignore[attr-defined]
# in a block at the start of a line, after a prompt, a path or `&&`; in a text between back ticks
_IN_BLOCK = re.compile(r"(?:^|&& |[$*/] ?|bin/)forecast (.+)$")
_IN_TEXT = re.compile(r"`forecast ([^`]+)`")
_PLACEHOLDER = re.compile(r"\[(--[^\]]*)\]")  # [--refit]: it may be left out


def commands(text: str) -> list[str]:
    """Return what stands after ``forecast`` wherever a page shows a command."""
    found = []
    for number, part in enumerate(text.split("```")):
        if number % 2:
            joined = re.sub(r" \\\n\s*", " ", part)
            lines = [
                re.split(r" {3,}| # | [>|;] | 2>", line)[0]
                for line in map(str.strip, joined.splitlines())
            ]
            found += [match[1] for line in lines if (match := _IN_BLOCK.search(line))]
        else:
            found += [" ".join(match.split()) for match in _IN_TEXT.findall(part)]
    return found


def faults(command: str) -> list[str]:
    """Return what the program does not know of a command."""
    words = [w for w in shlex.split(_PLACEHOLDER.sub(r"\1", command)) if w not in ("[", "]")]
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] == "-C" else words[1:]
    if not words:
        return []
    verb = words[0].strip("[]")
    if verb not in VERBS:
        return [verb]
    known = {
        name
        for parameter in VERBS[verb].params
        for name in (*parameter.opts, *parameter.secondary_opts)
    } | {"--help"}
    options = [word.split("=")[0] for word in words[1:] if re.match(r"--?[a-z]", word)]
    return [f"{verb} {option}" for option in options if option not in known]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    shown = commands(page.read_text("utf-8"))
    assert [fault for command in shown for fault in faults(command)] == []


def test_the_check_finds_what_is_wrong() -> None:
    page = (
        "`forecast wathc`, `forecast watch --fail-om watch`\n```\n$ forecast -C x log --verfy\n```"
    )
    assert [fault for command in commands(page) for fault in faults(command)] == [
        "wathc", "watch --fail-om", "log --verfy",
    ]  # fmt: skip


def test_pages_show_commands() -> None:
    readme, cookbook = (commands(path.read_text("utf-8")) for path in
                        (ROOT / "README.md", ROOT / "docs" / "cookbook.md"))  # fmt: skip
    assert len(readme) > 15
    assert {command.split()[0] for command in cookbook} >= {
        "init", "check", "add", "refresh", "watch", "memo", "chart", "resolve", "score", "log",
    }  # fmt: skip
