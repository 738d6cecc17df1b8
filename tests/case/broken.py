"""One edit of the template per rule and way to break it, and all that must be said about it.

Each entry: file, text, what replaces it (once), and the sentence or sentences.
"""

from __future__ import annotations

S = "priors/scenarios.toml"
PI = "priors/incidents.toml"
PR = "priors/rhetoric.toml"
II = "indicators/incidents.toml"
IR = "indicators/rhetoric.toml"

BROKEN: dict[str, tuple[str, str, str, str | list[str]]] = {
    # the calendar
    "a week that does not exist": (
        S, '"2025-W09"', '"2024-W53"',
        f"{S}, first: must be a period, found 2024-W53 (2024 has weeks W01 to W52)",
    ),
    "a month in a weekly case": (
        S, '"2025-W09"', '"2025-03"',
        f"{S}, first: must be a week, as cadence says, found 2025-03",
    ),
    "a cadence that does not exist": (
        S, '"week"', '"day"', f"{S}, cadence: must be week or month, found day",
    ),
    "an as-of before the first period has ended": (
        S, "# as_of  = 2025-06-02", "as_of = 2025-03-02",
        f"{S}, as_of: must be 2025-03-03 or later, when the first period has ended,"
        " found 2025-03-02",
    ),
    "an as-of at the end of time": (
        S, "# as_of  = 2025-06-02", "as_of = 9999-12-31",
        f"{S}, as_of: must be in the years 1800 to 2200, found 9999-12-31",
    ),
    "an as-of with a time": (
        S, "# as_of  = 2025-06-02", "as_of = 2025-06-02T00:00:00",
        f"{S}, as_of: must be a date, written 2024-12-02 without quotes,"
        " found 2025-06-02T00:00:00",
    ),
    "an as-of in quotes": (
        S, "# as_of  = 2025-06-02", 'as_of = "2025-06-02"',
        f"{S}, as_of: must be a date, written 2024-12-02 without quotes, found 2025-06-02",
    ),
    "horizons that repeat": (
        S, "[1, 4, 12]", "[1, 4, 4]", f"{S}, horizons: must increase, found [1, 4, 4]",
    ),
    "a horizon of no periods": (
        S, "[1, 4, 12]", "[0, 4]",
        f"{S}, horizons: must be a list of whole numbers from 1 to 520, found [0, 4]",
    ),
    "a truth value as horizon": (
        S, "[1, 4, 12]", "[true, 4]",
        f"{S}, horizons: must be a list of whole numbers from 1 to 520, found [True, 4]",
    ),
    "an unknown language": (
        S, '"icd203"', '"ICD203"', f"{S}, language: must be icd203 or phia, found ICD203",
    ),
    "an unknown key": (
        S, "language =", 'langauge = "phia"\nlanguage =',
        f"{S}, langauge: must be a known key (did you mean language?)",
    ),
    "a missing key": (
        S, "cadence  =", "# cadence =", f"{S}, cadence: must be given",
    ),
    # scenarios
    "starts that sum to 0.9": (
        S, "start    = 0.70", "start    = 0.60",
        f"{S}, start: must sum to 1 over all scenarios, found 0.9",
    ),
    "a start of 0": (
        S, "start    = 0.70", "start    = 0.0",
        f"{S}, [other] start: must be a probability above 0 and below 1, found 0.0",
    ),
    "a start that is no number": (
        S, "start    = 0.70", "start    = nan",
        f"{S}, [other] start: must be a probability above 0 and below 1, found nan",
    ),
    "a start beyond all floats": (
        S, "start    = 0.70", "start    = 1e400",
        f"{S}, [other] start: must be a probability above 0 and below 1, found inf",
    ),
    "a start in quotes": (
        S, "start    = 0.70", 'start    = "0.70"',
        f"{S}, [other] start: must be a probability above 0 and below 1, found 0.70",
    ),
    "a start that is true": (
        S, "start    = 0.70", "start    = true",
        f"{S}, [other] start: must be a probability above 0 and below 1, found true",
    ),
    "two scenarios of one name": (
        S, '"Talks"', '"Escalation"',
        f"{S}, [talks] name: must differ from the name in {S}, [escalation], found Escalation",
    ),
    "a range the wrong way round": (
        S, "[2, 12]", "[12, 2]",
        f"{S}, [escalation] lasts: must be a range [low, high] of two numbers, 1 < low < high,"
        " found [12, 2]",
    ),
    "a range from 1": (
        S, "[2, 12]", "[1, 12]",
        f"{S}, [escalation] lasts: must be a range [low, high] of two numbers, 1 < low < high,"
        " found [1, 12]",
    ),
    "a range of text": (
        S, "[2, 12]", '["2", 12]',
        f"{S}, [escalation] lasts: must be a range [low, high] of two numbers, 1 < low < high,"
        " found ['2', 12]",
    ),
    "a range without end": (
        S, "[2, 12]", "[1.0001, 1e300]",
        f"{S}, [escalation] lasts: must be a narrower range, found [1.0001, 1e+300]",
    ),
    "a duration below one period": (
        S, "lasts    = 6", "lasts    = 0.5", f"{S}, [talks] lasts: must be at least 1, found 0.5",
    ),
    "no duration": (
        S, "lasts    = 6\n", "", f"{S}, [talks] lasts: must be given, or ends_case = true",
    ),
    "nothing that follows": (
        S, "then     = { escalation = 0.2, other = 0.8 }", "then = {}",
        f"{S}, [talks] then: must be a table such as {{ a = 1 }}, found {{}}",
    ),
    "a duration of what never ends": (
        S, "lasts    = 6\nthen     = { escalation = 0.2, other = 0.8 }",
        "lasts = 6\nends_case = true",
        f"{S}, [talks] lasts: must be left out: the scenario ends the case",
    ),
    "ends_case in quotes": (
        S, "lasts    = 6", 'lasts = 6\nends_case = "yes"',
        f"{S}, [talks] ends_case: must be true or false, found yes",
    ),
    "a misspelt scenario in then": (
        S, "{ escalation = 0.2,", "{ esclation = 0.2,",
        f"{S}, [talks] then esclation: must be one of the case's scenarios"
        " (did you mean escalation?)",
    ),
    "a scenario that follows itself": (
        S, "{ escalation = 0.2,", "{ talks = 0.2,",
        f"{S}, [talks] then talks: must not be the scenario itself",
    ),
    "what follows sums to 1.1": (
        S, "{ escalation = 0.2,", "{ escalation = 0.3,",
        f"{S}, [talks] then: must sum to 1, found 1.1",
    ),
    "a follower of probability 0": (
        S, "{ escalation = 0.2, other = 0.8 }", "{ escalation = 0, other = 1 }",
        f"{S}, [talks] then escalation: must be a probability above 0 and at most 1, found 0"
        " (leave out what cannot follow)",
    ),
    "followers beyond all floats": (
        S, "{ escalation = 0.2, other = 0.8 }", "{ escalation = 0.2, other = 1e308 }",
        f"{S}, [talks] then other: must be a probability above 0 and at most 1, found 1e+308"
        " (leave out what cannot follow)",
    ),
    "an assumption on two lines": (
        S, '"The dispute stays as it is"', '"one\\ntwo"',
        f"{S}, [other] assumes: must be one line, found one\\ntwo",
    ),
    "an escape sequence in a test": (
        S, '"None of the above"', '"\\u001b[31mNone"',
        f"{S}, [other] holds_if: must have no control characters, found \\x1b[31mNone",
    ),
    "an empty test": (
        S, '"None of the above"', '" "', f"{S}, [other] holds_if: must be text, found  ",
    ),
    "a worth of 0": (
        S, "worth    = 2                #", "worth = 0 #",
        f"{S}, [escalation] worth: must be a number above 0, found 0",
    ),
    "a worth that is true": (
        S, "worth    = 2                #", "worth = true #",
        f"{S}, [escalation] worth: must be a number above 0, found true",
    ),
    "a worth beyond all floats": (
        S, "worth    = 2                #", f"worth = 1{'0' * 400} #",
        f"{S}, [escalation] worth: must be a number above 0, found 1{'0' * 56}...",
    ),
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
        f"{IR}, family: must be count, ordinal or binary, found ordnal",
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
