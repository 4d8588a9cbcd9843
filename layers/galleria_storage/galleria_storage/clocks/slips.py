"""Mistakes that people make when they set a clock: what a shift looks like, and a date with day and month swapped.

Winter time that was kept in summer, 12 hours on a clock with AM and PM, and day and month swapped because the camera
expects another order of them than people are used to.
"""

from datetime import datetime, timedelta
from typing import Final

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Evidence
from galleria_storage.clocks.offsets import offset_in

_HOUR: Final = timedelta(hours=1)
_HALF_DAY: Final = timedelta(hours=12)
_ZONES: Final = timedelta(hours=14)
_MONTHS: Final = 12


def slip_evidence(clock: datetime, shift: timedelta, tolerance: timedelta, zone: str) -> Evidence | None:
    """Return the evidence of the mistake that a shift looks like; None if it does not look like one.

    Parameters
    ----------
    clock
        What the clock showed.
    shift, tolerance
        What must be added, and how far that may be off.
    zone
        Where the photos were taken.
    """
    if zone and abs(abs(shift) - _HOUR) <= tolerance and (season := _season(zone, clock + shift)):
        slow = shift > timedelta()
        if slow == (season == "summer"):
            kept = "winter" if slow else "summer"
            return Evidence("winter time", f"an hour: the clock kept {kept} time in {season}")
    if abs(abs(shift) - _HALF_DAY) <= tolerance:
        return Evidence("half a day", "12 hours: AM and PM were mixed up")
    swapped = with_day_and_month_swapped(clock)
    if swapped and abs(shift - (swapped - clock)) <= _ZONES + tolerance and abs(shift) > 2 * _ZONES:
        return Evidence("day and month", f"{clock:%Y-%m-%d} should be {swapped:%Y-%m-%d}: day and month were swapped")
    return None


def swap_evidence(camera: Camera, first: datetime, last: datetime, home: timedelta) -> Evidence | None:
    """Return the evidence that a clock is outside the gallery's days, but inside with day and month swapped.

    Parameters
    ----------
    camera
        The camera; its photos must be from one day, since different days would swap to days far apart.
    first, last
        When the others photographed, in UTC.
    home
        How far a right clock would be ahead of UTC.
    """
    clocks = [shot.clock for shot in camera.timed if shot.clock]
    if not clocks or min(clocks).date() != max(clocks).date():
        return None
    swapped = with_day_and_month_swapped(clocks[0])
    inside = first - _HALF_DAY <= clocks[0] - home <= last + _HALF_DAY
    if swapped is None or inside or not first - _HALF_DAY <= swapped - home <= last + _HALF_DAY:
        return None
    words = f"{clocks[0]:%Y-%m-%d} would be among the others as {swapped:%Y-%m-%d}: day and month may be swapped"
    ahead = home + (clocks[0] - swapped)
    return Evidence("day and month", words, "guess", ahead, timedelta(minutes=10), photos=len(clocks))


def with_day_and_month_swapped(clock: datetime) -> datetime | None:
    """Return a time with day and month swapped; None if there is no such day, or it is the same."""
    if clock.day > _MONTHS or clock.day == clock.month:
        return None
    return clock.replace(month=clock.day, day=clock.month)


def _season(zone: str, local: datetime) -> str:
    """Return ``summer`` or ``winter`` for a zone at a time; empty if the zone does not change its clocks."""
    offsets = [offset_in(zone, local.replace(month=month, day=1)) for month in (1, 7)]
    if offsets[0] == offsets[1]:
        return ""
    return "summer" if offset_in(zone, local) == max(offsets) else "winter"
