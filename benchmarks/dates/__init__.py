"""Which date other programs show, before and after a correction."""
