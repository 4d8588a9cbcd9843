"""Lossless correction of a photo's capture time: bytes in, bytes out; no network, no clock, no environment.

Values are named tuples rather than dataclasses: importing `dataclasses` costs
a cold start more than all modules of this package together.
"""
