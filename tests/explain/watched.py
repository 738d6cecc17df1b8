"""A small case with readings of both indicators and an event, and a fit without a sampler."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from forecast.case import Case, Evidence
from forecast.errors import Stopped
from forecast.model.data import Data, data_of
from forecast.model.fit import Fit, Progress
from forecast.model.packing import size_of
from forecast.model.powered import powered
from forecast.periods import Period
from forecast.readings import Known, Reading, known_as_of
from forecast.refresh.arrays import spec_of
from tests.factories import make_case

FIRST = Period.parse("2024-W40")
AS_OF = date(2024, 10, 28)  # four periods


def watched(root: Path) -> Case:
    """Return the small case with an event that two analysts judged."""
    event = Evidence(
        id="bridge",
        name="Bridge blown",
        period=FIRST + 2,
        published=AS_OF,
        grade="A2",
        url="https://example.org",
        note="",
        group=None,
        because="Judged",
        likelihoods={"desk": {"war": 0.5, "other": 0.2}, "field": {"war": 0.4, "other": 0.3}},
        weights={"desk": 0.5, "field": 0.5},
    )
    return dataclasses.replace(make_case(root), evidence=(event,))


def with_truce(case: Case) -> Case:
    """Return the case with a third scenario, expected to look like the second."""
    war, other = case.scenarios
    truce = dataclasses.replace(other, id="truce", name="Truce", start=0.25, then={"war": 1.0})
    event = case.evidence[0]
    return dataclasses.replace(
        case,
        scenarios=(
            dataclasses.replace(war, then={"other": 0.5, "truce": 0.5}),
            dataclasses.replace(other, start=0.5),
            truce,
        ),
        expectations={name: of | {"truce": of["other"]} for name, of in case.expectations.items()},
        evidence=(
            dataclasses.replace(
                event,
                likelihoods={who: of | {"truce": 0.1} for who, of in event.likelihoods.items()},
            ),
        ),
    )


def readings() -> tuple[Reading, ...]:
    """Return four weeks of strikes and two of the border, neither calm nor war."""
    strikes = [(0, 9.0, "B2"), (1, 14.0, "B2"), (2, 25.0, "C3"), (3, 22.0, "B2")]
    border = [(1, 0.0, "A2"), (3, 1.0, "A2")]
    return tuple(
        Reading(
            indicator=indicator,
            period=FIRST + n,
            value=value,
            published=(FIRST + n).refresh_day,
            source=source,
            grade=grade,
            days=7,
            span=1,
            scope=scope,
            url="https://example.org",
            note="",
            line=2 + n,
        )
        for indicator, source, scope, rows in (
            ("strikes", "sohr", "north-west", strikes),
            ("border", "desk", "country", border),
        )
        for n, value, grade in rows
    )


def known(case: Case) -> Known:
    """Return what is known of them in the end."""
    return known_as_of(case, readings(), AS_OF)


def resampled(data: Data, draws: int, seed: int = 3) -> np.ndarray:
    """Return draws from the posterior: prior draws, resampled by their likelihood."""
    rng = np.random.default_rng(seed)
    size = size_of(data)
    theta = rng.standard_normal((draws, size))
    loglik, _ = powered(theta, data, 1.0)
    weight = np.exp(loglik - loglik.max())
    return theta[rng.choice(draws, size=draws, p=weight / weight.sum())]


def without_sampling(data: Data, progress: Progress) -> Fit:
    """Stand in for the sampler."""
    progress(1.0, "resampling")
    return Fit(resampled(data, 4000), np.zeros(4000), 1.0, 900.0, 0, {}, [])


def drawn_by(fit: Callable[[Data, Progress], Fit]) -> Callable[..., Any]:
    """Stand in for `draws_as_of`: what a sampler draws for all that was known."""

    def draws(case: Case, readings: object, known: Known, progress: Progress) -> Any:
        del readings
        data = data_of(spec_of(case, known))
        found = fit(data, progress)
        return SimpleNamespace(data=data, theta=found.theta, fit=found)

    return draws


def stopping_at(word: str, times: int) -> Progress:
    """Progress whose user stops it when it has said a word so often."""
    said = 0

    def progress(share: float, text: str) -> None:
        nonlocal said
        del share
        said += word in text
        if said >= times:
            raise Stopped

    return progress
