"""What the lead of the next period hangs on: shares of the variance of the log odds, over draws.

For each group of free parameters (those of an indicator, how long scenarios last, what follows,
how sources differ) the share that a linear regression of the log odds between the two leading
scenarios on that group alone explains, adjusted for its number of parameters. Groups are
correlated given the readings: shares need not sum to 1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from forecast.case import Case
from forecast.model.data import Data, blocks_of
from forecast.model.packing import blocks, shapes
from forecast.model.spec import Array, Index
from forecast.record import HangsOn
from forecast.refresh.arrays import in_order
from forecast.refresh.draws import Draws

LEAST, MOST = 0.1, 3  # a share that is named, and how many are
_LOW = 1e-9  # of a probability
_OF_ALL = {
    "duration": "how long scenarios last",
    "successor": "what follows what",
    "house": "how sources differ",
    "shared": "what counts share",
}


def hangs_on(case: Case, draws: Draws) -> list[HangsOn]:
    """The judgements that most of the lead's variance goes with, the largest share first."""
    coming = draws.posterior.coming
    first, second = np.argsort(-coming.mean(axis=0), kind="stable")[:2]
    odds = np.log(np.maximum(coming[:, first], _LOW)) - np.log(np.maximum(coming[:, second], _LOW))
    found = [
        HangsOn(name, share)
        for name, columns in groups(case, draws.data)
        if (share := explained(odds, draws.theta[:, columns])) >= LEAST
    ]
    return sorted(found, key=lambda each: -each.share)[:MOST]


def groups(case: Case, data: Data) -> Iterator[tuple[str, Index]]:
    """Free parameters that are one judgement, by its name."""
    indicators, found = in_order(case), dict[str, list[int]]()
    first_of = {
        name: block.first
        for name, place in blocks(data).items()
        for block in blocks_of(data)
        if block.theta.start <= place.start < block.theta.stop
    }
    for name, shape in shapes(data).items():
        place = blocks(data)[name]
        for column, index in zip(range(place.start, place.stop), np.ndindex(shape), strict=True):
            label = _OF_ALL.get(name) or indicators[first_of.get(name, 0) + index[0]].name
            found.setdefault(label, []).append(column)
    for label, columns in found.items():
        yield label, np.array(columns, dtype=np.int64)


def explained(odds: Array, theta: Array) -> float:
    """The share of variance that a linear regression explains, adjusted, at least 0."""
    size, number = theta.shape
    centred, spread = odds - odds.mean(), theta - theta.mean(axis=0)
    total = float(centred @ centred)
    if total <= 0.0 or size <= number + 1:
        return 0.0
    fitted = spread @ np.linalg.lstsq(spread, centred, rcond=None)[0]
    left = float(((centred - fitted) ** 2).sum()) / total
    adjusted = 1.0 - left * (size - 1) / (size - number - 1)
    return float(min(max(adjusted, 0.0), 1.0))
