"""A movement as a Syria week might have it, for the tests of this folder; figures invented."""

from __future__ import annotations

from datetime import date

from forecast.explain.movement_types import Fact, Moment, Movement, Share, Weight
from forecast.periods import Period

from .sample import IDS, NAMES

_NONE = dict.fromkeys(IDS, 0.0)


def by_id(*values: float) -> dict[str, float]:
    return dict(zip(IDS, values, strict=True))


def fact(
    value: float | None,
    days: int | None,
    published: str,
    source: str | None,
    grade: str,
    level: str = "",
) -> Fact:
    return Fact(
        period=Period.parse("2024-W48"),
        last_period=Period.parse("2024-W48"),
        value=value,
        level=level,
        days=days,
        published=date.fromisoformat(published),
        source=source,
        grade=grade,
        url="https://example.org/x",
    )


def share(
    name: str, family: str, found: Fact, moved: dict[str, float], instead: Fact | None = None
) -> Share:
    kind = "reading" if family else "event"
    return Share(kind, name.lower(), name, family, (found,), instead, moved, _NONE)  # type: ignore[arg-type]


FOUND = Movement(
    case="North-western Syria, autumn 2024",
    cadence="week",
    scenarios=dict(zip(IDS, NAMES, strict=True)),
    before=Moment(
        Period.parse("2024-W47"),
        date(2024, 11, 25),
        26,
        by_id(0.002, 0.055, 0.001, 0.025, 0.891, 0.026),
    ),
    after=Moment(
        Period.parse("2024-W48"),
        date(2024, 12, 2),
        27,
        by_id(0.356, 0.001, 0.018, 0.59, 0.001, 0.034),
    ),
    shares=(
        Share(
            "time", None, "", "", (), None, by_id(0.004, 0.012, 0.002, 0.014, -0.045, 0.013), _NONE
        ),
        share(
            "Sorties",
            "count",
            fact(52, 4, "2024-12-02", "acled", "B2"),
            by_id(0.05, -0.02, 0.004, 0.2, -0.27, 0.036),
        ),
        share(
            "Displacement",
            "count",
            fact(48_500, 5, "2024-12-02", "ocha", "B2"),
            by_id(0.12, -0.02, 0.004, 0.18, -0.3, 0.016),
        ),
        share(
            "Deaths",
            "count",
            fact(56, 5, "2024-12-02", "white-helmets", "B2"),
            by_id(0.03, -0.02, 0.004, 0.12, -0.14, 0.006),
            instead=fact(28, 4, "2024-11-30", "sohr", "B2"),
        ),
        share(
            "Turkey",
            "ordinal",
            fact(3, 7, "2024-12-01", "coded", "B2", "selective support"),
            by_id(0.08, -0.005, 0.002, 0.04, -0.11, -0.007),
        ),
        share(
            "Aleppo falls",
            "",
            fact(None, None, "2024-12-01", None, "A1"),
            by_id(0.075, -0.003, 0.001, 0.006, -0.03, -0.049),
        ),
    ),
    remainder=by_id(-0.005, 0.002, 0.0, 0.005, 0.005, -0.007),
    orders=0,
    leading=("sustained-air-campaign", "opposition-breakthrough"),
    log_factor=-0.95,
    weights=(
        Weight("sorties", "Sorties", 0.12, by_id(0.34, 0, 0, 0.57, 0.04, 0.05)),
        Weight("aleppo-falls", "Aleppo falls", -1.6, by_id(0.12, 0, 0, 0.82, 0.02, 0.04)),
    ),
    draws=3400,
    ess=412.0,
    coalitions=40,
    unsure=0,
    failures=(),
    fingerprint="dc113431" + "0" * 56,
)
