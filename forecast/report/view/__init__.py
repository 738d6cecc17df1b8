"""Rounding and words: the only place where a forecast's numbers become text.

``build_view`` turns a forecast into a `View` of ready strings, ``build_log`` and ``build_replay``
do the same for the record. Nothing here but the standard library and the record's own types.
"""
