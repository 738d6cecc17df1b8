"""Run what is asked for and write its sections of the page; see the package."""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.speed import fit, forward_backward, growth, refits, updates, verbs

PAGE = Path(__file__).parent.parent.parent / "docs" / "performance.md"


def machine() -> str:
    """Return processor, cores and Python."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    named = model.group(1).strip() if model else platform.processor()
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores ({named}), {system}"


def main() -> None:
    """Replace the sections that were asked for, keep the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=None)
    parser.add_argument("--refits", type=int, default=100)
    parser.add_argument("--limit", type=float, default=900.0, help="seconds of one fit, at most")
    arguments = parser.parse_args()
    sections: dict[str, Callable[[], list[str]]] = {
        "verbs": verbs.section,
        "fit": lambda: fit.section(arguments.limit),
        "updates": updates.section,
        "refits": lambda: refits.section(arguments.refits),
        "forward_backward": forward_backward.section,
        "growth": growth.section,
    }
    old = PAGE.read_text("utf-8") if PAGE.exists() else ""
    text = [
        "# Performance",
        "",
        f"Written by `python -m benchmarks.speed` (`make bench`), on {machine()}.",
        "Ratios carry over to other machines, seconds do not.",
        "",
    ]
    for name, section in sections.items():
        kept = re.search(rf"<!-- {name} -->\n.*?<!-- /{name} -->\n", old, re.DOTALL)
        if arguments.only is None or name in arguments.only:
            print(name, file=sys.stderr, flush=True)
            body = "\n".join(section()).rstrip()
            text.append(f"<!-- {name} -->\n{body}\n<!-- /{name} -->\n")
        elif kept:
            text.append(kept.group(0))
    PAGE.write_text("\n".join(text), "utf-8")


if __name__ == "__main__":
    main()
