"""Rounding and words: the only place where a forecast's numbers become text.

``build_view`` turns a forecast into a `View` of ready strings, ``build_log`` and ``build_replay``
do the same for the record. Nothing here but the standard library and the record's own types.
"""

from forecast.report.view.build import build_view
from forecast.report.view.captions import alt_text
from forecast.report.view.check import CheckView, build_check
from forecast.report.view.collect import CollectionView, build_collection
from forecast.report.view.delay import DelaysView, build_delays
from forecast.report.view.explain import ExplainView, build_explain
from forecast.report.view.grounds import Grounds, build_grounds
from forecast.report.view.past import with_past
from forecast.report.view.priors import PriorsView, build_priors
from forecast.report.view.pull import (
    Pulled,
    PullView,
    build_pull,
    fetched_so_far,
    unmatched_lines,
)
from forecast.report.view.records import build_log, build_replay
from forecast.report.view.scores import ScoresView, build_scores
from forecast.report.view.sensitivity import build_sensitivity
from forecast.report.view.types import LedgerNote, LogRow, ReplayView, View
from forecast.report.view.watching import WatchView, build_watch
from forecast.report.view.what_if import WhatIfView, build_what_if

__all__ = [
    "CheckView",
    "CollectionView",
    "DelaysView",
    "ExplainView",
    "Grounds",
    "LedgerNote",
    "LogRow",
    "PriorsView",
    "PullView",
    "Pulled",
    "ReplayView",
    "ScoresView",
    "View",
    "WatchView",
    "WhatIfView",
    "alt_text",
    "build_check",
    "build_collection",
    "build_delays",
    "build_explain",
    "build_grounds",
    "build_log",
    "build_priors",
    "build_pull",
    "build_replay",
    "build_scores",
    "build_sensitivity",
    "build_view",
    "build_watch",
    "build_what_if",
    "fetched_so_far",
    "unmatched_lines",
    "with_past",
]
