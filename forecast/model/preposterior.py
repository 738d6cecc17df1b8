"""Where probabilities of the last period's scenarios would go, had its readings come.

Readings of the last period are drawn, each set from one draw of the posterior before it, one
scenario and one shock, and the filter takes them in under all draws, reweighted by how well these
expected them::

    draw s  ->  z, readings y of the last period   (one_step_ahead)
    p(z | y, all before) = sum_s p(y | s) p(z | y, s) / sum_s p(y | s)

Their mean is the probability before, by construction; their spread is how far it can be expected to
move (Raiffa & Schlaifer 1961).
"""

from __future__ import annotations

from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from forecast.model.data import Data, blocks_of, with_blocks
from forecast.model.parted import carried_on, of_counts, parted
from forecast.model.posterior import Posterior
from forecast.model.powered import powered
from forecast.model.predict import Parameters
from forecast.model.replicate import Simulated, one_step_ahead
from forecast.model.spec import Array

SIZE, DRAWS = 200, 120  # sets of readings, and draws that take them in
FEWER = 2  # times fewer of both, where all periods are filtered anew

type Mask = NDArray[np.bool_]


def preposterior(
    data: Data, theta: Array, read: Array, rng: np.random.Generator, size: int | None = None
) -> Array:
    """Probabilities of scenarios that sets of readings would lead to, (size, K).

    Parameters
    ----------
    data
        All read before, and a row of the last period for each indicator, whose value is not used.
    theta : (S, D)
        Draws of the posterior before the last period's readings.
    read : (C + J,)
        Chance that each indicator is read in the last period.
    size
        How many sets; None: as many as there is time for.
    """
    anew = parted(data) is None
    draws = DRAWS // FEWER if anew else DRAWS
    size = size or (SIZE // FEWER if anew else SIZE)
    theta = np.ascontiguousarray(theta[np.linspace(0, len(theta) - 1, draws).astype(int)])
    posterior = Posterior.of(data, theta)
    parameters = Parameters.of(data, theta)
    drawn = [
        one_step_ahead(data, posterior, parameters, rng) for _ in range(-(-size // len(theta)))
    ]
    takes = _Takes(data, theta, len(read))
    sets = islice(product(drawn, range(len(theta))), size)
    return np.array([takes(each, s, rng.random(len(read)) < read) for each, s in sets])


class _Takes:
    """What all draws make of one set of readings of the last period."""

    def __init__(self, data: Data, theta: Array, indicators: int) -> None:
        self._theta, self._last = theta, len(data.evidence) - 1
        # what is filtered anew, its last period, and which rows that are drawn it has
        self._data, self._at = data, self._last
        self._counts = np.ones(len(data.value), dtype=bool)
        self._series = [np.ones(len(b.values.at), dtype=bool) for b in blocks_of(data)]
        if (parts := parted(data)) is None:
            as_read = data.value, [b.values.value for b in blocks_of(data)]
            before = _said(data, *as_read, np.zeros(indicators, dtype=bool), self._last)
        else:
            before, self._data = parts
            self._at, self._counts = 1, data.begin == self._last
            self._series = [b.values.at == self._last for b in blocks_of(data)]
        self._apart = parts is not None
        self._loglik, self._filtered = powered(theta, before, 1.0)

    def __call__(self, drawn: Simulated, s: int, is_read: Mask) -> Array:
        """Probabilities of the last period's scenarios, (K,)."""
        counts = drawn.counts[self._counts, s]
        series = [each[rows, s] for each, rows in zip(drawn.series, self._series, strict=True)]
        said = _said(self._data, counts, series, is_read, self._at)
        if self._apart:
            loglik, now = carried_on(self._theta, said, self._loglik, self._filtered)
        else:
            loglik, now = powered(self._theta, said, 1.0)
        logs = loglik - self._loglik
        weights = np.exp(logs - logs.max())
        return np.asarray(weights @ now / weights.sum())


def _said(data: Data, counts: Array, series: list[Array], is_read: Mask, last: int) -> Data:
    """Data with other readings in a period, and without the rows of what is not read in it."""
    late = (data.begin == last) & (data.span == 1)
    blocks = []
    for block, values in zip(blocks_of(data), series, strict=True):
        own, here = block.values, block.values.at == last
        read = np.where(here, block.family.read(values), own.value).astype(own.value.dtype)
        kept = ~here | is_read[block.first + own.series]
        blocks.append(block.family.some(own._replace(value=read), kept))
    data = data._replace(value=np.where(late, counts, data.value))
    return with_blocks(of_counts(data, ~late | is_read[data.series]), blocks)
