"""GPS time against the capture time: how far the clock was ahead of UTC.

Exif 2.32 4.6.6: GPSDateStamp and GPSTimeStamp are UTC. A receiver that has lost its satellites keeps writing the time
of its last fix, so single differences may be far too large; the median is not.
"""

from collections import Counter
from datetime import timedelta
from typing import Final

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Confidence, Evidence, photos_text, tolerance_text
from galleria_storage.clocks.offsets import nearest_offset, zone_text
from galleria_storage.clocks.shots import Shot
from galleria_storage.clocks.spread import Sample, middle
from galleria_storage.corrections.gps_offset import TOLERANCE

NOISE: Final = 2.0
"""Seconds: receivers are asked once a second, and cameras write the answer a moment later."""

_ENOUGH: Final = 3
"""How many photos are enough for `certain`, if they agree."""

_ONE_ALONE: Final = timedelta(seconds=30)
"""How far a difference may be from an offset in use before one or two photos prove nothing: the fix may be old."""


def gps_evidence(camera: Camera) -> Evidence | None:
    """Compare GPS time with the clock, for all photos of a camera that have both; None if there are none."""
    shots = [shot for shot in camera.timed if shot.gps]
    if not shots:
        return None
    if followed := _followed(shots):
        return followed
    samples = [Sample(shot.clock, (shot.clock - shot.gps).total_seconds()) for shot in shots if shot.clock and shot.gps]
    found = middle(samples, NOISE)
    ahead = timedelta(seconds=round(found.seconds))
    number = found.number - found.outliers
    tolerance = timedelta(seconds=round(max(NOISE, 3 * found.spread)))
    confidence: Confidence = "certain" if number >= _ENOUGH and 2 * number > found.number else "likely"
    step = timedelta(minutes=nearest_offset(ahead))
    if confidence == "likely":
        is_near = abs(ahead - step) <= _ONE_ALONE
        confidence, tolerance = ("likely", _ONE_ALONE) if is_near else ("guess", timedelta(minutes=5))
    outliers = f", not counting {found.outliers} of them" if found.outliers else ""
    drifting = f", and changes by {found.drift:+.1f} s a day" if found.drift else ""
    words = f"in {photos_text(found.number)}, clock minus GPS time is {_clock_text(ahead)} {tolerance_text(tolerance)}"
    return Evidence(
        "GPS", f"{words}{outliers}{drifting}", confidence, ahead, tolerance, -found.drift,
        found.since if found.drift else None, photos=found.number,
    )  # fmt: skip


def _followed(shots: list[Shot]) -> Evidence | None:
    """Return the evidence of a clock that was right in each zone of a journey, as a phone's is."""
    counts: Counter[int] = Counter()
    for shot in shots:
        if shot.clock and shot.gps:
            ahead = shot.clock - shot.gps
            minutes = nearest_offset(ahead)
            if abs(ahead - timedelta(minutes=minutes)) <= TOLERANCE / 10:
                counts[minutes] += 1
    zones = [minutes for minutes, count in counts.items() if count >= _ENOUGH]
    if len(zones) < 2 or counts.total() < 0.9 * len(shots):  # noqa: PLR2004 # a journey has two
        return None
    names = " and ".join(zone_text(minutes) for minutes in sorted(zones))
    words = f"in {len(shots)} photos, the clock followed the zones of a journey: {names}"
    return Evidence("GPS", words, "right", tolerance=timedelta(seconds=30), photos=len(shots))


def _clock_text(span: timedelta) -> str:
    seconds = int(abs(span).total_seconds())
    days, seconds = divmod(seconds, 86_400)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{'-' if span < timedelta() else '+'}{f'{days} d ' if days else ''}{text}"
