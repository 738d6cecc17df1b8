"""How far a report is believed, by its Admiralty grade: reliability A-F, credibility 1-6.

The probability that a report reflects reality is that of its source times that of its content.
`RELIABILITY` and `CREDIBILITY` are judgements, in the order of the words the grades stand for; a
case overrides any of them in ``indicators/grades.toml``. F and 6 mean "cannot be judged", which is
not the worst.
"""

from __future__ import annotations

RELIABILITY = {"A": 0.98, "B": 0.93, "C": 0.85, "D": 0.65, "E": 0.35, "F": 0.60}
CREDIBILITY = {"1": 0.99, "2": 0.95, "3": 0.85, "4": 0.60, "5": 0.25, "6": 0.65}


def trust_of(reliability: dict[str, float], credibility: dict[str, float]) -> dict[str, float]:
    """Return the probability that a report reflects reality, for every grade from A1 to F6.

    What is not given is as judged here.
    """
    letters, digits = RELIABILITY | reliability, CREDIBILITY | credibility
    return {letter + digit: r * c for letter, r in letters.items() for digit, c in digits.items()}
