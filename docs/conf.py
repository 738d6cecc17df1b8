"""Sphinx: `docs/` as a site. `make docs` builds it into `docs/_build/`, warnings as errors.

The pages are ordinary Markdown that the repository's web view shows as well, so links go to files
(`method.md#for-the-analyst`, `syria/facts.csv`) and nothing depends on directives, the API pages
apart. Dead links within the site are found by `benchmarks/links.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "watchlist-forecast"
copyright = "the authors of watchlist-forecast, Apache-2.0"  # noqa: A001  # Sphinx's name for it
html_title = project
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
highlight_language = "pycon"  # of blocks without one: examples in colour, screens as they are

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

myst_heading_anchors = 3  # as the repository's web view names them

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = True
napoleon_google_docstring = False
default_role = "code"  # docstrings write `name` for code
# Types in signatures are links where a page has them; not all are of use outside, nor are all ours.
nitpick_ignore_regex = [(r"py:class", r".*")]

_POINTER = re.compile(r"\s*\[[^\]]+\]\(\.\./([A-Z]+\.md)\)\s*")


def _file_at_the_root(_: Sphinx, __: str, content: list[str]) -> None:
    """Show a file of the repository's root where a page is nothing but a link to it."""
    if pointer := _POINTER.fullmatch(content[0]):
        options = ":relative-docs: docs/\n:relative-images:\n"
        content[0] = f"```{{include}} ../{pointer[1]}\n{options}```"


def setup(app: Sphinx) -> None:
    """Register what Sphinx itself lacks."""
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", _file_at_the_root)
