from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.case import (
    DEFAULT_RATIO,
    CountExpectation,
    LevelExpectation,
    Memory,
    check_case,
    load_case,
    partial_case,
)
from forecast.case.definitions import parse_toml
from forecast.errors import CaseError
from forecast.periods import Period
from tests.case.broken import II, IR, ONE_OF_FAMILIES, PI, PR, S
from tests.case.editing import edit, said

TOMLS = [S, PI, PR, II, IR]
SEEDED = settings(derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_what_is_written_is_what_is_loaded(root: Path) -> None:
    case = load_case(root)
    assert (case.root, case.cadence, case.language) == (root, "week", "icd203")
    assert case.first == Period.parse("2025-W09")
    assert case.as_of is None
    assert case.horizons == (1, 4, 12)
    talks = case.scenarios[1]
    assert (talks.id, talks.start, talks.lasts, talks.lasts_range) == ("talks", 0.25, 6.0, None)
    assert talks.then == {"escalation": 0.2, "other": 0.8}
    incidents, rhetoric = case.indicators
    assert incidents.sources == ("monitor", "press")
    assert incidents.at_or_above == {"watch": 10.0, "warning": 20.0, "critical": 60.0}
    assert (incidents.at_or_below, incidents.levels) == (None, ())
    assert (incidents.inertia, incidents.due_days) == (0.5, 7)
    assert (rhetoric.inertia, rhetoric.due_days) == (0.6, 3)
    assert (incidents.shock, incidents.ratio) == ("none", {"press": (0.3, 1.2)})
    assert rhetoric.ratio == {}
    assert rhetoric.levels == ("conciliatory", "accusing", "threatening")
    count = case.expectations["incidents"]["escalation"]
    assert isinstance(count, CountExpectation)
    assert (count.median, count.p90, count.worth, count.basis) == (25.0, 90.0, 1.0, "judgement")
    level = case.expectations["rhetoric"]["talks"]
    assert isinstance(level, LevelExpectation)
    assert level.levels == (0.60, 0.35, 0.05)


def test_scenarios_are_ordered_only_if_declared(root: Path) -> None:
    assert not load_case(root).ordered
    edit(root, S, "language =", "ordered = true\nlanguage =")
    assert load_case(root).ordered


def test_ordered_is_a_truth_value(root: Path) -> None:
    edit(root, S, "language =", 'ordered = "yes"\nlanguage =')
    assert said(root) == [f"{S}, ordered: must be true or false, found yes"]


def test_a_count_can_fall_with_the_shock(root: Path) -> None:
    edit(root, II, "scope    =", 'shock = "against"\nscope =')
    assert load_case(root).indicators[0].shock == "against"


def test_a_count_can_remember_a_mean(root: Path) -> None:
    assert load_case(root).indicators[0].memory is None
    edit(root, II, "scope    =", "memory = { last = 0, halflife = 6 }\nscope =")
    assert load_case(root).indicators[0].memory == Memory(0.0, 6.0)


@pytest.mark.parametrize(
    ("text", "ratio"), [("2", (2.0, 2.0)), ("1.0", (1.0, 1.0)), ("[0.01, 100]", (0.01, 100.0))]
)
def test_a_known_ratio_and_the_widest(root: Path, text: str, ratio: tuple[float, float]) -> None:
    edit(root, II, "[0.3, 1.2]", text)
    assert load_case(root).indicators[0].ratio == {"press": ratio}


def test_the_default_ratio_is_as_much_give_or_take_a_log_sd_of_a_half() -> None:
    reach = 0.5 * 1.6448536269514722  # the normal 95 % point
    assert [math.log(end) for end in DEFAULT_RATIO] == pytest.approx([-reach, reach], rel=0.02)


def test_expectations_are_in_the_order_of_the_scenarios(root: Path) -> None:
    text = (root / PI).read_text()
    head, *tables = text.split("\n[")
    (root / PI).write_text("\n[".join([head, *reversed(tables)]))
    assert list(load_case(root).expectations["incidents"]) == ["escalation", "talks", "other"]


def test_a_pinned_case_has_its_as_of(root: Path) -> None:
    edit(root, S, "# as_of  = 2025-06-02", "as_of = 2025-03-03")
    assert load_case(root).as_of == date(2025, 3, 3)


def test_a_monthly_case(root: Path) -> None:
    edit(root, S, '"week"', '"month"')
    edit(root, S, '"2025-W09"', '"2025-02"')
    assert load_case(root).first == Period.parse("2025-02")


def test_a_range_gives_the_mean_of_its_log_normal(root: Path) -> None:
    # [1 + 1/r, 1 + r] has log-mean 0 and sigma ln(r)/1.6449: for r = e^1.6448..., exp(1/2).
    r = math.exp(1.6448536269514722)
    edit(root, S, "[2, 12]", f"[{1 + 1 / r!r}, {1 + r!r}]")
    scenario = load_case(root).scenarios[0]
    assert scenario.lasts == pytest.approx(1 + math.exp(0.5), rel=1e-12)
    assert scenario.lasts_range == (1 + 1 / r, 1 + r)


def test_a_scenario_that_ends_the_case_lasts_for_good(root: Path) -> None:
    edit(root, S, "lasts    = 6\nthen     = { escalation = 0.2, other = 0.8 }", "ends_case = true")
    scenario = load_case(root).scenarios[1]
    assert (scenario.ends_case, scenario.lasts, scenario.then) == (True, math.inf, {})


def test_a_binary_is_expected_as_no_and_yes(root: Path) -> None:
    edit(root, IR, '"ordinal"', '"binary"')
    edit(root, IR, "levels   =", "# levels =")
    edit(root, IR, "{ watch = 1, warning = 2 }", "{ warning = 1 }")
    path = root / PR
    path.write_text(
        "\n".join(
            "probability = 0.25" if line.startswith("levels") else line
            for line in path.read_text().splitlines()
        )
    )
    expected = load_case(root).expectations["rhetoric"]["talks"]
    assert isinstance(expected, LevelExpectation)
    assert expected.levels == (0.75, 0.25)


@pytest.mark.parametrize("name", TOMLS)
def test_byte_order_marks_and_crlf_change_nothing(root: Path, name: str) -> None:
    before = load_case(root)
    data = (root / name).read_bytes()
    (root / name).write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    assert load_case(root) == before


def test_problems_of_all_files_are_reported_together(root: Path) -> None:
    edit(root, S, "start    = 0.70", "start    = 0.60")
    edit(root, S, "[1, 4, 12]", "[]")
    edit(root, PI, "[talks]", "[taks]")
    edit(root, II, '"count"', '"cuont"')
    (root / IR).write_text("name = \n")
    (root / PR).write_bytes(b"")
    assert said(root) == [
        f"indicators/incidents.toml, family: {ONE_OF_FAMILIES}, found cuont",
        "indicators/rhetoric.toml, line 1, column 8: must be valid TOML, found name ="
        " (Invalid value)",
        "priors/incidents.toml, [taks]: must be one of the case's scenarios (did you mean talks?)",
        "priors/incidents.toml, [talks]: must be given",
        "priors/rhetoric.toml: must not be empty",
        "priors/scenarios.toml, horizons: must be a list of whole numbers from 1 to 520, found []",
        "priors/scenarios.toml, start: must sum to 1 over all scenarios, found 0.9",
    ]


def test_load_raises_all_that_check_returns(root: Path) -> None:
    edit(root, S, "start    = 0.70", "start    = nan")
    edit(root, II, '"count"', '"cuont"')
    with pytest.raises(CaseError) as refused:
        load_case(root)
    assert list(refused.value.problems) == check_case(root)


def test_a_folder_that_is_no_case_has_all_files_missing(tmp_path: Path) -> None:
    assert said(tmp_path) == [
        "indicators: must have at least one <indicator>.toml",
        "priors/scenarios.toml: must exist",
    ]


def test_broken_scenarios_do_not_blame_the_priors(root: Path) -> None:
    (root / S).write_text("name = 'unclosed\n")
    assert said(root) == [
        "priors/scenarios.toml, line 1: must be valid TOML, found name = 'unclosed (Expected \"'\")"
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a = 1\nb = \n",
            "x.toml, line 2, column 5: must be valid TOML, found b = (Invalid value)",
        ),
        ("a = 1\nb =", "x.toml, line 2: must be valid TOML, found b = (Invalid value)"),
        (
            "a = 1\na = 2\n",
            "x.toml, line 2, column 6: must be valid TOML, found a = 2 (Cannot overwrite a value)",
        ),
        ("a = " + "[" * 5000, "x.toml: must be valid TOML (nested too deeply)"),
    ],
    ids=["value", "end", "twice", "deep"],
)
def test_a_syntax_error_says_where(text: str, sentence: str) -> None:
    with pytest.raises(CaseError) as refused:
        parse_toml(text, "x.toml")
    assert str(refused.value) == sentence


def test_a_number_of_too_many_digits_is_a_syntax_error() -> None:
    with pytest.raises(CaseError, match=r"x.toml: must be valid TOML \(Exceeds the limit"):
        parse_toml("a = " + "9" * 5000, "x.toml")


@pytest.mark.parametrize(
    "value",
    [
        "1e400", "-inf", "nan", "true", "[]", "{}", '""', '"\\u0000"', "1979-05-27", "07:32:00",
        "0x" + "f" * 6000, "[[[1]]]", "[{}]", "{ a = { b = 1e400 } }", "1" + "0" * 400, "[nan, 2]",
        "[true, false]", "{ watch = nan, warning = true, critical = [] }",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", TOMLS)
def test_no_value_of_any_key_can_do_more_than_be_refused(root: Path, name: str, value: str) -> None:
    lines = (root / name).read_text().splitlines()
    for number, line in enumerate(lines):
        key, equals, rest = line.partition("=")
        if not equals or key.startswith("#") or '"""' in rest:
            continue
        edited = [*lines[:number], f"{key}= {value}", *lines[number + 1 :]]
        (root / name).write_text("\n".join(edited))
        for problem in check_case(root):
            assert str(problem).isprintable()


def test_a_key_of_many_parts_is_refused(root: Path) -> None:
    edit(root, S, "name     =", ".".join(["name"] * 1_000) + " = 1\nx =")
    assert said(root) == [
        f"{S}, line 3: must have keys of at most 8 parts (dots are between parts)"
    ]


@SEEDED
@given(name=st.sampled_from(TOMLS), data=st.binary() | st.text().map(str.encode))
def test_any_bytes_in_a_definition_are_problems(root: Path, name: str, data: bytes) -> None:
    before = (root / name).read_bytes()
    try:
        (root / name).write_bytes(data)
        assert check_case(root)
        with pytest.raises(CaseError):
            load_case(root)
    finally:
        (root / name).write_bytes(before)


@SEEDED
@given(name=st.sampled_from(TOMLS), data=st.data())
def test_any_damage_to_a_definition_is_found_or_harmless(
    root: Path, name: str, data: st.DataObject
) -> None:
    before = (root / name).read_bytes()
    at = data.draw(st.integers(0, len(before)))
    length = data.draw(st.integers(0, 20))
    piece = data.draw(st.binary(max_size=8) | st.sampled_from([b"[", b"=", b"nan", b"[x]\n", b"'"]))
    try:
        (root / name).write_bytes(before[:at] + piece + before[at + length :])
        problems = check_case(root)
        assert all(str(problem).isprintable() for problem in problems)
        if not problems:
            load_case(root)
    finally:
        (root / name).write_bytes(before)


def test_readings_can_be_checked_although_the_case_is_broken(root: Path) -> None:
    edit(root, S, "start    = 0.70", "start    = nan")
    edit(root, II, '"count"', '"cuont"')
    case = partial_case(root)
    assert case is not None
    assert [indicator.id for indicator in case.indicators] == ["rhetoric"]
    assert (case.cadence, str(case.first)) == ("week", "2025-W09")
    assert case.scenarios == ()


@pytest.mark.parametrize("first", ['"2025-W54"', '"2025-03"', "1"])
def test_without_a_calendar_no_reading_can_be_checked(root: Path, first: str) -> None:
    edit(root, S, '"2025-W09"', first)
    assert partial_case(root) is None


def test_shares_of_episodes_over_are_read_in_order_with_their_mean(root: Path) -> None:
    edit(root, S, "lasts    = 6", 'lasts = { 12 = 0.8, 2 = 0.4 }\nsince = "2025-01"\nresumes = 0.7')
    talks = load_case(root).scenarios[1]
    assert talks.over == ((2, 0.4), (12, 0.8))
    assert (talks.resumes, talks.elapsed) == (0.7, 8)  # from W01
    short, long = 1 - 0.6**0.5, 1 - (0.2 / 0.6) ** 0.1
    assert talks.lasts == pytest.approx(0.4 / short + 0.4 / long + 0.2 / long)


@pytest.mark.parametrize("since", ["2025-02-24", '"2025-02-24"', '"2025-W09"'])
def test_what_began_with_the_first_period_has_not_lasted(root: Path, since: str) -> None:
    edit(root, S, "lasts    = 6", f"lasts = {{ 2 = 0.4, 12 = 0.8 }}\nsince = {since}")
    assert load_case(root).scenarios[1].elapsed == 0
