"""``python -m forecast`` is ``forecast``."""

from forecast.cli import main

main()
