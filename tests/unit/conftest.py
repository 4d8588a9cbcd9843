"""Properties take the time they take: a busy machine must not fail a test (timings belong to benchmarks)."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
