"""Every family is complete: what it declares is checked, read, worded, drawn and documented."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import sys
import textwrap
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from forecast import case as case_package
from forecast import families
from forecast.case import Case, check_case, init_case, load_case
from forecast.case.tables import INDICATOR, expectation_keys
from forecast.case.values import is_id
from forecast.families import FAMILIES, Family
from forecast.ledger import first_fault
from forecast.model.data import CORE
from forecast.model.families import EMISSIONS
from forecast.proof.past import BASELINES, pasts
from forecast.readings import Reading, known_as_of
from forecast.readings.row import parse_row
from forecast.record import NextPeriod
from forecast.report.charts.watchlist import watch_chart
from forecast.report.terminal.console import make_console
from forecast.report.terminal.watch import render_watch
from forecast.report.view.watching import build_watch
from tests.report.sample import indicators, make

ROOT = Path(__file__).parents[2]
FORMAT = (ROOT / "docs" / "case-format.md").read_text("utf-8")


@dataclasses.dataclass(frozen=True)
class Example:
    """What an analyst may write of an indicator: keys, cells, what is expected, what is not.

    ``levels`` are the names it is given; ``faulty`` are tables that a rule must refuse.
    """

    elicited: dict[str, Any]
    cells: tuple[str, ...]
    wrong: tuple[str, ...]
    faulty: tuple[dict[str, Any], ...] = ()
    levels: tuple[str, ...] = ()


EXAMPLES = {
    "count": Example(
        elicited={"median": 8, "p90": 20.5},
        cells=("0", "52", "1.5", "1e3", ".5"),
        wrong=("", "-1", "1,000", "nan", "inf", "1e999", "many", "5 %"),
        faulty=({"median": 8, "p90": 8},),
    ),
    "ordinal": Example(
        elicited={"levels": [0.5, 0.3, 0.2]},
        cells=("0", "1", "2", "02"),
        wrong=("", "3", "-1", "1.0", "high", "1e0"),
        faulty=({"levels": [0.5, 0.5]}, {"levels": [0.5, 0.3, 0.3]}),
        levels=("calm", "tense", "open"),
    ),
    "binary": Example(
        elicited={"probability": 0.3}, cells=("0", "1"), wrong=("", "2", "yes", "0.5")
    ),
    "share": Example(
        elicited={"median": 0.35, "p90": 0.6},
        cells=("0", "0.35", "1", "35 %", "35.5%", ".5", "1e-3", "100 %", "0 %"),
        wrong=("", "35", "1.01", "-0.1", "101 %", "-5 %", "3e1 %", "%", "0,35", "35 per cent"),
        faulty=({"median": 0.6, "p90": 0.35},),
    ),
}
WRONG: tuple[object, ...] = (None, "x", -1, [], 1e400)
QUANTILES = ("0.05", "0.25", "0.5", "0.75", "0.95")
REST = {"worth": 1, "basis": "judgement", "because": "as a guess"}
each_family = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)


def example_of(family: Family[Any]) -> Example:
    assert family.id in EXAMPLES, f"EXAMPLES must have an entry {family.id}"
    return EXAMPLES[family.id]


def levels_of(family: Family[Any]) -> tuple[str, ...]:
    return family.levels(example_of(family).levels)


def values_of(family: Family[Any]) -> st.SearchStrategy[float]:
    """Values that there can be."""
    least, most = family.ends(levels_of(family))
    if family.scale == "level":
        assert most is not None
        return st.integers(int(least), int(most)).map(float)
    return st.floats(least, most, allow_nan=False, allow_infinity=False)


def test_every_example_is_of_a_family() -> None:
    assert EXAMPLES.keys() == FAMILIES.keys()


@each_family
def test_it_is_the_one_of_its_module(family: Family[Any]) -> None:
    assert is_id(family.id)
    assert FAMILIES[family.id] is family
    assert sys.modules[type(family).__module__].__name__ == f"forecast.families.{family.id}"
    assert not inspect.isabstract(type(family))
    assert family.noun.startswith(("a ", "an "))


def added(
    text: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Family[Any]]:
    """The families with one more module in their package."""
    (folder / f"{name}.py").write_text(text, "utf-8")
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(folder)])
    try:
        return families._found()
    finally:
        sys.modules.pop(f"{families.__name__}.{name}", None)


# Who asks a family by its name

BY_NAME = {  # until these ask the emission, the family's half in the model
    "forecast/explain/collect.py",
    "forecast/explain/priors.py",
    "forecast/refresh/arrays.py",
    "forecast/refresh/watch.py",
}


def constants(found: Iterable[ast.expr | None]) -> set[object]:
    inner = [part for each in found if each for part in ast.walk(each)]
    return {each.value for each in inner if isinstance(each, ast.Constant)}


def compared(path: Path) -> set[object]:
    """Constants that a module compares with or matches, and the keys of its tables of several."""
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Compare():
                found += [node.left, *node.comparators]
            case ast.Dict(keys=keys) if len(FAMILIES.keys() & constants(keys)) > 1:
                found += keys
            case ast.MatchValue():
                found.append(node.value)
    return constants(found)


def test_nobody_outside_asks_for_a_name() -> None:
    package = Path(families.__file__).parents[1]
    inside = (package / "families", package / "model")
    outside = {p for p in package.rglob("*.py") if not any(p.is_relative_to(i) for i in inside)}
    asking = {str(p.relative_to(ROOT)) for p in outside if compared(p) & FAMILIES.keys()}
    assert asking - BY_NAME == set()


# What is declared and not finished


def test_an_abstract_method_that_is_missing_is_named() -> None:
    missing = Family.__abstractmethods__ - {"id"}
    assert {"scale", "expectation_keys", "number_in", "faults", "text"} <= missing
    with pytest.raises(TypeError) as raised:
        type("Unfinished", (Family,), {"id": "unfinished"})()
    assert all(f"'{name}'" in str(raised.value) for name in missing)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "families/unfinished.py must have a FAMILY with the id unfinished"),
        ("FAMILY = 'unfinished'", "families/unfinished.py must have a FAMILY"),
        (
            "from forecast.families.binary import FAMILY as FAMILY",
            "families/unfinished.py must have a FAMILY with the id unfinished",
        ),
        (
            "from forecast.families.base import Family\n"
            "class Unfinished(Family):\n    id = 'unfinished'\n"
            "FAMILY = Unfinished()",
            "'number_in'",
        ),
    ],
)
def test_an_unfinished_module_is_refused_at_import(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TypeError, match=re.escape(said)):
        added(text, "unfinished", tmp_path, monkeypatch)


# Keys


@each_family
def test_its_keys_are_keys_of_an_indicator(family: Family[Any]) -> None:
    own = {key.name for key in family.keys}
    assert own <= {key.name for key in INDICATOR if not key.required}
    assert own <= {field.name for field in dataclasses.fields(case_package.Indicator)}
    asked = {key.name for key in expectation_keys(family.id)}
    assert {key.name for key in family.expectation_keys} | REST.keys() == asked
    elicited = family.expectation(example_of(family).elicited | REST).elicited()
    assert {each.keys[0] for each in elicited} == asked - REST.keys()


@each_family
def test_its_free_parameters_are_its_models(family: Family[Any]) -> None:
    named = {*family.parameters, family.inertia}
    if family.adds_up:
        assert family.emission not in EMISSIONS
        assert named <= CORE.arrays.keys()
    else:
        assert EMISSIONS[family.emission].free.arrays.keys() == named


@each_family
def test_what_is_elicited_is_checked_and_comes_back(family: Family[Any]) -> None:
    example, levels = example_of(family), levels_of(family)
    for key in family.expectation_keys:
        assert key.check(example.elicited[key.name]) == ""
        assert all(key.check(wrong).startswith("must be") for wrong in WRONG)
    assert list(family.faults(example.elicited, levels)) == []
    assert list(family.faults({}, None)) == []
    for faulty in example.faulty:
        assert all(key.check(faulty[key.name]) == "" for key in family.expectation_keys)
        faults = list(family.faults(faulty, levels))
        assert faults
        assert all(fault.key in faulty and fault.found for fault in faults)
        assert all(fault.rule.startswith("must ") for fault in faults)
    expected = family.expectation(example.elicited | REST)
    assert (expected.worth, expected.basis, expected.because) == tuple(REST.values())
    assert dataclasses.asdict(expected).keys() > REST.keys()
    assert all(isinstance(number, float) for number in family.numbers(expected))


@each_family
def test_a_number_can_be_moved_within_its_bounds(family: Family[Any]) -> None:
    expected = family.expectation(example_of(family).elicited | REST)
    numbers = list(expected.elicited())
    assert numbers
    for place, each in enumerate(numbers):
        assert max(each.low, each.above) <= each.value < each.high
        value = each.value + (min(each.high, 2 * each.value) - each.value) / 2
        changed = expected.changed(each.kind, each.item, value)
        assert list(changed.elicited())[place].value == pytest.approx(value)
        assert type(changed) is type(expected)


# Cells


@each_family
def test_a_cell_is_a_value_or_breaks_the_rule(family: Family[Any]) -> None:
    example, levels = example_of(family), levels_of(family)
    for cell in example.cells:
        value = family.parse(cell, levels)
        assert value is not None, cell
        assert family.allows(value, levels), cell
    assert [cell for cell in example.wrong if family.parse(cell, levels) is not None] == []
    assert family.rule(levels).startswith("must be ")
    assert family.limits(levels).startswith("must be ")


@each_family
@given(data=st.data())
def test_a_value_written_as_a_cell_is_read_back(family: Family[Any], data: st.DataObject) -> None:
    value, levels = data.draw(values_of(family)), levels_of(family)
    assert family.allows(value, levels)
    assert family.parse(f"{value:.17g}", levels) == value


@each_family
@given(text=st.text(max_size=12) | st.from_regex(r"[0-9.eE+% -]{1,8}", fullmatch=True))
def test_what_is_read_is_allowed(family: Family[Any], text: str) -> None:
    value = family.parse(text, levels_of(family))
    assert value is None or family.allows(value, levels_of(family))


@each_family
def test_it_allows_no_value_beyond_its_ends(family: Family[Any]) -> None:
    levels = levels_of(family)
    least, most = family.ends(levels)
    beyond = [least - 1, float("nan"), float("inf"), float("-inf")]
    beyond += [] if most is None else [most + 0.5, most + 1]
    assert not any(family.allows(value, levels) for value in beyond)


# Words


@each_family
@given(data=st.data())
def test_a_value_has_words(family: Family[Any], data: st.DataObject) -> None:
    low, high = sorted(data.draw(st.tuples(values_of(family), values_of(family))))
    levels = levels_of(family)
    said = [
        *(word(low) for word in (family.text, family.short, family.bare, family.rough)),
        family.between(low, high, levels),
        family.between(low, None, levels),
        family.outside(low, high, levels),
    ]
    assert all(each and each == each.strip() and each.isprintable() for each in said)


@each_family
def test_what_is_expected_has_words(family: Family[Any]) -> None:
    assert family.usual(family.expectation(example_of(family).elicited | REST))


# In a case


def toml(value: object) -> str:
    return str(value).replace("'", '"') if not isinstance(value, str) else f'"{value}"'


def a_case(family: Family[Any], root: Path) -> Path:
    """The template's case, its second indicator of the family."""
    example = example_of(family)
    init_case(root, example=False, today=date(2025, 3, 3))
    path = root / "indicators" / "rhetoric.toml"
    kept = [
        line
        for line in path.read_text("utf-8").splitlines()
        if not line.startswith(("family", "levels", "at_or_above"))
    ]
    own = [f'family = "{family.id}"', f"at_or_above = {{ warning = {_top(family):g} }}"]
    own += [f"levels = {toml(list(example.levels))}"] if example.levels else []
    path.write_text("\n".join([*kept, *own, ""]), "utf-8")
    names = [scenario.id for scenario in load_case_of_template(root.parent / "template").scenarios]
    tables = [
        "\n".join(
            [f"[{name}]", *(f"{k} = {toml(v)}" for k, v in (example.elicited | REST).items())]
        )
        for name in names
    ]
    (root / "priors" / "rhetoric.toml").write_text("\n\n".join([*tables, ""]), "utf-8")
    return root


def load_case_of_template(root: Path) -> Case:
    init_case(root, example=False, today=date(2025, 3, 3))
    return load_case(root)


def _top(family: Family[Any]) -> float:
    """A value that it can have, above its smallest."""
    read = [family.parse(cell, levels_of(family)) for cell in example_of(family).cells]
    return max(value for value in read if value is not None and value < 100)


def rows_of(case: Case, family: Family[Any]) -> list[Reading]:
    """A reading of each cell of the example, in periods that follow one another."""
    rows = []
    indicator = next(each for each in case.indicators if each.id == "rhetoric")
    for number, cell in enumerate(example_of(family).cells):
        period = case.first + number
        cells = {
            "period": str(period),
            "value": cell,
            "published": period.refresh_day.isoformat(),
            "source": indicator.sources[0],
            "grade": "B2",
            "days": "3",
            "span": "",
            "scope": indicator.scope,
            "url": "https://example.org/a",
            "note": "",
        }
        row = parse_row(case, indicator, cells, where="x", line=1, known_by=date(2026, 1, 1))
        assert isinstance(row, Reading), row
        rows.append(row)
    return rows


@each_family
def test_a_case_has_it(family: Family[Any], tmp_path: Path) -> None:
    root = a_case(family, tmp_path / "case")
    assert check_case(root) == []
    case = load_case(root)
    indicator = next(each for each in case.indicators if each.id == "rhetoric")
    assert indicator.family == family.id
    for reading in rows_of(case, family):
        scaled = reading.value * 7 / 3 if family.adds_up else reading.value
        assert reading.in_full(family.id) == pytest.approx(scaled)


@each_family
def test_a_threshold_it_cannot_reach_is_refused(family: Family[Any], tmp_path: Path) -> None:
    levels = levels_of(family)
    _, most = family.ends(levels)
    root = a_case(family, tmp_path / "case")
    path = root / "indicators" / "rhetoric.toml"
    beyond = -1 if most is None else most + 1
    text = path.read_text("utf-8").replace(f"warning = {_top(family):g}", f"warning = {beyond:g}")
    path.write_text(text, "utf-8")
    rule = "must be a number, at least 0" if most is None else family.limits(levels)
    assert [problem.rule for problem in check_case(root)] == [rule]


@each_family
def test_a_key_of_another_family_is_refused(family: Family[Any], tmp_path: Path) -> None:
    root = a_case(family, tmp_path / "case")
    own = {key.name for key in family.keys}
    given = {
        "levels": 'levels = ["a", "b"]',
        "shock": 'shock = "with"',
        "memory": "memory = { last = 0.5, halflife = 4 }",
        "ratio": "ratio = { press = 2 }",
        "counted": '[counted.press]\ngrade = "B2"\nmeasure = "events"',
    }
    others = {key.name for each in FAMILIES.values() for key in each.keys} - own
    path = root / "indicators" / "rhetoric.toml"
    text = path.read_text("utf-8")
    for name in sorted(others):
        path.write_text(f"{text}{given[name]}\n", "utf-8")
        said = {str(problem) for problem in check_case(root)}
        assert (
            f"indicators/rhetoric.toml, {name}: must be left out: the family is {family.id}" in said
        )


@each_family
def test_its_past_is_a_baseline(family: Family[Any], tmp_path: Path) -> None:
    case = load_case(a_case(family, tmp_path / "case"))
    rows = rows_of(case, family)
    known = known_as_of(case, rows, rows[-1].published)
    past = pasts(case, known)["rhetoric"]
    at = np.array([0.05, 0.5, 0.95])
    for baseline in BASELINES.values():
        said = baseline(past, at)
        if said is not None and family.scale == "level":
            assert said.sum() == pytest.approx(1)
        elif said is not None:
            assert all(family.allows(value, ()) for value in said)
            assert np.all(np.diff(said) >= 0)


# On screens


@each_family
def test_it_is_shown_and_drawn(
    family: Family[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = load_case(a_case(family, tmp_path / "case"))
    top, levels = _top(family), levels_of(family)
    chances = [1 / len(levels)] * len(levels) if family.scale == "level" else []
    following = NextPeriod(
        {level: top * float(level) for level in QUANTILES}
        if family.scale != "level"
        else dict.fromkeys(QUANTILES, 0.0),
        {"warning": 0.4},
        chances,
    )
    watched = structs.replace(
        indicators()[0],
        id="rhetoric",
        family=family.id,
        level_names=list(example_of(family).levels),
        value=top,
        days=3,
        recent=[None, top, *[0.0] * 9, top],
        next=following,
        bounds={"warning": top},
    )
    shown = make(indicators=[watched], alerts=[])
    assert first_fault(shown.to_json()) == ""
    render_watch(build_watch(shown, case.alerts), make_console())
    assert family.text(top) in capsys.readouterr().out
    known = known_as_of(case, rows_of(case, family), date(2026, 1, 1))
    path = tmp_path / "watch.svg"
    watch_chart(shown, case, known, {}, path)
    assert path.stat().st_size > 0


# Documents


@each_family
def test_it_is_documented(family: Family[Any]) -> None:
    def row(key: str, text: str) -> str:
        [found] = re.findall(rf"^\| `{key}` \| (.*)$", text, re.MULTILINE)
        return str(found)

    of_indicator, of_priors = FORMAT.split("## `priors/<indicator>.toml`")
    of_indicator = of_indicator.split("## `indicators/<indicator>.toml`")[1]
    of_priors, readings = of_priors.split("## `indicators/<indicator>.csv`")[:2]
    readings = readings.split("## `indicators/derived.toml`")[0]
    assert f'`"{family.id}"`' in row("family", of_indicator)
    assert row(family.id, of_indicator), "no row in the table of families"
    for key in family.keys:
        assert f"{family.id}s only" in row(key.name, of_indicator)
    for key in family.expectation_keys:
        rows = re.findall(r"^\| (`.*?`) \| (.*?) \|", of_priors, re.MULTILINE)
        assert (family.id, True) in {(of, f"`{key.name}`" in names) for names, of in rows}
    assert f"{family.id}: " in row("value", readings)
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8").split("### Family")[1]
    assert f"`{family.id}`" in glossary.split("###")[0]
    template = Path(case_package.__file__).parent / "template" / "indicators" / "incidents.toml"
    [listed] = re.findall(r"^family .*$", template.read_text("utf-8"), re.MULTILINE)
    assert f'"{family.id}"' in listed


def test_the_module_of_the_recipe_is_a_family(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = (ROOT / "docs" / "extending.md").read_text("utf-8")
    [example] = re.findall(r"```python\n( +\"\"\"Directions.*?)```", recipe, re.DOTALL)
    found = added(textwrap.dedent(example), "direction", tmp_path, monkeypatch)
    assert found.keys() - FAMILIES.keys() == {"direction"}
    assert found["direction"].text(2) == "better"
    assert found["direction"].parse("3", found["direction"].levels(())) is None
