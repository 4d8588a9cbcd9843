"""Films, and films inside photos: what they reveal is removed if asked for, and their times follow the photo's."""

import piexif
import pytest

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.formats import format_of
from galleria_storage.photos.motion import appendices
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.photos.source import BytesSource
from tests.support.corrections.language import removing
from tests.support.photos import heifs
from tests.support.photos.boxes import box, full_box, u
from tests.support.photos.heifs import MASTER, exif_item
from tests.support.photos.jpegs import SCAN, segment, smallest

PLACE, AUTHOR, MAKE = b"+57.7089+011.9746/", b"Ada Lovelace", b"A maker"
CREATED = 3_660_000_000


def keys(*entries: tuple[bytes, bytes], more_names: bytes = b"", more_items: bytes = b"") -> bytes:
    """Return Apple's list of metadata, and what follows its keys and its values."""
    names = b"".join(u(8 + len(name), 4) + b"mdta" + name for name, _ in entries)
    items = b"".join(
        box(u(number, 4), box(b"data", u(1, 4), u(0, 4), value)) for number, (_, value) in enumerate(entries, 1)
    )
    handler = full_box(b"hdlr", 0, 0, u(0, 4), b"mdta", bytes(13))
    return box(
        b"meta",
        handler,
        full_box(b"keys", 0, 0, u(len(entries), 4), names, more_names),
        box(b"ilst", items, more_items),
    )


def film(*in_movie: bytes) -> bytes:
    header = full_box(b"mvhd", 0, 0, u(CREATED, 4), u(CREATED, 4), bytes(88))
    return box(b"ftyp", b"mp42", u(0, 4)) + box(b"moov", header, *in_movie) + box(b"mdat", b"frames" * 9)


APPLE = keys(
    (b"com.apple.quicktime.location.ISO6709", PLACE),
    (b"com.apple.quicktime.author", AUTHOR),
    (b"com.apple.quicktime.make", MAKE),
)
USER_DATA = box(b"udta", box(b"\xa9xyz", u(len(PLACE), 2), u(0, 2), PLACE), box(b"\xa9mak", MAKE))


@pytest.mark.parametrize("told", [APPLE, USER_DATA], ids=["keys", "user data"])
def test_a_film_loses_its_place_and_keeps_its_length(told: bytes) -> None:
    file = film(told)
    result = correct_bytes(file, removing("location"))
    assert len(result) == len(file)
    assert PLACE not in result
    assert MAKE in result
    assert (AUTHOR in result) is (AUTHOR in file)
    assert result.endswith(b"frames" * 9)


HERE = (b"com.apple.quicktime.location.ISO6709", PLACE)


@pytest.mark.parametrize("size", [0, 7, 9])
def test_a_list_with_a_last_value_of_impossible_length_is_refused(size: int) -> None:
    with pytest.raises(CorruptPhotoError, match="a list of metadata is cut off"):
        correct_bytes(film(keys(HERE, more_items=u(size, 4) + u(2, 4))), removing("location"))


@pytest.mark.parametrize("size", [0, 7])
def test_a_list_with_a_last_key_of_impossible_length_is_refused(size: int) -> None:
    with pytest.raises(CorruptPhotoError, match="the list of its keys is cut off"):
        correct_bytes(film(keys(HERE, more_names=u(size, 4) + b"mdta")), removing("location"))


def test_a_list_may_end_with_an_empty_key_and_an_empty_value() -> None:
    file = film(keys(HERE, more_names=u(8, 4) + b"mdta", more_items=u(8, 4) + u(2, 4)))
    assert PLACE not in correct_bytes(file, removing("location"))


def test_a_film_loses_its_author() -> None:
    result = correct_bytes(film(APPLE), removing("names"))
    assert AUTHOR not in result
    assert PLACE in result


def test_what_only_a_maker_can_read_is_refused_or_goes_as_a_whole() -> None:
    file = film(box(b"udta", box(b"SECR", b"maker's own data")))
    with pytest.raises(CorruptPhotoError, match="SECR") as error:
        correct_bytes(file, removing("location"))
    assert error.value.tag == "remove"
    result = correct_bytes(file, removing("location,maker-notes"))
    assert b"maker's own" not in result
    assert len(result) == len(file)


def test_a_track_of_data_may_tell_the_way_so_the_film_is_refused() -> None:
    handler = full_box(b"hdlr", 0, 0, u(0, 4), b"camm", bytes(13))
    file = film(box(b"trak", box(b"mdia", handler)))
    with pytest.raises(CorruptPhotoError, match="track of data"):
        correct_bytes(file, removing("location,maker-notes"))


def jpeg(xmp: str) -> bytes:
    exif = piexif.dump({"Exif": {36867: b"2020:01:02 03:04:05"}})
    segments = [exif, b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode()]
    return smallest(*(segment(0xE1, data) for data in segments))


def old_style(length: int) -> str:
    return f'<x xmlns:c="http://ns.google.com/photos/1.0/camera/" c:MicroVideoOffset="{length}"/>'


def container(*lengths: int) -> str:
    items = "".join(f'<y i:Mime="video/mp4" i:Length="{length}"/>' for length in lengths)
    return f'<x xmlns:i="http://ns.google.com/photos/1.0/container/item/">{items}</x>'


def samsung(video: bytes) -> bytes:
    entry = b"\0\0\x30\x0a" + (16).to_bytes(4, "little") + b"MotionPhoto_Data" + video
    table = b"SEFH" + (107).to_bytes(4, "little") + (1).to_bytes(4, "little")
    table += b"\0\0\x30\x0a" + len(entry).to_bytes(4, "little") + len(entry).to_bytes(4, "little")
    return entry + table + len(table).to_bytes(4, "little") + b"SEFT"


VIDEO = film(USER_DATA)
MOTION = {
    "old": jpeg(old_style(len(VIDEO))) + VIDEO,
    "container": jpeg(container(0, len(VIDEO))) + VIDEO,
    "container with a gain map": jpeg(container(0, len(SCAN) + 2, len(VIDEO))) + b"\xff\xd8" + SCAN + VIDEO,
    "samsung": jpeg("<x/>") + samsung(VIDEO),
    "heic": heifs.heif([MASTER, exif_item(2)], [b"ftyp", b"meta", b"mdat", box(b"mpvd", VIDEO)]),
}


@pytest.mark.parametrize("file", MOTION.values(), ids=MOTION)
def test_the_film_in_a_photo_does_not_reveal_it_either(file: bytes) -> None:
    result = correct_bytes(file, removing("location"))
    assert len(result) == len(file)
    assert PLACE in file
    assert PLACE not in result


@pytest.mark.parametrize("file", MOTION.values(), ids=MOTION)
def test_the_times_of_the_film_follow_where_all_dates_do(file: bytes) -> None:
    shift = {"timestamp-offset-hours": "-1"}
    result = correct_bytes(file, parse_correction({**shift, "dates": "all"}, {}))
    assert u(CREATED - 3600, 4) * 2 in result
    assert u(CREATED, 4) not in result
    assert u(CREATED, 4) * 2 in correct_bytes(file, parse_correction(shift, {}))


def test_what_is_listed_but_not_there_is_left_alone() -> None:
    for xmp in (old_style(7), container(10**12), container(3, 5)):
        assert appendices(BytesSource(jpeg(xmp) + b"no film"), xmp.encode()) == []


def test_the_blocks_of_a_film_are_listed() -> None:
    found = format_of("video/mp4").metadata(BytesSource(film(APPLE, USER_DATA)))
    assert [block.title for block in found] == [
        "com apple quicktime location ISO6709",
        "com apple quicktime author",
        "com apple quicktime make",
        "location",
    ]
