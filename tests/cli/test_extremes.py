"""Every verb that answers, on a case without readings, of zeros, of one value, and of huge ones.

Draws are a stand-in's, of a narrowed prior; everything that follows them is the program.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast import clock
from forecast.cli import run
from forecast.model.data import Data
from forecast.model.fit import Fit, Progress, examine
from forecast.model.packing import size_of
from forecast.periods import Period
from tests.factories import HEADER, make_case

FIRST, WEEKS = Period.parse("2024-W40"), 20
LAST = FIRST + (WEEKS - 1)
TODAY = LAST.refresh_day

VERBS = (
    "check",
    "",
    "show",
    "watch",
    "watch --trend",
    "watch strikes",
    "explain --quick",
    "what-if strikes=40 border=1",
    "what-if --prior war.lasts=6",
    "collect",
    "priors",
    "priors --learned",
    "priors --delay",
    "priors --check --quick",
    "priors --sensitivity --quick",
    "memo --output -",
    "memo --format html --output -",
    "chart scenarios --output {folder}/a.svg",
    "chart horizon --output {folder}/b.svg",
    "chart watch --output {folder}/c.svg",
    "chart priors --output {folder}/d.svg",
    "export --format hub",
    "export --format csv",
    "replay --from {first} --to {last} --draft --score",
    "score",
    "log",
    "log --verify",
)
AS_JSON = (
    "show",
    "watch",
    "explain --quick",
    "what-if strikes=40",
    "collect",
    "priors",
    "priors --sensitivity --quick",
    "score",
    "log",
    "check",
)


def fixed_draws(data: Data, progress: Progress, attempt: int = 1) -> Fit:
    """Stand in for the sampler."""
    del progress, attempt
    rng = np.random.default_rng(1)
    return examine(data, 0.3 * rng.normal(size=(4, 100, size_of(data))), 0)


def weekly(strikes: float, border: int) -> Callable[[], tuple[str, str]]:
    """Rows of both indicators, the same value every week."""

    def rows() -> tuple[str, str]:
        periods = [FIRST + step for step in range(WEEKS)]
        url = "https://example.org"
        return (
            "".join(f"{p},{strikes:.0f},{p.refresh_day},sohr,B2,,,north-west,{url},\n"
                    for p in periods),
            "".join(f"{p},{border},{p.refresh_day},desk,B2,,,country,{url},\n" for p in periods),
        )  # fmt: skip

    return rows


CASES: dict[str, Callable[[], tuple[str, str]]] = {
    "nothing read": lambda: ("", ""),
    "nothing but zeros": weekly(0, 0),
    "of one value": weekly(52, 2),
    "huge": weekly(400_000, 2),
}


@pytest.fixture(scope="module", params=CASES, ids=list(CASES))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A case with a forecast of its last two weeks logged."""
    root: Path = tmp_path_factory.mktemp("extreme") / "case"
    make_case(root)
    for name, rows in zip(("strikes", "border"), CASES[request.param](), strict=True):
        (root / "indicators" / f"{name}.csv").write_text(HEADER + rows, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: datetime.combine(TODAY, time(9), UTC))
        patch.setattr("forecast.model.store.fitted", fixed_draws)
        patch.setattr("forecast.caches.user_cache_path", _own_cache(root.parent))
        for day in ((LAST - 1).refresh_day, TODAY):
            assert run(["-C", str(root), "refresh", "--as-of", day.isoformat()]) == 0
        yield root


def _own_cache(folder: Path) -> Callable[..., Path]:
    """Fits of the stand-in are not the user's; compiled code is."""
    from forecast.caches import cache_folder

    ours, compiled = folder / "caches", cache_folder("compiled")
    compiled.mkdir(parents=True, exist_ok=True)
    ours.mkdir()
    (ours / "compiled").symlink_to(compiled)
    return lambda *_, **__: ours


def answer(folder: Path, verb: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    filled = verb.format(folder=folder, first=LAST - 2, last=LAST)
    capsys.readouterr()
    code = run(["-C", str(folder), *filled.split()])
    return code, *capsys.readouterr()


def test_every_verb_answers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = {}
    for verb in VERBS:
        code, out, err = answer(folder, verb, capsys)
        refused = verb.startswith("what-if") and code == 1 and "--refit" in err
        if "fault" in err or "nan" in out.split() or not (code == 0 or refused):
            wrong[verb] = (code, out[-300:], err[-300:])
    assert wrong == {}


def test_every_answer_is_json_without_nan(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def no_number(text: str) -> object:
        raise AssertionError(f"{text} is no number of JSON")

    for verb in AS_JSON:
        code, out, err = answer(folder, f"{verb} --json", capsys)
        if not (verb.startswith("what-if") and code == 1):
            assert code == 0, (verb, err)
            assert json.loads(out, parse_constant=no_number) is not None, verb


def test_the_cases_are_extreme(folder: Path) -> None:
    assert date.fromisoformat(str(TODAY)) == LAST.refresh_day
    assert (folder / "reports" / "ledger.jsonl").read_bytes().count(b"\n") == 2
