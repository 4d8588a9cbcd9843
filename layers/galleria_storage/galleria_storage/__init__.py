"""Publish photos to S3 exactly once, with the right capture time.

Where to look: `photos` corrects a photo of any format, `s3` talks to any S3-compatible provider, `publishing` brings a
staging object to the public bucket, `cors` audits and repairs the public bucket's rules, and `s3_storage` has the
twelve functions of Galleria's storage service. `docs/architecture.md` describes all parts.
"""

__version__ = "0.1.0"
