"""Lossless correction of a photo's capture time: bytes in, bytes out; no network, no clock, no environment."""
