"""Answers about the model: what it believes and learned.

``types`` is plain data that reports may load; the modules beside it compute it and are heavy.
"""
