"""Figures for a memo: the only place that imports matplotlib, and only when one is drawn."""

import logging

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # whatever concerns a user, we say
