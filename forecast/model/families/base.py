"""What a kind of indicator is to the model, apart from counts: a distribution of readings in order.

A *series* is the readings of one indicator, a *block* all series of one family, with their priors
solved. Everything the model does with readings it asks of the block's family::

    elicited numbers ── solve ──> block ── rows, back ──> stay, enter and their gradient (compiled)
    draws of free parameters ── natural ──> parameters ──> draw, table, predict

Counts are not among them: they share a shock, sum over days and periods and have sources that
count differently, which makes them a model of their own (`counts`, `rows`, `shock`, `overlap`).
"""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecast.model.arrays import Split, Table
from forecast.model.outlook import Memory, Outlook
from forecast.model.spec import Array, SeriesSpec

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Variable:
    """A named quantity of the readable model and of exports.

    Parameters
    ----------
    dims
        As in exports; ``scenario`` is the only one that families share.
    meaning
        A line.
    formula
        In the letters of ``docs/method.md``.
    """

    dims: tuple[str, ...]
    meaning: str
    formula: str


class Predicted(ABC):
    """The distribution of one reading."""

    @abstractmethod
    def quantiles(self, probabilities: Array) -> Array:
        """The smallest values reached with these probabilities, (n,)."""

    @abstractmethod
    def at_least(self, bound: float) -> float:
        """P(Y >= bound)."""

    @abstractmethod
    def at_most(self, bound: float) -> float:
        """P(Y <= bound)."""

    @abstractmethod
    def below(self, value: float) -> float:
        """P(Y < value)."""

    @property
    @abstractmethod
    def levels(self) -> list[float]:
        """The probability of each of a few values; of many, none."""


@dataclass(frozen=True, slots=True)
class Simulated(Predicted):
    """Readings drawn, (n,)."""

    draws: Array

    def quantiles(self, probabilities: Array) -> Array:
        """The smallest values reached with these probabilities, (n,)."""
        return np.asarray(np.quantile(self.draws, probabilities, method="inverted_cdf"))

    def at_least(self, bound: float) -> float:
        """P(Y >= bound)."""
        return float((self.draws >= bound).mean())

    def at_most(self, bound: float) -> float:
        """P(Y <= bound)."""
        return float((self.draws <= bound).mean())

    def below(self, value: float) -> float:
        """P(Y < value)."""
        return float((self.draws < value).mean())

    @property
    def levels(self) -> list[float]:
        """None: there are too many values."""
        return []


@dataclass(frozen=True, slots=True)
class Levels(Predicted):
    """The probability of levels 0, 1, ..., (L,)."""

    chance: Array

    def quantiles(self, probabilities: Array) -> Array:
        """The smallest levels reached with these probabilities, (n,)."""
        found = np.searchsorted(self.chance.cumsum(), probabilities)
        return np.minimum(found, len(self.chance) - 1)

    def at_least(self, bound: float) -> float:
        """P(Y >= bound)."""
        return float(self.chance[np.arange(len(self.chance)) >= bound].sum())

    def at_most(self, bound: float) -> float:
        """P(Y <= bound)."""
        return min(float(self.chance[np.arange(len(self.chance)) <= bound].sum()), 1.0)

    def below(self, value: float) -> float:
        """P(Y < value)."""
        return float(self.chance[np.arange(len(self.chance)) < value].sum())

    @property
    def levels(self) -> list[float]:
        """The probability of each."""
        return [float(p) for p in self.chance]


type Link = Literal["logit", "identity"]


class Learnable(NamedTuple):
    """One parameter over draws, on the scale its prior is normal on.

    Parameters
    ----------
    quantity
        What it is called: ``median``, ``level``, ``inertia``.
    series, scenario, level
        Whose it is; None where it is not theirs alone.
    link
        From its own scale to that of the draws.
    """

    quantity: Literal["median", "level", "inertia"]
    series: int
    scenario: int | None
    level: int | None
    draws: Array
    link: Link


class Emission[B: tuple[Any, ...], P: tuple[Any, ...]](ABC):
    """One family of series. ``B`` is its block, ``P`` its parameters on their natural scales.

    Attributes
    ----------
    family
        Its id.
    table
        The arrays of its block. Of every row they have ``gap``, ``trust``, ``trust_before``,
        ``series``, ``value`` and ``at``, what else it needs along ``row``, and ``scenarios``.
    free
        Its free parameters, all standard normal a priori; names are its own among all families.
    rows, back
        Compiled: ``rows(theta, floats, whole, first, stay, enter)`` adds every row's
        log-likelihood to the parts (P, T, K + B) of its series, the first of which is ``first``;
        ``back(theta, floats, whole, first, d_stay, d_enter, slope)`` adds the gradient in
        ``theta`` to ``slope``, given that in the parts.
    variables
        What its parameters are called in the readable model and in exports: those of ``free``, and
        those of ``natural``.
    names, signs
        Which of them is which of ``free``: of scenarios, and of signs, where those have another.
    reading
        What one reading is called in exports; several, with an s.
    """

    family: ClassVar[str]
    table: ClassVar[Table[Any]]
    free: ClassVar[Split[Any]]
    rows: ClassVar[Any]
    back: ClassVar[Any]
    variables: ClassVar[dict[str, Variable]]
    names: ClassVar[dict[str, str]]
    signs: ClassVar[dict[str, str]] = {}
    reading: ClassVar[str]

    @property
    def number(self) -> int:
        """What stands for it in packed data."""
        return zlib.crc32(self.family.encode())

    @abstractmethod
    def solve(self, spec: SeriesSpec) -> B:
        """The block of a spec: priors from what was elicited, rows laid out."""

    @abstractmethod
    def in_use(self, block: B) -> dict[str, Mask]:
        """Which entries of the free parameters anything hangs on."""

    @abstractmethod
    def coords(
        self, spec: SeriesSpec, block: B, conditions: tuple[str, ...]
    ) -> dict[str, list[str]]:
        """Labels of the dimensions of its `variables`, from those of conditions."""

    @abstractmethod
    def natural(self, block: B, theta: Array) -> P:
        """Parameters on their natural scales under draws of its free ones, (S, D)."""

    @abstractmethod
    def named(self, block: B, parameters: P) -> dict[str, Array]:
        """Those of the parameters that vary, by name of a variable, (S, ...) with its dims."""

    @abstractmethod
    def learnable(self, spec: SeriesSpec, block: B, parameters: P) -> Iterator[Learnable]:
        """Every parameter that readings can teach, series by series."""

    @abstractmethod
    def prior_predictive(
        self, block: B, parameters: P, series: int, rng: np.random.Generator
    ) -> list[Predicted]:
        """The distribution of a reading under every condition: of a scenario, while it lasts.

        ``parameters`` are draws of the prior.
        """

    @abstractmethod
    def predict(
        self,
        block: B,
        parameters: P,
        outlook: Outlook,
        series: int,
        trust: float,
        memory: Memory | None,
        rng: np.random.Generator,
    ) -> Predicted:
        """The distribution of the reading of a period, over all draws."""

    @abstractmethod
    def draw(
        self,
        block: B,
        parameters: P,
        outlook: Outlook,
        series: int,
        trust: float,
        memory: Memory | None,
        rng: np.random.Generator,
    ) -> Array:
        """One reading of a period for every draw, (S,); ``outlook`` has one condition in each."""

    @abstractmethod
    def joint(
        self,
        block: B,
        parameters: P,
        outlook: Outlook,
        series: int,
        trust: float,
        memory: Memory | None,
    ) -> tuple[Array, Array]:
        """p(condition, reading) averaged over draws, (K + B, bins), and where its bins begin."""

    @abstractmethod
    def standard(self, spec: SeriesSpec) -> Array:
        """Log p(row | scenario) of numbers taken as elicited, without inertia or doubt, (M, K)."""

    @abstractmethod
    def readable(self, model: Any, spec: SeriesSpec, block: B) -> Any:
        """Its parameters in the readable model, as one tuple of tensors like ``P`` of one draw."""

    @abstractmethod
    def readable_rows(self, spec: SeriesSpec, parameters: Any, value: Any) -> tuple[Any, Any]:
        """Stay and enter of every row in the readable model, (M, K + B), of readings (M,)."""

    def last(self, block: Any, periods: int, draws: int, series: int) -> Memory | None:
        """What the last usable reading of a series leaves to the period after the last."""
        rows = np.flatnonzero(block.series == series)
        if not len(rows):
            return None
        m = rows[int(np.argmax(block.at[rows]))]
        gap = float(periods - block.at[m])
        return Memory(gap, np.full(draws, float(block.value[m])), float(block.trust[m]))

    def some(self, block: B, rows: Mask) -> B:
        """The block with some of its rows, (M,) of bool."""
        chosen = {
            name: getattr(block, name)[rows]
            for name, array in self.table.arrays.items()
            if array.dims[0] == "row"
        }
        return block._replace(**chosen)  # type: ignore[attr-defined, no-any-return]

    def read(self, values: Array) -> Array:
        """Drawn values as a block has those that were read."""
        return values

    def size(self, block: B) -> int:
        """How many free parameters a block has."""
        return sum(int(np.prod(shape)) for shape in self.free.shapes(block).values())


class Block(NamedTuple):
    """A family's block of series within `Data`.

    Parameters
    ----------
    family
        Whose it is.
    values
        Its arrays.
    theta
        Where its free parameters stand in the vector of all.
    first
        Number of its first series among all parts of emissions.
    """

    family: Emission[Any, Any]
    values: Any
    theta: slice
    first: int
