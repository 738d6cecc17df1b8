"""The memo: what it says (`content`), and one renderer per format.

::

    View, Grounds, notes ── build_memo ──> Memo ─┬─ markdown   text
                                                 ├─ html       one self-contained page
                                                 ├─ docx       python-docx
                                                 └─ pdf        typst

A format's library is imported with its module only; Markdown needs none.
"""

from forecast.report.memo.content import build_memo, parsed
from forecast.report.memo.document import Memo
from forecast.report.memo.markdown import escape, link, markdown

__all__ = ["Memo", "build_memo", "escape", "link", "markdown", "parsed"]
