"""A shot is read from the head of any file, and a damaged file says less."""

import piexif
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.clocks.partners import with_cameras_of_partners
from galleria_storage.clocks.reading import read_shot
from galleria_storage.clocks.shots import Place, Shot
from galleria_storage.photos.formats import format_of
from galleria_storage.photos.gps_moment import gps_moment
from galleria_storage.photos.metadata_blocks import plain_block
from galleria_storage.photos.source import BytesSource
from tests.support.photos.jpegs import SCAN, photo, segment, smallest

GPS = {
    piexif.GPSIFD.GPSLatitudeRef: b"S",
    piexif.GPSIFD.GPSLatitude: ((33, 1), (30, 1), (0, 1)),
    piexif.GPSIFD.GPSLongitudeRef: b"E",
    piexif.GPSIFD.GPSLongitude: ((151, 1), (15, 1), (36, 1)),
    piexif.GPSIFD.GPSDateStamp: b"2024:06:15",
    piexif.GPSIFD.GPSTimeStamp: ((10, 1), (30, 1), (45, 1)),
}


def jpeg() -> bytes:
    exif = {
        piexif.ExifIFD.DateTimeOriginal: b"2024:06:15 20:30:45",
        piexif.ExifIFD.SubSecTimeOriginal: b"25",
        piexif.ExifIFD.OffsetTimeOriginal: b"+10:00",
        piexif.ExifIFD.BodySerialNumber: b"042",
    }
    tags = {"0th": {piexif.ImageIFD.Make: b"Canon", piexif.ImageIFD.Model: b"Canon EOS R5"}, "Exif": exif, "GPS": GPS}
    return smallest(segment(0xE1, piexif.dump(tags)))


def test_a_shot_has_camera_clock_offset_gps_time_and_place() -> None:
    shot = read_shot("a/IMG_1.JPG", BytesSource(jpeg()))
    assert (shot.kind, shot.camera, shot.serial) == ("photo", "Canon EOS R5", "042")
    assert shot.clock
    assert shot.clock.isoformat() == "2024-06-15T20:30:45.250000"
    assert shot.offset == 600
    assert shot.gps
    assert shot.gps.isoformat() == "2024-06-15T10:30:45"
    assert shot.place
    assert (round(shot.place.latitude, 2), round(shot.place.longitude, 2)) == (-33.5, 151.26)


def test_a_place_does_not_show_in_what_is_printed() -> None:
    assert "33" not in repr(Shot("a.jpg", place=Place(-33.5, 151.26)))


@pytest.mark.parametrize("data", [b"", b"no photo", SCAN, photo(None), b"\xff\xd8\xff\xe1\0\x10Exif\0\0II*\0"])
def test_a_file_that_says_nothing_is_a_shot(data: bytes) -> None:
    assert read_shot("a.jpg", BytesSource(data)).clock is None


def test_a_block_that_is_not_tiff_hides_nothing_else() -> None:
    broken = plain_block("exif", "Exif", BytesSource(b"XX*\0" + bytes(40)), 0, 44)
    good = format_of("image/jpeg").metadata(BytesSource(jpeg()))
    assert gps_moment([broken, *good]) is not None


@given(st.data())
def test_damage_makes_a_file_tell_less_and_raises_nothing(data: st.DataObject) -> None:
    photo = bytearray(jpeg())
    for _ in range(data.draw(st.integers(1, 8))):
        photo[data.draw(st.integers(0, len(photo) - 1))] = data.draw(st.integers(0, 255))
    assert read_shot("a.jpg", BytesSource(bytes(photo[: data.draw(st.integers(0, len(photo)))]))).name == "a.jpg"


def test_a_film_has_the_camera_of_the_photo_of_its_name() -> None:
    shots = [Shot("a/1.heic", "photo", "image/heic", "Apple iPhone 15"), Shot("a/1.mov", "film", "video/quicktime")]
    assert [shot.camera for shot in with_cameras_of_partners(shots)] == ["Apple iPhone 15", "Apple iPhone 15"]
