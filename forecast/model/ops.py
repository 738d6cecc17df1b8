"""The two compiled kernels as PyTensor operations, with their gradients.

``filter_loglik(start, transition, stay, enter)``   log p(y), a scalar
``count_loglik(y, location, variance)``             elementwise log-probability of counts

Each is one node for PyTensor: nothing inside is differentiated or compiled symbolically.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
from numba import njit
from pytensor.graph.basic import Apply, Variable
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key

from forecast.model.filter import loglik_and_gradient
from forecast.model.negbinomial import logpmf_and_slopes


class FilterLoglik(Op):
    """log p(y) and its gradients, as four outputs: value, d transition, d stay, d enter."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply:
        """Take start (K,), transition (K, K), stay (T, K) and enter (T, K)."""
        start, transition, stay, enter = (
            pt.as_tensor_variable(x).astype("float64") for x in inputs
        )
        outputs = [pt.dscalar(), transition.type(), stay.type(), enter.type()]
        return Apply(self, [start, transition, stay, enter], outputs)

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Evaluate without compiling the graph."""
        del node
        results = loglik_and_gradient(*(np.ascontiguousarray(x) for x in inputs))
        for store, value in zip(outputs, results, strict=True):
            store[0] = np.asarray(value)

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Variable[Any, Any]]:
        """Return the gradient of the value in every input; start is fixed."""
        seed = cotangents[0]
        return [pt.zeros_like(inputs[0]), *(seed * slope for slope in outputs[1:])]


class CountLoglik(Op):
    """Elementwise log p(y | location, variance) with both slopes, as three outputs."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply:
        """Take y (N,) and location and variance (N, K)."""
        y, location, variance = (pt.as_tensor_variable(x).astype("float64") for x in inputs)
        return Apply(self, [y, location, variance], [location.type() for _ in range(3)])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Evaluate without compiling the graph."""
        del node
        for store, value in zip(outputs, count_table(*inputs), strict=True):
            store[0] = value

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Variable[Any, Any]]:
        """Return the gradient in location and variance; counts are data."""
        seed = cotangents[0]
        return [pt.zeros_like(inputs[0]), seed * outputs[1], seed * outputs[2]]


@njit(cache=True)
def count_table(y, location, variance):  # type: ignore[no-untyped-def]
    """Return log-probabilities and slopes, each (N, K), for counts y (N,)."""
    rows, columns = location.shape
    value = np.empty((rows, columns))
    d_location = np.empty((rows, columns))
    d_variance = np.empty((rows, columns))
    for n in range(rows):
        for k in range(columns):
            value[n, k], d_location[n, k], d_variance[n, k] = logpmf_and_slopes(
                y[n], location[n, k], variance[n, k]
            )
    return value, d_location, d_variance


@register_funcify_default_op_cache_key(FilterLoglik)
def _numba_filter(op: Op, **kwargs: Any) -> Any:
    del op, kwargs

    @njit
    def run(start, transition, stay, enter):  # type: ignore[no-untyped-def]
        value, d_transition, d_stay, d_enter = loglik_and_gradient(start, transition, stay, enter)
        return np.asarray(value), d_transition, d_stay, d_enter

    return run


@register_funcify_default_op_cache_key(CountLoglik)
def _numba_counts(op: Op, **kwargs: Any) -> Any:
    del op, kwargs

    @njit
    def run(y, location, variance):  # type: ignore[no-untyped-def]
        return count_table(y, location, variance)

    return run


def filter_loglik(start: Any, transition: Any, stay: Any, enter: Any) -> Any:
    """Return log p(y) as a differentiable scalar."""
    return FilterLoglik()(start, transition, stay, enter)[0]


def count_loglik(y: Any, location: Any, variance: Any) -> Any:
    """Return log p(y | location, variance) as a differentiable (N, K) array."""
    return CountLoglik()(y, location, variance)[0]
