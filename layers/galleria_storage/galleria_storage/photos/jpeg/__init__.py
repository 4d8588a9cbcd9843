"""JPEG files: the segments of the head, the Exif blocks and multi-picture index in them, trailers after the image."""
