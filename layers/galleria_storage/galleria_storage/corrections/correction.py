"""What an object's tags and metadata ask to change, as one value: parsed once, printed canonically, applied to texts.

`docs/corrections.md` describes the language for its users. This module reads
values and works out texts; `precedence` knows whose word counts, `durations`,
`zones` and `capture_time` know what the words mean.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import CaptureTime, parse_timestamp, read_capture_time, read_fraction
from galleria_storage.corrections.durations import ALLOWED_SHIFT, MICROSECONDS, decimal_hours, parse_shift, shift_text
from galleria_storage.corrections.keys import (
    CAMERA_ZONE,
    CORRECTION_KEYS,
    SHIFT,
    TARGET_OFFSET,
    TARGET_ZONE,
    TIME_KEYS,
    TIMESTAMP,
    ZONE_KEYS,
)
from galleria_storage.corrections.precedence import winning_values
from galleria_storage.corrections.zones import (
    ALLOWED_ZONE,
    is_fixed,
    offset_at,
    offset_from_hours,
    parse_clock_offset,
    parse_offset,
    parse_zone_name,
    zone_rules,
)
from galleria_storage.errors import CorrectionError

if TYPE_CHECKING:
    from fractions import Fraction

#: The seed's value that leaves the photo's offset alone (no zone on Earth needs it: UTC+13 is ``+13:00``).
KEEP_OFFSET: Final = 13


class Correction(NamedTuple):
    """A correction of one photo's capture time; false if it asks for nothing.

    Made by `parse_correction`, `Correction.from_canonical` or
    `Correction.absolute`, which check what they are given.

    Attributes
    ----------
    capture_time
        The capture time to set, or None.
    shift
        Microseconds to add to the capture time in the photo.
    camera_zone, target_zone
        Canonical zones (``±HH:MM`` or an IANA name), or None. With both, the
        capture time moves from the one to the other.
    asked_by_object
        True if the object itself asks, not only the stack's defaults. No part
        of the value's identity.
    """

    capture_time: CaptureTime | None = None
    shift: int = 0
    camera_zone: str | None = None
    target_zone: str | None = None
    asked_by_object: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Correction) and self[:-1] == other[:-1]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:-1])

    def __bool__(self) -> bool:
        return bool(self.capture_time or self.shift or self.target_zone)

    def canonical(self) -> str:
        """Print the correction in its own language, ``key=value`` joined by ``;``: one text for one value."""
        values = {
            TIMESTAMP: self.capture_time.iso_text if self.capture_time else None,
            SHIFT: shift_text(self.shift) if self.shift else None,
            CAMERA_ZONE: self.camera_zone,
            TARGET_OFFSET if self.target_zone and is_fixed(self.target_zone) else TARGET_ZONE: self.target_zone,
        }
        return ";".join(f"{key}={value}" for key, value in values.items() if value)

    @classmethod
    def from_canonical(cls, text: str) -> "Correction":
        """Read what `canonical` printed.

        Raises
        ------
        CorrectionError
            The text is no printed correction.
        """
        values = dict(part.partition("=")[::2] for part in text.split(";") if part)
        if unknown := sorted(set(values) - set(CORRECTION_KEYS)):
            raise CorrectionError(f"{unknown[0]!r} is no correction; allowed are {', '.join(CORRECTION_KEYS)}")
        return _read(values, frozenset(values))

    @classmethod
    def absolute(cls, when: datetime, offset_hours: "float | Fraction") -> "Correction":
        """Set the capture time and its offset: the arguments of the seed's ``modify_exif_in_memory``.

        Parameters
        ----------
        when
            Local wall-clock time of the shutter; microseconds become
            SubSecTimeOriginal unless they are 0. A time that knows its zone is
            a moment: it is shown as the clocks at `offset_hours` showed it.
        offset_hours
            Hours from UTC in whole minutes; 13 leaves the photo's offset, and
            writes the wall-clock time as it is.

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

    def changes(self, found: CaptureTags) -> CaptureTags:
        """Work out the texts to write into a photo.

        Parameters
        ----------
        found
            The tags that the photo holds.

        Returns
        -------
        CaptureTags
            None stands for *leave alone*. SubSecTimeOriginal is written only
            if the correction has a fraction of a second.

        Raises
        ------
        CorrectionError
            A relative correction or a zone by name, and no capture time in the
            photo that can be read; or a result out of range.
        """
        time, known_offset = self.capture_time, None
        if time is None and self._needs_capture_time:
            known_offset = (found.offset_time_original or "").strip()
            time = read_capture_time(found)
            if self.shift:
                time = self._shifted(time, found)
        if time is None:
            return CaptureTags(offset_time_original=self.target_zone)
        offset = None
        if self.target_zone and self.camera_zone:
            time, offset = time.moved(self.camera_zone, self.target_zone, known_offset)
        elif self.target_zone:
            offset = offset_at(time.local, self.target_zone, known_offset)
        if not (self.capture_time or self.shift or self.camera_zone):
            return CaptureTags(offset_time_original=offset)
        exact = self.capture_time is not None or self.shift % MICROSECONDS
        return CaptureTags(time.exif_text, time.fraction or None if exact else None, offset)

    @property
    def _needs_capture_time(self) -> bool:
        return bool(self.shift or self.camera_zone or (self.target_zone and not is_fixed(self.target_zone)))

    def _shifted(self, time: CaptureTime, found: CaptureTags) -> CaptureTime:
        if self.shift % MICROSECONDS:
            time = CaptureTime(time.local, read_fraction(found))
        return time.shifted(self.shift)


def parse_correction(
    metadata: Mapping[str, str], tags: Mapping[str, str], defaults: Mapping[str, str] | None = None
) -> Correction:
    """Read what an object asks for.

    Parameters
    ----------
    metadata
        User metadata of the object, without ``x-amz-meta-``. Names that are no
        corrections are ignored, letter case does not matter.
    tags
        Tags of the object, read in the same way; a tag wins over metadata of
        the same name, and an empty tag withdraws it.
    defaults
        Corrections for the whole stack. What the object says about the time,
        or about the zone, replaces the defaults of that group.

    Raises
    ------
    CorrectionError
        A value that cannot be understood, is out of range or contradicts
        another; names the key, the value and what is allowed.
    """
    values, given = winning_values(metadata, tags, defaults or {})
    return _read(values, given)


def _read(values: Mapping[str, str], given: AbstractSet[str]) -> Correction:
    """Understand the values that count; `given` are the keys that the object itself named."""
    _refuse_together(values, TIMESTAMP, SHIFT)
    _refuse_together(values, TIMESTAMP, CAMERA_ZONE)
    _refuse_together(values, TARGET_OFFSET, TARGET_ZONE)
    time, offset = parse_timestamp(values[TIMESTAMP]) if TIMESTAMP in values else (None, None)
    target = _target_zone(values)
    if time and offset:
        target = _agreed_offset(values, time, offset, target)
    shift = _shift(values[SHIFT]) if SHIFT in values else 0
    camera = _camera_zone(values[CAMERA_ZONE]) if CAMERA_ZONE in values else None
    camera = camera if target else None  # by itself it says nothing about the photo
    time_asked = bool(time or shift or camera) and not given.isdisjoint(TIME_KEYS)
    zone_asked = target is not None and (bool(offset) or not given.isdisjoint(ZONE_KEYS))
    return Correction(time, shift, camera, target, time_asked or zone_asked)


def _refuse_together(values: Mapping[str, str], one: str, other: str) -> None:
    if one in values and other in values:
        raise CorrectionError(
            f"{one} ({values[one]!r}) and {other} ({values[other]!r}) contradict each other; only one is allowed",
            tag=other,
            advice=f"Remove {one} or {other}; an empty tag takes back metadata of the same name.",
        )


def _shift(text: str) -> int:
    shift = parse_shift(text)
    if shift is None:
        raise CorrectionError(f"{SHIFT} is {text!r}; allowed are {ALLOWED_SHIFT}", tag=SHIFT)
    return shift


def _camera_zone(text: str) -> str:
    return parse_clock_offset(CAMERA_ZONE, text) or parse_zone_name(
        CAMERA_ZONE, text, f"{ALLOWED_ZONE}, or offsets such as +05:30"
    )


def _target_zone(values: Mapping[str, str]) -> str | None:
    if TARGET_ZONE in values:
        return parse_zone_name(TARGET_ZONE, values[TARGET_ZONE])
    text = values.get(TARGET_OFFSET)
    if text is None or text == str(KEEP_OFFSET):
        return None
    ratio = decimal_hours(text)
    if ratio and ratio[0] == KEEP_OFFSET * ratio[1]:
        raise CorrectionError(
            f"{TARGET_OFFSET} is {text!r}, which may mean two things; allowed are 13 (leave the offset as it is) "
            "and +13:00 (UTC+13)",
            tag=TARGET_OFFSET,
        )
    return parse_offset(TARGET_OFFSET, text)


def _agreed_offset(values: Mapping[str, str], time: CaptureTime, offset: str, target: str | None) -> str:
    """Take the offset inside a timestamp; a target beside it has to say the same."""
    key = next((key for key in ZONE_KEYS if key in values), None)
    if key and (target is None or offset_at(time.local, target, offset) != offset):
        raise CorrectionError(
            f"{TIMESTAMP} ({values[TIMESTAMP]!r}) and {key} ({values[key]!r}) contradict each other; the offset may be "
            "given in one of them",
            tag=key,
        )
    return offset
