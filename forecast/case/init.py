"""A new case: the template, or a copy of the Syria case.

The template lies in ``template/`` beside this module. The Syria case is the root of the
repository; a wheel carries a copy of it in ``example/``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

from forecast import clock
from forecast.case.definitions import load_case
from forecast.case.folder import MARKER
from forecast.errors import CaseError, Problem, printable
from forecast.periods import Period

_HERE = Path(__file__).parent
_TEMPLATE = _HERE / "template"
_EXAMPLES = (_HERE / "example", _HERE.parents[1])  # in a wheel, in a checkout
_PARTS = ("priors/*.toml", "indicators/*.toml", "indicators/*.csv", "reports/resolutions.csv")


def init_case(target: Path, example: bool, today: date | None = None) -> list[Path]:
    """Write a new case into a folder, all of it or nothing.

    The template's first period is set to the last one that ended before ``today`` (the current
    date if left out), so that the case can be refreshed at once. The example is copied byte for
    byte, without its ledger and reports.

    Returns the files written, sorted.

    Raises
    ------
    CaseError
        If the target is not a folder that can be written, or has one of the case's folders with
        something in it.
    """
    source = _example() if example else _TEMPLATE
    names = sorted(path.relative_to(source) for part in _PARTS for path in source.glob(part))
    try:
        _refuse_taken(target, {name.parts[0] for name in names})
        target.mkdir(parents=True, exist_ok=True)
        # Inside the target, so that every move below stays on one file system.
        with tempfile.TemporaryDirectory(dir=target, prefix=".forecast-init-") as folder:
            staging = Path(folder)
            for name in names:
                (staging / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(source / name, staging / name)
            if not example:
                _set_first(staging, today or clock.today())
            _move(staging, target)
    except OSError as error:
        rule = "must be a folder that can be written"
        raise CaseError(Problem(printable(str(target)), rule, hint=error.strerror or "")) from None
    return [target / name for name in names]


def _example() -> Path:
    for folder in _EXAMPLES:
        if (folder / MARKER).is_file():
            return folder
    raise CaseError(
        Problem("--example", "must be installed with the example case", hint="reinstall forecast")
    )


def _set_first(root: Path, today: date) -> None:
    case = load_case(root)
    marker = root / MARKER
    first = Period.ended_before(today, case.cadence)
    marker.write_text(
        marker.read_text(encoding="utf-8").replace(f'"{case.first}"', f'"{first}"'),
        encoding="utf-8",
        newline="\n",
    )


def _refuse_taken(target: Path, folders: set[str]) -> None:
    if (target / MARKER).exists():
        raise CaseError(Problem(printable(str(target)), "must not be a case already"))
    taken = [target / folder for folder in sorted(folders) if not _is_free(target / folder)]
    if taken:
        rule = "must not exist yet, or be an empty folder"
        raise CaseError(*(Problem(printable(str(path)), rule) for path in taken))


def _is_free(path: Path) -> bool:
    if path.is_dir() and not path.is_symlink():
        return not any(path.iterdir())
    return not os.path.lexists(path)


def _move(staging: Path, target: Path) -> None:
    """Move the folders of a case into place; ``priors``, which makes it a case, last.

    If one cannot be moved, those that were are taken back.
    """
    moved: list[Path] = []
    try:
        for folder in sorted(staging.iterdir(), key=lambda folder: folder.name == "priors"):
            place = target / folder.name
            if place.exists():
                place.rmdir()  # empty; a rename over it is not possible everywhere
            moved.append(folder.rename(place))
    except OSError:
        for place in moved:
            shutil.rmtree(place)
        raise
