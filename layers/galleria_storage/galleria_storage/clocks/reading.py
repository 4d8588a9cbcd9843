"""From a file's bytes to its `Shot`, with the readers that corrections use; only heads are read."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from galleria_storage.clocks.offsets import minutes_of
from galleria_storage.clocks.shots import Kind, Place, Shot
from galleria_storage.clocks.small_picture import thumbnail_of
from galleria_storage.clocks.zone_fields import zone_set
from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import read_capture_time
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.camera import camera_of
from galleria_storage.photos.formats import format_of, is_correctable
from galleria_storage.photos.gps_moment import gps_moment
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.moments import moment_of
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.plan import NOTHING
from galleria_storage.photos.sniff import MediaType, recognise
from galleria_storage.photos.source import RangedSource
from galleria_storage.photos.tiff.tables import Table, TiffTables

_LATITUDE_SIDE, _LATITUDE, _LONGITUDE_SIDE, _LONGITUDE = 1, 2, 3, 4
_RATIONALS_OF_ANGLE: Final = 24
_POLE, _DATE_LINE = 90, 180


def read_shot(name: str, source: RangedSource, hashed: Callable[[bytes], int | None] | None = None) -> Shot:
    """Read what a file says. Damaged parts are left out: a file without any facts is a `Shot`, too.

    Parameters
    ----------
    name
        Its path in the folder, with ``/``.
    source
        The file.
    hashed
        Returns the perceptual hash of a small JPEG picture; see `alike`.
    """
    media = recognise(source)
    if media is None or not is_correctable(media.media_type):
        return Shot(name, media_type=media.media_type if media else "")
    clock, offset = _clock(source, media.media_type)
    blocks = _blocks(source, media.media_type)
    camera, serial = camera_of(blocks)
    return Shot(
        name=name,
        kind=_kind(media),
        media_type=media.media_type,
        camera=camera,
        serial=serial,
        clock=clock,
        offset=offset,
        gps=gps_moment(blocks),
        place=place_of(blocks),
        note_offset=zone_set(blocks),
        picture=hashed(thumbnail) if hashed and (thumbnail := thumbnail_of(blocks)) else None,
    )


def _kind(media: MediaType) -> Kind:
    if media.media_type.startswith("video/"):
        return "film"
    return "photo" if media.image else "raw"


def _clock(source: RangedSource, media_type: str) -> tuple[datetime | None, int | None]:
    try:
        tags = plan_photo(source, NOTHING, media_type).before
    except GalleriaError:
        return None, None
    return clock_of(tags)


def clock_of(tags: CaptureTags) -> tuple[datetime | None, int | None]:
    """Return capture time with its fraction of a second, and offset in minutes; None if unreadable."""
    found = moment_of(tags)
    if found is None:
        return None, None
    fraction = found.fraction if found.fraction.isdigit() else ""
    local = found.local + timedelta(microseconds=int(fraction[:6].ljust(6, "0")) if fraction else 0)
    offset = found.offset
    if offset is None and tags.offset_time_original is None:
        return local, _offset_in_text(tags)
    return local, None if offset is None else round(offset / timedelta(minutes=1))


def _offset_in_text(tags: CaptureTags) -> int | None:
    try:
        text = read_capture_time(tags).offset
    except GalleriaError:
        return None
    return minutes_of(text) if text else None


def _blocks(source: RangedSource, media_type: str) -> Sequence[Block]:
    try:
        return format_of(media_type).metadata(source)
    except GalleriaError:
        return ()


def place_of(blocks: Iterable[Block]) -> Place | None:
    """Return where a photo was taken, from its Exif data: Exif 2.32 4.6.6, GPSLatitude and GPSLongitude."""
    for block in blocks:
        if block.kind == "exif":
            try:
                tables = TiffTables(block.source, lenient=True)
            except GalleriaError:
                continue
            for table in tables.all:
                if table.name == "GPS IFD" or block.name == "GPS data":
                    return _place(tables, table)
    return None


def _place(tables: TiffTables, table: Table) -> Place | None:
    latitude = _angle(tables, table, _LATITUDE_SIDE, _LATITUDE, b"S")
    longitude = _angle(tables, table, _LONGITUDE_SIDE, _LONGITUDE, b"W")
    if latitude is None or longitude is None or abs(latitude) > _POLE or abs(longitude) > _DATE_LINE:
        return None
    return Place(latitude, longitude) if latitude or longitude else None  # zeros: the receiver had no fix


def _angle(tables: TiffTables, table: Table, side: int, angle: int, negative: bytes) -> float | None:
    fields = {field.tag: field for field in table.find({side, angle})}
    if len(fields) < 2:  # noqa: PLR2004 # both
        return None
    data = tables.source.read(fields[angle].value.start, _RATIONALS_OF_ANGLE)
    if len(data) < _RATIONALS_OF_ANGLE or fields[angle].number != 3:  # noqa: PLR2004 # degrees, minutes, seconds
        return None
    numbers = [tables.order.long.unpack_from(data, at)[0] for at in range(0, _RATIONALS_OF_ANGLE, 4)]
    if not numbers[1]:
        return None
    value: float = sum(
        above / below / unit
        for above, below, unit in zip(numbers[::2], numbers[1::2], (1, 60, 3600), strict=True)
        if below
    )
    return -value if tables.source.read(fields[side].value.start, 1).upper() == negative else value
