"""Numbers of the three tags that a correction may touch.

Exif 2.32 (CIPA DC-008), section 4.6.5.
"""

DATE_TIME_ORIGINAL = 0x9003
OFFSET_TIME_ORIGINAL = 0x9011
SUB_SEC_TIME_ORIGINAL = 0x9291
CAPTURE_TAGS = (DATE_TIME_ORIGINAL, SUB_SEC_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL)
"""In the order of the fields of `CaptureTags`."""
