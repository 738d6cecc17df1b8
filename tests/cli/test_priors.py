"""`forecast priors`: asked against believed, and what was learned since."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from forecast.case import load_case
from forecast.cli import step
from forecast.explain import check as checking
from forecast.explain import learned as learning
from forecast.explain import sensitivity as hanging
from forecast.explain.delay import delays  # like believed: loaded before the engine's stand-in
from forecast.explain.priors import believed  # takes its place
from forecast.kit.codec import plain
from forecast.model.data import Data
from forecast.model.fit import Fit, Progress
from forecast.model.packing import size_of
from forecast.periods import Period
from forecast.readings import load_readings
from tests.cli.conftest import Run, edit, snapshot
from tests.explain.watched import drawn_by


@pytest.fixture(autouse=True)
def no_sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    def prior(data: Data, progress: Progress) -> Fit:
        progress(0.5, "sampling")
        size = size_of(data)
        theta = np.random.default_rng(4).standard_normal((4000, size))
        return Fit(theta, np.zeros(len(theta)), 1.0, 900.0, 0, {}, [])

    monkeypatch.setattr(learning, "fit", prior)
    for module in (hanging, checking):
        monkeypatch.setattr(module, "cost", lambda *_: (1.0, 1.0))
    monkeypatch.setattr(hanging, "draws_as_of", drawn_by(prior))
    monkeypatch.setattr(checking, "draws_as_of", drawn_by(prior))


def test_shows_every_indicator_and_writes_nothing(forecast: Run, root: Path) -> None:
    before = snapshot(root)
    result = forecast("priors")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[:2] == ["A small case", "All 4 expectations come back as asked."]
    assert {"Strikes", "Border"} <= set(lines)
    assert "As in other wars" not in result.out
    assert "Readings as known" not in result.out
    assert snapshot(root) == before


def test_one_indicator_comes_with_its_reasons(forecast: Run) -> None:
    out = forecast("priors", "strikes").out
    assert "As in other wars" in out
    assert "Border" not in out


def test_the_chart_shows_the_same(forecast: Run, root: Path) -> None:
    forecast("refresh", "--as-of", "2024-12-02")
    path = root / "reports" / "2024-W48" / "charts" / "priors.svg"
    assert forecast("chart", "priors", "--format", "svg").out == f"{path}\n"
    assert "<title>All 4 expectations come back as asked." in path.read_text("utf-8")


def test_learned_is_added(forecast: Run) -> None:
    out = forecast("priors", "--learned").out
    assert "Readings as known 10 Dec 2024 moved or narrowed 0 of 14 parameters." in out
    assert "How long scenarios last, in weeks" in out
    assert "not learned" in out


def add_vintages(root: Path) -> None:
    """Let sohr double every count after ten days, for weeks enough to learn from."""
    rows = []
    for week in range(30):
        period = Period.parse("2024-W10") + week
        for value, days in ((40, 0), (80, 10)):
            published = period.refresh_day + timedelta(days=days)
            rows.append(f"{period},{value},{published},sohr,B2,,,north-west,https://example.org,\n")
    edit(root / "priors" / "scenarios.toml", "2024-W40", "2024-W10")
    with (root / "indicators" / "strikes.csv").open("a", encoding="utf-8") as file:
        file.writelines(rows)


def test_delay_is_told_alone(forecast: Run, root: Path) -> None:
    add_vintages(root)
    out = forecast("priors", "--delay").out
    assert "Vintages known 10 Dec 2024 teach how 1 of 2 sources revise" in out
    assert "sohr     0    30 2.00 2.00 2.00 2.00 2.00   1.94 1.97 2.00 2.03 2.07" in out
    assert "sohr   4-7    30 1.00 1.00" in out
    assert "0 of acled" in out
    assert "asked" not in out


@pytest.mark.parametrize("arguments", [["--delay"], ["border", "--delay"]])
def test_json_of_delay_is_the_numbers(forecast: Run, root: Path, arguments: list[str]) -> None:
    add_vintages(root)
    case = load_case(root)
    only = "border" if "border" in arguments else None
    expected = delays(case, load_readings(case), date(2024, 12, 10), only)
    found = forecast("priors", *arguments, "--json").json
    assert found == _plain(plain(expected))
    assert [row.pairs for row in expected.rows] == ([] if only else [30] * 4 + [0] * 4)


def test_delay_of_what_is_no_count(forecast: Run) -> None:
    assert "Nothing to learn: only counts" in forecast("priors", "border", "--delay").out


def test_check_is_told_alone(forecast: Run, root: Path) -> None:
    before = snapshot(root)
    result = forecast("priors", "--check")
    assert (result.code, result.err) == (0, "")
    assert "2 readings, as known 10 Dec 2024, held against the forecasts of the week" in result.out
    assert "Strikes        2 " in result.out
    assert "Border" not in result.out  # nothing is read of it
    assert "asked" not in result.out
    assert snapshot(root) == before


def test_json_of_check_is_the_numbers(forecast: Run, root: Path) -> None:
    case = load_case(root)
    expected = checking.check(case, load_readings(case), date(2024, 12, 10), only="strikes")
    found = forecast("priors", "strikes", "--check", "--json").json
    assert found == _plain(plain(expected))
    assert [reading.value for i in expected.indicators for reading in i.readings] == [52, 60]


@pytest.mark.parametrize(
    ("first", "second"),
    [("--delay", "--learned"), ("--check", "--learned"), ("--delay", "--check")],
)
def test_one_question_at_a_time(forecast: Run, first: str, second: str) -> None:
    result = forecast("priors", first, second)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"{first}: must be asked without {second}\n"


def test_an_expectation_that_cannot_be_had_is_said(forecast: Run, root: Path) -> None:
    edit(root / "priors" / "strikes.toml", "p90 = 200", "p90 = 61")
    result = forecast("priors", "strikes")
    assert result.code == 0
    assert "1 of 2 expectations does not come back as asked." in result.out
    assert "! War: no count has a median of 60 and a 90th percentile of 61" in result.out


@pytest.mark.parametrize("arguments", [["strikes"], ["--learned"], ["border", "--learned"]])
def test_json_is_the_numbers(forecast: Run, root: Path, arguments: list[str]) -> None:
    found = cast(dict[str, Any], forecast("priors", *arguments, "--json").json)
    only = next((name for name in arguments if not name.startswith("-")), None)
    expected = believed(load_case(root), date(2024, 12, 10), only)
    assert found["indicators"] == _plain(plain(expected))
    assert found["scenarios"] == {"war": "War", "other": "Other"}
    assert (found["learned"] is not None) == ("--learned" in arguments)


def _plain(data: Any) -> Any:
    """Return data as it is after JSON: tuples as lists."""
    match data:
        case dict():
            return {key: _plain(value) for key, value in data.items()}
        case list() | tuple():
            return [_plain(value) for value in data]
        case _:
            return data


def test_sensitivity_is_an_answer_of_its_own(forecast: Run, root: Path) -> None:
    before = snapshot(root)
    result = forecast("priors", "--sensitivity")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("A small case\nAs known 10 Dec 2024 ")
    assert "If this counted twice" in result.out
    assert "expectations come back as asked" not in result.out
    assert snapshot(root) == before


def test_sensitivity_shows_what_was_logged_of_the_same_inputs(forecast: Run) -> None:
    assert forecast("refresh", "--as-of", "2024-12-10").code == 0
    found = cast(dict[str, Any], forecast("priors", "strikes", "--sensitivity", "--json").json)
    assert found["probabilities"] == {"war": 0.3, "other": 0.7}


def test_sensitivity_of_one_indicator_as_numbers(forecast: Run) -> None:
    found = cast(dict[str, Any], forecast("priors", "strikes", "--sensitivity", "--json").json)
    assert sum(found["probabilities"].values()) == pytest.approx(1)
    assert found["tried"] == 5  # two medians, two 90th percentiles, the inertia
    groups = [(row["part"], row["indicator"]) for row in found["power_scaled"]]
    assert set(groups) == {("likelihood", None), ("prior", "strikes")}


def test_two_questions_at_once_are_wrong_usage(forecast: Run) -> None:
    result = forecast("priors", "--sensitivity", "--learned")
    assert (result.code, result.out) == (2, "")
    assert result.err == "--sensitivity: must be asked without --learned\n"


def test_an_unknown_indicator_is_wrong_usage(forecast: Run) -> None:
    result = forecast("priors", "strike")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "INDICATOR: must be an indicator of the case, found strike (did you mean strikes?)\n"
    )


def test_it_stands_among_the_questions(forecast: Run) -> None:
    out = forecast("--help").out
    questions = out[out.index("─ Questions ─") : out.index("─ Record ─")]
    assert "priors" in questions


class _Clock:
    """Ctrl-C once an answer has said a word of progress so often."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self.left = times
        shown = step.shown_progress

        @contextmanager
        def counting() -> Iterator[Any]:
            with shown():
                yield self.tell

        monkeypatch.setattr(step, "shown_progress", counting)

    def tell(self, share: float, text: str) -> None:
        del share, text
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(
    ("option", "times", "said"),
    [("--check", 3, "stopped after 1 of"), ("--sensitivity", 9, "stopped after 7 of")],
)
def test_ctrl_c_shows_what_is_done_by_then(
    forecast: Run, monkeypatch: pytest.MonkeyPatch, option: str, times: int, said: str
) -> None:
    _Clock(monkeypatch, times)
    result = forecast("priors", option)
    assert result.code == 130
    assert result.out.splitlines()[0 if option == "--check" else 1].startswith(
        f"NOT THE WHOLE ANSWER: {said}"
    )
    assert "Stopping: what is done so far will be shown." in result.err
    _Clock(monkeypatch, times)
    data = forecast("priors", option, "--json").json
    assert isinstance(data, dict)
    assert data["cut"].startswith(said)
    _Clock(monkeypatch, 1)
    nothing = forecast("priors", option)
    assert (nothing.code, nothing.out) == (130, "")
    assert nothing.err.endswith("Interrupted: nothing was done by then.\n")


@pytest.mark.parametrize("option", ["--check", "--sensitivity"])
def test_a_long_answer_says_first_what_it_costs(
    forecast: Run, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    for module in (hanging, checking):
        monkeypatch.setattr(module, "cost", lambda *_: (200.0, 22.0))
    result = forecast("priors", option)
    assert result.err == (
        f"priors {option}: about 3 min, with --quick about 20 s; "
        "Ctrl-C shows what is done by then.\n"
    )
    assert forecast("priors", "--quick").code == 2
