"""Dead links of a built site: files that do not exist, places no page has.

    python -m benchmarks.links docs/_build

No network: addresses outside the site are not looked up.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_TARGETS = {"href", "src", "srcset"}


class _Page(HTMLParser):
    """The links of a page, and the places in it that a link may name."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places = {"", "top"}  # browsers know both
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for key, value in attrs if key in _TARGETS and value]
        self.places.update(value for key, value in attrs if key in {"id", "name"} and value)


def dead_links(site: Path) -> Iterator[str]:
    """Every link within a site that leads nowhere, as ``page: link``."""
    pages = {path.resolve(): _Page(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            there = target.is_file() and (
                target not in pages or unquote(parts.fragment) in pages[target].places
            )
            if not there:
                yield f"{path.relative_to(site.resolve())}: {link}"


if __name__ == "__main__":
    found = list(dead_links(Path(sys.argv[1])))
    print("\n".join(found), file=sys.stderr)
    sys.exit(1 if found else 0)
