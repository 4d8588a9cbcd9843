"""Motion photos: the film keeps its place, and its times follow those of the photo where all dates do."""

from datetime import datetime, timedelta

import pytest

from galleria_storage.corrections.correction import Correction
from galleria_storage.photos.heif import metadata
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.photos.source import BytesSource
from tests.support.photos import camera_files as build
from tests.support.photos.boxes import box, only
from tests.support.photos.films import created_of, film, keys, user_data
from tests.support.photos.heifs import MASTER, ROOM, Spec, block, exif_of, heif, items_of

SHOT = datetime(2020, 1, 2, 8, 4, 5)  # what the photo says, 03:04:05-05:00, in UTC
HOUR = timedelta(hours=1)


def motion_photo(inner: bytes, *, item: Spec = ROOM) -> bytes:
    return heif([MASTER, item], (b"ftyp", b"mdat", b"meta", box(b"mpvd", inner), box(b"sefd", b"notes")))


@pytest.mark.parametrize("seconds", [-3, 0, 12])
def test_the_film_of_a_motion_photo_follows_where_all_dates_do(seconds: int) -> None:
    inner = film(created=SHOT + timedelta(seconds=seconds))
    file = motion_photo(inner)
    result = correct_bytes(file, Correction.from_canonical("timestamp-offset-hours=+01:00:00;dates=all"))
    assert created_of(only(result, b"mpvd")) == {SHOT + HOUR + timedelta(seconds=seconds)}
    assert exif_of(items_of(result)[2][1])[0] == "2020:01:02 04:04:05"
    assert len(result) == len(file)


def test_the_film_stays_where_only_the_capture_time_changes() -> None:
    inner = film(created=SHOT)
    result = correct_bytes(motion_photo(inner), Correction.from_canonical("timestamp-offset-hours=+01:00:00"))
    assert only(result, b"mpvd") == inner


def test_a_film_after_the_photo_follows_too() -> None:
    file = heif([MASTER, ROOM])
    result = correct_bytes(
        file + film(created=SHOT), Correction.from_canonical("timestamp-offset-hours=-24:00:00;dates=all")
    )
    assert created_of(result[len(file) :]) == {SHOT - 24 * HOUR}


def test_words_of_the_film_follow_too() -> None:
    inner = film(keys(b"2020-01-02T03:04:04-0500"), user_data(b"2020-01-02T08:04:04Z"), created=SHOT)
    asked = "timestamp-offset-hours=+01:00:00;dates=all"
    inside = only(correct_bytes(motion_photo(inner), Correction.from_canonical(asked)), b"mpvd")
    assert b"2020-01-02T04:04:04-0500" in inside
    assert b"2020-01-02T09:04:04Z" in inside
    assert created_of(inside) == {SHOT + HOUR}


def test_a_film_that_tells_no_time_stays() -> None:
    inner = film(created=0)
    result = correct_bytes(motion_photo(inner), Correction.from_canonical("timestamp-offset-hours=+01:00:00;dates=all"))
    assert only(result, b"mpvd") == inner


def test_a_film_is_listed_with_the_metadata() -> None:
    inner = film(created=SHOT)
    (found,) = [block for block in metadata(BytesSource(motion_photo(inner))) if block.kind == "film"]
    assert found.source.read(0, found.source.size) == inner


def test_twice_is_once() -> None:
    asked = "corrected-timestamp=2021-03-04T05:06:07;target-timezone-offset-hours=-05:00;dates=all"
    once = correct_bytes(motion_photo(film(created=SHOT)), Correction.from_canonical(asked))
    assert created_of(only(once, b"mpvd")) == {datetime(2021, 3, 4, 10, 6, 7)}
    assert correct_bytes(once, Correction.from_canonical(asked)) == once


def jpeg_with(inner: bytes, said: str) -> bytes:
    xmp = b"http://ns.adobe.com/xap/1.0/\0" + said.format(len(inner)).encode()
    photo = build.photo(block())
    segment = b"\xff\xe1" + (len(xmp) + 2).to_bytes(2, "big") + xmp
    return photo[:2] + segment + photo[2:] + inner


MICRO = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:G="http://ns.google.com/photos/1.0/camera/" G:MicroVideo="1" G:MicroVideoOffset="{}"/>'
    "</rdf:RDF></x:xmpmeta>"
)
MOTION = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:C="http://ns.google.com/photos/1.0/container/" '
    'xmlns:I="http://ns.google.com/photos/1.0/container/item/"><C:Directory><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<C:Item {}/></rdf:li></rdf:Seq></C:Directory></rdf:Description></rdf:RDF></x:xmpmeta>"
)


@pytest.mark.parametrize(
    "said",
    [
        MICRO,
        MOTION.replace("{}", 'I:Mime="video/mp4" I:Semantic="MotionPhoto" I:Length="{}"'),
        MOTION.replace("{}", 'I:Length="{}" I:Semantic="MotionPhoto"'),
    ],
)
def test_the_film_after_a_jpeg_follows(said: str) -> None:
    inner = film(created=SHOT)
    file = jpeg_with(inner, said)
    result = correct_bytes(file, Correction.from_canonical("timestamp-offset-hours=+01:00:00;dates=all"))
    assert created_of(result[-len(inner) :]) == {SHOT + HOUR}
    assert len(result) == len(file)


@pytest.mark.parametrize("said", [MICRO.replace("{}", "9999999"), MICRO.replace("{}", "3"), MOTION.replace("{}", "")])
def test_what_is_not_where_the_xmp_says_stays(said: str) -> None:
    inner = film(created=SHOT)
    result = correct_bytes(
        jpeg_with(inner, said), Correction.from_canonical("timestamp-offset-hours=+01:00:00;dates=all")
    )
    assert result.endswith(inner)
