"""A case on disk that has a judgement of every kind, signs among them."""

from __future__ import annotations

from pathlib import Path

from forecast.case import Case, Judgement, judgements_of, load_case
from tests.factories import make_case

_SCENARIOS = (
    ("then     = { other = 1.0 }", "then     = { other = 0.6, truce = 0.4 }"),
    ("start    = 0.75", "start    = 0.5"),
    (
        "[other]",
        """\
[truce]
name     = "Truce"
holds_if = "There is a truce"
assumes  = "Both sides are tired"
start    = 0.25
lasts    = { 4 = 0.3, 12 = 0.6, 40 = 0.9 }
resumes  = 0.5
then     = { war = 0.5, other = 0.5 }
worth    = 1

[other]""",
    ),
)
_TRUCE = {
    "strikes": """\
[truce]
median = 8
p90 = 30
worth = 2
basis = "judgement"
because = "x"
before = { median = 20, p90 = 50, worth = 1, basis = "judgement", because = "x" }
""",
    "border": """\
[truce]
levels = [0.5, 0.3, 0.2]
worth = 1
basis = "episode"
because = "x"
before = { levels = [0.2, 0.5, 0.3], worth = 1, basis = "judgement", because = "x" }
""",
}
_STRIKES = """\
memory   = { last = 0.4, halflife = 6 }
ratio    = { acled = [0.8, 2.0] }
"""
_ALARM = """\
name     = "Alarm"
question = "Is there an alarm?"
family   = "binary"
unit     = "alarm"
coding   = "1 if there is one."
sources  = ["desk"]
scope    = "country"
inertia  = 0.3
at_or_above = { warning = 1 }
"""
_SAYS = 'worth = 2, basis = "judgement", because = "x"'
_ALARMS = "".join(
    f"{s} = {{ probability = {p}, {_SAYS}{more} }}\n"
    for s, p, more in (
        ("war", 0.8, f", before = {{ probability = 0.6, {_SAYS} }}"),
        ("truce", 0.3, ""),
        ("other", 0.1, ""),
    )
)
_EVENT = """\
[bridge]
name      = "Bridge blown"
period    = "2024-W41"
published = 2024-10-14
grade     = "B2"
url       = "https://example.org"
because   = "Nobody else has the means"

[bridge.likelihood.desk]
weight = 0.75
war    = 0.5
truce  = 0.1
other  = 0.2
before = { truce = 0.3 }

[bridge.likelihood.field]
weight = 0.25
war    = 0.4
truce  = 0.2
other  = 0.3
"""
_PACE = """\
[pace]
name = "Pace"
from = "strikes"
take = "maximum"
over = 1
role = "sign"
otherwise = { median = 10, p90 = 40 }
before = { war = { median = 30, p90 = 120 } }
because = "x"
"""
_GRADES = """\
[reliability]
D = 0.5
"""


def judged(root: Path) -> Case:
    """The small case with a third scenario, a binary, memory, a ratio, an event and grades."""
    make_case(root)
    scenarios = root / "priors" / "scenarios.toml"
    text = scenarios.read_text("utf-8")
    for old, new in _SCENARIOS:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    scenarios.write_text(text, "utf-8")
    for name, more in _TRUCE.items():
        path = root / "priors" / f"{name}.toml"
        path.write_text(path.read_text("utf-8") + more, "utf-8")
    indicators = root / "indicators"
    strikes = (indicators / "strikes.toml").read_text("utf-8")
    (indicators / "strikes.toml").write_text(strikes + _STRIKES, "utf-8")
    (indicators / "alarm.toml").write_text(_ALARM, "utf-8")
    (root / "priors" / "alarm.toml").write_text(_ALARMS, "utf-8")
    (indicators / "evidence.toml").write_text(_EVENT, "utf-8")
    (indicators / "derived.toml").write_text(_PACE, "utf-8")
    (indicators / "grades.toml").write_text(_GRADES, "utf-8")
    return load_case(root)


def one(case: Case, address: str) -> Judgement:
    """The judgement with an address."""
    [found] = [judgement for judgement in judgements_of(case) if judgement.address == address]
    return found
