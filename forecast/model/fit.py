"""Sampling the posterior, and whether it can be trusted.

NUTS through nutpie on the PyMC model, 4 chains from dispersed points, a fixed seed. The gate: R-hat
at most 1.01, bulk and tail effective sample size at least 400 (of every parameter and of the
scenario logits), no divergences. What fails it is sampled once more by chains that cross between
modes (`tempering`). A failed gate is reported, never hidden.

::

    NUTS ── gate ──> fit
              └──> tempered, 2,000 sweeps ── gate ──> fit
                          └──> 4,000 ── gate ──> ... 8,000: the fit, with what it failed

Whatever the readings, it ends: NUTS is given up after `LIMIT` evaluations of the density, ladders
have a length.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import FitError, Problem
from forecast.model import names
from forecast.model.data import Data
from forecast.model.environment import NUMBERS, room_to_compile, settle_sampler
from forecast.model.packing import blocks, pack, raw_of, size_of
from forecast.model.powered import powered
from forecast.model.spec import Array
from forecast.model.threads import over_parts

CHAINS = 4
DRAWS = 5000  # Monte Carlo error of a probability: mostly below one point
TUNE = 800
LIMIT = 2_000_000  # evaluations of the density, ten times what a fit takes
LONGER = 4  # times that tempered chains are the length of a first attempt's, at most
RHAT_MAX = 1.01
ESS_MIN = 400.0
SURPRISE_SD = 2.0
RHAT_STUCK = 100.0  # stands for the R-hat of chains that never move, and differ
STATS = {  # by ArviZ's names: the sampler's
    "diverging": "diverging",
    "energy": "energy",
    "step_size": "step_size",
    "tree_depth": "depth",
    "n_steps": "n_steps",
    "acceptance_rate": "mean_tree_accept",
}
_ROUNDING = 1e-9  # of a value: a column that varies less is constant, and has no R-hat
_POLL = 0.2  # seconds

Progress = Callable[[float, str], None]  # may raise `forecast.errors.Stopped`


def silent(share: float, text: str) -> None:
    """Be told of progress, and say nothing."""
    del share, text


def within(progress: Progress, low: float, high: float) -> Progress:
    """Progress of a part, which runs from one share of the whole to another."""
    return lambda share, text: progress(low + (high - low) * share, text)


_compiled: dict[int, Any] = {}  # one per number of parameters


@dataclass(frozen=True, slots=True)
class Fit:
    """Draws of the free parameters and the sampler's diagnostics, all of them finite.

    ``theta`` is (S, D), chains one after the other, in the order of `packing.Raw`, ``loglik`` (S,)
    log p(all that was read | theta). ``surprises`` maps
    (count, scenario) to how many prior standard deviations that location moved. ``tempered`` is
    whether NUTS alone did not pass the gate, ``attempt`` how often this posterior was sampled.
    ``stats`` are NUTS's own of every draw, (S,) each, by the names ArviZ has for them: none of
    tempered chains.
    """

    theta: Array
    loglik: Array
    rhat_max: float
    ess_min: float
    divergences: int
    surprises: dict[tuple[int, int], float]
    failures: list[str]
    tempered: bool = False
    attempt: int = 1
    stats: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse diagnostics that are no numbers: they must not reach a record.

        Raises
        ------
        ValueError
            If one is not finite.
        """
        if not (math.isfinite(self.rhat_max) and math.isfinite(self.ess_min)):
            raise ValueError("diagnostics must be finite")


def fitted(data: Data, progress: Progress, attempt: int = 1) -> Fit:
    """Fit by NUTS, and where that fails the gate by tempered chains, until they pass it or end.

    Parameters
    ----------
    attempt
        From 1. Later ones know that NUTS fails, and sample by tempered chains alone: with a seed of
        their own and twice as long as those of the attempt before, up to `LONGER` times.

    Raises
    ------
    FitError
        If the sampler cannot start, or does not end.
    """
    if attempt == 1 and not (found := sample(data, progress)).failures:
        return found
    from forecast.model.tempering import tempered

    def said(share: float) -> None:
        progress(share, "sampling again, across modes")

    longer = min(2 ** (attempt - 1), LONGER)
    for draws, divergences in tempered(data, (names.SEED, attempt), CHAINS, longer, said):
        found = examine(data, draws, divergences, tempered=True, attempt=attempt)
        if not found.failures:
            return found
    return found


def sample(data: Data, progress: Progress, *, draws: int = DRAWS, tune: int = TUNE) -> Fit:
    """Sample the posterior by NUTS, with that many draws from each chain after tuning.

    Raises
    ------
    FitError
        If the sampler cannot start, or does not end.
    """
    progress(0.0, "loading the sampler")
    settle_sampler()
    with room_to_compile():
        import nutpie
        import pytensor

        from forecast.model.build import build

        numbers, whole = pack(data)
        size = size_of(data)
        if size not in _compiled:
            progress(0.2, "compiling the model")
            with pytensor.config.change_flags(**NUMBERS):  # had it been imported before
                _compiled[size] = nutpie.compile_pymc_model(build(data))
    model = _compiled[size].with_data(numbers=numbers, whole=whole)
    progress(0.4, "sampling")
    spent, done = 0, 0

    def watch(chains: Any) -> None:  # called by a thread, in which nothing may raise
        nonlocal spent, done
        spent = sum(chain.total_num_steps for chain in chains)
        done = sum(chain.finished_draws for chain in chains)

    sampler = nutpie.sample(
        model,
        draws=draws,
        tune=tune,
        chains=CHAINS,
        seed=names.SEED,
        progress_bar=False,
        progress_callback=watch,
        blocking=False,  # a blocking call would turn Ctrl-C into fewer draws
    )
    try:
        while (tree := _waited(sampler)) is None:
            _within_limit(spent)
            progress(0.4 + 0.5 * done / (CHAINS * (draws + tune)), "sampling")
    except BaseException as error:
        sampler.cancel()
        if not isinstance(error, RuntimeError):
            raise
        said = str(error).splitlines()[0]
        raise FitError(Problem("the fit", "must be able to start from the priors", said)) from error
    groups = "sample_stats", "warmup_sample_stats"
    _within_limit(sum(int(tree[group]["n_steps"].sum()) for group in groups))
    progress(0.9, "checking the draws")
    chains = tree["posterior"].dataset["theta"].to_numpy()
    found = tree["sample_stats"]
    stats = {ours: found[theirs].to_numpy().ravel() for ours, theirs in STATS.items()}
    return examine(data, chains, int(stats["diverging"].sum()), stats=stats)


def _waited(sampler: Any) -> Any:
    """What was sampled, None if it is not done yet."""
    try:
        return sampler.wait(timeout=_POLL)
    except TimeoutError:
        return None


def _within_limit(evaluations: int) -> None:
    """Give up a run that takes far more evaluations than any that ended well.

    The count does not hang on the machine, and so neither does whether it is given up.
    """
    if evaluations > LIMIT:
        rule = f"must end within {LIMIT:,} evaluations of the density: nothing was logged"
        hint = "`forecast check` names readings out of all proportion to what is expected of them"
        raise FitError(Problem("the fit", rule, hint=hint))


def examine(
    data: Data,
    chains: Array,
    divergences: int,
    *,
    tempered: bool = False,
    attempt: int = 1,
    stats: Mapping[str, NDArray[Any]] | None = None,
) -> Fit:
    """Pool the chains and put them through the gate.

    Parameters
    ----------
    chains : (chains, draws, D)
    tempered, attempt, stats
        As in `Fit`.
    """
    # single precision halves what is kept, and is all that draws are worth
    theta = chains.reshape(-1, chains.shape[2]).astype(np.float32).astype(np.float64)
    loglik, filtered = powered(theta, data, 1.0)
    now = filtered.clip(1e-300, 1 - 1e-16)
    logits = (np.log(now) - np.log1p(-now)).reshape(*chains.shape[:2], -1)
    parameters = {name: chains[:, :, block] for name, block in blocks(data).items()}
    rhat, ess, worst_rhat, worst_ess = _diagnose(parameters | {"the scenario logits": logits})
    failures = []
    if not rhat <= RHAT_MAX:
        digits = next(n for n in range(3, 17) if round(rhat, n) > RHAT_MAX)
        failures.append(f"R-hat {rhat:.{digits}f} of {worst_rhat} is above {RHAT_MAX}")
    if not ess >= ESS_MIN:
        size = math.floor(ess)
        failures.append(f"effective sample size {size} of {worst_ess} is below {ESS_MIN:.0f}")
    if divergences:
        failures.append(f"{divergences} divergent transitions")
    moved = surprises(data, theta)
    single = {name: values.astype(np.float32) for name, values in (stats or {}).items()}
    return Fit(theta, loglik, rhat, ess, divergences, moved, failures, tempered, attempt, single)


def surprises(data: Data, theta: Array) -> dict[tuple[int, int], float]:
    """Return the locations (count, scenario) that moved far, and by how many prior sd."""
    moved = raw_of(theta.mean(axis=0), data).location
    far = zip(*np.nonzero(np.abs(moved) > SURPRISE_SD), strict=True)
    return {(int(c), int(k)): float(moved[c, k]) for c, k in far}


def _diagnose(chains: dict[str, Array]) -> tuple[float, float, str, str]:
    """Return the worst R-hat and the worst of bulk and tail ESS, and whose they are.

    Parameters
    ----------
    chains
        (chains, draws, any number) by name.
    """
    from arviz_stats.base import array_stats

    flat = np.concatenate(list(chains.values()), axis=2).transpose(2, 0, 1)
    whose = np.repeat(list(chains), [values.shape[2] for values in chains.values()])
    moving = np.ptp(flat, axis=(1, 2)) > _ROUNDING * (1.0 + np.abs(flat).max(axis=(1, 2)))
    axes = {"chain_axis": 1, "draw_axis": 2}

    def diagnosed(some: Array) -> tuple[Array, Array, Array]:
        bulk = array_stats.ess(some, method="bulk", **axes)
        tail = array_stats.ess(some, method="tail", prob=(0.05, 0.95), **axes)
        with np.errstate(divide="ignore"):  # chains none of which moves
            return np.minimum(array_stats.rhat(some, **axes), RHAT_STUCK), bulk, tail

    rhat, bulk, tail = over_parts(diagnosed, flat[moving], fewest=2)
    ess = np.minimum(bulk, tail)
    worst, least = rhat.argmax(), ess.argmin()
    names_of = whose[moving]
    return float(rhat[worst]), float(ess[least]), str(names_of[worst]), str(names_of[least])
