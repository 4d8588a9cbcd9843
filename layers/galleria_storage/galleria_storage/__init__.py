"""Publish photos to S3 exactly once, with the right capture time.

Where to look: `exif` corrects a photo in memory, `s3` speaks to any
S3-compatible provider, `publishing` brings a staging object to the public
bucket, `cors` audits and repairs the public bucket's rules, and `s3_storage`
holds the twelve functions of the original storage service.
"""

__version__ = "0.1.0"
