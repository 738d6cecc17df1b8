"""Answers about the model: its prior predictive, what it learned, what its forecasts hang on.

``types`` and the ``..._types`` are plain data that reports and verbs may load; the modules beside
them compute it and are heavy.
"""
