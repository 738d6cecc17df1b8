"""One-off events: what is loaded, every rule broken once, and damage of any kind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.case import Evidence, check_case, init_case, load_case, partial_case
from forecast.errors import CaseError
from forecast.periods import Period
from tests.case.broken import II, S
from tests.case.broken_evidence import BROKEN, TEXT, E
from tests.case.editing import edit, said

ROOT = Path(__file__).parents[2]
SEEDED = settings(derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def root(root: Path) -> Path:
    (root / E).write_text(TEXT)
    return root


def test_what_is_written_is_what_is_loaded(root: Path) -> None:
    harbour, envoy = load_case(root).evidence
    assert harbour == Evidence(
        id="harbour-closes",
        name="Harbour closes",
        period=Period.parse("2025-W10"),
        published=date(2025, 3, 6),
        grade="B2",
        url="https://example.org/harbour",
        note="",
        group="blockade",
        because="Closed in both earlier escalations",
        likelihoods={
            "desk": {"escalation": 0.4, "talks": 0.01, "other": 1.0},
            "field": {"escalation": 0.5, "talks": 0.1, "other": 0.2},
        },
        weights={"desk": 0.75, "field": 0.25},
    )
    assert (envoy.url, envoy.note, envoy.group) == ("", "not openable: told by telephone", None)
    assert envoy.weights == {"desk": 1.0}


def test_a_case_needs_no_evidence(root: Path) -> None:
    (root / E).unlink()
    assert check_case(root) == []
    assert load_case(root).evidence == ()


def test_byte_order_marks_and_crlf_change_nothing(root: Path) -> None:
    before = load_case(root)
    (root / E).write_bytes(b"\xef\xbb\xbf" + TEXT.encode().replace(b"\n", b"\r\n"))
    assert load_case(root) == before


@pytest.mark.parametrize(("old", "new", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rule_is_said(root: Path, old: str, new: str, expected: str | list[str]) -> None:
    edit(root, E, old, new)
    assert said(root) == ([expected] if isinstance(expected, str) else expected)
    with pytest.raises(CaseError):
        load_case(root)


def test_no_scenario_is_called_weight(root: Path) -> None:
    for path in root.glob("priors/*.toml"):
        text = path.read_text().replace("[talks]", "[weight]").replace("talks = ", "weight = ")
        path.write_text(text)
    lines = [line for line in TEXT.splitlines() if not line.startswith("talks")]
    (root / E).write_text("\n".join(lines).replace("talks = 0.1, ", ""))
    assert said(root) == [
        f"{S}, [weight]: must not be called weight: evidence has a key of that name"
    ]
    (root / E).unlink()
    assert said(root) == []


def test_evidence_is_nothing_to_watch(root: Path) -> None:
    for folder in ("indicators", "priors"):
        for path in (root / folder).iterdir():
            if path.name not in {"scenarios.toml", "evidence.toml"}:
                path.unlink()
    assert said(root) == ["indicators: must have at least one <indicator>.toml"]


def test_broken_scenarios_do_not_blame_the_evidence(root: Path) -> None:
    (root / S).write_text("name =\n")
    assert [sentence for sentence in said(root) if not sentence.startswith(S)] == []


def test_a_case_broken_elsewhere_keeps_its_evidence_until_that_is_broken(root: Path) -> None:
    whole = load_case(root).evidence
    edit(root, II, '"count"', '"cuont"')
    edit(root, S, "start    = 0.70", "start    = nan")
    case = partial_case(root)
    assert case is not None
    assert case.evidence == whole
    edit(root, E, "0.01", "-1")
    case = partial_case(root)
    assert case is not None
    assert case.evidence == ()


@SEEDED
@given(data=st.binary(min_size=1) | st.text(min_size=1).map(str.encode))
def test_any_bytes_are_problems_or_no_evidence(root: Path, data: bytes) -> None:
    (root / E).write_bytes(data)
    problems = check_case(root)
    assert all(str(problem).isprintable() for problem in problems)
    assert problems or load_case(root).evidence == ()


@SEEDED
@given(data=st.data())
def test_any_damage_is_found_or_harmless(root: Path, data: st.DataObject) -> None:
    before = TEXT.encode()
    at = data.draw(st.integers(0, len(before)))
    length = data.draw(st.integers(0, 20))
    piece = data.draw(
        st.binary(max_size=8)
        | st.sampled_from([b"[", b"=", b"nan", b"1e308", b"[x]\n", b"'", b"{}", b"[[x]]\n"])
    )
    (root / E).write_bytes(before[:at] + piece + before[at + length :])
    problems = check_case(root)
    assert all(str(problem).isprintable() for problem in problems)
    if not problems:
        for item in load_case(root).evidence:
            assert sum(item.weights.values()) == pytest.approx(1)
            assert {
                p == 0 or 0.01 <= p <= 1
                for each in item.likelihoods.values()
                for p in each.values()
            }


def test_the_evidence_of_syria_is_in_order_and_travels_with_the_example(tmp_path: Path) -> None:
    case = load_case(ROOT)
    outcomes = (ROOT / "docs" / "syria" / "outcomes.csv").read_text("utf-8")
    assert [(item.id, str(item.period)) for item in case.evidence] == [
        ("aleppo-falls", "2024-W48"),
        ("guarantors-call", "2024-W49"),
    ]
    for item in case.evidence:
        assert f"\n{item.note[:3]},{item.period.first_day.year}-" in outcomes
        for each in item.likelihoods.values():
            assert list(each) == [scenario.id for scenario in case.scenarios]
    init_case(tmp_path, example=True)
    assert load_case(tmp_path).evidence == case.evidence
    assert f'"{E}" = "forecast/case/example/{E}"' in (ROOT / "pyproject.toml").read_text("utf-8")
