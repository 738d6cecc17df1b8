"""Every verb that computes, on cases without readings, without change, and out of scale.

Each is answered, by numbers only: a diagnostic that does not exist is none. Samplers are shortened.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from forecast.case import load_case
from forecast.cli import run
from forecast.explain import check
from forecast.kit import cache
from forecast.model import fit, tempering
from forecast.periods import Period
from tests.cli.conftest import edit
from tests.factories import HEADER, make_case

FIRST, WEEKS = Period.parse("2024-W40"), 6


def rows(strikes: dict[int, float], border: dict[int, int]) -> tuple[str, str]:
    """Return both files, of values by week from the first."""

    def row(week: int, value: float, source: str, scope: str) -> str:
        period = FIRST + week
        day = period.refresh_day.isoformat()
        return f"{period},{value:g},{day},{source},B2,,,{scope},https://example.org,\n"

    return (
        "".join(row(week, value, "sohr", "north-west") for week, value in strikes.items()),
        "".join(row(week, value, "desk", "country") for week, value in border.items()),
    )


CASES = {
    "nothing read": rows({}, {}),
    "one reading": rows({0: 12}, {}),
    "a constant": rows(dict.fromkeys(range(WEEKS), 0), dict.fromkeys(range(WEEKS), 1)),
    "out of scale": rows({3: 8, 5: 600_000}, {5: 2}),
}
VERBS = (
    "refresh",
    "replay --draft --from 2024-W45",
    "explain --quick",
    "collect",
    "what-if strikes=40",
    "priors --learned",
    "priors --check --quick",
    "priors --sensitivity --quick",
)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("cache")
    of_user = cache.cache_folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(  # compiled code is the user's
            cache, "cache_folder", lambda name: folder / name if name == "fits" else of_user(name)
        )
        patch.setattr(fit, "sample", partial(fit.sample, draws=600, tune=400))
        patch.setattr(check, "QUICK", 100)
        patch.setattr(tempering, "SWEEPS", (1000,))
        patch.setattr(tempering, "FIRST_ROUNDS", (50, 100))
        patch.setattr(tempering, "LAST_ROUND", 100)
        yield


@pytest.fixture(scope="module", params=CASES)
def root(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, short: None
) -> Path:
    """A case pinned to six weeks."""
    del short
    folder = tmp_path_factory.mktemp("case") / "case"
    make_case(folder)
    edit(folder / "priors" / "scenarios.toml", "horizons", "as_of = 2024-11-18\nhorizons")
    edit(folder / "priors" / "scenarios.toml", "2024-W40", str(FIRST))
    strikes, border = CASES[request.param]
    (folder / "indicators" / "strikes.csv").write_text(HEADER + strikes, "utf-8")
    (folder / "indicators" / "border.csv").write_text(HEADER + border, "utf-8")
    load_case(folder)
    return folder


def no_number(text: str) -> Any:
    raise AssertionError(f"{text} is no number")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_answers_by_numbers(
    root: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *others = verb.split()
    code = run(["-C", str(root), first, *others, "--json"])
    out, err = capsys.readouterr()
    assert (code, "fault" in err) == (0, False), err
    answer = json.loads(out, parse_constant=no_number)
    for forecast in answer if isinstance(answer, list) else [answer]:
        assert forecast.get("fit", {"ok": True})["ok"] or forecast["fit"]["failures"]
    if first in ("refresh", "collect"):  # others take their time again
        assert run(["-C", str(root), first, *others]) == 0
        assert "nan" not in capsys.readouterr().out.lower().split()


def test_what_was_refreshed_is_logged(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(root), "refresh"]) == 0
    assert run(["-C", str(root), "log", "--verify"]) == 0
    assert "chain intact" in capsys.readouterr().out
