"""What a silent source's count is drawn from if it or the one that speaks reflects nothing.

What silent sources count knows no scenario (`overlap`), so neither may this: the even mixture over
scenarios of what was elicited, with twice the log-variance, moved by exposure and by the source's
effect. (Without the effect a source that counts double would look doubtful where it only counts
double.) With shape f_k and psi = digamma::

    log p_k(y) = [log Gamma(y+f) - log Gamma(f) - log y!] + y x - (y+f) log(1+e^x)
    x          = centre_k - psi(f_k) + exposure + effect

The bracket, with the log of the doubt in the report and of 1/K, is settled once (`doubts`). What is
read of counts that speak has the contamination component of `mixture`.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.model.elicit import CountPrior
from forecast.model.jit import compiled
from forecast.model.mixture import LEAST_DOUBT
from forecast.model.negbinomial import log_bias, log_gamma_of, shape_of
from forecast.model.spec import Array, Index


def background_variance(sd: Array, dispersion: Array) -> Array:
    """Return the log-variance of counts that reflect nothing: twice that of what was asked.

    Parameters
    ----------
    sd, dispersion
        Of the prior of the location, and the log-variance around it.
    """
    return np.asarray(2.0 * (sd**2 + dispersion))


def backgrounds(prior: CountPrior, scenarios: int) -> tuple[Array, Array]:
    """Log(mean / shape) in a full period by the reference, and shape, (C, K) each."""
    centre, sd, dispersion = (
        part[:, :scenarios] for part in (prior.centre, prior.sd, prior.dispersion)
    )
    shape = np.asarray(shape_of(background_variance(sd, dispersion)))
    return centre - np.log(shape) + log_bias(shape), shape


def doubts(trust: Array, value: Array, series: Index, shape: Array) -> Array:
    """Return the log of the doubt in each report, with what no offset has a say in, (N, K)."""
    f, y = shape[series], value[:, None]
    doubt = np.log(np.maximum(1 - trust, LEAST_DOUBT))[:, None] - math.log(shape.shape[1])
    return np.asarray(doubt + log_gamma_of(y + f) - log_gamma_of(f) - log_gamma_of(y + 1))


@compiled
def in_doubt(y: float, at: float, doubt: Array, ratio: Array, shape: Array) -> tuple[float, float]:
    """Return the log of doubt times p(y | it reflects nothing), and its slope in ``at``.

    Parameters
    ----------
    at
        Exposure and offset.
    doubt, ratio, shape : (K,)
        Of the row, and of its count.
    """
    top, total, slope = -np.inf, 0.0, 0.0
    for k in range(len(doubt)):
        x = ratio[k] + at
        small = math.exp(-abs(x))
        value = doubt[k] + y * x - (y + shape[k]) * (max(x, 0.0) + math.log1p(small))
        rising = (1.0 if x > 0.0 else small) / (1.0 + small)
        if value > top:
            shrunk = math.exp(top - value)
            total, slope, top = total * shrunk, slope * shrunk, value
        part = math.exp(value - top)
        total += part
        slope += part * (y - (y + shape[k]) * rising)
    return top + math.log(total), slope / total
