"""The posterior probability that a reading is false: drawn from the contamination component.

With r the trust in a reading y of the last period, and y' all others::

    P(false | y, y', theta) = (1 - r) p(y, y' | it is false, theta) / p(y, y' | theta)

over scenarios, shock and parameters: averaged over draws of theta given all that was read.
"""

from __future__ import annotations

import numpy as np

from forecast.model.data import DATA, Data, blocks_of, with_blocks
from forecast.model.powered import powered
from forecast.model.spec import Array

_DRAWS = 2000  # of the posterior: an error below a point


def false_reports(data: Data, theta: Array, loglik: Array) -> dict[int, float]:
    """The probability for every series that has a reading of the last period, by its number.

    Totals are left out: their likelihood is no distribution.

    Parameters
    ----------
    theta : (S, D)
        Draws of the posterior.
    loglik : (S,)
        log p(all that was read | draw).
    """
    some = slice(None, None, -(-len(theta) // _DRAWS))
    found = {}
    for number, (doubt, assumed) in sorted(_assumed_false(data).items()):
        without, _ = powered(theta[some], assumed, 1.0)
        with np.errstate(divide="ignore"):  # of a report that is trusted entirely
            false = np.log(doubt) + without - loglik[some]
        found[number] = float(np.exp(np.minimum(false, 0.0)).mean())
    return found


def _assumed_false(data: Data) -> dict[int, tuple[float, Data]]:
    """By series: 1 - r of the last period's reading, and the data with it assumed to be false."""
    found, last = {}, len(data.evidence) - 1
    for n in np.flatnonzero((data.begin == last) & (data.span == 1)).tolist():
        enter, stay, doubt = data.weight_enter.copy(), data.weight_stay.copy(), data.doubt.copy()
        parts = slice(data.first[n], data.first[n + 1])
        enter[parts], stay[parts], doubt[n] = 0.0, 0.0, 1.0
        assumed = data._replace(weight_enter=enter, weight_stay=stay, doubt=doubt)
        found[int(data.series[n])] = float(data.doubt[n]), DATA.contiguous(assumed)
    values = [block.values for block in blocks_of(data)]
    for b, block in enumerate(blocks_of(data)):
        for m in np.flatnonzero(block.values.at == last).tolist():
            trust = block.values.trust.copy()
            trust[m] = 0.0
            changed = [*values[:b], block.values._replace(trust=trust), *values[b + 1 :]]
            series = block.first + int(block.values.series[m])
            found[series] = 1.0 - float(block.values.trust[m]), with_blocks(data, changed)
    return found
