"""A golden record of the Syria case: what the program computes and prints, from fixed draws.

``python -m tests.golden.record`` writes the files of ``tests/golden/expected`` anew; a change of
them is then read as any other change. Only the sampler is replaced: every parameter has
independent draws of a fixed seed, named by the parameter, so that the numbers depend neither on a
machine's rounding nor on the order of parameters. All that follows the draws is the program.

::

    numbers.json     forecasts W40-W50, and every verb's --json
    sentences.txt    every screen at 80 and 120 columns, memo, exports, titles of charts
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from forecast.model.data import Data
from forecast.model.fit import Fit, Progress, examine
from forecast.model.packing import blocks, size_of

ROOT = Path(__file__).parents[2]
EXPECTED = Path(__file__).parent / "expected"
FIRST, LAST = "2024-W40", "2024-W50"
SPREAD = 0.3  # sd of the draws: weights between neighbouring weeks stay usable
CHAINS, DRAWS = 4, 250

SUPPOSED = ("what-if", "sortie-intensity=40", "turkish-border-posture=2")
JUDGED = ("what-if", "--prior", "sustained-air-campaign.lasts=6")
SCREENS: tuple[tuple[str, ...], ...] = (
    (),
    ("check",),
    ("show", "2024-W48"),
    ("show", "2024-W44"),
    ("watch",),
    ("watch", "--trend"),
    ("watch", "sortie-intensity"),
    ("explain",),
    SUPPOSED,
    JUDGED,
    ("collect",),
    ("priors",),
    ("priors", "sortie-intensity", "--learned"),
    ("priors", "--delay"),
    ("priors", "--check"),
    ("score",),
    ("log",),
)
TEXTS: tuple[tuple[str, ...], ...] = (
    ("priors", "--sensitivity", "--quick"),  # many updates: at one width
    ("memo", "2024-W48", "--format", "md", "--output", "-"),
    ("export", "--format", "hub"),
    ("export", "--format", "csv"),
)
JSON: tuple[tuple[str, ...], ...] = (
    ("explain", "--json"),
    (*SUPPOSED, "--json"),
    (*JUDGED, "--json"),
    ("collect", "--json"),
    ("watch", "--json"),
    ("priors", "--json"),
    ("priors", "--learned", "--json"),
    ("priors", "--check", "--json"),
    ("score", "--json"),
)
CHARTS = ("scenarios", "horizon", "waterfall", "watch", "priors", "calibration")

_VARYING = (  # moments and what hangs on them
    (re.compile(r"\b20(?!24)\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d|Z)?"), "<moment>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"\b(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8}\b"), "<hash>"),
)


def fixed_draws(data: Data, progress: Progress, attempt: int = 1) -> Fit:
    """Stand in for the sampler: independent draws, of a seed of each parameter's own."""
    del progress, attempt
    theta = np.empty((CHAINS, DRAWS, size_of(data)))
    for name, block in blocks(data).items():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        theta[:, :, block] = SPREAD * rng.normal(size=(CHAINS, DRAWS, block.stop - block.start))
    return examine(data, theta, 0)


def run(case: Path, *arguments: str, columns: int = 80) -> tuple[str, str]:
    """Return what a command line prints on stdout and stderr, moments and hashes named."""
    from forecast.cli import run as command

    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        patch.dict(os.environ, {"COLUMNS": str(columns), "NO_COLOR": "1"}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = command(["-C", str(case), *arguments])
    texts = [stream.buffer.getvalue().decode() for stream in (out, err)]
    if code:
        texts[1] += f"exit code {code}\n"
    return _stable(texts[0], case), _stable(texts[1], case)


def _stable(text: str, case: Path) -> str:
    text = text.replace(str(case), "<case>")
    for pattern, name in _VARYING:
        text = pattern.sub(name, text)
    return text


@contextlib.contextmanager
def desk(folder: Path) -> Iterator[Path]:
    """Copy the case to a folder, with caches of its own, and log its replay of eleven weeks."""
    case, caches = folder / "case", folder / "caches"
    for part in ("priors", "indicators"):
        shutil.copytree(ROOT / part, case / part, ignore=shutil.ignore_patterns("vintages"))
    (case / "reports").mkdir()
    shutil.copy(ROOT / "reports" / "resolutions.csv", case / "reports")
    ours = _compiled(caches)
    with (
        patch("forecast.model.store.fitted", fixed_draws),
        patch("forecast.caches.user_cache_path", lambda *_, **__: ours),
    ):
        out, err = run(case, "replay", "--from", FIRST, "--to", LAST)
        if "exit code" in err:
            raise RuntimeError(out + err)
        yield case


def _compiled(caches: Path) -> Path:
    """Return an empty cache folder whose compiled code is the user's."""
    from forecast.caches import cache_folder

    compiled = cache_folder("compiled")
    compiled.mkdir(parents=True, exist_ok=True)
    caches.mkdir()
    (caches / "compiled").symlink_to(compiled)
    return caches


def numbers(case: Path) -> dict[str, Any]:
    """Return all that is computed: forecasts by period, and what verbs print as JSON."""
    from forecast.ledger import LEDGER, read

    found: dict[str, Any] = {
        f"forecast {entry.period}": {**entry.forecast, "issued": "", "fingerprint": ""}
        for entry in read(case / LEDGER)
    }
    for arguments in JSON:
        out, err = run(case, *arguments)
        name = " ".join(arguments)
        found[name] = json.loads(out) if out else err
    return found


def sentences(case: Path) -> str:
    """Return all that is printed for a reader, each under the command that prints it."""
    parts = []
    for arguments in SCREENS:
        for columns in (80, 120):
            parts.append(
                (
                    f"{columns} columns: {' '.join(arguments)}",
                    run(case, *arguments, columns=columns),
                )
            )
    parts += [(" ".join(arguments), run(case, *arguments)) for arguments in TEXTS]
    for name in CHARTS:
        target = case / f"{name}.svg"
        printed = run(case, "chart", name, "--format", "svg", "--output", str(target))
        parts.append((f"chart {name}", (printed[0] + _words(target), printed[1])))
    return "\n".join(f"==== forecast {name}\n{out}{_marked(err)}" for name, (out, err) in parts)


def _marked(err: str) -> str:
    return "".join(f"stderr: {line}\n" for line in err.splitlines())


def _words(chart: Path) -> str:
    """Return the title and description of a chart, as its file has them."""
    if not chart.exists():
        return ""
    svg = chart.read_text("utf-8")
    found = re.findall(r"<(?:title|desc|dc:title|dc:description)[^>]*>([^<]*)<", svg)
    return "".join(f"{text}\n" for text in found)


def main() -> None:
    """Write the expected files anew."""
    EXPECTED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as case:
        text = json.dumps(numbers(case), indent=1, ensure_ascii=False, sort_keys=True)
        (EXPECTED / "numbers.json").write_text(text + "\n", "utf-8")
        (EXPECTED / "sentences.txt").write_text(sentences(case), "utf-8")
    sys.stdout.write(f"{EXPECTED}\n")


if __name__ == "__main__":
    main()
