"""What the claims in ``docs/`` are measured by; each script writes its page."""
