"""The View on a terminal or a pipe, laid out with rich."""

from forecast.report.terminal.check import render_check
from forecast.report.terminal.collect import render_collection
from forecast.report.terminal.console import make_console
from forecast.report.terminal.delay import render_delays
from forecast.report.terminal.explain import render_explain
from forecast.report.terminal.firstscreen import render_first_screen
from forecast.report.terminal.priors import render_priors
from forecast.report.terminal.pull import render_pull
from forecast.report.terminal.records import render_log, render_replay
from forecast.report.terminal.scores import render_scores
from forecast.report.terminal.sensitivity import render_sensitivity
from forecast.report.terminal.watch import render_watch
from forecast.report.terminal.what_if import render_what_if

__all__ = [
    "make_console",
    "render_check",
    "render_collection",
    "render_delays",
    "render_explain",
    "render_first_screen",
    "render_log",
    "render_priors",
    "render_pull",
    "render_replay",
    "render_scores",
    "render_sensitivity",
    "render_watch",
    "render_what_if",
]
