"""The readable model evaluated as it is written: nothing rewritten, nothing compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytensor
from pytensor.compile.mode import Mode

from forecast.model.coords import free_values
from forecast.model.data import data_of
from forecast.model.packing import size_of
from forecast.model.pymc_model import ScenarioModel, emissions_by_part, pymc_model
from forecast.model.spec import Spec

MODE = Mode(linker="py", optimizer=None)
interpreted = pytensor.config.change_flags(  # of what loops inside as well
    cxx="", mode=MODE,
    traceback__limit=0,  # no stack is looked up for every node: a quarter of the time
)  # fmt: skip


class Readable:
    """A model with its density, gradient and other quantities as functions of the free parameters.

    Each takes the sampler's vector, (D,); entries that nothing hangs on are ignored.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec, self.data = spec, data_of(spec)
        self.model: ScenarioModel = pymc_model(spec)

    @property
    def in_use(self) -> np.ndarray:
        """Which entries of the vector are of the model, in the model's order, as places."""
        places = np.arange(size_of(self.data), dtype=float)
        values = free_values(self.data, places[None])
        return np.concatenate([np.ravel(values[v.name]) for v in self.model.value_vars]).astype(int)

    def at(self, theta: np.ndarray) -> dict[str, np.ndarray]:
        found = free_values(self.data, theta[None])
        return {name: np.asarray(value[0]) for name, value in found.items()}

    def function(self, outputs: Any) -> Callable[[np.ndarray], Any]:
        with interpreted:
            run = self.model.compile_fn(
                self.model.replace_rvs_by_values(outputs),
                inputs=self.model.value_vars, mode=MODE, on_unused_input="ignore",
            )  # fmt: skip
        return lambda theta: run(self.at(theta))

    def logp(self) -> Callable[[np.ndarray], float]:
        with interpreted:
            run = self.model.compile_logp(mode=MODE)
        return lambda theta: float(run(self.at(theta)))

    def dlogp(self) -> Callable[[np.ndarray], np.ndarray]:
        with interpreted:  # in one pass; PyMC's own goes back once for every variable
            slopes = pytensor.grad(self.model.logp(), self.model.value_vars)
            run = self.model.compile_fn(slopes, mode=MODE)
        return lambda theta: np.concatenate([np.ravel(slope) for slope in run(self.at(theta))])

    def emissions(self) -> list[Any]:
        """Stay and enter by part, as graphs."""
        values = self.model.rvs_to_values[self.model["readings"]]
        return list(emissions_by_part(self.spec, self.model.natural, values))
