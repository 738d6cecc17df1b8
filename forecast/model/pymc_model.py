"""The model of ``docs/method.md`` as a PyMC model: this is its definition.

::

    e_duration, e_successor ───────────────> transition ────────────────────┐
    e_location, e_dispersion, e_inertia,                                    │
    e_shock, e_source ───> location, variance, inertia, loading, source_effect ──> readings
    of each other family, its own ──> its parameters ───────────────────────┘

All free parameters are standard normal; what they stand for has a name, dimensions and a formula,
which ``print(model)`` shows. Scenarios are summed out by the filter, so that ``readings``, a table
of periods by series with nan where nothing was read, has one log-likelihood per period: log p(what
was read of it | all that was read before). PyMC's and ArviZ's own tools work on it
(`pm.sample_prior_predictive`, `pm.sample`, `pm.compute_log_likelihood`).

It is written to be read, and differentiated for us. What samples fast is the same density compiled
(`kernel`), which the tests hold to this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt

from forecast.model.coords import DIMS, FREE, Layout, coords_of, free_values, in_use
from forecast.model.data import Data, blocks_of, data_of
from forecast.model.elicit import (
    DISPERSION_SD,
    INERTIA_SD,
    SHARED_CENTRE,
    SHARED_MOST,
    SHARED_SD,
    CountPrior,
    count_prior,
)
from forecast.model.families import EMISSIONS
from forecast.model.families.base import Block
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.overlap import BETWEEN_SD
from forecast.model.packing import shapes
from forecast.model.predict import Parameters
from forecast.model.replicate import from_the_start
from forecast.model.shock import nodes_for
from forecast.model.spec import Array, CountSpec, Index, OverlapSpec, SeriesSpec, Spec

_IMPOSSIBLE = -1e3  # a logit that softmax turns into exactly 0


class Natural(NamedTuple):
    """All parameters on their natural scales, for every entry there could be.

    transition : (K, K); location, variance : (C, K); inertia, loading : (C,);
    source_effect : (H,)
    series
        Of every block, as its family has them.
    """

    transition: Any
    location: Any
    variance: Any
    inertia: Any
    loading: Any
    source_effect: Any
    series: tuple[Any, ...]


_SHAPES = "(k,k),(c,k),(c,k),(c),(c),(h)"  # of the fields of `Natural` but the last


class ScenarioModel(pm.Model):
    """A PyMC model that prints as ``docs/method.md`` reads.

    Attributes
    ----------
    spec, layout
        What it is the model of, and where its readings stand in ``readings``.
    natural
        Its parameters on their natural scales.
    formulas
        Of every named quantity, in the letters of the page.
    """

    spec: Spec
    layout: Layout
    natural: Natural
    formulas: dict[str, str]

    def __str__(self) -> str:
        """Every variable with its dimensions, and its distribution or formula."""
        kinds = (self.free_RVs, "~"), (self.deterministics, "="), (self.observed_RVs, "~")
        rows = [
            (f"{variable.name}{self._dims(variable.name)}", sign, self.formulas[variable.name])
            for variables, sign in kinds
            for variable in variables
        ]
        width = max(len(name) for name, _, _ in rows)
        return "\n".join(f"{name:>{width}} {sign} {formula}" for name, sign, formula in rows)

    def _dims(self, name: str) -> str:
        dims = self.named_vars_to_dims.get(name, ())
        inside = ", ".join(f"{dim}: {len(self.coords[dim])}" for dim in dims)
        return f"[{inside}]" if inside else ""


def pymc_model(spec: Spec) -> ScenarioModel:
    """The model of a case as-of a date."""
    data, layout = data_of(spec), Layout.of(spec, data_of(spec))
    coords = coords_of(spec, data) | {"series": layout.series}
    with ScenarioModel(coords=coords) as model:
        model.spec, model.layout, model.formulas = spec, layout, {}
        free = _Free(data, model.formulas)
        model.natural = Natural(
            _chain(free, data, model.formulas),
            *_counts(free, spec, data, model.formulas),
            tuple(
                block.family.readable(_Naming(free, block, model.formulas), each, block.values)
                for each, block in zip(spec.series, blocks_of(data), strict=True)
            ),
        )
        _readings(spec, data, layout, model.natural)
        model.formulas["readings"] = "Filter(start, transition, p(y | stay), p(y | enter))"
        made: ScenarioModel = model
    return made


def point_of(spec: Spec, theta: Array) -> dict[str, Array]:
    """The values of the free variables at one vector of the sampler's parameters, (D,)."""
    values = free_values(data_of(spec), theta[None])
    return {name: value[0] for name, value in values.items()}


class _Free:
    """Free variables, standard normal: only those that anything hangs on are in the model."""

    def __init__(self, data: Data, formulas: dict[str, str]) -> None:
        self._shapes, self._use, self._formulas = shapes(data), in_use(data), formulas

    def __call__(self, field: str) -> Any:
        """The variable in the shape of `packing.Raw`, 0 where nothing hangs on it."""
        shape, use = self._shapes[field], self._use[field]
        if not use.any():
            return pt.zeros(shape)
        self._formulas[FREE[field]] = "Normal(0, 1)"
        e = pm.Normal(FREE[field], dims=DIMS[FREE[field]] or None)
        return e if e.ndim == len(shape) > 1 else pt.zeros(shape)[use].set(e)


class _Naming:
    """What a family needs to write its part: free variables, an inertia, and names."""

    def __init__(self, free: _Free, block: Block, formulas: dict[str, str]) -> None:
        self.free, self._formulas, self._variables = free, formulas, block.family.variables

    def inertia(self, field: str, logit: Array) -> Any:
        """Inertia of every series, (J,), of a free parameter and its prior's logit."""
        return _inertia(self.free(field), logit)

    def named(self, name: str, value: Any) -> None:
        """Name a quantity that varies, one of the family's variables."""
        _named(self._formulas, name, value, self._variables[name].formula)


def _named(formulas: dict[str, str], name: str, value: Any, formula: str) -> None:
    """Name a quantity that varies; one that has no entries has no name."""
    if all(pm.modelcontext(None).coords[dim] for dim in DIMS[name]):
        pm.Deterministic(name, value, dims=DIMS[name])
        formulas[name] = formula


def _chain(free: _Free, data: Data, formulas: dict[str, str]) -> Any:
    """P (K, K): stay-probability 1 - 1/D, and where it goes on leaving.

    ``D = 1 + (d - 1) exp(s e - s^2 / 2)``, e standard normal, so that D has mean d.
    """
    use, s = in_use(data), data.duration_sd
    duration = 1 + data.excess * pt.exp(s * free("duration") - s**2 / 2)
    centre = np.where(np.isfinite(data.then_centre), data.then_centre, _IMPOSSIBLE)
    logits = centre + data.then_scale[:, None] * free("successor")
    successor = pt.special.softmax(logits, axis=1)
    _named(formulas, "duration", duration[use["duration"]], "1 + (d - 1) exp(σ e_duration - σ²/2)")
    _named(formulas, "successor", successor[use["successor"]], "softmax(c + s e_successor)")
    leave = data.moving / duration
    return pt.diag(1 - leave) + leave[:, None] * successor


def _counts(
    free: _Free, spec: Spec, data: Data, formulas: dict[str, str]
) -> tuple[Any, Any, Any, Any, Any]:
    """Location, variance, inertia, loading and source effects; shapes as in `Natural`."""
    location = data.centre + data.sd * free("location")
    variance = data.dispersion * pt.exp(DISPERSION_SD * free("dispersion"))[:, None]
    inertia = _inertia(free("inertia"), data.count_inertia)
    shared = SHARED_MOST * pt.sigmoid(SHARED_CENTRE + SHARED_SD * free("shared").sum())
    least = variance.min(axis=1) if len(data.centre) else pt.zeros(0)
    loading = spec.counts.shock * pt.sqrt(shared * (1 - inertia**2) * least)
    source_effect = data.house_centre + data.house_sd * free("house")
    use = in_use(data)
    _named(formulas, "location", location, "m + sqrt(v/(n+1)) e_location")
    _named(formulas, "variance", variance, "v n/(n+1) exp(0.25 e_dispersion)")
    _named(formulas, "inertia", inertia[use["inertia"]], "sigmoid(logit ρ + 0.75 e_inertia)")
    _named(
        formulas,
        "loading",
        loading[data.least != 0],
        "±sqrt(0.5 sigmoid(1.29 e_shock - 0.19) (1 - inertia²) min variance)",
    )
    _named(formulas, "source_effect", source_effect[use["house"]], "centre + sd e_source")
    return location, variance, inertia, loading, source_effect


def _inertia(e: Any, logit: Array) -> Any:
    """Inertia in (0, 1); a logit of minus infinity switches it off."""
    on = np.isfinite(logit)
    return pt.sigmoid(np.where(on, logit, 0.0) + INERTIA_SD * e) * on


def _readings(spec: Spec, data: Data, layout: Layout, natural: Natural) -> None:
    """Register what was read as one observed variable: its density is the filter's."""
    values = spec.counts.value, [each.value for each in spec.series], spec.overlaps.value
    observed = layout.table(len(spec.periods), *values)
    core, series = natural[:-1], natural.series
    flat = [part for own in series for part in own]
    shapes_of_blocks = [
        "(" + ",".join(f"b{i}{axis}" for axis in range(part.ndim)) + ")"
        for i, part in enumerate(flat)
    ]

    def natural_of(parameters: Sequence[Any]) -> tuple[Any, Any]:
        """Parameters as they were handed over one by one: of chain and counts, and of blocks."""
        rest = iter(parameters[len(core) :])
        return parameters[: len(core)], tuple(
            type(own)(*(next(rest) for _ in own)) for own in series
        )

    def logp(value: Any, *parameters: Any) -> Any:
        of_core, of_blocks = natural_of(parameters[:-1])
        p = Natural._make([*of_core, of_blocks])
        stay, enter = emissions(spec, p, value)
        silent = silent_loglik(spec, p, value[tuple(layout.silent)])
        filtered = filter_loglik(spec.chain.start, p.transition, stay, enter, len(spec.periods))
        return filtered + silent

    def random(*parameters: Array, rng: np.random.Generator, size: Any = None) -> Array:
        del size  # one draw at a time
        draws = [np.asarray(part)[None] for part in parameters[:-1]]
        (transition, location, variance, inertia, loading, effect), of_blocks = natural_of(draws)
        p = Parameters(location, variance, inertia, loading, effect, of_blocks)
        drawn = from_the_start(data, spec.overlaps.at, transition, p, rng)
        return np.asarray(layout.table(len(spec.periods), *drawn)[0])

    pm.CustomDist(
        "readings",
        *core,
        *flat,
        np.zeros(observed.shape),  # for its shape alone, which no parameter has
        logp=logp,
        random=random,
        signature=",".join([_SHAPES, *shapes_of_blocks, "(t,s)->(t,s)"]),
        dims=("period", "series"),
        observed=pt.constant(observed),  # nan is no missing value to impute: nothing was read
    )


# ------------------------------------------------------------------------------------- the filter


def filter_loglik(start: Array, transition: Any, stay: Any, enter: Any, periods: int) -> Any:
    """Log p(what was read of a period | all that was read before), (T,).

    With p(z[t-1] | y[0..t-1]) = a(i), and what a period says of scenarios that hold (``stay``) and
    that begin (``enter``), (T, K) each::

        p(y[t], z[t] = j | y[0..t-1]) = a(j) P_jj exp(stay_j) + sum_{i != j} a(i) P_ij exp(enter_j)
    """
    with np.errstate(divide="ignore"):
        first = np.log(start) + enter[0]
    now = _logsumexp(first, axis=0)
    if periods == 1:
        return now[None]

    def step(stay: Any, enter: Any, a: Any, moves: Any) -> tuple[Any, Any]:
        same = pt.eye(len(start))
        said = same * stay[None, :] + (1 - same) * enter[None, :]
        joint = _logsumexp(a[:, None] + moves + said, axis=0)
        now = _logsumexp(joint, axis=0)
        return joint - now, now

    moves = pt.log(pt.maximum(transition, 1e-300))
    _, later = pytensor.scan(
        step, sequences=[stay[1:], enter[1:]], outputs_info=[first - now, None],
        non_sequences=[moves], return_updates=False,
    )  # fmt: skip
    return pt.concatenate([now[None], later])


def _logsumexp(x: Any, axis: int) -> Any:
    top = pytensor.gradient.disconnected_grad(x.max(axis=axis, keepdims=True))
    return top.squeeze(axis) + pt.log(pt.exp(x - top).sum(axis=axis))


# ------------------------------------------------------------- what readings say of each scenario


def emissions(spec: Spec, p: Natural, table: Any) -> tuple[Any, Any]:
    """Log-likelihoods ``stay`` and ``enter`` of every period, (T, K) each."""
    stay, enter = emissions_by_part(spec, p, table)
    return stay.sum(axis=0), enter.sum(axis=0)


def emissions_by_part(spec: Spec, p: Natural, table: Any) -> tuple[Any, Any]:
    """Stay and enter of counts, each alone; of other series; of evidence; of all counts less that.

    Returns
    -------
    stay, enter : (C + J + 2, T, K)

    Parameters
    ----------
    table : (T, series)
        Readings.
    """
    layout = Layout.of(spec, data_of(spec))
    counts = _count_rows(spec, p, table[tuple(layout.counts)])
    blocks = [
        _in_periods(spec, each, EMISSIONS[each.family].readable_rows(each, own, table[tuple(at)]))
        for each, own, at in zip(spec.series, p.series, layout.blocks, strict=True)
    ]
    stay, enter = (
        pt.concatenate([alone, *(b[which] for b in blocks), spec.evidence[None], together[None]])
        for which, (alone, together) in enumerate(counts)
    )
    return stay, enter


def _in_periods(spec: Spec, series: SeriesSpec, rows: tuple[Any, Any]) -> tuple[Any, Any]:
    """Stay and enter of rows, (M, K) each, in the periods of their series, (J, T, K) each."""
    weight = np.eye(len(spec.periods))[:, series.at]
    where = (np.arange(len(series.ids))[:, None] == series.series)[:, None] * weight
    stay, enter = rows
    return pt.dot(where, stay), pt.dot(where, enter)


def _count_rows(spec: Spec, p: Natural, value: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Stay and enter of counts: each alone, (C, T, K), and what they say less together, (T, K).

    With memory of share ``r = inertia^gap`` the location is pulled towards the last reading by
    ``r (u - log(1 + e^l))`` and the log-variance shrinks by ``1 - r^2 V``: what was asked stays the
    stationary distribution. Given the period's shock, counts are independent.
    """
    counts, row = spec.counts, spec.counts.series
    single = np.count_nonzero(counts.weight, axis=0) == 1
    loads = (p.loading[row] * single)[:, None]
    moved = counts.log_exposure + _effect(p.source_effect, counts.house)
    base, variance = p.location[row] + moved[:, None], p.variance[row]
    share = _share_left(p.inertia[row], counts.gap, np.isfinite(counts.gap))
    usual = pt.log1p(pt.exp(p.location))[row]
    usual = usual + _effect(p.source_effect, counts.house_before)[:, None]
    pull = share * (counts.memory[:, None] - counts.memory_weight[:, None] * usual)
    left = 1 - share**2 * _memory_variance(p.inertia, counts)[:, None]
    at_nodes, log_weight = nodes_for(shared=bool(counts.shock.any()))
    remembering: Any = 0.0
    fresh: Any = 0.0
    for j in range(2):  # components of the delay
        arrives, shift, spread = (
            part[:, j] for part in (counts.delay_weight, counts.delay_shift, counts.delay_spread)
        )
        at = (base + shift[:, None])[:, :, None] + loads[:, :, None] * at_nodes
        other = spread[:, None] ** 2 - loads**2
        new = count_loglik(value, at, (variance + other)[:, :, None])
        old = count_loglik(value, at + pull[:, :, None], (variance * left + other)[:, :, None])
        fresh = fresh + arrives[:, None, None] * pt.exp(new)
        remembering = remembering + arrives[:, None, None] * pt.exp(old)
    trust, before = counts.trust[:, None, None], counts.trust_before[:, None, None]
    nothing = (1 - trust) * _background(count_prior(counts), counts, p, value)[:, None, None]
    stay = pt.log(trust * (before * remembering + (1 - before) * fresh) + nothing)
    enter = pt.log(trust * fresh + nothing)
    in_shock = single & (counts.shock[row] != 0)
    shares = counts, in_shock, log_weight
    return _over_shock(*shares, stay), _over_shock(*shares, enter)


def _memory_variance(inertia: Any, counts: CountSpec) -> Any:
    """Variance of what every row remembers as a share of its count's, V of `memory`, (N,).

    Readings since the mean began, and the mean itself, as weights of their shocks; every shock has
    the variance that keeps its reading at 1.
    """
    result: list[Any] = [pt.constant(1.0)] * len(counts.value)
    meaning = np.isfinite(counts.gap) & (counts.recent[counts.series] < 1)
    for n in np.flatnonzero(meaning):
        c = counts.series[n]
        q, decay, r = counts.recent[c], counts.decay[c], inertia[c]
        rows = [m for m in range(n) if counts.series[m] == c]
        starts = [
            i
            for i, m in enumerate(rows)
            if np.isinf(counts.gap[m]) or counts.house[m] != counts.house[rows[i - 1]]
        ]
        rows = rows[max(starts) :]
        unit = np.eye(len(rows))
        x: Any = pt.constant(unit[0])
        mean: Any = (1 - decay) * counts.trust[rows[0]] * x
        for i, m in enumerate(rows[1:], 1):
            pulled = r ** counts.gap[m] * (q * x + (1 - q) * mean)
            x = pulled + pt.sqrt(1 - (pulled**2).sum()) * unit[i]
            mean = decay ** counts.gap[m] * mean + (1 - decay) * counts.trust[m] * x
        result[n] = ((q * x + (1 - q) * mean) ** 2).sum()
    return pt.stack(result) if result else pt.zeros(0)


def _over_shock(counts: CountSpec, in_shock: Any, log_weight: Array, rows: Any) -> tuple[Any, Any]:
    """Integrate rows, (N, K, Q), over the shock: each count alone, and all of a period together."""
    alone = _logsumexp(rows + log_weight, axis=2)
    owner = (np.arange(len(counts.ids))[:, None] == counts.series)[:, None] * counts.weight
    sharing = counts.weight * in_shock
    both = _logsumexp(pt.tensordot(sharing, rows, axes=1) + log_weight, axis=2)
    return pt.dot(owner, alone), both - pt.dot(sharing, alone)


def silent_loglik(spec: Spec, p: Natural, value: Any) -> Any:
    """Log p(silent counts | spoken ones) of every period, (T,): it teaches source effects alone."""
    o = spec.overlaps
    rate = o.spoken + 0.5
    mean = pt.exp(
        np.log(rate) + o.log_exposure - o.spoken_exposure
        + _effect(p.source_effect, o.house) - _effect(p.source_effect, o.spoken_house)
    )  # fmt: skip
    log_p = negbinomial(value, mean, 1 / (1 / rate + BETWEEN_SD**2))
    nothing = (1 - o.trust) * _background(count_prior(spec.counts), o, p, value)
    each = pt.log(o.trust * pt.exp(log_p) + nothing)
    return pt.dot(np.eye(len(spec.periods))[:, o.at], each)


def _effect(source_effect: Any, index: Index) -> Any:
    """Each row's source effect, 0 for a reference, (N,)."""
    return pt.concatenate([source_effect, np.zeros(1)])[index]


def _share_left(inertia: Any, gap: Array, remembered: Any) -> Any:
    """inertia^gap of every row, (N, 1), and 0 where nothing is remembered."""
    return (inertia ** np.where(remembered, gap, 1.0) * remembered)[:, None]


def _background(prior: CountPrior, rows: CountSpec | OverlapSpec, p: Natural, value: Any) -> Any:
    """The contamination component: the even mixture of what was asked, v doubled, (N,)."""
    shape = shape_of(2 * (prior.sd**2 + prior.dispersion))
    at = (prior.centre + log_bias(shape))[rows.series]
    moved = rows.log_exposure + _effect(p.source_effect, rows.house)
    mean = pt.exp(at + moved[:, None])
    return pt.exp(negbinomial(value[:, None], mean, shape[rows.series])).mean(axis=1)


def count_loglik(y: Any, location: Any, variance: Any) -> Any:
    """Log p(y) of the negative binomial whose log-rate has this mean and variance.

    The shape φ solves trigamma(φ) = variance: Newton's method, whose last step is differentiated.

    Parameters
    ----------
    y : (N,)
    location, variance : (N, K, Q), or one of what makes them together
    """
    guess = 0.5 + 1 / variance
    for _ in range(8):
        first, second = polygammas(guess)
        guess = guess + first * (1 - first / variance) / second
    root = pytensor.gradient.disconnected_grad(guess)
    first, second = polygammas(root)
    shape = root + (variance - first) / second
    mean = pt.exp(location + pt.log(shape) - pt.psi(shape))
    return negbinomial(y[:, None, None], mean, shape)


def polygammas(x: Any) -> tuple[Any, Any]:
    """Trigamma and its derivative."""
    return pt.tri_gamma(x), pt.polygamma(2, x)


def negbinomial(y: Any, mean: Any, shape: Any) -> Any:
    """Log p(y) of the negative binomial of a mean and a shape."""
    return (
        pt.gammaln(y + shape)
        - pt.gammaln(shape)
        - pt.gammaln(y + 1)
        + shape * pt.log(shape / (shape + mean))
        + y * pt.log(mean / (shape + mean))
    )
