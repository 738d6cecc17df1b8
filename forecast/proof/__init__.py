"""Whether forecasts were any good: their probabilities against the outcomes.

::

    scores      how far a probability or a set of quantiles was from the outcome; skill, and its
                interval
    questions   which forecasts of the ledger answer which question, of scenarios and of indicators;
                their mean score in brief, for a memo
    baselines   forecasts of scenarios without the model: frequencies, the elicited chain, the
                naive update
    past        forecasts of indicators without the model, from their own past; statsmodels' door
    calibration whether 70 % happened in 70 % of cases
    indicators  scores of forecasts of indicators
    alerts      how many were followed by a crossing, how many crossings came unannounced
    prove       all of it, for `forecast score`
    replay      forecasts as-of past days, on one process or several

`questions`, `alerts`, `replay` and `types` are plain Python; the others load numpy, when a score is
computed.
"""
