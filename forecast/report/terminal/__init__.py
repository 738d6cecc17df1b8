"""The View on a terminal or a pipe, laid out with rich."""
