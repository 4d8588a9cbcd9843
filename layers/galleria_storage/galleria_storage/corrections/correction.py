"""What an object's tags and metadata ask to change, as one value: parsed once, printed canonically, applied to texts.

`docs/corrections.md` describes the language for its users. `precedence` decides
which value counts; `values`, `durations`, `zones` and `timestamps` know what
values mean, and `capture_time` what photos say. This module works out the texts
to write.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import CaptureTime, read_capture_time, read_fraction
from galleria_storage.corrections.correction_keys import (
    CAMERA_ZONE,
    CORRECTION_KEYS,
    DATES,
    GPS,
    OTHER_DATE,
    REMOVE,
    SHIFT,
    TARGET_OFFSET,
    TARGET_ZONE,
    TIME_KEYS,
    TIMESTAMP,
    ZONE_KEYS,
)
from galleria_storage.corrections.durations import MICROSECONDS, shift_text
from galleria_storage.corrections.gps_offset import offset_from_gps
from galleria_storage.corrections.moment_change import MomentChange, offset_wanted
from galleria_storage.corrections.precedence import Winning, winning_values
from galleria_storage.corrections.values import KEEP_OFFSET, Dates, read_values
from galleria_storage.corrections.zones import is_fixed, offset_at, offset_from_hours, zone_rules
from galleria_storage.errors import CorrectionError

if TYPE_CHECKING:
    from fractions import Fraction


class Correction(NamedTuple):
    """A correction of one photo's capture time; false if it asks for nothing.

    Made by `parse_correction`, `Correction.from_canonical` or
    `Correction.absolute`, which check their input.

    Attributes
    ----------
    capture_time
        The capture time to set, or None.
    shift
        Microseconds to add to the capture time in the photo.
    camera_zone, target_zone
        Canonical zones (``±HH:MM`` or an IANA name), or None. With both, the capture time is converted from one to
        the other. The target ``gps`` means the offset that follows from the photo's own GPS time; see `with_gps`.
    dates
        ``all`` if other dates that name the same moment follow the capture time; otherwise ``capture``.
    remove
        Groups of metadata to remove from the copy.
    takes_other_date
        True if a photo without a capture time takes its only other date; see `with_other_dates`.
    gps_moment
        The GPS time of the photo being corrected, if the target is ``gps``.
    asked_by_object
        True if the object itself asks, not only the stack's defaults. It is not part of the value's identity.
    """

    capture_time: CaptureTime | None = None
    shift: int = 0
    camera_zone: str | None = None
    target_zone: str | None = None
    dates: Dates = "capture"
    remove: tuple[str, ...] = ()
    takes_other_date: bool = False
    gps_moment: datetime | None = None
    asked_by_object: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Correction) and self[:-1] == other[:-1]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:-1])

    def __bool__(self) -> bool:
        return bool(self.changes_time or self.remove)

    @property
    def changes_time(self) -> bool:
        """Whether it asks for another capture time or offset."""
        return bool(self.capture_time or self.shift or self.target_zone or self.takes_other_date)

    def without_time(self) -> "Correction":
        """Return what is left where the capture time stays as it is."""
        return Correction(remove=self.remove, asked_by_object=self.asked_by_object)

    def canonical(self) -> str:
        """Print the correction in its own language, ``key=value`` joined by ``;``: one text for one value."""
        values = {
            TIMESTAMP: self._timestamp_text,
            SHIFT: shift_text(self.shift) if self.shift else None,
            CAMERA_ZONE: self.camera_zone,
            TARGET_OFFSET if self.target_zone and is_fixed(self.target_zone) else TARGET_ZONE: self.target_zone,
            DATES: self.dates if self.dates != "capture" else None,
            REMOVE: ",".join(self.remove),
        }
        return ";".join(f"{key}={value}" for key, value in values.items() if value)

    @classmethod
    def from_canonical(cls, text: str) -> "Correction":
        """Read what `canonical` printed.

        Raises
        ------
        CorrectionError
            The text was not printed by `canonical`.
        """
        values = dict(part.partition("=")[::2] for part in text.split(";") if part)
        if unknown := sorted(set(values) - set(CORRECTION_KEYS)):
            raise CorrectionError(f"{unknown[0]!r} is not a correction; allowed are {', '.join(CORRECTION_KEYS)}")
        return read_correction(Winning(values, frozenset(values)))

    @classmethod
    def absolute(cls, when: datetime, offset_hours: "float | Fraction") -> "Correction":
        """Set the capture time and its offset: the arguments of ``modify_exif_in_memory``.

        Parameters
        ----------
        when
            Local wall-clock time of the shutter; microseconds become SubSecTimeOriginal unless they are 0. A time with
            a zone is a moment, and is converted to the local time at `offset_hours`.
        offset_hours
            Hours from UTC in whole minutes; 13 leaves the photo's offset unchanged, and writes the time as it is.

        Raises
        ------
        CorrectionError
            An offset or a year out of range.
        """
        target = None if offset_hours == KEEP_OFFSET else offset_from_hours(TARGET_OFFSET, offset_hours)
        if target and when.tzinfo:
            try:
                when = when.astimezone(zone_rules(target))
            except OverflowError:
                raise CorrectionError(f"{when} cannot be shown at {target}", tag=TIMESTAMP) from None
        fraction = f"{when.microsecond:06d}".rstrip("0")
        time = CaptureTime(when.replace(microsecond=0, tzinfo=None, fold=0), fraction).checked()
        return cls(capture_time=time, target_zone=target, asked_by_object=True)

    @property
    def _timestamp_text(self) -> str | None:
        if self.takes_other_date:
            return OTHER_DATE
        return self.capture_time.iso_text if self.capture_time else None

    def with_other_dates(self, told: Sequence[CaptureTime] | None) -> "Correction":
        """Return the correction for a photo with these other dates; None if it has a capture time, which stays.

        Raises
        ------
        CorrectionError
            It has no other date, or several that differ.
        """
        if told is not None and len(told) != 1:
            found = f"{len(told)} other dates that differ" if told else "no other date"
            raise CorrectionError(
                f"{TIMESTAMP} is {OTHER_DATE!r}, but the photo has no capture time and {found}",
                tag=TIMESTAMP,
                advice=f"Give the time itself, with {TIMESTAMP}.",
            )
        return self._replace(takes_other_date=False, capture_time=told[0] if told else None)

    @property
    def needs_gps(self) -> bool:
        """Whether the photo's GPS time determines its offset; see `with_gps`."""
        return self.target_zone == GPS

    def with_gps(self, moment: datetime | None) -> "Correction":
        """Return the correction for a photo with this GPS time (naive, in UTC), or without one."""
        return self._replace(gps_moment=moment)

    def changes(self, found: CaptureTags) -> CaptureTags:
        """Work out the texts to write into a photo.

        Parameters
        ----------
        found
            The tags that the photo holds.

        Returns
        -------
        CaptureTags
            None means *leave alone*. SubSecTimeOriginal is written only if the
            correction has a fraction of a second. A fraction or an offset in
            the old text of DateTimeOriginal, for which its new text has no
            place, goes into its own tag unless that tag already has a value.

        Raises
        ------
        CorrectionError
            A correction needs a capture time, and the photo has no readable one; or a result is out of range.
        """
        known, from_text = "", None
        if self.capture_time:
            time = self.capture_time
        elif self._needs_capture_time:
            in_photo, in_text, known = read_capture_time(found)
            if not known:
                known, from_text = in_text, in_text or None
            time = self._shifted(in_photo, found)
        else:
            return CaptureTags(offset_time_original=self.target_zone)  # None if only a removal is asked for
        offset = None
        if self.target_zone and self.camera_zone:
            time, offset = time.moved(self.camera_zone, self.target_zone, known)
        elif self.target_zone == GPS:
            offset = offset_from_gps(time.local, self.gps_moment)
        elif self.target_zone:
            offset = offset_at(time.local, self.target_zone, known)
        if not (self.capture_time or self.shift or self.camera_zone):
            return CaptureTags(offset_time_original=offset)
        return CaptureTags(time.exif_text, time.fraction or None, offset or from_text)

    def moment_change(self, known_offset: str | None) -> MomentChange:
        """Work out what happens to a moment whose wall-clock time may be unknown.

        Parameters
        ----------
        known_offset
            The offset recorded in the file, ``±HH:MM``; None if there is none.

        Raises
        ------
        CorrectionError
            The moment to set is unknown: neither the correction nor the file has an offset.
        """
        if self.capture_time is None:
            return MomentChange(by=self.shift)
        zone = known_offset if self.target_zone in {None, GPS} else self.target_zone
        if not zone:
            raise offset_wanted(self.capture_time.iso_text)
        return MomentChange(to=self.capture_time.moved(zone, "+00:00", known_offset)[0].local)

    @property
    def _needs_capture_time(self) -> bool:
        return bool(self.shift or self.camera_zone or (self.target_zone and not is_fixed(self.target_zone)))

    def _shifted(self, time: CaptureTime, found: CaptureTags) -> CaptureTime:
        """Move the time in the photo; its fraction is empty if SubSecTimeOriginal keeps its value."""
        if self.shift % MICROSECONDS:
            time = CaptureTime(time.local, read_fraction(found) or time.fraction)
        elif (found.sub_sec_time_original or "").strip():
            time = CaptureTime(time.local)
        return time.shifted(self.shift)


def parse_correction(
    metadata: Mapping[str, str], tags: Mapping[str, str], defaults: Mapping[str, str] | None = None
) -> Correction:
    """Read what an object asks for.

    Parameters
    ----------
    metadata
        User metadata of the object, without ``x-amz-meta-``. Other names are
        ignored (see `near_misses`); letter case does not matter.
    tags
        Tags of the object, read in the same way; a tag wins over metadata of
        the same name, and an empty tag cancels it.
    defaults
        Corrections for the whole stack. What the object says about the time or
        the zone replaces the defaults of that group.

    Raises
    ------
    CorrectionError
        A value cannot be understood, is out of range or contradicts another;
        the message names the key, the value and what is allowed.
    """
    return read_correction(winning_values(metadata, tags, defaults or {}))


def read_correction(asked: Winning) -> Correction:
    """Interpret the values that count, as `parse_correction` does."""
    told, given = read_values(asked.values), asked.by_object
    changes = bool(told.capture_time or told.shift or told.takes_other_date)
    time_asked = (changes or bool(told.camera_zone)) and not given.isdisjoint(TIME_KEYS)
    zone_asked = told.target_zone is not None and (bool(told.offset) or not given.isdisjoint(ZONE_KEYS))
    return Correction(
        capture_time=told.capture_time,
        shift=told.shift,
        camera_zone=told.camera_zone,
        target_zone=told.target_zone,
        dates=told.dates if changes or told.target_zone else "capture",  # else there is nothing to follow
        remove=told.remove,
        takes_other_date=told.takes_other_date,
        asked_by_object=time_asked or zone_asked or (bool(told.remove) and REMOVE in given),
    )
