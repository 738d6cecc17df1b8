"""All series other than counts, compiled: every block's family evaluates its own rows.

Families are a closed set, and the choice between them is compiled: see `families`.
"""

from __future__ import annotations

import numpy as np

from forecast.model.data import Data
from forecast.model.families import back_of, rows_of
from forecast.model.jit import inner
from forecast.model.spec import Array, Index


@inner
def _total(table: Index, column: int) -> int:
    total = 0
    for b in range(len(table)):
        total += table[b, column]
    return total


@inner
def series_rows(theta: Array, data: Data) -> tuple[Array, Array]:
    """Stay and enter of every series, (J, T, K + B) each, 0 where nothing was read.

    Parameters
    ----------
    theta : (D,)
        All free parameters.
    """
    table = data.series_table
    periods, conditions = len(data.evidence), data.centre.shape[1]
    stay = np.zeros((_total(table, 4), periods, conditions))
    enter = np.zeros(stay.shape)
    d, f, w, j = len(theta) - _total(table, 1), 0, 0, 0
    for b in range(len(table)):
        d_end, f_end, w_end = d + table[b, 1], f + table[b, 2], w + table[b, 3]
        floats, whole = data.series_floats[f:f_end], data.series_whole[w:w_end]
        rows_of(table[b, 0], theta[d:d_end], floats, whole, j, stay, enter)
        d, f, w, j = d_end, f_end, w_end, j + table[b, 4]
    return stay, enter


@inner
def series_back(theta: Array, data: Data, d_stay: Array, d_enter: Array, slope: Array) -> None:
    """Add the gradient in the free parameters, given that in stay and enter.

    Parameters
    ----------
    theta, slope : (D,)
        All free parameters, and the gradient in them.
    d_stay, d_enter : (J, T, K + B)
    """
    table = data.series_table
    d, f, w, j = len(theta) - _total(table, 1), 0, 0, 0
    for b in range(len(table)):
        d_end, f_end, w_end = d + table[b, 1], f + table[b, 2], w + table[b, 3]
        floats, whole = data.series_floats[f:f_end], data.series_whole[w:w_end]
        back_of(table[b, 0], theta[d:d_end], floats, whole, j, d_stay, d_enter, slope[d:d_end])
        d, f, w, j = d_end, f_end, w_end, j + table[b, 4]
