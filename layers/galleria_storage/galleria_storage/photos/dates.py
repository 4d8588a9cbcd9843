"""Letting the other dates of a photo follow its capture time.

Every date that named the same moment as the old capture time is changed to the
new one; a date that named another moment stays. Each is written in place, in
its own spelling, so no byte moves. GPS time and maker notes never change.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import CaptureTime
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import ASCII
from galleria_storage.photos.iptc import datasets
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.moments import Moment, moment_of, spelled
from galleria_storage.photos.plan import Patch, Plan, Span
from galleria_storage.photos.source import RangedSource
from galleria_storage.photos.tiff.tables import Field, TiffTables
from galleria_storage.photos.xmp_dates import XmpDates

#: A date's tag, those of its offset and fraction, and its name in Exif (Exif 2.32 4.6.4 and 4.6.5).
EXIF_DATES: Final = (
    (0x9003, 0x9011, 0x9291, "DateTimeOriginal"),
    (0x9004, 0x9012, 0x9292, "DateTimeDigitized"),
    (0x0132, 0x9010, 0x9290, "DateTime"),
)
#: IPTC-IIM 4.2, record 2: date and time created, and of digital creation.
IPTC_DATES: Final = ((55, 60, "DateCreated"), (62, 63, "DigitalCreationDate"))
_APPLICATION: Final = 2
#: Dates that programs change when they edit the photo.
_OF_AN_EDIT: Final = frozenset({"DateTime", "xmp:ModifyDate", "tiff:DateTime"})
_LONGEST: Final = 64


class Change(NamedTuple):
    """The capture time before and after a correction; `told_zone` if only another date gives the photo's offset."""

    old: Moment
    new: Moment
    told_zone: timedelta | None = None

    @property
    def readings(self) -> list[tuple[Moment, Moment]]:
        """The moments to compare with, in this order: by themselves, and in the zone that another date gives."""
        zone = self.told_zone
        if zone is None:
            return [(self.old, self.new)]
        offset = zone if self.new.offset is None else self.new.offset
        return [(self.old, self.new), (self.old._replace(offset=zone), self.new._replace(offset=offset))]


class Followed(NamedTuple):
    """What happened to the other dates.

    Attributes
    ----------
    plan
        The edit; its patches keep all lengths except that of a compressed text.
    followed, kept
        Names of the dates that followed, and of those that name another moment.
    """

    plan: Plan
    followed: tuple[str, ...]
    kept: tuple[str, ...]


class _Date(NamedTuple):
    """A date that was found: its name, its value, and the patches that change it."""

    name: str
    says_so: bool
    patches: list[Patch]
    text: str = ""
    counts: bool = True
    """Whether it is worth naming if it says something else."""


def change_of(blocks: Sequence[Block], before: CaptureTags, after: CaptureTags) -> Change | None:
    """Return what a correction does to the capture time; None without one that can be read before and after.

    Parameters
    ----------
    blocks
        The metadata of the photo.
    before, after
        The capture tags before and after the correction.

    Notes
    -----
    If the photo does not record its offset, a date in another zone may reveal it: the same second, a whole number of
    quarter hours away. It counts if all such dates agree, and none of them is the date of an edit.
    """
    old, new = moment_of(before), moment_of(after)
    if old is None or new is None:
        return None
    if old.offset is not None:
        return Change(old, new)
    zones = {
        zone
        for date in _all_dates(blocks)
        if date.name not in _OF_AN_EDIT and (found := spelled(date.text)) and (zone := found.zone_told(old)) is not None
    }
    return Change(old, new, next(iter(zones)) if len(zones) == 1 else None)


def follow(source: RangedSource, blocks: Sequence[Block], change: Change | None, after: CaptureTags) -> Followed:
    """Change every date that names the old capture time to the new one.

    Parameters
    ----------
    source
        The photo, its capture tags changed already.
    blocks
        Its metadata.
    change
        What happened to its capture time; without any, nothing follows.
    after
        The capture tags after the change.

    Notes
    -----
    A damaged block is listed among what was kept, since its content is unknown.
    """
    followed: list[str] = []
    kept: list[str] = []
    patches: list[Patch] = []
    for block in blocks:
        try:
            dates = list(_dates(block, change.readings)) if change else []
        except CorruptPhotoError:
            kept.append(f"{block.title}, which cannot be read")
            continue
        patches += block.write(sorted({patch for date in dates for patch in date.patches}))
        followed += [f"{date.name} ({block.title})" for date in dates if date.says_so and date.patches]
        kept += [f"{date.name} ({block.title})" for date in dates if not date.says_so and date.counts]
    notes = []
    if followed:
        notes.append(f"these dates followed: {', '.join(followed)}")
    if kept:
        notes.append(f"these dates say something else and stay: {', '.join(kept)}")
    return Followed(Plan(source.size, patches, after, after, tuple(notes)), tuple(followed), tuple(kept))


def told_times(blocks: Sequence[Block]) -> list[CaptureTime]:
    """Return the different times, to the second, at which the photo was taken or digitised; not those of an edit."""
    told: dict[CaptureTime, None] = {}
    readable = [block for block in blocks if not (block.kind == "text" and "modif" in block.name.lower())]
    for date in _all_dates(readable):
        found = spelled(date.text)
        if found and found.is_exact and date.counts and date.name not in _OF_AN_EDIT and (moment := found.moment):
            told[CaptureTime(moment.local)] = None
    return list(told)


def _all_dates(blocks: Sequence[Block]) -> Iterator[_Date]:
    """Yield the dates of all blocks that can be read; none of them changes."""
    for block in blocks:
        try:
            yield from list(_dates(block, ()))
        except CorruptPhotoError:
            continue


_Readings = Sequence[tuple[Moment, Moment]]


def _dates(block: Block, readings: _Readings) -> Iterator[_Date]:
    if block.kind == "exif":
        yield from _exif_dates(block.source, readings)
    elif block.kind == "xmp":
        yield from _xmp_dates(block.source, readings)
    elif block.kind == "iptc":
        yield from _iptc_dates(block.source, readings)
    elif block.kind == "text" and block.source.size <= _LONGEST:
        text = block.source.read(0, _LONGEST).decode("latin-1")
        if spelled(text):  # whatever its keyword: PNG does not have a list of them
            yield _date("text", text, Span(0, len(text)), readings)


def _date(name: str, text: str, span: Span, readings: _Readings) -> _Date:
    """Judge one text; one that already names the new moment counts as changed, and needs no patch."""
    found = spelled(text)
    for old, new in readings if found else ():
        if found and found.says(old):
            data = found.of(old, new).encode("latin-1")
            patches = [Patch(span.start, len(data), data)] if data.decode("latin-1") != text else []
            return _Date(name, says_so=True, patches=patches, text=text)
    says_so = found is not None and any(found.says(new) for _, new in readings)
    return _Date(name, says_so=says_so, patches=[], text=text)


def _exif_dates(source: RangedSource, readings: _Readings) -> Iterator[_Date]:
    tables = TiffTables(source, lenient=True)
    for table in tables.all:
        for date_tag, offset_tag, fraction_tag, name in EXIF_DATES:
            for field in table.find({date_tag}):
                text = _text(tables, field)
                if text.strip(" :0"):  # a blank one is not a date
                    yield _exif_date(tables, name, (field, text), (offset_tag, fraction_tag), readings)


def _exif_date(
    tables: TiffTables, name: str, date: tuple[Field, str], beside: tuple[int, int], readings: _Readings
) -> _Date:
    """Judge a date together with its offset and fraction, which are in the Exif IFD."""
    (field, text), (offset_tag, fraction_tag) = date, beside
    exif = tables.exif or tables.main  # Canon's CR3 stores the Exif IFD as a separate structure
    offset = next(iter(exif.find({offset_tag})), None)
    zone = _text(tables, offset) if offset else ""
    whole = text + zone if spelled(text + zone) else text
    found = _date(name, whole, Span(field.value.start, field.value.start + len(whole)), readings)
    if not found.patches:
        return found
    data = found.patches[0].data
    patches = [Patch(field.value.start, len(text), data[: len(text)])]
    if offset and len(whole) > len(text):
        patches.append(Patch(offset.value.start, len(zone), data[len(text) :]))
    for fraction in exif.find({fraction_tag}):
        if (old_digits := _text(tables, fraction)).isdigit() and readings[0][0].fraction != readings[0][1].fraction:
            digits = readings[0][1].fraction.ljust(len(old_digits), "0")[: len(old_digits)]
            patches += [Patch(fraction.value.start, len(digits), digits.encode())]
    return found._replace(patches=patches)


def _text(tables: TiffTables, field: Field) -> str:
    """Return an ASCII value up to its NUL; empty if it has another type or lies outside the block."""
    start, stop = field.value
    if field.type != ASCII or stop > tables.source.size:
        return ""
    return tables.source.read(start, min(stop - start, _LONGEST)).partition(b"\0")[0].decode("latin-1")


def _xmp_dates(source: RangedSource, readings: _Readings) -> Iterator[_Date]:
    dates = XmpDates(source)
    for name, is_known, text, span in dates.found:
        found = _date(name, text, span, readings)
        patches = [dates.patched(span, patch.data.decode("latin-1")) for patch in found.patches]
        yield found._replace(patches=patches, counts=is_known)
    if dates.is_damaged:
        yield _Date("what cannot be read", says_so=False, patches=[])


def _iptc_dates(source: RangedSource, readings: _Readings) -> Iterator[_Date]:
    data = source.read(0, source.size)
    places = {found.number: found.data for found in datasets(data) if found.record == _APPLICATION}
    for date_number, time_number, name in IPTC_DATES:
        if (date := places.get(date_number)) is None:
            continue
        time = places.get(time_number, Span(0, 0))
        day = data[date.start : date.stop].decode("latin-1")
        clock = data[time.start : time.stop].decode("latin-1")
        found = _date(name, day + clock, Span(0, 0), readings)
        patches = []
        for patch in found.patches:
            patches.append(Patch(date.start, len(day), patch.data[: len(day)]))
            if clock:
                patches.append(Patch(time.start, len(clock), patch.data[len(day) :]))
        yield found._replace(patches=patches)
