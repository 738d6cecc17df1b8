"""Every dimension and variable name of the model, once.

Arrays: time is axis 0 and the scenario the last axis; an axis of draws, where there is one, comes
before both.
"""

MODEL_VERSION = (
    "1"  # part of every fingerprint: raise it when the same inputs mean another posterior
)
SEED = 1  # one fixed seed: a forecast is a function of case and as-of alone

PERIOD = "period"
SCENARIO = "scenario"
INDICATOR = "indicator"

DURATION_RAW = "duration_raw"
SUCCESSOR_RAW = "successor_raw"
LOCATION_RAW = "location_raw"
DISPERSION_RAW = "dispersion_raw"
COUNT_INERTIA_RAW = "count_inertia_raw"
LEVEL_RAW = "level_raw"
LEVEL_INERTIA_RAW = "level_inertia_raw"

TRANSITION = "transition"
STAY = "stay"
ENTER = "enter"
LAST_STAY = "last_stay"
LAST_ENTER = "last_enter"
LOCATION = "location"
DISPERSION = "dispersion"
COUNT_INERTIA = "count_inertia"
LEVELS = "levels"
LEVEL_INERTIA = "level_inertia"
