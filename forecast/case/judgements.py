"""Every judgement of a case, once: its address, its words, its place, its scale.

::

    SCENARIO.start  .lasts  .worth  .then.OTHER           priors/scenarios.toml
            .lasts.PERIODS  .resumes
    INDICATOR.SCENARIO.median  .p90  .worth               priors/<indicator>.toml
                      .levels.N  .probability
                      .before.median  ...
    INDICATOR.inertia  .ratio.SOURCE                      indicators/<indicator>.toml
             .memory.last  .memory.halflife
    MEASURE.otherwise.median  .p90                        indicators/derived.toml
           .before.SCENARIO.median  .p90
    EVENT.likelihood.ANALYST.SCENARIO  .weight            indicators/evidence.toml
                            .before.SCENARIO
    grades.reliability.LETTER  grades.credibility.DIGIT   indicators/grades.toml

There are two ways to change one. A `Change` puts a value in the place of the file's own, so that
`load_case` holds it to the file's rules: what-if. `changed` is the case with one number changed and
with it what has to follow: of shares that sum to 1 the others in proportion, of a median its 90th
percentile, of a mean its range. Sensitivity moves every judgement so, on its own `scale`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, assert_never

from forecast.case.folder import DERIVED, EVIDENCE, GRADES, MARKER
from forecast.case.types import (
    DEFAULT_RATIO,
    Case,
    Derived,
    Evidence,
    Indicator,
    Memory,
    Scenario,
)
from forecast.case.values import mean_of_shares
from forecast.errors import CaseError, Problem, did_you_mean, show
from forecast.families import FAMILIES
from forecast.kit.shares import with_share

type Keys = tuple[str, ...]  # from the top of a file of tables
Kind = Literal[
    "start", "lasts", "over", "resumes", "then", "worth",
    "median", "p90", "level", "probability",
    "inertia", "last", "halflife", "ratio", "sign",
    "likelihood", "weight", "reliability", "credibility",
]  # fmt: skip
Scale = Literal["ratio", "likelihood", "odds"]
FACTOR = 4.0  # the furthest what has a ratio is moved, above the least it can be
ODDS = 20.0  # the furthest the odds of a probability are

_CERTAIN = 0.999  # the odds of a probability of 1: a grade may be trusted entirely


@dataclass(frozen=True, slots=True)
class Judgement:
    """One number that analysts gave, or left to its default.

    Parameters
    ----------
    kind
        What is judged; `changed` knows how each is put into a case.
    address
        Its name, as ``what-if --prior`` takes it.
    label
        The same in an analyst's words, with the case's own names, which may hold anything.
    file, keys
        Where it stands, or would: the file relative to the case, and the keys from its top.
    value
        What the case has; of a range the mean (a duration) or the centre (a ratio). None if there
        is none: a scenario that ends the case has no duration.
    scale
        "ratio" is that of what the value exceeds ``above`` by, "likelihood" a ratio of
        probabilities, of which nothing else matters, "odds" those of a probability.
    low, high
        The rules of the file refuse what lies beyond.
    shares
        Names those with which it sums to 1; empty if there are none.
    parameters
        The free parameters of the model it is the prior of, by name.
    scenario, indicator, item
        What it is about; ``item`` is the id of a successor, of a source or of an event, the number
        of a level, a letter or digit of a grade, or the id of a derived measure.
    before
        Whether it is of the last period before the scenario begins.
    """

    kind: Kind
    address: str
    label: str
    file: str
    keys: Keys
    value: float | None
    scale: Scale
    above: float = 0.0
    low: float = 0.0
    high: float = math.inf
    shares: str = ""
    parameters: tuple[str, ...] = ()
    scenario: str | None = None
    indicator: str | None = None
    item: str | None = None
    analyst: str | None = None
    before: bool = False

    @property
    def now(self) -> float:
        """The value, of a judgement that has one.

        Raises
        ------
        ValueError
            If it has none.
        """
        if self.value is None:
            raise ValueError(f"{self.address} has no value in the case")
        return self.value

    @property
    def parts(self) -> Keys:
        """The parts of its address: no id has a dot."""
        return tuple(self.address.split("."))

    @property
    def whole(self) -> int:
        """How many parts of the address name a table or list that can be given whole, or 0."""
        in_one = self.kind in ("then", "level", "last", "halflife")
        return len(self.parts) - 1 if in_one else 0

    def at(self, change: float) -> float:
        """The value at a distance from the present one on its scale, a log ratio or log odds."""
        if self.scale == "odds":
            return 1 / (1 + math.exp(-_log_odds(self.now) - change))
        return self.above + (self.now - self.above) * math.exp(change)

    def limits(self) -> tuple[float, float]:
        """The furthest it is moved on its scale, down and up: no file could have more."""
        if self.scale == "odds":
            far, here, ends = math.log(ODDS), _log_odds(self.now), (self.low, self.high)
            low, high = (_log_odds(end) if 0 < end < 1 else math.nan for end in ends)
        else:
            far, here = math.log(FACTOR), math.log(self.now - self.above)
            low, high = (
                math.log(end - self.above) if self.above < end < math.inf else math.nan
                for end in (self.low, self.high)
            )
        return (
            -far if math.isnan(low) else min(max(-far, low - here), 0.0),
            far if math.isnan(high) else max(min(far, high - here), 0.0),
        )


def _log_odds(probability: float) -> float:
    inside = min(probability, _CERTAIN)
    return math.log(inside / (1 - inside))


def judgements_of(case: Case) -> Iterator[Judgement]:
    """Every judgement of a case, those that its files leave out as well."""
    for scenario in case.scenarios:
        yield _start(scenario)
    for scenario in case.scenarios:
        yield from _of_chain(case, scenario)
    for indicator in case.indicators:
        for scenario in case.scenarios:
            yield from _of_expectation(case, indicator, scenario)
        for scenario in case.scenarios:
            if scenario.id in case.before.get(indicator.id, {}):
                yield from _of_expectation(case, indicator, scenario, before=True)
        yield from _of_indicator(case, indicator)
    for measure in case.derived:
        yield from _of_sign(case, measure)
    for event in case.evidence:
        yield from _of_event(case, event)
    yield from _of_grades(case)


def _start(scenario: Scenario) -> Judgement:
    return Judgement(
        "start",
        f"{scenario.id}.start",
        f"the probability of starting in {scenario.name}",
        MARKER,
        (scenario.id, "start"),
        scenario.start,
        "odds",
        high=1.0,
        shares="start",
        scenario=scenario.id,
    )


def _of_chain(case: Case, scenario: Scenario) -> Iterator[Judgement]:
    def judgement(kind: Kind, label: str, value: float | None, **others: Any) -> Judgement:
        keys = (scenario.id, kind, *([others["item"]] if "item" in others else []))
        address = ".".join(keys)
        return Judgement(
            kind, address, label, MARKER, keys, value, scenario=scenario.id, **others
        )  # fmt: skip

    if scenario.over:
        yield from _of_lives(case, scenario)
    else:
        yield judgement(
            "lasts",
            f"the {case.cadence}s that {scenario.name} lasts",
            None if scenario.ends_case else scenario.lasts,
            scale="ratio",
            above=1.0,
            low=1.0,
            parameters=("duration",),
        )
    for other in case.scenarios:
        if other.id != scenario.id:
            yield judgement(
                "then",
                f"the probability that {other.name} follows {scenario.name}",
                scenario.then.get(other.id),
                scale="odds",
                high=1.0,
                shares=f"{scenario.id}.then",
                parameters=("successor",),
                item=other.id,
            )
    yield judgement(
        "worth",
        f"the worth of the judgements of what follows {scenario.name}",
        scenario.worth,
        scale="ratio",
        parameters=("successor",),
    )


def _of_lives(case: Case, scenario: Scenario) -> Iterator[Judgement]:
    """Shares of episodes that are over, each between its neighbours, and flare-ups."""
    shares = [0.0, *(share for _, share in scenario.over), 1.0]
    for place, (periods, share) in enumerate(scenario.over):
        yield Judgement(
            "over",
            f"{scenario.id}.lasts.{periods}",
            f"the share of {scenario.name} that is over after {periods} {case.cadence}s",
            MARKER,
            (scenario.id, "lasts", str(periods)),
            share,
            "odds",
            low=shares[place],
            high=shares[place + 2],
            parameters=("duration",),
            scenario=scenario.id,
            item=str(periods),
        )
    yield Judgement(
        "resumes",
        f"{scenario.id}.resumes",
        f"the chance that what a short {scenario.name} interrupted goes on",
        MARKER,
        (scenario.id, "resumes"),
        scenario.resumes or None,
        "odds",
        high=1.0,
        scenario=scenario.id,
    )


def _of_expectation(
    case: Case, indicator: Indicator, scenario: Scenario, *, before: bool = False
) -> Iterator[Judgement]:
    """Numbers of an expectation under a scenario, or in the last period before it begins."""
    table = case.before if before else case.expectations
    expected = table[indicator.id][scenario.id]
    whose = f"{indicator.name} {'before' if before else 'under'} {scenario.name}"
    place = (scenario.id, "before") if before else (scenario.id,)

    def judgement(kind: Kind, label: str, value: float, *keys: str, **others: Any) -> Judgement:
        return Judgement(
            kind,
            ".".join((indicator.id, *place, *keys)),
            label,
            f"priors/{indicator.id}.toml",
            (*place, *keys),
            value,
            parameters=tuple(FAMILIES[indicator.family].parameters),
            scenario=scenario.id,
            indicator=indicator.id,
            before=before,
            **others,
        )

    for each in expected.elicited():
        yield judgement(
            each.kind,
            f"{each.words} of {whose}",
            each.value,
            *each.keys,
            scale=each.scale,
            above=each.above,
            low=each.low,
            high=each.high,
            shares=".".join((indicator.id, *place, each.keys[0])) if each.shared else "",
            item=each.item,
        )
    most = 2.0 if expected.basis == "judgement" else math.inf
    label = f"the worth of what is expected of {whose}"
    yield judgement("worth", label, expected.worth, "worth", scale="ratio", high=most)


def _of_indicator(case: Case, indicator: Indicator) -> Iterator[Judgement]:
    def judgement(
        kind: Kind, label: str, value: float | None, *keys: str, **others: Any
    ) -> Judgement:
        address, file = ".".join((indicator.id, *keys)), f"indicators/{indicator.id}.toml"
        return Judgement(
            kind, address, label, file, keys, value, indicator=indicator.id, **others
        )  # fmt: skip

    family, name, memory = FAMILIES[indicator.family], indicator.name, indicator.memory
    yield judgement(
        "inertia",
        f"the inertia of {name}",
        indicator.inertia,
        "inertia",
        scale="odds",
        high=0.95,
        parameters=(family.inertia,),
    )
    if not family.adds_up:
        return
    yield judgement(
        "last",
        f"the last reading's share of what {name} remembers",
        memory.last if memory else None,
        "memory",
        "last",
        scale="odds",
        high=1.0,
    )
    yield judgement(
        "halflife",
        f"the half-life, in {case.cadence}s, of what {name} remembers",
        memory.halflife if memory else None,
        "memory",
        "halflife",
        scale="ratio",
        high=520.0,
    )
    for source in indicator.sources[1:]:
        low, high = indicator.ratio.get(source, DEFAULT_RATIO)
        centre = math.sqrt(low * high)
        yield judgement(
            "ratio",
            f"what {source} counts of {name} for each 1 of {indicator.sources[0]}",
            centre,
            "ratio",
            source,
            scale="ratio",
            low=0.01 * centre / low,
            high=100 * centre / high,
            parameters=("house",) if low < high else (),
            item=source,
        )


def _of_sign(case: Case, measure: Derived) -> Iterator[Judgement]:
    """What a derived measure that is a sign is before scenarios begin, and otherwise."""
    names = {scenario.id: scenario.name for scenario in case.scenarios}
    spreads = [] if measure.otherwise is None else [(None, measure.otherwise)]
    for scenario, (median, p90) in (*spreads, *measure.before.items()):
        keys = ("before", scenario) if scenario else ("otherwise",)
        when = f"before {names[scenario]}" if scenario else "otherwise"
        least = 2 * median - p90 if measure.take == "trend" else 0.0
        ends = ("median", median, least, p90), ("p90", p90, median, math.inf)
        for (key, value, above, high), words in zip(
            ends, ("the median", "the 90th percentile"), strict=True
        ):
            yield Judgement(
                "sign",
                ".".join((measure.id, *keys, key)),
                f"{words} of {measure.name} {when}",
                DERIVED,
                (measure.id, *keys, key),
                value if value > above else None,
                "ratio",
                above=above,
                low=above,
                high=high,
                scenario=scenario,
                item=measure.id,
            )


def _of_event(case: Case, event: Evidence) -> Iterator[Judgement]:
    def judgement(
        kind: Kind, label: str, value: float, analyst: str, *key: str, **others: Any
    ) -> Judgement:
        keys = (event.id, "likelihood", analyst, *key)
        return Judgement(
            kind,
            ".".join(keys),
            label,
            EVIDENCE,
            keys,
            value,
            high=1.0,
            item=event.id,
            analyst=analyst,
            **others,
        )

    for analyst, likelihoods in event.likelihoods.items():
        whose = f"{analyst}'s" if len(event.likelihoods) > 1 else "the"
        for scenario in case.scenarios:
            yield judgement(
                "likelihood",
                f"{whose} likelihood of {event.name} under {scenario.name}",
                likelihoods[scenario.id],
                analyst,
                scenario.id,
                scale="likelihood",
                low=0.01,
                scenario=scenario.id,
            )
        for scenario in case.scenarios:
            if scenario.id in event.before.get(analyst, {}):
                yield judgement(
                    "likelihood",
                    f"{whose} likelihood of {event.name} before {scenario.name}",
                    event.before[analyst][scenario.id],
                    analyst,
                    "before",
                    scenario.id,
                    scale="likelihood",
                    low=0.01,
                    scenario=scenario.id,
                    before=True,
                )
    for analyst, weight in event.weights.items():
        yield judgement(
            "weight",
            f"the weight of {analyst} on {event.name}",
            weight,
            analyst,
            "weight",
            scale="odds",
            shares=f"{event.id}.likelihood",
        )


def _of_grades(case: Case) -> Iterator[Judgement]:
    tables: tuple[tuple[Kind, str, dict[str, float]], ...] = (
        ("reliability", "the trust in sources of reliability", case.reliability),
        ("credibility", "the trust in reports of credibility", case.credibility),
    )
    for kind, label, trust in tables:
        for sign, value in trust.items():
            yield Judgement(
                kind,
                f"grades.{kind}.{sign}",
                f"{label} {sign}",
                GRADES,
                (kind, sign),
                value,
                "odds",
                high=1.0,
                item=sign,
            )


def changed(case: Case, judgement: Judgement, value: float) -> Case:
    """The case with another value of one judgement, and with what has to follow it.

    Raises
    ------
    ValueError
        If it has no value, or is a share that no other is left to take from.
    """
    if judgement.value is None:
        raise ValueError(f"{judgement.address} has no value in the case")
    scenario, item = judgement.scenario or "", judgement.item or ""
    match judgement.kind:
        case "start":
            shares = with_share({s.id: s.start for s in case.scenarios}, scenario, value)
            return _with_scenarios(case, lambda s: replace(s, start=shares[s.id]))
        case "lasts":
            return _with_scenario(case, scenario, lambda s: _lasting(s, value))
        case "over":
            return _with_scenario(case, scenario, lambda s: _ending(s, int(item), value))
        case "resumes":
            return _with_scenario(case, scenario, lambda s: replace(s, resumes=value))
        case "then":
            return _with_scenario(
                case, scenario, lambda s: replace(s, then=with_share(s.then, item, value))
            )
        case "worth" if judgement.indicator is None:
            return _with_scenario(case, scenario, lambda s: replace(s, worth=value))
        case "median" | "p90" | "level" | "probability" | "worth":
            every = case.before if judgement.before else case.expectations
            of_indicator = every[judgement.indicator or ""]
            expected = of_indicator[scenario]
            if judgement.kind == "worth":
                new = {scenario: replace(expected, worth=value)}
            else:
                new = {scenario: expected.changed(judgement.kind, judgement.item, value)}
            every = every | {judgement.indicator or "": of_indicator | new}
            if judgement.before:
                return replace(case, before=every)
            return replace(case, expectations=every)
        case "sign":
            measures = (_measured(m, judgement, value) if m.id == item else m for m in case.derived)
            return replace(case, derived=tuple(measures))
        case "inertia" | "last" | "halflife" | "ratio":
            indicators = (
                _watched(i, judgement, value) if i.id == judgement.indicator else i
                for i in case.indicators
            )
            return replace(case, indicators=tuple(indicators))
        case "likelihood" | "weight":
            events = (_judged(e, judgement, value) if e.id == item else e for e in case.evidence)
            return replace(case, evidence=tuple(events))
        case "reliability":
            return replace(case, reliability=case.reliability | {item: value})
        case "credibility":
            return replace(case, credibility=case.credibility | {item: value})
    assert_never(judgement.kind)


def _with_scenarios(case: Case, change: Callable[[Scenario], Scenario]) -> Case:
    return replace(case, scenarios=tuple(map(change, case.scenarios)))


def _with_scenario(case: Case, which: str, change: Callable[[Scenario], Scenario]) -> Case:
    return _with_scenarios(case, lambda s: change(s) if s.id == which else s)


def _ending(scenario: Scenario, periods: int, value: float) -> Scenario:
    over = tuple((n, value if n == periods else share) for n, share in scenario.over)
    return replace(scenario, over=over, lasts=mean_of_shares(over))


def _lasting(scenario: Scenario, value: float) -> Scenario:
    """Scale what exceeds one period: a range stays as wide as it was, on the model's own scale."""
    if scenario.lasts_range is None:
        return replace(scenario, lasts=value)
    factor = (value - 1) / (scenario.lasts - 1)
    low, high = (1 + (end - 1) * factor for end in scenario.lasts_range)
    return replace(scenario, lasts=value, lasts_range=(low, high))


def _watched(indicator: Indicator, judgement: Judgement, value: float) -> Indicator:
    if judgement.kind == "inertia":
        return replace(indicator, inertia=value)
    if judgement.kind == "ratio":
        source = judgement.item or ""
        low, high = indicator.ratio.get(source, DEFAULT_RATIO)
        factor = value / math.sqrt(low * high)
        return replace(
            indicator, ratio=indicator.ratio | {source: (low * factor, high * factor)}
        )  # fmt: skip
    before = indicator.memory or Memory(0.0, 1.0)
    memory = (
        replace(before, last=value)
        if judgement.kind == "last"
        else replace(before, halflife=value)
    )  # fmt: skip
    return replace(indicator, memory=memory)


def _judged(event: Evidence, judgement: Judgement, value: float) -> Evidence:
    analyst = judgement.analyst or ""
    if judgement.kind == "weight":
        return replace(event, weights=with_share(event.weights, analyst, value))
    table = event.before if judgement.before else event.likelihoods
    table = table | {analyst: table[analyst] | {judgement.scenario or "": value}}
    if judgement.before:
        return replace(event, before=table)
    return replace(event, likelihoods=table)


def _measured(measure: Derived, judgement: Judgement, value: float) -> Derived:
    scenario, of_median = judgement.scenario, judgement.parts[-1] == "median"
    spread = measure.before[scenario] if scenario else measure.otherwise
    median, p90 = spread or (0.0, 0.0)
    new = (value, p90) if of_median else (median, value)
    if scenario is None:
        return replace(measure, otherwise=new)
    return replace(measure, before=measure.before | {scenario: new})


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a definition file that is another: its address, where it stands, the value."""

    name: str
    file: str
    keys: Keys
    value: Any

    def make(self, tables: dict[str, Any]) -> None:
        """Change the tables of its file."""
        *above, last = self.keys
        within: Any = tables
        for key in above:
            if not isinstance(within.get(key), dict | list):
                within[key] = {}
            within = within[key]
        within[int(last) if isinstance(within, list) else last] = self.value

    def now(self, tables: dict[str, Any]) -> Any:
        """What the tables of its file have there, None if nothing."""
        found: Any = tables
        for key in self.keys:
            match found:
                case dict():
                    found = found.get(key)
                case list():
                    found = found[int(key)]
                case _:
                    return None
        return found


def change_of(case: Case, name: Sequence[str], value: Any, where: str) -> Change:
    """The change of the judgement, or of the table of judgements, with an address in its parts.

    Raises
    ------
    CaseError
        If the case has no such judgement; ``where`` is how the error names the place.
    """
    known: dict[Keys, tuple[str, Keys]] = {}
    for judgement in judgements_of(case):
        known[judgement.parts] = judgement.file, judgement.keys
        if judgement.whole:
            known[judgement.parts[: judgement.whole]] = judgement.file, judgement.keys[:-1]
    if tuple(name) in known:
        return Change(".".join(name), *known[tuple(name)], value)
    sure = next(n for n in reversed(range(len(name) + 1)) if _begins(known, name[:n]))
    begun, further = ".".join(name[:sure]), _after(known, name[:sure])
    if not further:
        hint = f"{begun} is one, and has no parts"
    elif sure == len(name):
        hint = f"{begun} has {', '.join(further)}"
    else:
        hint = did_you_mean(name[sure], further)
    raise CaseError(Problem(where, "must name a judgement of the case", show(".".join(name)), hint))


def _begins(known: Iterable[Keys], begun: Sequence[str]) -> bool:
    return any(keys[: len(begun)] == tuple(begun) for keys in known)


def _after(known: Iterable[Keys], begun: Sequence[str]) -> list[str]:
    """The parts that may follow the first parts of an address."""
    size = len(begun)
    return list(dict.fromkeys(k[size] for k in known if k[:size] == tuple(begun) and len(k) > size))
