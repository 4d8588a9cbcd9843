"""The order in which other programs prefer the dates of a photo: only data, each with its source.

They are independent of this project's code and look at exiftool's output alone:
`flat`, one value by name (``-j``), or `mwg`, the same with ``-use MWG``; and
`groups`, all values by group (``-j -a -G1``). Apple and Google do not publish
their orders, so they are missing here. Zones are not compared: what
counts is the wall-clock time.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

Tags = Mapping[str, Any]
Dump = Literal["flat", "mwg", "groups"]
#: exiftool's options for each kind of output; numbers instead of words, as most of these programs ask for.
DUMPS: Mapping[Dump, tuple[str, ...]] = {
    "flat": ("-j", "-n"),
    "mwg": ("-j", "-n", "-use", "MWG"),
    "groups": ("-j", "-n", "-a", "-G1"),
}
_DATE = re.compile(r"(\d{4})[-:/.]?(\d\d)[-:/.]?(\d\d)(?:[ T]?(\d\d):?(\d\d)(?::?(\d\d))?)?")


class Reader(NamedTuple):
    """A program.

    Attributes
    ----------
    name
        Its name.
    dump
        The output of exiftool that its rule is about.
    source
        Where its rule comes from: repository, file and name, or the address of a page.
    rule
        Returns the date that it shows, as `wall_clock` prints it; None if it finds none.
    """

    name: str
    dump: Dump
    source: str
    rule: Callable[[Tags], str | None]


def wall_clock(value: object) -> str | None:
    """Return a date as ``YYYY-MM-DD HH:MM:SS``, shorter if it is less precise; None if it is not a date."""
    found = _DATE.match(str(value))
    if not found or found[1] == "0000" or found[2] == "00":
        return None
    day, clock = "-".join(found.groups()[:3]), ":".join(part for part in found.groups()[3:] if part)
    return f"{day} {clock}".rstrip()


def _first(*names: str | tuple[str, str]) -> Callable[[Tags], str | None]:
    """Return a rule that takes the first date there is; a pair is a date and its time."""

    def rule(tags: Tags) -> str | None:
        for name in names:
            parts = (name,) if isinstance(name, str) else name
            value = " ".join(str(tags[part]) for part in parts if part in tags) if parts[0] in tags else ""
            if found := wall_clock(value):
                return found
        return None

    return rule


_IPTC_CREATED = ("IPTC:DateCreated", "IPTC:TimeCreated")
_IPTC_DIGITISED = ("IPTC:DigitalCreationDate", "IPTC:DigitalCreationTime")

#: The weight of each date, in the order in which digiKam looks at them; the first with more than two wins.
_DIGIKAM = (
    ("ExifIFD:DateTimeOriginal", 2),
    ("ExifIFD:CreateDate", 1),
    ("IFD0:ModifyDate", 1),
    ("XMP-exif:DateTimeOriginal", 2),
    ("XMP-exif:DateTimeDigitized", 1),
    ("XMP-photoshop:DateCreated", 1),
    ("XMP-xmp:CreateDate", 1),
    ("XMP-tiff:DateTime", 1),
    ("XMP-xmp:ModifyDate", 1),
    ("XMP-xmp:MetadataDate", 1),
    (_IPTC_CREATED, 1),
    (_IPTC_DIGITISED, 1),
)


def _digikam(tags: Tags) -> str | None:
    counts: Counter[str] = Counter()
    for names, weight in _DIGIKAM:
        if (found := _first(names)(tags)) is not None:
            counts[found] += weight
            if counts[found] > 2 and names != "ExifIFD:DateTimeOriginal":
                return found
    return min(counts, default=None)  # no majority: the earliest


def _php_exif(tags: Tags) -> str | None:
    """Take whichever of these exiftool prints first; Apple's date of a film wins in any case."""
    names = {"ExifIFD:DateTimeOriginal", "PNG:CreationTime", "QuickTime:CreateDate"}
    return _first("Keys:CreationDate", *(name for name in tags if name in names))(tags)


READERS = (
    Reader(
        "immich",
        "mwg",
        "immich-app/immich server/src/services/metadata.service.ts EXIF_DATE_TAGS",
        _first(
            "SubSecDateTimeOriginal",
            "SubSecCreateDate",
            "SubSecMediaCreateDate",
            "DateTimeOriginal",
            "CreateDate",
            "MediaCreateDate",
            "CreationDate",
            "DateTimeCreated",
            "GPSDateTime",
            "DateTimeUTC",
            "SonyDateTime2",
            "SourceImageCreateTime",
        ),
    ),
    Reader(
        "PhotoPrism, local time",
        "flat",
        "photoprism/photoprism internal/meta/data.go TakenAtLocal",
        _first(
            "SubSecDateTimeOriginal",
            "SubSecDateTimeCreated",
            "DateTimeOriginal",
            "CreationDate",
            "DateTimeCreated",
            "DateTime",
            "DateTimeDigitized",
        ),
    ),
    Reader(
        "PhotoPrism, by which it sorts",
        "flat",
        "photoprism/photoprism internal/meta/data.go CreatedAt, json_exiftool.go Exiftool",
        _first(
            "SubSecCreateDate",
            "CreationDate",
            "CreateDate",
            "MediaCreateDate",
            "ContentCreateDate",
            "TrackCreateDate",
            "SubSecDateTimeOriginal",
            "SubSecDateTimeCreated",
            "DateTimeOriginal",
            "DateTimeCreated",
            "DateTime",
            "DateTimeDigitized",
            "GPSDateTime",
        ),
    ),
    Reader("Lychee", "groups", "LycheeOrg/php-exif lib/PHPExif/Mapper/Exiftool.php mapRawData", _php_exif),
    Reader(
        "digiKam",
        "groups",
        "KDE/digikam core/libs/metadataengine/engine/metaengine_item.cpp getItemDateTime",
        _digikam,
    ),
    Reader(
        "ente",
        "groups",
        "ente-io/ente web/packages/gallery/services/exif.ts parseDates, parseCreationDate",
        _first(
            "XMP-exif:DateTimeOriginal",
            _IPTC_CREATED,
            "ExifIFD:DateTimeOriginal",
            "XMP-photoshop:DateCreated",
            "XMP-exif:DateTimeDigitized",
            _IPTC_DIGITISED,
            "ExifIFD:CreateDate",
            "XMP-xmp:CreateDate",
            "XMP-xmp:MetadataDate",
            "XMP-tiff:DateTime",
            "IFD0:ModifyDate",
            "XMP-xmp:ModifyDate",
        ),
    ),
    Reader(
        "home-gallery",
        "flat",
        "xemle/home-gallery packages/database/src/media/date.js getExifDate",
        _first("GPSDateTime", "SubSecDateTimeOriginal", "DateTimeOriginal", "CreateDate"),
    ),
    Reader(
        "Windows",
        "groups",
        "learn.microsoft.com/en-us/windows/win32/wic/-wic-photoprop-system-photo-datetaken",
        _first(
            "ExifIFD:DateTimeOriginal",
            _IPTC_CREATED,
            "XMP-xmp:CreateDate",
            "ExifIFD:CreateDate",
            "XMP-exif:DateTimeOriginal",
        ),
    ),
)
