"""The command line on a small case, as its own tests have it."""

from tests.cli.conftest import engine, forecast, root

__all__ = ["engine", "forecast", "root"]
