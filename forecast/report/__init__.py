"""What a reader sees of a forecast: terminal, memo and charts, all drawn from one ``View``."""
