"""Offset tags: the zone that a camera was set to, which its clock may not have followed.

Exif 2.31 4.6.5: OffsetTimeOriginal is the difference from UTC of DateTimeOriginal. A phone sets its clock and its zone
by the network (3GPP TS 22.042, NITZ), so both are nearly always right; those of a camera are set by people.
"""

from collections import Counter
from datetime import timedelta
from typing import Final

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Evidence, photos_that
from galleria_storage.clocks.offsets import offset_in, zone_text

#: Devices that set their clocks by the network: makers, or models if the maker also makes cameras.
_PHONES: Final = (
    "apple", "google", "samsung sm-", "samsung galaxy", "xiaomi", "redmi", "poco", "huawei", "honor", "oneplus", "oppo",
    "realme", "vivo", "motorola", "nothing", "fairphone", "hmd", "nokia", "sony xq-", "asus_", "tecno", "infinix",
    "zte", "htc", "lge", "lg electronics", "blackberry", "wiko",
)  # fmt: skip
_OF_NETWORK: Final = timedelta(seconds=3)
_OF_PEOPLE: Final = timedelta(minutes=10)


def is_phone(name: str) -> bool:
    """Whether a device sets its clock by the network, judging by maker and model."""
    return name.lower().startswith(_PHONES)


def offset_evidence(camera: Camera) -> Evidence | None:
    """Return the evidence of the offset tags of a camera's photos; None if there are none."""
    counts = Counter(shot.offset for shot in camera.timed if shot.offset is not None)
    if not counts:
        return None
    if is_phone(camera.name):
        return _of_phone(counts)
    minutes, number = counts.most_common(1)[0]
    words = f"{photos_that(number, 'says', 'say')} that the clock is set to {zone_text(minutes)}{_others(counts)}"
    return Evidence(
        "offset tag", words, "guess", timedelta(minutes=minutes), _OF_PEOPLE, zone=zone_text(minutes), photos=number
    )


def phone_evidence(camera: Camera, zone: str) -> Evidence | None:
    """Return the evidence that a phone's clock shows the time of its zone; None for other cameras.

    Phones have written offset tags since about 2019; their clocks were right before that, too.
    """
    first = camera.timed[0].clock if camera.timed else None
    if first is None or not is_phone(camera.name) or any(shot.offset is not None for shot in camera.timed):
        return None
    words = "a phone, whose clock the network sets"
    return Evidence("phone", words, "likely", offset_in(zone, first), _OF_NETWORK, photos=len(camera.timed))


def _of_phone(counts: "Counter[int]") -> Evidence:
    total = counts.total()
    minutes, _ = counts.most_common(1)[0]
    zones = " and ".join(zone_text(one) for one in sorted(counts))
    words = f"a phone, whose clock the network sets; {photos_that(total, 'names', 'name')} the zone {zones}"
    ahead = timedelta(minutes=minutes) if len(counts) == 1 else None
    zone = zone_text(minutes) if len(counts) == 1 else ""
    return Evidence("phone", words, "likely", ahead, _OF_NETWORK, zone=zone, photos=total)


def _others(counts: "Counter[int]") -> str:
    number = counts.total() - max(counts.values())
    return f", {number} {'names' if number == 1 else 'name'} another" if number else ""
