"""What documents show exists: commands and their options, files, headings, modules."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from benchmarks.links import dead_links
from forecast.cli.app import app_for

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if "_build" not in path.parts
)
VERBS = get_command(app_for(["--help"])).commands  # type: ignore[attr-defined]
# in a block at the start of a line, after a prompt, a path or `&&`; in a text between back ticks
_IN_BLOCK = re.compile(r"(?:^|&& |[$*/] ?|bin/)forecast (?!= )(.+)$")  # nor a variable
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
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


_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_MODULE = re.compile(r"^\.\. automodule:: (\S+)$", re.MULTILINE)


def prose(page: Path) -> str:
    """The text of a page without its blocks and its code."""
    return re.sub(r"`[^`\n]+`", "code", "".join(page.read_text("utf-8").split("```")[::2]))


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as the repository's web view and the site make them."""
    text = "".join(page.read_text("utf-8").split("```")[::2])
    titles = (re.sub(r"[^\w -]", "", found.lower()) for found in _HEADING.findall(text))
    return {title.strip().replace(" ", "-") for title in titles}


def lost(page: Path) -> list[str]:
    """Links of a page to files that do not exist, or to headings no page has."""
    found = []
    for link in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (heading and heading not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert lost(page) == []


def test_lost_links_are_found(tmp_path: Path) -> None:
    page, other = tmp_path / "page.md", tmp_path / "other.md"
    other.write_text("# One `two`, three\n", "utf-8")
    page.write_text(
        "# Here\n[a](#here) [b](#there) [c](other.md#one-two-three) [d](other.md#one)\n"
        "[e](none.md) [f](https://example.org/x)\n```\n[g](none.md)\n```\n",
        "utf-8",
    )
    assert lost(page) == ["#there", "other.md#one", "none.md"]


def test_dead_links_of_the_site_are_found(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "index.html").write_text(
        '<a href="sub/">ok</a><a href="sub/index.html#there">ok</a><a href="#nowhere">no</a>'
        '<a href="https://example.org">not looked up</a><img src="gone.png">',
        "utf-8",
    )
    (tmp_path / "sub" / "index.html").write_text(
        '<p id="there"><a href="../index.html#">ok</a><a href="index.html#here">no</a>', "utf-8"
    )
    assert list(dead_links(tmp_path)) == [
        "index.html: #nowhere", "index.html: gone.png", "sub/index.html: index.html#here",
    ]  # fmt: skip


def test_modules_of_the_api_pages_exist() -> None:
    modules = [
        module
        for page in (ROOT / "docs" / "api").glob("*.md")
        for module in _MODULE.findall(page.read_text("utf-8"))
    ]
    assert len(modules) > 10
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []


def test_every_page_is_in_the_site() -> None:
    listed = set[Path]()
    for index in (ROOT / "docs" / "index.md", ROOT / "docs" / "api" / "index.md"):
        for tree in re.findall(r"```\{toctree\}\n(.*?)```", index.read_text("utf-8"), re.DOTALL):
            names = [line for line in tree.splitlines() if line and not line.startswith(":")]
            listed |= {index.parent / f"{re.sub(r'.*<(.+)>', r'\1', name)}.md" for name in names}
    pages = {page for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert pages - listed == {ROOT / "docs" / "index.md"}
