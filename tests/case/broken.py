"""Calendar and scenarios: one edit per rule and way to break it, and all that must be said.

Each entry: file, text, what replaces it (once), and the sentence or sentences.
"""

from __future__ import annotations

from forecast.families import FAMILIES
from forecast.kit.checks import one_of

S = "priors/scenarios.toml"
PI = "priors/incidents.toml"
PR = "priors/rhetoric.toml"
II = "indicators/incidents.toml"
IR = "indicators/rhetoric.toml"
ONE_OF_FAMILIES = one_of(*FAMILIES)(None)
ALERTS = "must be { on = .., off = .., quiet = .. }, 0 < off < on <= 1, quiet periods from 0 to 52"

OVER = (
    "must be shares of episodes that are over after so many periods, both rising: at least two"
    " whole numbers from 1 to 5200, each with a share above 0 and below 1, found"
)

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
    "shares of episodes that fall": (
        S, "lasts    = 6", "lasts = { 2 = 0.5, 9 = 0.4 }",
        f"{S}, [talks] lasts: {OVER} {{'2': 0.5, '9': 0.4}}",
    ),
    "one share of episodes": (
        S, "lasts    = 6", "lasts = { 2 = 0.5 }",
        f"{S}, [talks] lasts: {OVER} {{'2': 0.5}}",
    ),
    "a share of episodes after none": (
        S, "lasts    = 6", "lasts = { 0 = 0.5, 4 = 0.8 }",
        f"{S}, [talks] lasts: {OVER} {{'0': 0.5, '4': 0.8}}",
    ),
    "all episodes over": (
        S, "lasts    = 6", "lasts = { 2 = 0.5, 4 = 1.0 }",
        f"{S}, [talks] lasts: {OVER} {{'2': 0.5, '4': 1.0}}",
    ),
    "flare-ups of episodes that are alike": (
        S, "lasts    = 6", "lasts = 6\nresumes = 0.5",
        f"{S}, [talks] resumes: must be left out, or lasts be shares of episodes that are over"
        " (for example { 2 = 0.4, 12 = 0.8 })",
    ),
    "a beginning of episodes that are alike": (
        S, "lasts    = 6", 'lasts = 6\nsince = "2020-03"',
        f"{S}, [talks] since: must be left out, or lasts be shares of episodes that are over"
        " (for example { 2 = 0.4, 12 = 0.8 })",
    ),
    "a beginning after the first period": (
        S, "lasts    = 6", "lasts = { 2 = 0.4, 12 = 0.8 }\nsince = 2025-04-01",
        f"{S}, [talks] since: must not lie after the case's first period 2025-W09,"
        " found 2025-04-01",
    ),
    "a beginning that is no day": (
        S, "lasts    = 6", 'lasts = { 2 = 0.4, 12 = 0.8 }\nsince = "spring"',
        f"{S}, [talks] since: must be a date, a week such as 2020-W10 or a month 2020-03,"
        " found spring",
    ),
    "a flare-up that always passes": (
        S, "lasts    = 6", "lasts = { 2 = 0.4, 12 = 0.8 }\nresumes = 1.0",
        f"{S}, [talks] resumes: must be a probability from 0, below 1, found 1.0",
    ),
    "a truth value as horizon": (
        S, "[1, 4, 12]", "[true, 4]",
        f"{S}, horizons: must be a list of whole numbers from 1 to 520, found [True, 4]",
    ),
    "an alert that is over where it is raised": (
        S, "horizons =", "alerts = { on = 0.35 }\nhorizons =",
        f"{S}, alerts: {ALERTS}, found {{'on': 0.35}}",
    ),
    "an alert that is never quiet again": (
        S, "horizons =", "alerts = { quiet = -1 }\nhorizons =",
        f"{S}, alerts: {ALERTS}, found {{'quiet': -1}}",
    ),
    "an alert of another word": (
        S, "horizons =", "alerts = { at = 0.5 }\nhorizons =",
        f"{S}, alerts: {ALERTS}, found {{'at': 0.5}}",
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
        f"{S}, [talks] then: must be 0, or of a size from 1e-09 to 1e+15, "
        "found {'escalation': 0.2, 'other': 1e+308}",
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
}  # fmt: skip
