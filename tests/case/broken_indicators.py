"""Indicators and expectations, each rule broken as in `broken`."""

from __future__ import annotations

from tests.case.broken import II, IR, ONE_OF_FAMILIES, PI, PR

BROKEN: dict[str, tuple[str, str, str, str | list[str]]] = {
    # indicators
    "a name too long for a table": (
        II, '"Incidents"', '"Armed incidents, all"',
        f"{II}, name: must be at most 16 characters, found Armed incidents, all",
    ),
    "two indicators of one name": (
        IR, '"Rhetoric"', '"Incidents"',
        f"{IR}, name: must differ from the name in {II}, found Incidents",
    ),
    "an unknown family": (
        IR, '"ordinal"', '"ordnal"',
        f"{IR}, family: {ONE_OF_FAMILIES}, found ordnal",
    ),
    "an ordinal without levels": (
        IR, "levels   =", "# levels =", f"{IR}, levels: must be given: the family is ordinal",
    ),
    "a count with levels": (
        II, 'scope    =', 'levels = ["a", "b"]\nscope =',
        f"{II}, levels: must be left out: the family is count",
    ),
    "one level": (
        IR, '["conciliatory", "accusing", "threatening"]', '["conciliatory"]',
        f"{IR}, levels: must be a list of at least 2 names that differ, found ['conciliatory']",
    ),
    "a source twice": (
        II, '["monitor", "press"]', '["press", "press"]',
        f"{II}, sources: must be a list of ids that differ, found ['press', 'press']",
    ),
    "a source that is no id": (
        II, '["monitor", "press"]', '["Monitor"]',
        f"{II}, sources: must be a list of ids that differ, found ['Monitor']",
    ),
    "a level out of range": (
        IR, "warning = 2 }", "warning = 3 }",
        f"{IR}, at_or_above warning: must be a level, 0 to 2, found 3",
    ),
    "half a level": (
        IR, "warning = 2 }", "warning = 1.5 }",
        f"{IR}, at_or_above warning: must be a level, 0 to 2, found 1.5",
    ),
    "thresholds that do not increase": (
        II, "warning = 20", "warning = 10",
        f"{II}, at_or_above: must increase from watch to critical, found 10, 10, 60",
    ),
    "thresholds that do not decrease": (
        II, "at_or_above = { watch = 10, warning = 20, critical = 60 }",
        "at_or_below = { watch = 10, warning = 20 }",
        f"{II}, at_or_below: must decrease from watch to critical, found 10, 20",
    ),
    "thresholds that overlap": (
        II, "at_or_above = {", "at_or_below = { watch = 15 }\nat_or_above = {",
        f"{II}, at_or_below: must all lie below those of at_or_above (10 on), found 15",
    ),
    "an unknown threshold": (
        II, "watch = 10", "wacth = 10",
        f"{II}, at_or_above wacth: must be watch, warning or critical (did you mean watch?)",
    ),
    "a threshold that is infinite": (
        II, "critical = 60", "critical = inf",
        f"{II}, at_or_above critical: must be a number, at least 0, found inf",
    ),
    "no warning": (
        IR, "{ watch = 1, warning = 2 }", "{ watch = 1 }",
        f"{IR}: must have a warning in at_or_above or at_or_below",
    ),
    "inertia of 1": (
        IR, "inertia  = 0.6", "inertia = 1.0",
        f"{IR}, inertia: must be a number from 0 to 0.95, found 1.0",
    ),
    "half a day": (
        IR, "due_days = 3", "due_days = 3.5",
        f"{IR}, due_days: must be a whole number from 0 to 366, found 3.5",
    ),
    "a shock that goes nowhere": (
        II, "scope    =", 'shock = "up"\nscope =',
        f"{II}, shock: must be with, against or none, found up",
    ),
    "an ordinal with a shock": (
        IR, "scope    =", 'shock = "none"\nscope =',
        f"{IR}, shock: must be left out: the family is ordinal",
    ),
    "an ordinal with a ratio": (
        IR, '["press"]', '["press", "radio"]\nratio = { radio = 2 }',
        f"{IR}, ratio: must be left out: the family is ordinal",
    ),
    "a memory of nothing": (
        II, "scope    =", "memory = { last = 1, halflife = 0 }\nscope =",
        f"{II}, memory: must be {{ last = .., halflife = .. }}, 0 <= last < 1, halflife above 0 "
        "and at most 520, found {'last': 1, 'halflife': 0}",
    ),
    "a memory that nothing carries": (
        II, "scope    =", "memory = { last = 0.4, halflife = 6 }\ninertia = 0\nscope =",
        f"{II}, memory: must be left out: the inertia is 0",
    ),
    "an ordinal with a mean": (
        IR, "scope    =", "memory = { last = 0.4, halflife = 6 }\nscope =",
        f"{IR}, memory: must be left out: the family is ordinal",
    ),
    "a ratio of nothing": (
        II, "{ press = [0.3, 1.2] }", "2",
        f"{II}, ratio: must be a table such as {{ a = 1 }}, found 2",
    ),
    "a ratio of a misspelt source": (
        II, "{ press = [", "{ pres = [",
        f"{II}, ratio pres: must be one of the sources (did you mean press?)",
    ),
    "a ratio of the reference": (
        II, "{ press = [0.3, 1.2] }", "{ monitor = 1 }",
        f"{II}, ratio monitor: must be left out"
        " (the first source is what the others are compared with)",
    ),
    "a ratio of 0": (
        II, "[0.3, 1.2]", "0",
        f"{II}, ratio press: must be a number from 0.01 to 100 or a range [low, high], found 0",
    ),
    "a ratio without end": (
        II, "[0.3, 1.2]", "inf",
        f"{II}, ratio press: must be a number from 0.01 to 100 or a range [low, high], found inf",
    ),
    "a ratio range the wrong way round": (
        II, "[0.3, 1.2]", "[1.2, 0.3]",
        f"{II}, ratio press: must be a range [low, high] of two numbers,"
        " 0.01 <= low < high <= 100, found [1.2, 0.3]",
    ),
    "a ratio range of one point": (
        II, "[0.3, 1.2]", "[0.3, 0.3]",
        f"{II}, ratio press: must be a range [low, high] of two numbers,"
        " 0.01 <= low < high <= 100, found [0.3, 0.3]",
    ),
    "a ratio range beyond 100": (
        II, "[0.3, 1.2]", "[0.3, 101]",
        f"{II}, ratio press: must be a range [low, high] of two numbers,"
        " 0.01 <= low < high <= 100, found [0.3, 101]",
    ),
    # expectations
    "a misspelt scenario in priors": (
        PI, "[talks]", "[taks]",
        [
            f"{PI}, [taks]: must be one of the case's scenarios (did you mean talks?)",
            f"{PI}, [talks]: must be given",
        ],
    ),
    "a key outside the scenarios": (
        PI, "[escalation]", "worth = 1\n[escalation]", f"{PI}, worth: must be a known key",
    ),
    "a misspelt key in priors": (
        PI, "p90     = 90", "p9 = 90",
        [
            f"{PI}, [escalation] p9: must be a known key (did you mean p90?)",
            f"{PI}, [escalation] p90: must be given",
        ],
    ),
    "a 90th percentile below the median": (
        PI, "p90     = 90", "p90 = 20",
        f"{PI}, [escalation] p90: must be above the median, 25, found 20",
    ),
    "a median of 0": (
        PI, "median  = 25", "median = 0",
        f"{PI}, [escalation] median: must be a number above 0, found 0",
    ),
    "levels that sum to 0.9": (
        PR, "[0.05, 0.25, 0.70]", "[0.05, 0.15, 0.70]",
        f"{PR}, [escalation] levels: must sum to 1, found 0.9",
    ),
    "too few levels": (
        PR, "[0.05, 0.25, 0.70]", "[0.30, 0.70]",
        f"{PR}, [escalation] levels: must have 3 probabilities, one per level, found 2",
    ),
    "an impossible level": (
        PR, "[0.05, 0.25, 0.70]", "[0.0, 0.30, 0.70]",
        f"{PR}, [escalation] levels: must be a list of probabilities, each above 0 and below 1,"
        " found [0.0, 0.3, 0.7]",
    ),
    "a judgement worth three weeks": (
        PI, "worth   = 1                 #", "worth = 3 #",
        f"{PI}, [escalation] worth: must be at most 2 for a judgement, found 3",
    ),
    "an unknown basis": (
        PI, 'basis   = "judgement"       #', 'basis = "guess" #',
        f"{PI}, [escalation] basis: must be episode or judgement, found guess",
    ),
}  # fmt: skip
