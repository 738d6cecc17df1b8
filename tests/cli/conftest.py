"""A case, a stand-in for the engine that samples nothing, and the command line as a function."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from msgspec import structs

from forecast import clock
from forecast.case import Case
from forecast.cli import run
from forecast.periods import Period
from forecast.readings import Known, Reading, known_as_of
from forecast.record import ChangeSince, Forecast
from tests.factories import HEADER, make_case, make_forecast

TODAY = date(2024, 12, 10)  # a Tuesday: the forecast period is 2024-W49
ROWS = (
    "2024-W48,52,2024-12-02,sohr,B2,4,,north-west,https://example.org/a,as told\n"
    "2024-W49,60,2024-12-09,sohr,B2,,,north-west,https://example.org/b,as told\n"
)


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)


Run = Callable[..., Result]


@dataclass
class Engine:
    """Stands where `forecast.refresh` is; remembers the as-of dates it was asked for."""

    asked: list[date] = field(default_factory=list)
    refits: int = 0
    shift: float = 0.0  # added to one scenario's probability and taken from the other's
    failures: list[str] = field(default_factory=list)  # of the gate, by every fit from then on

    def refresh(
        self,
        case: Case,
        readings: tuple[Reading, ...],
        as_of: date,
        previous: tuple[int | None, Forecast] | None = None,
        *,
        progress: Callable[[float, str], None] | None = None,
        refit: bool = False,
    ) -> Forecast:
        self.asked.append(as_of)
        self.refits += refit
        if progress:
            progress(0.5, "sampling")
        known = known_as_of(case, readings, as_of)
        used = [*known.speaking.values(), *known.spans]
        period = Period.ended_before(as_of, case.cadence)
        made = make_forecast(str(period), as_of.isoformat(), self.fingerprint(case, known))
        war, other = made.scenarios
        since = previous and ChangeSince(previous[1].period, previous[1].as_of, previous[0])
        return structs.replace(
            made,
            issued=clock.now(),
            readings_used=len(used),
            change_since=since,
            fit=structs.replace(made.fit, ok=not self.failures, failures=[*self.failures]),
            scenarios=[
                structs.replace(war, probability=war.probability + self.shift, change=0.1),
                structs.replace(other, probability=other.probability - self.shift),
            ],
        )

    def fingerprint(self, case: Case, known: Known) -> str:
        del case
        used = [*known.speaking.values(), *known.spans]
        return hashlib.sha256(repr((known.as_of, used)).encode()).hexdigest()


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A live case with two readings of strikes, none of border, on a Tuesday."""
    monkeypatch.setattr(clock, "now", lambda: datetime.combine(TODAY, time(9), UTC))
    folder = tmp_path / "case"
    make_case(folder)
    (folder / "indicators" / "strikes.csv").write_text(HEADER + ROWS, "utf-8")
    return folder


@pytest.fixture
def forecast(
    root: Path,
    engine: Engine,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Run a command line in the case's folder, with the stand-in for the engine."""
    monkeypatch.setattr("forecast.refresh.refresh", engine.refresh)
    monkeypatch.setattr("forecast.refresh.fingerprint", engine.fingerprint)
    monkeypatch.chdir(root)

    def command(*arguments: str) -> Result:
        capsys.readouterr()
        code = run(arguments)
        return Result(code, *capsys.readouterr())

    return command


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder with its content."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first ``old``; that it is there is part of the test."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def pin(root: Path, day: str = "2024-12-02") -> None:
    """Make the case a historical one."""
    edit(root / "priors" / "scenarios.toml", "horizons", f"as_of = {day}\nhorizons")
