"""The GPS time of a photo is read from Exif, else from XMP, and decides on the offset where that is asked."""

from datetime import datetime

import piexif
import pytest

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import CorrectionError
from galleria_storage.photos.formats import format_of
from galleria_storage.photos.gps_moment import gps_moment
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.photos.source import BytesSource
from tests.support.photos.jpegs import segment, smallest

TIME = ((8, 1), (30, 1), (4500, 100))
GPS = parse_correction({"target-timezone": "gps"}, {})


def jpeg(gps: dict[int, object], xmp: bytes = b"") -> bytes:
    exif = piexif.dump({"Exif": {36867: b"2024:06:15 10:30:45"}, "GPS": gps})
    segments = [exif, b"http://ns.adobe.com/xap/1.0/\0" + xmp] if xmp else [exif]
    return smallest(*(segment(0xE1, data) for data in segments))


def moment_in(file: bytes) -> datetime | None:
    return gps_moment(format_of("image/jpeg").metadata(BytesSource(file)))


def xmp(time: str) -> bytes:
    return f'<x xmlns:e="http://ns.adobe.com/exif/1.0/" e:GPSTimeStamp="{time}"/>'.encode()


def test_exif_tells_it_in_two_tags() -> None:
    assert moment_in(jpeg({29: b"2024:06:15", 7: TIME})) == datetime(2024, 6, 15, 8, 30, 45)


@pytest.mark.parametrize("time", ["2024-06-15T08:30:45Z", "2024-06-15T10:30:45.5+02:00"])
def test_xmp_tells_it_where_exif_does_not(time: str) -> None:
    assert moment_in(jpeg({}, xmp(time))) == datetime(2024, 6, 15, 8, 30, 45)


@pytest.mark.parametrize(
    "gps", [{}, {29: b"2024:06:15"}, {7: TIME}, {29: b"0000:00:00", 7: TIME}, {29: b"2024:06:15", 7: ((1, 0),) * 3}]
)
def test_what_cannot_be_read_is_not_a_time(gps: dict[int, object]) -> None:
    assert moment_in(jpeg(gps)) is None
    assert moment_in(jpeg(gps, xmp("yesterday"))) is None


def test_a_photo_gets_the_offset_that_its_gps_time_tells() -> None:
    result = correct_bytes(jpeg({29: b"2024:06:15", 7: TIME}), GPS)
    assert piexif.load(result)["Exif"][36881] == b"+02:00"


def test_a_photo_without_gps_time_is_rejected() -> None:
    with pytest.raises(CorrectionError, match="no GPS time"):
        correct_bytes(jpeg({}), GPS)
