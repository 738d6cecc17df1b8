"""Two items of evidence beside the template, and one edit of them per rule and way to break it.

Each entry: text, what replaces it (once), and the sentence or sentences.
"""

from __future__ import annotations

E = "indicators/evidence.toml"
ITEM = f"{E}, [harbour-closes]"
DESK, FIELD = (f"{E}, [harbour-closes.likelihood.{analyst}]" for analyst in ("desk", "field"))
TEXT = """\
[harbour-closes]
name      = "Harbour closes"
period    = "2025-W10"
published = 2025-03-06
grade     = "B2"
url       = "https://example.org/harbour"
group     = "blockade"
because   = "Closed in both earlier escalations"

[harbour-closes.likelihood.desk]
weight     = 0.75
escalation = 0.4
talks      = 0.01
other      = 1

[harbour-closes.likelihood.field]
weight     = 0.25
escalation = 0.5
talks      = 0.1
other      = 0.2

[envoy-leaves]
name      = "Envoy leaves"
period    = "2025-W09"
published = 2025-03-04
grade     = "C3"
note      = "not openable: told by telephone"
because   = "Judged"
likelihood = { desk = { weight = 1, escalation = 0.3, talks = 0.1, other = 0.1 } }
"""

LIKELIHOOD = "must be a likelihood from 0.01 to 1, or 0"
BROKEN: dict[str, tuple[str, str, str | list[str]]] = {
    "an item that is no id": (
        "[envoy-leaves]", "[Envoy]", f"{E}, [Envoy]: must be an id: a-z first, then a-z, 0-9 and -",
    ),
    "an analyst that is no id": (
        "likelihood.field]", "likelihood.Field]",
        f"{E}, [harbour-closes.likelihood.Field]: must be an id: a-z first, then a-z, 0-9 and -",
    ),
    "a group that is no id": (
        '"blockade"', '"The blockade"',
        f"{ITEM} group: must be an id: a-z first, then a-z, 0-9 and -, found The blockade",
    ),
    "a group of two periods": (
        'note      = "not', 'group = "blockade"\nnote      = "not',
        f"{E}, [envoy-leaves] period: must be 2025-W10, as of the other items of group blockade,"
        " found 2025-W09",
    ),
    "a key outside the items": (
        "[harbour-closes]", "weight = 1\n[harbour-closes]", f"{E}, weight: must be a known key",
    ),
    "an unknown key": (
        "published = 2025-03-06", "published = 2025-03-06\nnotes = 'x'",
        f"{ITEM} notes: must be a known key (did you mean note?)",
    ),
    "a missing key": (
        'because   = "Closed', '# "Closed', f"{ITEM} because: must be given",
    ),
    "a name of 61 characters": (
        "Harbour closes", "x" * 61,
        f"{ITEM} name: must be at most 60 characters, found {'x' * 57}...",
    ),
    "an escape sequence in a name": (
        "Harbour closes", "\\u001b[31mHarbour",
        f"{ITEM} name: must have no control characters, found \\x1b[31mHarbour",
    ),
    "a tab in a note": (
        "told by", "told\\tby",
        f"{E}, [envoy-leaves] note: must have no control characters,"
        " found not openable: told\\tby telephone",
    ),
    "an escape sequence in a reason": (
        "Closed in both", "Closed\\u0007",
        f"{ITEM} because: must have no control characters,"
        " found Closed\\x07 earlier escalations",
    ),
    "a week that does not exist": (
        '"2025-W10"', '"2025-W53"',
        f"{ITEM} period: must be a period, found 2025-W53 (2025 has weeks W01 to W52)",
    ),
    "a month in a weekly case": (
        '"2025-W10"', '"2025-03"', f"{ITEM} period: must be a week, the case's cadence,"
        " found 2025-03",
    ),
    "a period before the case begins": (
        '"2025-W10"', '"2025-W08"',
        f"{ITEM} period: must not be before 2025-W09, the case's first period, found 2025-W08",
    ),
    "known before it happened": (
        "2025-03-06", "2025-03-02",
        f"{ITEM} published: must not be before 2025-W10 began (2025-03-03), found 2025-03-02",
    ),
    "a date in quotes": (
        "2025-03-06", '"2025-03-06"',
        f"{ITEM} published: must be a date, written 2024-12-02 without quotes, found 2025-03-06",
    ),
    "a grade that does not exist": (
        '"B2"', '"B7"', f"{ITEM} grade: must be an Admiralty grade, A-F then 1-6, found B7",
    ),
    "an address of another kind": (
        "https://example.org", "file://example.org",
        f"{ITEM} url: must begin with http:// or https:// and hold no space,"
        " found file://example.org/harbour",
    ),
    "an address with an escape sequence": (
        "org/harbour", "org/\\u001b",
        f"{ITEM} url: must have no control characters, found https://example.org/\\x1b",
    ),
    "no address and no word on it": (
        "not openable: told", "told",
        f"{E}, [envoy-leaves] url: must be an address, or left out with a note that begins"
        " 'not openable:'",
    ),
    "no analyst": (
        "likelihood = { desk = { weight = 1, escalation = 0.3, talks = 0.1, other = 0.1 } }",
        "likelihood = {}",
        f"{E}, [envoy-leaves] likelihood: must hold a table per analyst, at least one, found {{}}",
    ),
    "likelihoods of nobody": (
        "{ desk = { weight = 1, escalation = 0.3, talks = 0.1, other = 0.1 } }",
        "{ escalation = 0.3 }",
        f"{E}, [envoy-leaves] likelihood: must hold a table per analyst, at least one,"
        " found {'escalation': 0.3}",
    ),
    "a scenario left out": (
        "talks      = 0.01\n", "", f"{DESK} talks: must be given",
    ),
    "a misspelt scenario": (
        "talks      = 0.01", "taks = 0.01",
        [
            f"{DESK} taks: must be a known key (did you mean talks?)",
            f"{DESK} talks: must be given",
        ],
    ),
    "a likelihood that is too small": (
        "0.01", "0.001",
        f"{DESK} talks: {LIKELIHOOD}, found 0.001",
    ),
    "a likelihood above 1": (
        "= 0.4", "= 1.1", f"{DESK} escalation: {LIKELIHOOD}, found 1.1",
    ),
    "a likelihood that is true": (
        "= 0.4", "= true", f"{DESK} escalation: {LIKELIHOOD}, found true",
    ),
    "no weight": (
        "weight     = 0.25\n", "", f"{FIELD} weight: must be given",
    ),
    "a weight of 0": (
        "0.25", "0", f"{FIELD} weight: must be above 0 and at most 1, found 0",
    ),
    "weights that sum to 0.85": (
        "0.25", "0.1",
        f"{ITEM} likelihood weight: must sum to 1 over all analysts, found 0.85",
    ),
}  # fmt: skip
