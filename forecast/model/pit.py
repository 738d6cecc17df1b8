"""The probability integral transform: where in its predictive distribution a reading fell.

If forecasts are right, it is uniform over many readings. A reading is a whole number, and its
distribution a staircase: it falls between P(Y < y) and P(Y <= y), and is put between the two by
chance, which makes it exactly uniform (Czado, Gneiting & Held 2009).
"""

from __future__ import annotations

from forecast.model.spec import Array


def uniform_p(pit: Array) -> float:
    """Return the p-value of the Kolmogorov-Smirnov test, exact, that values (n,) are uniform."""
    from scipy.stats import kstest  # slow to load, and nothing else here needs it

    return float(kstest(pit, "uniform", method="exact").pvalue)
