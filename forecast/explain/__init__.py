"""Answers about the model: what it believes and learned.

``types`` and ``sensitivity_types`` are plain data that reports may load; the modules beside them
compute it and are heavy.
"""
