"""The names of the correction language, and what a correction writes or why it is refused."""

import pytest

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import CorrectionError

TIME, SHIFT, CAMERA = "corrected-timestamp", "timestamp-offset-hours", "camera-timezone"
OFFSET, ZONE = "target-timezone-offset-hours", "target-timezone"
#: A camera two hours ahead, in Sweden.
TWO_HOURS_BACK = {SHIFT: "-2", ZONE: "Europe/Stockholm"}
FOUND = CaptureTags("2024:06:15 10:30:45")


def removing(groups: str) -> Correction:
    """Return the correction that removes groups of metadata and changes nothing else."""
    return parse_correction({"remove": groups}, {})


def written(values: dict[str, str], found: CaptureTags = FOUND) -> CaptureTags:
    return parse_correction(values, {}, {}).changes(found)


def refusal(values: dict[str, str], found: CaptureTags = FOUND) -> str:
    with pytest.raises(CorrectionError) as caught:
        parse_correction(values, {}, {}).changes(found)
    return str(caught.value)
