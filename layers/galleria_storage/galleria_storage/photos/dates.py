"""Letting the other dates of a photo follow its capture time.

Every date that named the same moment as the old capture time is changed to the
new one; a date that named another moment stays. Each is written in place, in
its own spelling, so no byte moves. GPS time and maker notes never change.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import CaptureTime
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import ASCII
from galleria_storage.photos.iptc import datasets
from galleria_storage.photos.metadata import Block
from galleria_storage.photos.moments import Moment, moment_of, spelled
from galleria_storage.photos.plan import Patch, Plan, Span
from galleria_storage.photos.source import RangedSource
from galleria_storage.photos.tiff.tables import Field, TiffTables
from galleria_storage.photos.xmp import Name, Packet

#: A date's tag, those of its offset and fraction, and its name in Exif (Exif 2.32 4.6.4 and 4.6.5).
EXIF_DATES: Final = (
    (0x9003, 0x9011, 0x9291, "DateTimeOriginal"),
    (0x9004, 0x9012, 0x9292, "DateTimeDigitized"),
    (0x0132, 0x9010, 0x9290, "DateTime"),
)
_EXIF, _XMP = "http://ns.adobe.com/exif/1.0/", "http://ns.adobe.com/xap/1.0/"
#: XMP specification part 2; Exif 2.32 for XMP (CIPA DC-010).
XMP_DATES: Final = {
    Name(_EXIF, "DateTimeOriginal"): "exif:DateTimeOriginal",
    Name(_EXIF, "DateTimeDigitized"): "exif:DateTimeDigitized",
    Name("http://ns.adobe.com/photoshop/1.0/", "DateCreated"): "photoshop:DateCreated",
    Name("http://ns.adobe.com/tiff/1.0/", "DateTime"): "tiff:DateTime",
    Name(_XMP, "CreateDate"): "xmp:CreateDate",
    Name(_XMP, "ModifyDate"): "xmp:ModifyDate",
}
#: IPTC-IIM 4.2, record 2: date and time created, and of digital creation.
IPTC_DATES: Final = ((55, 60, "DateCreated"), (62, 63, "DigitalCreationDate"))
_APPLICATION: Final = 2
#: Dates that programs change when they edit the photo.
_OF_AN_EDIT: Final = frozenset({"DateTime", "xmp:ModifyDate", "tiff:DateTime"})
_NEVER: Final = datetime(1, 1, 1)  # noqa: DTZ001 # a moment that no date names
_LONGEST: Final = 64


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


def follow(source: RangedSource, blocks: Sequence[Block], before: CaptureTags, after: CaptureTags) -> Followed:
    """Change every date that names the old capture time to the new one.

    Parameters
    ----------
    source
        The photo, its capture tags changed already.
    blocks
        Its metadata.
    before, after
        The capture tags before and after the change.

    Notes
    -----
    A damaged block is listed among what was kept, since its content is unknown.
    """
    old, new = moment_of(before), moment_of(after)
    followed: list[str] = []
    kept: list[str] = []
    patches: list[Patch] = []
    for block in blocks:
        try:
            dates = list(_dates(block, old, new)) if old and new else []
        except CorruptPhotoError:
            kept.append(f"{block.name}, which cannot be read")
            continue
        patches += block.write(sorted({patch for date in dates for patch in date.patches}))
        followed += [f"{date.name} ({block.name})" for date in dates if date.says_so and date.patches]
        kept += [f"{date.name} ({block.name})" for date in dates if not date.says_so]
    notes = []
    if followed:
        notes.append(f"these dates followed: {', '.join(followed)}")
    if kept:
        notes.append(f"these dates say something else and stay: {', '.join(kept)}")
    return Followed(Plan(source.size, patches, after, after, tuple(notes)), tuple(followed), tuple(kept))


def told_times(blocks: Sequence[Block]) -> list[CaptureTime]:
    """Return the different times that dates of taking and digitising tell, to the second: not those of an edit."""
    told: dict[CaptureTime, None] = {}
    nothing = Moment(_NEVER)
    for block in blocks:
        if block.kind == "text" and "modif" in block.name.lower():
            continue
        try:
            dates = list(_dates(block, nothing, nothing))
        except CorruptPhotoError:
            continue
        for date in dates:
            found = spelled(date.text)
            if found and found.is_exact and date.name not in _OF_AN_EDIT and (moment := found.moment):
                told[CaptureTime(moment.local)] = None
    return list(told)


def _dates(block: Block, old: Moment, new: Moment) -> Iterator[_Date]:
    if block.kind == "exif":
        yield from _exif_dates(block.source, old, new)
    elif block.kind == "xmp":
        yield from _xmp_dates(block.source, old, new)
    elif block.kind == "iptc":
        yield from _iptc_dates(block.source, old, new)
    elif block.kind == "text" and block.source.size <= _LONGEST:
        text = block.source.read(0, _LONGEST).decode("latin-1")
        if spelled(text):  # whatever its keyword: PNG does not have a list of them
            yield _date("text", text, Span(0, len(text)), old, new)


def _date(name: str, text: str, span: Span, old: Moment, new: Moment) -> _Date:
    """Judge one text; one that already names the new moment counts as changed, and needs no patch."""
    found = spelled(text)
    if found and found.says(new):
        return _Date(name, says_so=True, patches=[], text=text)
    if not found or not found.says(old):
        return _Date(name, says_so=False, patches=[], text=text)
    data = found.of(old, new).encode("latin-1")
    return _Date(name, says_so=True, patches=[Patch(span.start, len(data), data)])


def _exif_dates(source: RangedSource, old: Moment, new: Moment) -> Iterator[_Date]:
    tables = TiffTables(source, lenient=True)
    for table in tables.all:
        for date_tag, offset_tag, fraction_tag, name in EXIF_DATES:
            for field in table.find({date_tag}):
                text = _text(tables, field)
                if text.strip(" :0"):  # a blank one is not a date
                    yield _exif_date(tables, name, (field, text), (offset_tag, fraction_tag), (old, new))


def _exif_date(
    tables: TiffTables, name: str, date: tuple[Field, str], beside: tuple[int, int], moments: tuple[Moment, Moment]
) -> _Date:
    """Judge a date together with its offset and fraction, which are in the Exif IFD."""
    (field, text), (offset_tag, fraction_tag), (old, new) = date, beside, moments
    exif = tables.exif or tables.main  # Canon's CR3 stores the Exif IFD as a separate structure
    offset = next(iter(exif.find({offset_tag})), None)
    zone = _text(tables, offset) if offset else ""
    whole = text + zone if spelled(text + zone) else text
    found = _date(name, whole, Span(field.value.start, field.value.start + len(whole)), old, new)
    if not found.patches:
        return found
    data = found.patches[0].data
    patches = [Patch(field.value.start, len(text), data[: len(text)])]
    if offset and len(whole) > len(text):
        patches.append(Patch(offset.value.start, len(zone), data[len(text) :]))
    for fraction in exif.find({fraction_tag}):
        if (old_digits := _text(tables, fraction)).isdigit():
            digits = new.fraction.ljust(len(old_digits), "0")[: len(old_digits)]
            patches += [Patch(fraction.value.start, len(digits), digits.encode())]
    return found._replace(patches=patches)


def _text(tables: TiffTables, field: Field) -> str:
    """Return an ASCII value up to its NUL; empty if it has another type or lies outside the block."""
    start, stop = field.value
    if field.type != ASCII or stop > tables.source.size:
        return ""
    return tables.source.read(start, min(stop - start, _LONGEST)).partition(b"\0")[0].decode("latin-1")


def _xmp_dates(source: RangedSource, old: Moment, new: Moment) -> Iterator[_Date]:
    packet = Packet(source.read(0, source.size))
    for found in packet.properties:
        name = XMP_DATES.get(found.name)
        if name and found.value is None:
            yield _Date(name, says_so=False, patches=[])
        elif name and found.value:
            date = _date(name, found.value, found.text, old, new)
            yield date._replace(
                patches=[packet.overwrite(found.text, patch.data.decode("latin-1")) for patch in date.patches]
            )


def _iptc_dates(source: RangedSource, old: Moment, new: Moment) -> Iterator[_Date]:
    data = source.read(0, source.size)
    places = {found.number: found.data for found in datasets(data) if found.record == _APPLICATION}
    for date_number, time_number, name in IPTC_DATES:
        if (date := places.get(date_number)) is None:
            continue
        time = places.get(time_number, Span(0, 0))
        day = data[date.start : date.stop].decode("latin-1")
        clock = data[time.start : time.stop].decode("latin-1")
        found = _date(name, day + clock, Span(0, 0), old, new)
        patches = []
        for patch in found.patches:
            patches.append(Patch(date.start, len(day), patch.data[: len(day)]))
            if clock:
                patches.append(Patch(time.start, len(clock), patch.data[len(day) :]))
        yield found._replace(patches=patches)
