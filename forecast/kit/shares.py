"""Probabilities that sum to 1, of which one is changed."""

from __future__ import annotations

from collections.abc import Sequence


def free(shares: Sequence[float]) -> list[int]:
    """Return which shares are a matter of degree; of two that are, one says it all."""
    inside = [n for n, share in enumerate(shares) if 0 < share < 1]
    return inside[-1:] if len(inside) == 2 else inside


def with_share(shares: Sequence[float], at: int, value: float) -> list[float]:
    """Return shares with one changed and the others in proportion, so that the sum stays."""
    left = (1 - value) / (1 - shares[at])
    return [value if n == at else share * left for n, share in enumerate(shares)]
