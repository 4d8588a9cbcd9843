"""Dates and times in file names, as apps and phones write them.

``PXL_20240615_103045123.jpg`` (Google's camera, in UTC), ``IMG_20240615_123045.jpg``, ``20240615_123045.jpg``
(Samsung), ``Screenshot_20240615-123045.png`` (Android), ``Screenshot 2024-06-15 at 12.30.45.png`` (macOS),
``photo_2024-06-15_12-30-45.jpg`` (Telegram), ``signal-2024-06-15-12-30-45-123.jpg``, ``2024-06-15 12.30.45.jpg``
(Dropbox) and ``IMG-20240615-WA0012.jpg`` (WhatsApp, the day it was received).
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Final, NamedTuple

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Evidence

_NAMED: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_.]?)([01]\d)\2([0-3]\d)"
    r"(?:(?:[-_ T]|\s+at\s+)([0-2]\d)([-_.:]?)([0-5]\d)\6([0-5]\d)(?=\D|\d{3}(?!\d)|$)|(?!\d))"
)
_WHATSAPP: Final = re.compile(r"(?:IMG|VID|AUD|PTT)-(\d{8})-WA\d+", re.IGNORECASE)
_FEWEST: Final = 3


class NameTime(NamedTuple):
    """The time in a name.

    Attributes
    ----------
    time
        The time, or noon if there is only a day.
    is_utc
        Whether it is in UTC; otherwise on the clock of the device.
    is_day
        Whether there is only a day.
    """

    time: datetime
    is_utc: bool = False
    is_day: bool = False


def time_in_name(name: str) -> NameTime | None:
    """Read the date in a file's name; None if there is none, or it does not exist."""
    file = name.rpartition("/")[2]
    if match := _WHATSAPP.match(file):
        return _day(match[1][:4], match[1][4:6], match[1][6:])
    for match in _NAMED.finditer(file):
        year, _, month, day, hour, _, minute, second = match.groups()
        try:
            if hour is None:
                return _day(year, month, day)
            numbers = [int(number) for number in (year, month, day, hour, minute, second)]
            time = datetime(*numbers)  # type: ignore[arg-type] # noqa: DTZ001 # on the device's clock
        except ValueError:
            continue
        return NameTime(time, is_utc=file.upper().startswith("PXL_"))
    return None


def _day(year: str, month: str, day: str) -> NameTime | None:
    try:
        return NameTime(datetime(int(year), int(month), int(day), 12), is_day=True)  # noqa: DTZ001 # a day
    except ValueError:
        return None


def name_evidence(camera: Camera) -> Evidence | None:
    """Compare UTC times in names with the clock: the phone that wrote both got its zone from the network."""
    differences = [
        (shot.clock - found.time).total_seconds()
        for shot in camera.timed
        if shot.clock and (found := time_in_name(shot.name)) and found.is_utc
    ]
    if len(differences) < _FEWEST or not _agree(differences):
        return None
    ahead = timedelta(seconds=round(median(differences)))
    words = f"{len(differences)} names give the time in UTC"
    return Evidence("file name", words, "likely", ahead, timedelta(seconds=5), photos=len(differences))


def _agree(differences: Sequence[float]) -> bool:
    return max(differences) - min(differences) <= 10  # noqa: PLR2004 # seconds; a name is made when the photo is stored
