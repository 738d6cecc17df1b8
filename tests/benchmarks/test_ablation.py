"""Scores by hand, a run that goes on where it stopped, and a page that says what was found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.ablation import IN_SYRIA, ROOT, WEEKS, Job, collect, jobs, resolutions
from benchmarks.ablation_page import Result, page
from benchmarks.scores import log_score, mean_and_error, sure, verdict
from benchmarks.without import WITHOUT
from forecast.case import load_case

SAID = np.array([[0.5, 0.3, 0.2], [0.02, 0.96, 0.02], [0.98, 0.02, 0.0]])
HELD = np.array([0, 1, 2])


def test_log_score_by_hand() -> None:
    np.testing.assert_allclose(log_score(SAID, HELD)[:2], np.log([0.5, 0.96]))
    assert -709 < log_score(SAID, HELD)[2] < -708  # said to be impossible
    np.testing.assert_array_equal(log_score(SAID[None], HELD[None])[0], log_score(SAID, HELD))


def test_sure_and_wrong_by_hand() -> None:
    said, wrong = sure(SAID, HELD)
    assert said.tolist() == [False, True, True]
    assert wrong.tolist() == [False, False, True]


def test_paired_differences_by_hand() -> None:
    mean, error = mean_and_error(np.array([1.0, 2.0, 6.0]))
    assert mean == pytest.approx(3.0)
    assert error == pytest.approx(np.sqrt((4 + 1 + 9) / 2 / 3))


def test_a_correction_helps_if_leaving_it_out_costs_more_than_chance() -> None:
    assert verdict(-0.3, 0.1) == "helps"
    assert verdict(0.3, 0.1) == "hurts"
    assert verdict(-0.15, 0.1) == "makes no measurable difference"
    assert verdict(0.0, 0.0) == "makes no measurable difference"


def stand_in(job: Job) -> Result:
    """What a fit would say: the better, the more is left in; the first dataset the easier."""
    about, variant = job
    result: Result = {"about": about, "variant": variant, "seconds": 1800.0, "ok": True}
    if isinstance(about, str):
        if about < "2024-W48":
            return result | {"probability": [0.1, 0.0, 0.0, 0.4, 0.5, 0.0]}
        return result | {"probability": [0.2, 0.0, 0.0, 0.6, 0.2, 0.0]}
    right = {"full": 0.8, "shock": 0.81, "naive": 0.01}.get(variant, 0.6) - 0.001 * about
    said = [right, 1 - right, 0.0]
    return result | {
        "probability": [said] * 3,
        "held": [0, 0, 0],
        "next_probability": said,
        "next_held": 0,
        "inside": [True, about == 0],
    }


def refuse(job: Job) -> Result:
    raise AssertionError(f"{job} was done before")


def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    kept = tmp_path / "results.jsonl"
    first = collect(stand_in, jobs(1)[:3], kept, workers=1)
    assert first == [stand_in(job) for job in jobs(1)[:3]]
    wanted = jobs(1)[:5]
    assert collect(stand_in, wanted, kept, workers=2) == [stand_in(job) for job in wanted]
    assert len(kept.read_text("utf-8").splitlines()) == 5
    assert collect(refuse, wanted, kept, workers=1) == [stand_in(job) for job in wanted]


def test_every_variant_is_fitted_to_every_dataset_and_week() -> None:
    wanted = jobs(2)
    assert len(wanted) == len(set(wanted)) == 2 * len(WITHOUT) + len(WEEKS) * len(IN_SYRIA)


def test_the_page_says_what_was_found() -> None:
    case, settled = load_case(ROOT), resolutions()
    text = page([stand_in(job) for job in jobs(2)], case, settled)
    assert "- **Inertia**: all weeks, helps (without: -0.288 ± 0.000)" in text
    assert "- **The shared shock**: all weeks, hurts (without: +0.012 ± 0.000)" in text
    assert "**Not shown to help by any of the three**: The shared shock." in text
    assert "| naive | 6 of 6 (100%) | 6 (100.0%) | 75% of 4 |" in text
    assert f"{len(jobs(2)) / 2:.1f} hours of fitting" in text
    leads = [f"**{scenario.name}**" in text for scenario in case.scenarios]
    assert leads == [False, False, False, True, True, False]
    assert "| 2024-W47 | 40 | 40 | 40 | 40 | 40 | 40 | 40 |" in text
    assert "Of these weeks 5 are settled (2024-W40, 2024-W41, 2024-W48, 2024-W49, 2024-W50)" in text
    held = np.log([0.5, 0.5, 0.6, 0.2, 0.2]).mean()
    assert f"| full model | {held:.3f} | +0.000 |" in text
