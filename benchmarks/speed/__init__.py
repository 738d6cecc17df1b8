"""How fast it is, each claim beside a named reference, both on the same data in the same run.

``python -m benchmarks.speed`` (or ``make bench``, which installs the references first) writes
docs/performance.md. Nothing else should run meanwhile.
"""
