"""Tools that know nothing of forecasts: how data is written and read, and what is cached."""
