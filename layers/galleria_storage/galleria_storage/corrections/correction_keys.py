"""Names of the corrections: the same in an object's tags, in its user metadata and in canonical texts."""

from typing import Final

TIMESTAMP: Final = "corrected-timestamp"
SHIFT: Final = "timestamp-offset-hours"
CAMERA_ZONE: Final = "camera-timezone"
TARGET_OFFSET: Final = "target-timezone-offset-hours"
TARGET_ZONE: Final = "target-timezone"
#: Value of the timestamp: the only other date in the photo.
OTHER_DATE: Final = "other-date"
#: Value of the target zone: the offset that follows from the photo's own GPS time.
GPS: Final = "gps"
DATES: Final = "dates"
REMOVE: Final = "remove"

#: What an object says in a group replaces the stack's defaults of that group.
TIME_KEYS: Final = (TIMESTAMP, SHIFT, CAMERA_ZONE)
ZONE_KEYS: Final = (TARGET_OFFSET, TARGET_ZONE)
#: Each of these is its own group.
SINGLE_KEYS: Final = (DATES, REMOVE)
CORRECTION_KEYS: Final = TIME_KEYS + ZONE_KEYS + SINGLE_KEYS
