"""A few damaged files of the mutations benchmark, and that it would see a fault."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import mutations
from forecast.cli import run
from forecast.kit import cache
from forecast.ledger import LEDGER, append
from tests.factories import make_forecast


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("mutations") / "case"
    mutations.make_case(root, fitted=False)
    append(root / LEDGER, make_forecast())
    return root


@pytest.fixture(autouse=True)
def _cache_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / "cache" / name)


def test_the_case_is_in_order_and_has_every_kind_of_file(template: Path) -> None:
    assert run(("-C", str(template), "check")) == 0
    names = mutations.files_of(template)
    ends = ("scenarios.toml", "evidence.toml", "grades.toml", "sources.toml", "resolutions.csv",
            "ledger.jsonl", ".parquet", "incidents.csv", "incidents.toml")  # fmt: skip
    assert all(any(name.endswith(end) for name in names) for end in ends)
    mutations.hand_over(template)


def test_a_number_makes_a_mutation(template: Path) -> None:
    names = mutations.files_of(template)
    for number in range(200):
        made = mutations.damage(template, names, 1, number)
        assert made == mutations.damage(template, names, 1, number)
        assert made.kind == "last_line" or made.data != (template / made.file).read_bytes()


def test_every_mutation_can_be_made_of_anything() -> None:
    for mutate in mutations.MUTATIONS:
        for data in (b"x", b"\n", b"a = 1\n", b"2024-12-02"):
            for seed in range(20):
                mutate(data, random.Random(seed))  # noqa: S311


def test_nothing_leads_to_a_fault(template: Path) -> None:
    names = mutations.files_of(template)
    for number in range(40):
        outcome = mutations.look(template, mutations.damage(template, names, 7, number))
        assert not outcome.faults
    assert run(("-C", str(template), "check")) == 0


@pytest.mark.parametrize("broken", ["hand_over", "run"])
def test_a_fault_is_seen(template: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fail(_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(mutations, broken, fail)
    same = (template / "priors/scenarios.toml").read_bytes()
    made = mutations.Damage(0, "priors/scenarios.toml", "bytes", same)
    [fault] = mutations.look(template, made).faults
    assert "ZeroDivisionError" in fault
    assert "1 with a fault" in mutations.summary([mutations.look(template, made)])


def test_a_number_that_is_not_finite_is_a_fault(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutations, "_MEANT", {})
    with pytest.raises(ValueError, match="is not finite"):
        mutations.hand_over(template)
