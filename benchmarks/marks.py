"""Pages of which a command writes only what stands between two marks."""

from __future__ import annotations


def filled(page: str, begin: str, end: str, text: str) -> str:
    """Return the page with text between its marks, each a line.

    Raises
    ------
    ValueError
        If the page does not have both marks, once each and in order.
    """
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found or begin in rest:
        raise ValueError(f"the page must hold {begin.strip()} and then {end.strip()}")
    return f"{before}{begin}{text}{end}{after}"
