"""What is sampled: free parameters, all standard normal, and the kernel as their likelihood.

Priors are bent inside the kernel (`data`, `chain`, `counts`, `levels`) and all free parameters are
one vector (`packing.Raw` in order), so that the sampler compiles a handful of nodes whatever the
case. It is the model of `pymc_model`, which is the one to read, made fast.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from numba import njit
from pytensor.graph.basic import Apply, Variable
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key

from forecast.model.data import Data
from forecast.model.kernel import density
from forecast.model.packing import pack, size_of


class Density(Op):
    """log p(readings | theta) and its gradient as two outputs; only theta is differentiated."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply:
        """Take theta (D,), and a packed `Data` as floats and whole numbers."""
        theta, numbers, whole = (pt.as_tensor_variable(x) for x in inputs)
        return Apply(self, [theta, numbers, whole], [pt.dscalar(), theta.type()])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Evaluate without compiling the graph."""
        del node
        value, gradient = density(*inputs)
        outputs[0][0], outputs[1][0] = np.asarray(value), gradient

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Variable[Any, Any]]:
        """Return the gradient in theta; data has none."""
        _, numbers, whole = inputs
        return [
            cotangents[0] * outputs[1],
            pt.zeros_like(numbers),
            pt.zeros_like(whole, dtype="float64"),
        ]


@register_funcify_default_op_cache_key(Density)
def _compiled(op: Op, **kwargs: Any) -> Any:
    del op, kwargs

    @njit
    def run(theta, numbers, whole):  # type: ignore[no-untyped-def]
        value, gradient = density(theta, numbers, whole)  # by address: next to nothing to compile
        return np.asarray(value), gradient

    return run


def build(data: Data) -> pm.Model:
    """Return the model of a case as-of a date.

    The numbers enter as data, not as constants: two as-ofs of one case give the same graph.
    """
    numbers, whole = pack(data)
    with pm.Model() as model:
        theta = pm.Normal("theta", shape=size_of(data))
        packed = pytensor.shared(numbers, "numbers"), pytensor.shared(whole, "whole")
        pm.Potential("readings", Density()(theta, *packed)[0])  # pm.Data would cut 64 bits to 32
    return model
