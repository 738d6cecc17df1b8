"""What the model is told: arrays and coordinates, never a path.

::

    period     0 ........... t ........... T-1      T-1 is the forecast period
    reading rows of counts   y[n], about period(s) where weight[:, n] > 0, of count series[n]
    rows of other series     x[n], about period at[n], of indicator series[n]

A row carries its own memory: ``gap`` periods since the last usable reading of the same indicator
(``inf``: none, which makes ``stay`` and ``enter`` alike) and what that reading was. A total over n
periods is a row without memory whose weight is 1/n in each of them (``docs/method.md``).

K scenarios, C counts, J indicators of another family, H pairs of a count and a source other than
its reference. What is read may be a sign of what comes next: expectations are of K + B conditions,
first of scenarios while they hold, then of the last period before each of B scenarios begins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ChainSpec:
    """What is asked of the scenario chain.

    Parameters
    ----------
    start : (K,)
        Initial distribution, fixed.
    lasts, spread : (K,)
        Elicited duration in periods and the log standard deviation of its excess over 1.
    absorbing : (K,) bool
        Scenarios that, once begun, hold for good.
    then : (K, K)
        Row k: where it goes on leaving k; zero on the diagonal and where it cannot go.
    worth : (K,)
        Periods of watching the judgements are worth.
    lives
        Elicited lives of episodes; None: one each, that lasts as long as ``lasts``.
    """

    start: Array
    lasts: Array
    spread: Array
    absorbing: NDArray[np.bool_]
    then: Array
    worth: Array
    lives: LivesSpec | None = None


@dataclass(frozen=True, slots=True)
class LivesSpec:
    """Lives of episodes, the shortest first.

    Parameters
    ----------
    lasts : (K, M)
        Mean duration of each, in periods.
    share : (K, M)
        Of episodes that begin; 0 of what a scenario has none of.
    resumes : (K,)
        Chance that what an episode of the shortest life interrupted goes on when it ends.
    elapsed : (K,)
        Periods for which a scenario that holds at the start has lasted; -1: not known.
    """

    lasts: Array
    share: Array
    resumes: Array
    elapsed: Array


@dataclass(frozen=True, slots=True)
class CountSpec:
    """Counts: what is asked, and what was read.

    Parameters
    ----------
    median, p90, worth : (C, K + B)
        Elicited per full period; nan where a count is no sign of a scenario.
    inertia : (C,)
        Prior centre of the inertia.
    recent, decay : (C,)
        What is remembered: share of the last reading, the rest being a mean of it and those before
        it, and by how much one weighs less in that for each period it is older (`memory`).
    shock : (C,)
        1 or -1: which way the count goes in a shock that all share; 0: it does not share it.
    houses : H pairs of ids
        Count and source; the other sources are references.
    house_centre, house_sd : (H,)
        Prior of the log of what the source counts for each 1 of the reference; sd 0: known.
    value, log_exposure, gap, memory : (N,)
        Reading; log of the share of a period it covers; periods since the last usable reading
        (inf: none); log(1 + that reading per full period, completed), or what `memory` makes of it
        and those before (0 where there is none).
    memory_weight : (N,)
        How many times what is usual is to be taken off that; 1: it is one reading.
    trust, trust_before : (N,)
        Probability that the row, and the reading it remembers, reflect reality.
    series : (N,) int
        Which count.
    house, house_before : (N,) int
        Whose the row, and the reading it remembers, are; -1: the reference's.
    delay_weight, delay_shift, delay_spread : (N, 2)
        Mixture of two normals of the log of the share that was counted by then; (1, 0), (0, 0)
        and (0, 0): complete.
    weight : (T, N)
        How much of the row's log-likelihood belongs to each period; columns sum to 1.
    signs
        B: how many of the last conditions are signs.
    """

    ids: tuple[str, ...]
    median: Array
    p90: Array
    worth: Array
    inertia: Array
    recent: Array
    decay: Array
    shock: Array
    houses: tuple[tuple[str, str], ...]
    house_centre: Array
    house_sd: Array
    value: Array
    log_exposure: Array
    gap: Array
    memory: Array
    memory_weight: Array
    trust: Array
    trust_before: Array
    series: Index
    house: Index
    house_before: Index
    delay_weight: Array
    delay_shift: Array
    delay_spread: Array
    weight: Array
    signs: int = 0

    def __post_init__(self) -> None:
        """Refuse arrays of other lengths: compiled code does not look."""
        for size, names in ((len(self.ids), _OF_COUNTS), (len(self.value), _OF_ROWS)):
            for name in names:
                if len(getattr(self, name)) != size:
                    raise ValueError(f"{name} must have length {size}")


_OF_COUNTS = ("median", "p90", "worth", "inertia", "recent", "decay", "shock")
_OF_ROWS = (
    "log_exposure", "gap", "memory", "memory_weight", "trust", "trust_before", "series", "house",
    "house_before", "delay_weight", "delay_shift", "delay_spread",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OverlapSpec:
    """Counts of one period by two sources of which only the other speaks: they teach offsets.

    Parameters
    ----------
    value, log_exposure : (R,)
        The silent source's count, and the log of the share of a period it covers and was counted.
    spoken, spoken_exposure : (R,)
        The speaking source's.
    trust : (R,)
        Probability that both reports reflect reality.
    series, house, spoken_house : (R,) int
        Which count, and whose (-1: the reference's).
    at : (R,) int
        Which period.
    """

    value: Array
    log_exposure: Array
    spoken: Array
    spoken_exposure: Array
    trust: Array
    series: Index
    house: Index
    spoken_house: Index
    at: Index


@dataclass(frozen=True, slots=True)
class SeriesSpec:
    """Indicators of one family other than counts: what was elicited, and what was read.

    Parameters
    ----------
    family
        Id of the family (`families`).
    elicited : (J, K + B, E)
        Numbers of its expectations: of levels their probabilities, zero beyond an indicator's own;
        nan where an indicator is no sign of a scenario.
    worth : (J, K + B)
    inertia : (J,)
        Prior centre of the inertia.
    value, previous : (N,)
        Reading, and the last usable one before it (nan: none).
    gap : (N,)
        Periods since that (inf: none).
    trust, trust_before : (N,)
        Probability that the row, and the reading before it, reflect reality.
    series, at : (N,) int
        Which indicator, and which period.
    signs
        B: how many of the last conditions are signs.
    """

    family: str
    ids: tuple[str, ...]
    elicited: Array
    worth: Array
    inertia: Array
    value: Array
    previous: Array
    gap: Array
    trust: Array
    trust_before: Array
    series: Index
    at: Index
    signs: int = 0


@dataclass(frozen=True, slots=True)
class SignSpec:
    """What weighs on transitions: signs of scenarios that begin in the next period.

    Parameters
    ----------
    scenario : (B,) int
        Scenarios that something is a sign of.
    evidence : (T, K, B)
        Log-likelihoods of one-off events under a scenario, if one of those begins next.
    ratio : (T, K)
        How much likelier a sign that is nothing else is in the last period before a scenario
        begins than otherwise; of no rows where there is none.
    ahead : (H, K)
        What of it still weighs on the transitions at the end of each period after the last; beyond
        H nothing does.
    """

    scenario: Index
    evidence: Array
    ratio: Array
    ahead: Array

    @classmethod
    def none(cls, periods: int, scenarios: int) -> SignSpec:
        """No signs."""
        nothing = np.zeros((periods, scenarios, 0))
        no_ratio = np.zeros((0, scenarios))
        return cls(np.zeros(0, np.int64), nothing, no_ratio, no_ratio)


@dataclass(frozen=True, slots=True)
class Spec:
    """All that a posterior follows from, as arrays.

    ``series`` has one entry for every family with an indicator, in the order of `families`.
    ``evidence`` (T, K) are log-likelihoods of one-off events, alike for `stay` and `enter`.
    ``possible`` (T, K) is False where a known outcome rules a scenario out; None: nowhere.
    ``signs`` are those of transitions; None: there are none.
    """

    periods: tuple[str, ...]
    scenarios: tuple[str, ...]
    chain: ChainSpec
    counts: CountSpec
    overlaps: OverlapSpec
    series: tuple[SeriesSpec, ...]
    evidence: Array
    possible: NDArray[np.bool_] | None = None
    signs: SignSpec | None = None

    @property
    def conditions(self) -> tuple[str, ...]:
        """Labels of what expectations are of: scenarios, and the last periods before some."""
        signs = () if self.signs is None else self.signs.scenario.tolist()
        return (*self.scenarios, *(f"before {self.scenarios[k]}" for k in signs))

    def of(self, family: str) -> SeriesSpec | None:
        """The series of one family, None if there are none."""
        return next((each for each in self.series if each.family == family), None)
