"""The model of ``docs/method.md`` as a PyMC model: this is its definition.

::

    e_duration, e_successor ───────────────> hazard, successor ─────────────┐
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

from forecast.model.background import backgrounds
from forecast.model.coords import DIMS, Layout, coords_of, free_names, free_values, in_use
from forecast.model.data import Data, blocks_of, data_of
from forecast.model.elicit import (
    DISPERSION_SD,
    INERTIA_SD,
    SHARED_CENTRE,
    SHARED_MOST,
    SHARED_SD,
    count_prior,
)
from forecast.model.episodes import Chain
from forecast.model.families import EMISSIONS
from forecast.model.families.base import Block, Mask
from forecast.model.overlap import BETWEEN_SD
from forecast.model.predict import Parameters
from forecast.model.replicate import from_the_start
from forecast.model.shock import nodes_for
from forecast.model.spec import Array, CountSpec, Index, SeriesSpec, SignSpec, Spec

_IMPOSSIBLE = -1e3  # a logit that softmax turns into exactly 0
_RULED_OUT = -1e6  # a log-likelihood whose exponential is exactly 0


class Natural(NamedTuple):
    """All parameters on their natural scales, for every entry there could be.

    hazard : (K, M); successor : (K, K); location, variance : (C, K + B); inertia, loading : (C,);
    source_effect : (H,)
    series
        Of every block, as its family has them.
    """

    hazard: Any
    successor: Any
    location: Any
    variance: Any
    inertia: Any
    loading: Any
    source_effect: Any
    series: tuple[Any, ...]


_SHAPES = "(k,m),(k,k),(c,g),(c,g),(c),(c),(h)"  # of the fields of `Natural` but the last


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
            *_chain(free, data, model.formulas),
            *_counts(free, spec, data, model.formulas),
            tuple(
                block.family.readable(_Naming(free, block, model.formulas), each, block.values)
                for each, block in zip(spec.series, blocks_of(data), strict=True)
            ),
        )
        _readings(spec, data, layout, model.natural)
        model.formulas["readings"] = "Filter(start, hazard, successor, p(y | stay), p(y | enter))"
        made: ScenarioModel = model
    return made


def point_of(spec: Spec, theta: Array) -> dict[str, Array]:
    """The values of the free variables at one vector of the sampler's parameters, (D,)."""
    values = free_values(data_of(spec), theta[None])
    return {name: value[0] for name, value in values.items()}


class _Free:
    """Free variables, standard normal: only those that anything hangs on are in the model."""

    def __init__(self, data: Data, formulas: dict[str, str]) -> None:
        self._use, self._formulas, self._scenarios = in_use(data), formulas, len(data.start)

    def __call__(self, field: str) -> Any:
        """The variable in the shape of `packing.Raw`, 0 where nothing hangs on it."""
        use = self._use[field]
        names = free_names(field, self._scenarios)
        parts = [
            self._named(name, use if columns is None else use[:, columns])
            for name, columns in names
        ]
        return parts[0] if len(parts) == 1 else pt.concatenate(parts, axis=1)

    def _named(self, name: str, use: Mask) -> Any:
        if not use.any():
            return pt.zeros(use.shape)
        self._formulas[name] = "Normal(0, 1)"
        e = pm.Normal(name, dims=DIMS[name] or None)
        return e if e.ndim == use.ndim > 1 else pt.zeros(use.shape)[use].set(e)


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


def _chain(free: _Free, data: Data, formulas: dict[str, str]) -> tuple[Any, Any]:
    """Hazards of lives (K, M), and where it goes on leaving (K, K).

    A life ends with hazard 1/D, ``D = 1 + (d - 1) exp(s e - s^2 / 2)``, e standard normal and the
    same for all lives of a scenario, so that D has mean d.
    """
    use, s = in_use(data), data.duration_sd
    factor = pt.exp(s * free("duration") - s**2 / 2)
    lasts = 1 + data.life_excess * factor[:, None]
    mean = (data.life_share * lasts).sum(axis=1)
    centre = np.where(np.isfinite(data.then_centre), data.then_centre, _IMPOSSIBLE)
    logits = centre + data.then_scale[:, None] * free("successor")
    possible = np.isfinite(data.then_centre).any(axis=1)[:, None]
    successor = pt.special.softmax(logits, axis=1) * possible
    _named(formulas, "duration", mean[use["duration"]], "1 + (d - 1) exp(σ e_duration - σ²/2)")
    _named(formulas, "successor", successor[use["successor"]], "softmax(c + s e_successor)")
    return data.moving[:, None] / lasts, successor


def _counts(
    free: _Free, spec: Spec, data: Data, formulas: dict[str, str]
) -> tuple[Any, Any, Any, Any, Any]:
    """Location, variance, inertia, loading and source effects; shapes as in `Natural`."""
    location = data.centre + data.sd * free("location")
    variance = data.dispersion * pt.exp(DISPERSION_SD * free("dispersion"))[:, None]
    inertia = _inertia(free("inertia"), data.count_inertia)
    shared = SHARED_MOST * pt.sigmoid(SHARED_CENTRE + SHARED_SD * free("shared").sum())
    elicited = in_use(data)["location"]  # what is no sign has a scenario's variance
    least = pt.where(elicited, variance, np.inf).min(axis=1) if len(data.centre) else pt.zeros(0)
    loading = spec.counts.shock * pt.sqrt(shared * (1 - inertia**2) * least)
    source_effect = data.house_centre + data.house_sd * free("house")
    use, k, signals = in_use(data), len(data.start), data.signals[: len(data.centre)] > 0
    of_location, of_variance = "m + sqrt(v/(n+1)) e_location", "v n/(n+1) exp(0.25 e_dispersion)"
    of_sign = of_location.replace("e_", "e_sign_")
    _named(formulas, "location", location[:, :k], of_location)
    _named(formulas, "variance", variance[:, :k], of_variance)
    _named(formulas, "sign_location", location[:, k:][signals], of_sign)
    _named(formulas, "sign_variance", variance[:, k:][signals], of_variance)
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
        filtered = filter_loglik(data, p.hazard, p.successor, stay, enter)
        return filtered + silent

    def random(*parameters: Array, rng: np.random.Generator, size: Any = None) -> Array:
        del size  # one draw at a time
        draws = [np.asarray(part)[None] for part in parameters[:-1]]
        (hazard, successor, *of_counts), of_blocks = natural_of(draws)
        location, variance, inertia, loading, effect = of_counts
        p = Parameters(location, variance, inertia, loading, effect, of_blocks)
        drawn = from_the_start(data, spec.overlaps.at, Chain.of(data, hazard, successor), p, rng)
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


def filter_loglik(data: Data, hazard: Any, successor: Any, stay: Any, enter: Any) -> Any:
    """Log p(what was read of a period | all that was read before), (T,).

    States of scenario and life (and, of a flare-up, what it interrupts: `spells`). What is read of
    a period may hang on the scenario j that holds, on whether it has just begun, and on the k that
    begins next: with a(u), b(u) the probabilities of a state that went on and of one that began::

        a'(s)  ∝  (a(s) exp(stay_s) + b(s) exp(enter_s)) (1 - h_s) / N_s
        b'(s)  ∝  sum_u (a(u) exp(stay_uk) + b(u) exp(enter_uk)) W_us r_k / N_u,    k that of s

    N_u = 1 - h_u + sum_s W_us r_k; r weighs transitions, and is 1 where nothing does. A scenario
    that is known not to have held has likelihood 0.

    Parameters
    ----------
    stay, enter : (T, K (1 + B))
        What a period says of scenarios that hold on, and that begin, in cases (`signs`).
    """
    periods, scenarios = data.evidence.shape
    of_state = data.state_scenario
    case = np.zeros(scenarios, dtype=np.int64)  # of what comes next
    case[data.sign] = 1 + np.arange(len(data.sign))
    ruled_out = np.where(data.possible > 0, 0.0, _RULED_OUT)[:, :, None]
    stays, enters = (
        (part.reshape((periods, scenarios, -1)) + ruled_out)[:, of_state] for part in (stay, enter)
    )
    ratio = data.ratio if len(data.ratio) else np.ones((periods, scenarios))
    goes, begins = state_moves(data, hazard, successor)

    def step(
        stay: Any, enter: Any, ratio: Any, a: Any, b: Any, goes: Any, begins: Any
    ) -> tuple[Any, Any, Any]:
        moves = begins * ratio
        norm = pt.log(goes + moves.sum(axis=1))
        going = _logsumexp(pt.stack([a + stay[:, 0], b + enter[:, 0]]), axis=0)
        on = going + _log_of(goes) - norm
        next_stay, next_enter = (part[:, case[of_state]] for part in (stay, enter))
        leaving = _logsumexp(pt.stack([a[:, None] + next_stay, b[:, None] + next_enter]), axis=0)
        begun = _logsumexp(leaving + _log_of(moves) - norm[:, None], axis=0)
        now = _logsumexp(pt.concatenate([on, begun]), axis=0)
        return on - now, begun - now, now

    first = _log_of(start_states(data, hazard))
    _, _, found = pytensor.scan(
        step, sequences=[stays, enters, pt.constant(ratio[:, of_state])],
        outputs_info=[pt.constant(np.full(len(of_state), _RULED_OUT)), first, None],
        non_sequences=[goes, begins], return_updates=False,
    )  # fmt: skip
    return found


def _log_of(probability: Any) -> Any:
    return pt.log(pt.maximum(probability, 1e-300))


def start_states(data: Data, hazard: Any) -> Any:
    """The distribution of states in the first period, (N,).

    Lives are weighted by having lasted as long as is known, else as in a long-run balance.
    """
    known, moving = (data.elapsed >= 0)[:, None], (data.moving > 0)[:, None]
    lasted = data.life_share * (1 - hazard) ** np.maximum(data.elapsed, 0.0)[:, None]
    balance = data.life_share / pt.where(moving, hazard, 1.0)
    weight = pt.where(known, lasted, balance)
    settled = data.start[:, None] * weight / weight.sum(axis=1, keepdims=True)
    flare_ups = np.zeros(len(data.state_scenario) - data.life_share.size)
    return pt.concatenate([settled.ravel(), flare_ups])


def state_moves(data: Data, hazard: Any, successor: Any) -> tuple[Any, Any]:
    """The chance that each state goes on, (N,), and of what begins after it, (N, N)."""
    scenarios, lives = data.life_share.shape
    rows: list[Any] = []
    goes: list[Any] = []
    for scenario, origin in zip(data.state_scenario, data.state_origin, strict=True):
        place = len(rows)
        h = hazard[scenario, place % lives if origin < 0 else 0]
        base = place if origin < 0 else scenario * lives
        resumes = data.resumes[scenario] if origin >= 0 else 0.0
        row: Any = pt.zeros(len(data.state_scenario))
        for k in range(scenarios):
            for m in range(lives if k != scenario else 0):
                flare = data.flare[k, base] if m == 0 else -1
                into = flare if flare >= 0 else k * lives + m
                share = (1 - resumes) * successor[scenario, k] * data.life_share[k, m]
                row = pt.inc_subtensor(row[into], h * share)
        if origin >= 0:
            row = pt.inc_subtensor(row[origin], h * resumes)
        rows.append(row)
        goes.append(1 - h)
    return pt.stack(goes), pt.stack(rows)


def _logsumexp(x: Any, axis: int) -> Any:
    top = pytensor.gradient.disconnected_grad(x.max(axis=axis, keepdims=True))
    return top.squeeze(axis) + pt.log(pt.exp(x - top).sum(axis=axis))


# ------------------------------------------------------------- what readings say of each scenario


def emissions(spec: Spec, p: Natural, table: Any) -> tuple[Any, Any]:
    """Log-likelihoods ``stay`` and ``enter`` of every period, in cases, (T, K (1 + B)) each."""
    stay, enter = emissions_by_part(spec, p, table)
    return stay.sum(axis=0), enter.sum(axis=0)


def emissions_by_part(spec: Spec, p: Natural, table: Any) -> tuple[Any, Any]:
    """Stay and enter of counts, each alone; of other series; of evidence; of all counts less that.

    Returns
    -------
    stay, enter : (C + J + 2, T, K (1 + B))
        In cases: a scenario, and what comes next (`signs`).

    Parameters
    ----------
    table : (T, series)
        Readings.
    """
    layout = Layout.of(spec, data_of(spec))
    counts = _count_rows(spec, p, table[tuple(layout.counts)])
    blocks = []
    for each, own, at in zip(spec.series, p.series, layout.blocks, strict=True):
        rows = EMISSIONS[each.family].readable_rows(each, own, table[tuple(at)])
        given = np.isfinite(each.elicited[each.series, len(spec.scenarios) :, 0])
        blocks.append(_in_periods(spec, each, _in_cases(spec, given, *rows)))
    signs = spec.signs or SignSpec.none(*spec.evidence.shape)
    of_cases = np.concatenate([spec.evidence[:, :, None], signs.evidence], axis=2)
    evidence = of_cases.reshape(1, len(spec.periods), len(spec.scenarios) * of_cases.shape[2])
    stay, enter = (
        pt.concatenate([alone, *(b[which] for b in blocks), evidence, together[None]])
        for which, (alone, together) in enumerate(counts)
    )
    return stay, enter


def _in_cases(spec: Spec, given: Any, stay: Any, enter: Any) -> tuple[Any, Any]:
    """Rows under conditions, (M, K + B, ...), in cases, (M, K (1 + B), ...): `signs`.

    Parameters
    ----------
    given : (M, B) bool
        Whether a row is a sign of a scenario; it remembers nothing then.
    """
    scenarios, signs = len(spec.scenarios), len(spec.conditions) - len(spec.scenarios)
    own = np.broadcast_to(np.arange(scenarios)[:, None], (len(given), scenarios, 1))
    a_sign = np.broadcast_to(given[:, None], (len(given), scenarios, signs))
    condition = np.where(a_sign, scenarios + np.arange(signs), own)
    size = (len(given), scenarios * (1 + signs))
    column = np.concatenate([own, condition], axis=2).reshape(size)
    fresh = np.concatenate([np.zeros_like(own, bool), a_sign], axis=2).reshape(size)
    row = np.arange(len(given))[:, None]
    fresh = fresh.reshape(*fresh.shape, *[1] * (stay.ndim - 2))
    return pt.where(fresh, enter[row, column], stay[row, column]), enter[row, column]


def _in_periods(spec: Spec, series: SeriesSpec, rows: tuple[Any, Any]) -> tuple[Any, Any]:
    """Stay and enter of rows, (M, cases), in the periods of their series, (J, T, cases)."""
    weight = np.eye(len(spec.periods))[:, series.at]
    where = (np.arange(len(series.ids))[:, None] == series.series)[:, None] * weight
    stay, enter = rows
    return pt.dot(where, stay), pt.dot(where, enter)


def _count_rows(spec: Spec, p: Natural, value: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Stay and enter of counts: each alone, (C, T, K), and what they say less together, (T, K).

    With memory of share ``r = inertia^gap`` the location is pulled towards the last reading by
    ``r (u - log(1 + e^l))`` and the log-variance shrinks by ``1 - r^2 V``: what was asked stays the
    stationary distribution. Given the period's shock, counts are independent. A report that is not
    true is drawn from the even mixture over scenarios of what a reading of each is that remembers
    nothing, under the same shock.
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
    fresh, remembering = [], []
    for j in range(2):  # components of the delay
        arrives, shift, spread = (
            part[:, j] for part in (counts.delay_weight, counts.delay_shift, counts.delay_spread)
        )
        at = (base + shift[:, None])[:, :, None] + loads[:, :, None] * at_nodes
        other = spread[:, None] ** 2 - loads**2
        new = count_loglik(value, at, (variance + other)[:, :, None])
        old = count_loglik(value, at + pull[:, :, None], (variance * left + other)[:, :, None])
        fresh.append(_log(arrives) + new)
        remembering.append(_log(arrives) + old)
    new, old = (_logsumexp(pt.stack(parts), axis=0) for parts in (fresh, remembering))
    scenarios = len(spec.scenarios)
    any_scenario = _logsumexp(new[:, :scenarios], axis=1)[:, None] - np.log(scenarios)
    false = _log(1 - counts.trust) + any_scenario + pt.zeros_like(new)
    trust, before = counts.trust, counts.trust_before
    again = _log(trust * before) + old
    stay = _logsumexp(pt.stack([again, _log(trust * (1 - before)) + new, false]), axis=0)
    enter = _logsumexp(pt.stack([_log(trust) + new, false]), axis=0)
    given = np.isfinite(counts.median[row, scenarios:]) & single[:, None]
    stay, enter = _in_cases(spec, given, stay, enter)
    in_shock = single & (counts.shock[row] != 0)
    shares = counts, in_shock, log_weight
    return _over_shock(*shares, stay), _over_shock(*shares, enter)


def _log(weight: Array) -> Array:
    """Logs of weights of rows, (N, 1, 1): of none, minus infinity."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(weight))[:, None, None]


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
    nothing = (1 - o.trust) * _unrelated(spec, p, value)
    each = pt.log(o.trust * pt.exp(log_p) + nothing)
    return pt.dot(np.eye(len(spec.periods))[:, o.at], each)


def _effect(source_effect: Any, index: Index) -> Any:
    """Each row's source effect, 0 for a reference, (N,)."""
    return pt.concatenate([source_effect, np.zeros(1)])[index]


def _share_left(inertia: Any, gap: Array, remembered: Any) -> Any:
    """inertia^gap of every row, (N, 1), and 0 where nothing is remembered."""
    return (inertia ** np.where(remembered, gap, 1.0) * remembered)[:, None]


def _unrelated(spec: Spec, p: Natural, value: Any) -> Any:
    """Silent counts that reflect nothing: even mixture of what was elicited, v doubled, (R,)."""
    ratio, shape = backgrounds(count_prior(spec.counts), len(spec.scenarios))
    rows = spec.overlaps
    at = (ratio + np.log(shape))[rows.series]
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
