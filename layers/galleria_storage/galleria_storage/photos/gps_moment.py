"""The GPS time of a photo: UTC, as recorded from its receiver."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.tiff.tables import Field, TiffTables
from galleria_storage.photos.xmp import Name, Packet

_TIME, _DATE = 0x0007, 0x001D
_RATIONAL: Final = 5
_XMP_TIME: Final = Name("http://ns.adobe.com/exif/1.0/", "GPSTimeStamp")


def gps_moment(blocks: Sequence[Block]) -> datetime | None:
    """Return the GPS time, naive, in UTC, to the second, from Exif or else XMP; None if it is missing or unreadable."""
    for kind, read in (("exif", _from_exif), ("xmp", _from_xmp)):
        for block in blocks:
            if block.kind == kind:
                try:
                    if moment := read(block):
                        return moment
                except (CorruptPhotoError, UnsupportedFormatError):
                    continue
    return None


def _from_exif(block: Block) -> datetime | None:
    """Exif 2.32 4.6.6: GPSDateStamp is ``YYYY:MM:DD``, GPSTimeStamp three rationals."""
    tables = TiffTables(block.source, lenient=True)
    for table in tables.all:
        if table.name == "GPS IFD" or block.name == "GPS data":  # Canon's CR3 stores it as a separate structure
            fields = {field.tag: field for field in table.find({_TIME, _DATE})}
            if len(fields) == 2:  # both
                return _moment(tables, fields[_DATE], fields[_TIME])
    return None


def _moment(tables: TiffTables, date: Field, time: Field) -> datetime | None:
    text = tables.source.read(date.value.start, 10).decode("latin-1")
    data = tables.source.read(time.value.start, 24)
    if time.type != _RATIONAL or time.number != 3 or len(data) < 24:  # hours, minutes, seconds
        return None
    parts = [tables.order.long.unpack_from(data, at)[0] for at in range(0, 24, 4)]
    try:
        day = datetime.strptime(text.replace("-", ":"), "%Y:%m:%d")  # noqa: DTZ007 # UTC, as all GPS times
        hours, minutes, seconds = (above / below for above, below in zip(parts[::2], parts[1::2], strict=True))
    except (ValueError, ZeroDivisionError):
        return None
    return (day + timedelta(hours=hours, minutes=minutes, seconds=seconds)).replace(microsecond=0)


def _from_xmp(block: Block) -> datetime | None:
    """XMP specification part 2, 3.3: GPSTimeStamp is a date with its time in UTC."""
    for found in Packet(block.source.read(0, block.source.size)).properties:
        if found.name == _XMP_TIME and found.value:
            try:
                moment = datetime.fromisoformat(found.value.strip())
            except ValueError:
                continue
            offset = moment.utcoffset() or timedelta()
            return (moment.replace(tzinfo=None) - offset).replace(microsecond=0)
    return None
