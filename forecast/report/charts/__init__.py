"""Figures for a memo: the only place that imports matplotlib, and only when one is drawn."""
