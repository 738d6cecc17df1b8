"""Numbers of no sensible size, in every place that takes one: a sentence, never a fault later."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from forecast.case import check_case, init_case, load_case
from forecast.readings import check_readings

SCALE = "must be 0, or of a size from 1e-09 to 1e+15"
PLACES = {  # file, what stands there, what takes its place
    "median": ("priors/incidents.toml", r"median  = 2\n", "median  = {}\n"),
    "p90": ("priors/incidents.toml", r"p90     = 8\n", "p90     = {}\n"),
    "worth of a count": ("priors/incidents.toml", r"worth   = 1 ", "worth   = {} "),
    "worth of levels": ("priors/rhetoric.toml", r"worth   = 1\n", "worth   = {}\n"),
    "a level": ("priors/rhetoric.toml", r"\[0.60, 0.35, 0.05\]", "[0.60, 0.40, {}]"),
    "worth of a scenario": ("priors/scenarios.toml", r"worth    = 2  ", "worth    = {}  "),
    "a duration": ("priors/scenarios.toml", r"lasts    = 6\n", "lasts    = {}\n"),
    "a range": ("priors/scenarios.toml", r"lasts    = \[2, 12\]", "lasts    = [2, {}]"),
    "a follower": ("priors/scenarios.toml", r"talks = 0.5, other = 0.5", "talks = 1, other = {}"),
    "a start": ("priors/scenarios.toml", r"start    = 0.05 ", "start    = {} #"),
    "a threshold": ("indicators/incidents.toml", r"critical = 60", "critical = {}"),
    "the least threshold": ("indicators/incidents.toml", r"watch = 10,", "watch = {},"),
    "inertia": ("indicators/rhetoric.toml", r"inertia  = 0.6", "inertia  = {}"),
    "a ratio": ("indicators/incidents.toml", r"\[0.3, 1.2\]", "[{}, 1.2]"),
    "a trust": ("indicators/grades.toml", None, "[reliability]\nB = {}\n"),
    "alerts": ("priors/scenarios.toml", r"language = ", "alerts = {{ off = {} }}\nlanguage = "),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("scale") / "case"
    init_case(root, example=False)
    return root


@pytest.mark.parametrize("number", ["1e-320", "5e-324", "1e-12", "1e16", "1e300", "1.7e308"])
@pytest.mark.parametrize("place", PLACES)
def test_every_number_of_a_definition_is_of_some_size(
    tmp_path: Path, sound: Path, place: str, number: str
) -> None:
    shutil.copytree(sound, root := tmp_path / "case")
    name, old, new = PLACES[place]
    if old is None:
        (root / name).write_text(new.format(number))
    else:
        text, times = re.subn(old, lambda _: new.format(number), (root / name).read_text(), count=1)
        assert times == 1
        (root / name).write_text(text)
    problems = check_case(root)
    assert problems
    assert all(name == problem.where.partition(",")[0] for problem in problems)
    assert all("must" in problem.rule for problem in problems)


@pytest.mark.parametrize("number", ["1e-320", "1e-12", "1e16", "1e300"])
def test_every_reading_is_of_some_size(tmp_path: Path, sound: Path, number: str) -> None:
    shutil.copytree(sound, root := tmp_path / "case")
    case = load_case(root)
    path = case.readings_paths["incidents"]
    cells = (case.first, number, case.first.refresh_day, "monitor,B2,,,border zone")
    path.write_text(f"{path.read_text()}{','.join(map(str, cells))},,not openable: x\n")
    (problem,) = check_readings(case)
    assert (problem.rule, problem.found) == (SCALE, number)


@pytest.mark.parametrize("number", ["0.001", "1e9", "0.5"])
def test_numbers_of_sense_stay(tmp_path: Path, sound: Path, number: str) -> None:
    shutil.copytree(sound, root := tmp_path / "case")
    text = (root / "priors" / "incidents.toml").read_text()
    text = re.sub(r"median  = 2\np90     = 8\n", f"median  = {number}\np90     = 2e9\n", text)
    (root / "priors" / "incidents.toml").write_text(text)
    assert check_case(root) == []
