"""Content on its way into a bucket, and the proof of what was stored."""
