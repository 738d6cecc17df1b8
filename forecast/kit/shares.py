"""Probabilities that sum to 1, of which one is changed."""

from __future__ import annotations

from collections.abc import Mapping


def with_share[K](shares: Mapping[K, float], of: K, value: float) -> dict[K, float]:
    """Shares with one changed and the others in proportion, so that the sum stays.

    Raises
    ------
    ValueError
        If it is all there is.
    """
    if value == shares[of]:
        return dict(shares)
    if shares[of] == 1:
        raise ValueError(f"{of} is all there is: no other share is left to take from it")
    left = (1 - value) / (1 - shares[of])
    return {key: value if key == of else share * left for key, share in shares.items()}
