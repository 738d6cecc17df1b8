"""Scenario probabilities for a conflict watch list, updated weekly and scored."""
