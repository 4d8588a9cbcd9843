"""What a photo says about places and people stays out of everything that is logged, reported and recorded."""

import json
import logging
import traceback
from collections.abc import Iterator

import piexif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.delivery.reports import line, summary
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.photo import correct_bytes
from tests.support.fakes.gallery import FakeGallery
from tests.support.photos import pngs
from tests.support.photos.iptc_records import dataset
from tests.support.photos.jpegs import segment, smallest

NAME, PLACE, SERIAL = "Ada Lovelace", "Ockham Park", "SN-3077412-9"
LATITUDE, LONGITUDE = ((51, 1), (18, 1), (1234, 100)), ((0, 1), (28, 1), (4321, 100))
SECRETS = ("Lovelace", "Ockham", "3077412", "51.3", "51, 1", "1234, 100", "0.478", "4321, 100")
GROUPS = ("location", "serial-numbers", "names", "captions", "faces", "location,names,captions,maker-notes", "nothing")
XMP = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:e="http://ns.adobe.com/exif/1.0/" xmlns:m="http://m.example/" '
    f'dc:creator="{NAME}" e:GPSLatitude="51,18.2057N" m:LovelaceAt="2024-06-15T12:00:00"><m:Place>{PLACE}</m:Place>'
    "</rdf:Description></rdf:RDF>"
).encode()
EXIF = piexif.dump(
    {
        "0th": {271: b"Nobody", 315: NAME.encode(), 270: PLACE.encode()},
        "Exif": {36867: b"2024:06:15 12:00:00", 42033: SERIAL.encode(), 37500: f"note of {NAME}, {SERIAL}".encode()},
        "GPS": {1: b"N", 2: LATITUDE, 3: b"W", 4: LONGITUDE},
    }
)
RECORDS = dataset(80, NAME.encode()) + dataset(90, PLACE.encode()) + dataset(55, b"20240615")
RESOURCES = b"Photoshop 3.0\x008BIM\4\4\0\0" + len(RECORDS).to_bytes(4, "big") + RECORDS
JPEG = smallest(
    segment(0xE1, EXIF),
    segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
    segment(0xED, RESOURCES),
    segment(0xFE, f"taken at {PLACE} by {NAME}".encode()),
    segment(0xE5, f"{NAME} at {PLACE}".encode()),
)
PNG = pngs.png(
    before=[
        pngs.chunk(b"eXIf", EXIF[6:]),
        pngs.chunk(b"tEXt", b"Author\0" + NAME.encode()),
        pngs.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
    ]
)
TIMES = ({}, {"timestamp-offset-hours": "-2", "dates": "all"}, {"target-timezone": "gps"})
OTHER = {"corrected-timestamp": "other-date", "target-timezone": "gps", "dates": "all"}


def told(gallery: FakeGallery, photo: bytes, asked: dict[str, str], log: pytest.LogCaptureFixture) -> Iterator[str]:
    """Yield everything that is reported about a photo."""
    gallery.put(photo, tags=asked)
    outcome = gallery.publish()
    yield json.dumps(summary(outcome))
    yield line(summary(outcome))
    yield repr(outcome)
    yield log.text
    if outcome.status == "published":
        yield repr(gallery.copy().metadata)


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("time", [*TIMES, OTHER], ids=str)
@pytest.mark.parametrize("photo", [JPEG, PNG], ids=["JPEG", "PNG"])
def test_no_outcome_log_or_record_holds_what_is_in_the_photo(
    gallery: FakeGallery, caplog: pytest.LogCaptureFixture, photo: bytes, time: dict[str, str], groups: str
) -> None:
    caplog.set_level(logging.DEBUG)
    for text in told(gallery, photo, time | {"remove": groups}, caplog):
        assert not [secret for secret in SECRETS if secret in text], text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.data(), st.sampled_from([JPEG, PNG]), st.sampled_from(GROUPS[:-1]), st.sampled_from([*TIMES, OTHER]))
def test_no_error_reveals_it_either_however_the_photo_is_damaged(
    data: st.DataObject, photo: bytes, groups: str, time: dict[str, str]
) -> None:
    damaged = bytearray(photo)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        correct_bytes(bytes(damaged), parse_correction(time | {"remove": groups}, {}))
    except GalleriaError as error:
        text = f"{error} {error!r} {error.advice} {''.join(traceback.format_exception_only(error))} {error.__cause__!r}"
        assert not [secret for secret in SECRETS if secret in text], text
