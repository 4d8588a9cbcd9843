"""A photo of a clock, or of a phone's screen: a person or a QR code says which time it shows."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Evidence, photos_that, tolerance_text
from galleria_storage.clocks.offsets import offset_in
from galleria_storage.clocks.pairs import Pair, solve


def shown_evidence(camera: Camera, shown: Mapping[str, datetime], zone: str) -> Evidence | None:
    """Compare the clock with clocks in its photos.

    Parameters
    ----------
    camera
        The camera.
    shown
        Times on clocks in photos, by the photos' names; with an offset from UTC, or in `zone`.
    zone
        Where the photos were taken.
    """
    pairs = [
        Pair(shot.clock, _moment(shown[shot.name], zone)) for shot in camera.timed if shot.clock and shot.name in shown
    ]
    if not pairs:
        return None
    solved = solve(pairs)
    whole_minutes = all(not shown[shot.name].second for shot in camera.timed if shot.name in shown)
    tolerance = max(solved.tolerance, timedelta(seconds=30)) if whole_minutes else solved.tolerance
    clocks = "a clock" if len(pairs) == 1 else "clocks"
    words = f"{clocks} in {photos_that(len(pairs), 'shows', 'show')} the time {tolerance_text(tolerance)}"
    since = solved.since if solved.drift else None
    return Evidence("shown clock", words, "certain", -solved.shift, tolerance, solved.drift, since, photos=len(pairs))


def _moment(time: datetime, zone: str) -> datetime:
    if time.tzinfo is None:
        return time - offset_in(zone, time)
    offset = time.utcoffset() or timedelta()
    return time.replace(tzinfo=None) - offset
