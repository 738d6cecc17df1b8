"""Whether forecasts were any good: what they said, held against what then happened.

::

    scores      how far one probability, or one set of quantiles, was from what happened
    questions   which forecasts of the ledger speak about which period, first issues and revisions
    baselines   what could have been said without a model: `chain` as judged, `naive` update
    past        the same of indicators; `timeseries` is the door to statsmodels
    skill       how much better than a baseline, and how sure of it
    calibration whether 70 % happened in 70 % of cases
    issued      what forecasts expected of indicators, and what was then read
    indicators  the same scores for that
    alerts      how many were followed by a crossing, how many crossings came unannounced
    prove       all of it, for `forecast score`
    brief       the record in brief, for a memo
    replay      forecasts as-of past days, on one process or several

`questions`, `issued`, `alerts`, `brief`, `replay` and `types` are plain Python; the others load
numpy, when a score is asked for.
"""
