"""Dates that agree: what said the old capture time says the new one, and nothing else changes."""

from hashlib import md5

import piexif
import pytest

from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import CorrectionError
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.source import BytesSource
from tests.support.photos import pngs, tiffs, webps
from tests.support.photos.iptc_records import dataset, resource
from tests.support.photos.jpegs import segment
from tests.support.photos.jpegs import smallest as jpeg
from tests.support.photos.tiffs import text

ALL = parse_correction({"timestamp-offset-hours": "-2", "dates": "all"}, {})
CAPTURE = parse_correction({"timestamp-offset-hours": "-2"}, {})
OLD, NEW = b"2020:01:02 03:04:05", b"2020:01:02 01:04:05"
OTHER = b"2021:05:05 05:05:05"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:p="http://ns.adobe.com/photoshop/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmp:CreateDate="2020-01-02T03:04:05.00" xmp:ModifyDate="2021-05-05T05:05:05">{}'
    "<p:DateCreated>2020-01-02</p:DateCreated></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def exif(*, digitized: bytes = OLD, changed: bytes = OTHER) -> bytes:
    data: bytes = piexif.dump({"0th": {306: changed}, "Exif": {36867: OLD, 36868: digitized, 37522: b"00"}})
    return data


IPTC = dataset(55, b"20200102") + dataset(60, b"030405") + dataset(120, b"a caption") + dataset(62, b"20210505")


def test_exif_dates_follow_if_they_said_the_same() -> None:
    found = piexif.load(correct_bytes(jpeg(segment(0xE1, exif())), ALL))
    assert (found["Exif"][36867], found["Exif"][36868], found["0th"][306]) == (NEW, NEW, OTHER)
    found = piexif.load(correct_bytes(jpeg(segment(0xE1, exif(digitized=OTHER, changed=OLD))), ALL))
    assert (found["Exif"][36867], found["Exif"][36868], found["0th"][306]) == (NEW, OTHER, NEW)


def test_without_being_asked_only_the_capture_time_changes() -> None:
    found = piexif.load(correct_bytes(jpeg(segment(0xE1, exif())), CAPTURE))
    assert (found["Exif"][36867], found["Exif"][36868]) == (NEW, OLD)


def test_xmp_follows_in_its_own_spelling_and_no_byte_moves() -> None:
    packet = XMP.format("").encode()
    file = jpeg(segment(0xE1, exif()), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    result = correct_bytes(file, ALL)
    assert len(result) == len(file)
    assert packet.replace(b"2020-01-02T03:04:05.00", b"2020-01-02T01:04:05.00") in result


def test_extended_xmp_follows_with_its_md5_wherever_that_is() -> None:
    extension = XMP.format("").encode()
    guid = md5(extension, usedforsecurity=False).hexdigest().upper().encode()
    half = len(extension) // 2
    main = XMP.format(f"<n>{guid.decode()}</n>").encode()
    header = b"http://ns.adobe.com/xmp/extension/\0" + guid + len(extension).to_bytes(4, "big")
    pieces = [
        segment(0xE1, header + start.to_bytes(4, "big") + extension[start:stop])
        for start, stop in ((half, len(extension)), (0, half))
    ]
    file = jpeg(segment(0xE1, exif()), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + main), *pieces)
    result = correct_bytes(file, ALL)
    new = extension.replace(b"2020-01-02T03:04:05.00", b"2020-01-02T01:04:05.00")
    digest = md5(new, usedforsecurity=False).hexdigest().upper().encode()
    assert result.count(digest) == 3
    assert guid not in result
    assert new[:half] in result
    assert new[half:] in result


@pytest.mark.parametrize("right", [True, False])
def test_iptc_follows_and_its_digest_only_if_it_was_right(right: bool) -> None:
    digest = md5(IPTC if right else b"", usedforsecurity=False).digest()
    block = b"Photoshop 3.0\0" + resource(0x0404, IPTC) + resource(0x0425, digest)
    result = correct_bytes(jpeg(segment(0xE1, exif()), segment(0xED, block)), ALL)
    new = IPTC.replace(b"030405", b"010405")
    assert new in result
    assert (md5(new, usedforsecurity=False).digest() in result) is right
    assert (digest in result) is not right


def test_the_outcome_names_what_followed_and_what_stays() -> None:
    packet = XMP.format("").encode()
    file = jpeg(segment(0xE1, exif()), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    followed, stays = plan_photo(BytesSource(file), ALL).notes
    assert followed == "these dates followed: DateTimeDigitized (Exif), xmp:CreateDate (XMP)"
    assert stays == "these dates say something else and stay: DateTime (Exif), xmp:ModifyDate (XMP)"


def with_xmp(properties: str, *, before: str = "", after: str = "</rdf:Description></rdf:RDF>") -> bytes:
    start = (
        f'{before}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:e="http://ns.adobe.com/exif/1.0/" xmlns:m="http://maker.example/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:h="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#">'
    )
    packet = (start + properties + after).encode()
    return jpeg(segment(0xE1, exif()), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))


@pytest.mark.parametrize(
    "properties",
    [
        "<m:Shutter>2020-01-02T{}:04:05</m:Shutter>",
        "<dc:date><rdf:Seq><rdf:li>2020-01-02T{}:04:05Z</rdf:li></rdf:Seq></dc:date>",
    ],
)
def test_a_date_of_any_name_follows_if_it_names_the_very_second(properties: str) -> None:
    assert properties.format("01").encode() in correct_bytes(with_xmp(properties.format("03")), ALL)


@pytest.mark.parametrize(
    "properties",
    [
        "<m:Shutter>2020-01-02</m:Shutter>",
        "<h:when>2020-01-02T03:04:05</h:when>",
        "<e:GPSTimeStamp>2020-01-02T03:04:05Z</e:GPSTimeStamp>",
    ],
)
def test_history_gps_time_and_days_of_unknown_meaning_stay_without_a_word(properties: str) -> None:
    plan = plan_photo(BytesSource(file := with_xmp(properties)), ALL)
    assert properties.encode() in plan.apply(file)
    assert not any("XMP" in note for note in plan.notes)


@pytest.mark.parametrize("found", ["2020-01-02T11:04:05Z", "2020-01-02T13:04:05+02:00"])
def test_a_date_in_another_zone_tells_the_zone_of_a_photo_that_does_not_record_it(found: str) -> None:
    properties = f"<e:DateTimeDigitized>{found}</e:DateTimeDigitized><m:Shutter>2020-01-02T03:04:05</m:Shutter>"
    result = correct_bytes(with_xmp(properties), ALL)
    assert properties.replace("T11", "T09").replace("T13", "T11").replace("T03", "T01").encode() in result


def test_dates_that_tell_different_zones_stay() -> None:
    properties = (
        "<e:DateTimeDigitized>2020-01-02T11:04:05Z</e:DateTimeDigitized><m:Other>2020-01-02T12:04:05Z</m:Other>"
    )
    assert properties.encode() in correct_bytes(with_xmp(properties), ALL)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "</e:wrong></rdf:Description></rdf:RDF>"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>', "</rdf:Description></rdf:RDF>"),
    ],
)
def test_dates_in_damaged_xmp_follow_as_far_as_they_can_be_found(before: str, after: str) -> None:
    taken = "<e:DateTimeOriginal>2020-01-02T{}:04:05</e:DateTimeOriginal>"
    file = with_xmp(
        taken.format("03") + '<m:x e:DateTimeDigitized = "2020-01-02T03:04:05"/>', before=before, after=after
    )
    plan = plan_photo(BytesSource(file), ALL)
    result = plan.apply(file)
    assert taken.format("01").encode() in result
    assert b'e:DateTimeDigitized = "2020-01-02T01:04:05"' in result
    assert "what cannot be read (XMP)" in plan.notes[1]


@pytest.mark.parametrize("clock", [b"000000", b"000000+0000"])
def test_midnight_means_an_unknown_time(clock: bytes) -> None:
    records = dataset(55, b"20200102") + dataset(60, clock)
    block = b"Photoshop 3.0\0" + resource(0x0404, records)
    later = parse_correction({"timestamp-offset-hours": "30", "dates": "all"}, {})
    result = correct_bytes(jpeg(segment(0xE1, exif()), segment(0xED, block)), later)
    assert dataset(55, b"20200103") + dataset(60, clock) in result


def test_xmp_that_cannot_be_read_is_named() -> None:
    file = jpeg(segment(0xE1, exif()), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<broken"))
    assert "what cannot be read (XMP)" in plan_photo(BytesSource(file), ALL).notes[1]


def test_png_texts_and_compressed_xmp_follow_with_their_checksums() -> None:
    packet = XMP.format("").encode()
    file = pngs.png(
        before=[
            pngs.chunk(b"eXIf", exif()[6:]),
            pngs.chunk(b"tEXt", b"Creation Time\0" + OLD),
            pngs.chunk(b"tEXt", b"Title\0" + OLD + b" in the evening"),
            pngs.chunk(b"tIME", b"\x07\xe4\x01\x02\x03\x04\x05"),
            pngs.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet),
        ]
    )
    chunks = pngs.chunks_of(correct_bytes(file, ALL))
    texts = [data for kind, data in chunks if kind == b"tEXt"]
    assert texts == [b"Creation Time\0" + NEW, b"Title\0" + OLD + b" in the evening"]
    assert dict(chunks)[b"tIME"] == b"\x07\xe4\x01\x02\x01\x04\x05"
    assert b"2020-01-02T01:04:05.00" in dict(chunks)[b"iTXt"]


def test_webp_and_tiff_follow_too() -> None:
    packet = XMP.format("").encode()
    webp = webps.webp(
        webps.vp8x(0x0C),
        webps.chunk(b"VP8 ", webps.VP8),
        webps.chunk(b"EXIF", exif()[6:]),
        webps.chunk(b"XMP ", packet),
    )
    tiff = tiffs.photo(
        {0x9003: text(OLD.decode()), 0x9004: text(OLD.decode())}, main={0x02BC: (1, packet), 0x83BB: (7, IPTC)}
    )
    for file in (webp, tiff):
        result = correct_bytes(file, ALL)
        assert b"2020-01-02T01:04:05.00" in result
        assert OLD not in result
    assert IPTC.replace(b"030405", b"010405") in correct_bytes(tiff, ALL)


def test_correcting_back_gives_the_photo_back() -> None:
    packet = XMP.format("").encode()
    file = jpeg(segment(0xE1, exif()), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    back = parse_correction({"timestamp-offset-hours": "2", "dates": "all"}, {})
    assert correct_bytes(correct_bytes(file, ALL), back) == file


XMP_SEGMENT = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP.format("").encode())
TAKE_OTHER = parse_correction({"corrected-timestamp": "Other-Date", "target-timezone-offset-hours": "2"}, {})


def undated(**tags: bytes) -> bytes:
    data: bytes = piexif.dump({"0th": {306: OTHER}, "Exif": {int(tag): value for tag, value in tags.items()}})
    return data


@pytest.mark.parametrize(
    "segments",
    [
        [segment(0xE1, undated(**{"36868": OLD}))],
        [segment(0xE1, undated(**{"36867": b"    :  :     :  :  ", "36868": OLD}))],
        [segment(0xED, b"Photoshop 3.0\0" + resource(0x0404, dataset(55, b"20200102") + dataset(60, b"030405")))],
        [
            segment(0xE1, undated(**{"36868": OLD})),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP.format("").encode()),
        ],
    ],
)
def test_a_photo_without_a_capture_time_takes_the_one_other_date_that_it_tells(segments: list[bytes]) -> None:
    found = piexif.load(correct_bytes(jpeg(*segments), TAKE_OTHER))["Exif"]
    assert (found[36867], found[36881]) == (OLD, b"+02:00")


def test_a_photo_with_a_capture_time_keeps_it() -> None:
    found = piexif.load(correct_bytes(jpeg(segment(0xE1, exif(digitized=OTHER))), TAKE_OTHER))["Exif"]
    assert (found[36867], found[36881]) == (OLD, b"+02:00")


@pytest.mark.parametrize(
    ("segments", "words"),
    [
        ([segment(0xE1, undated())], "no other date"),
        (
            [
                segment(0xE1, undated(**{"36868": OTHER})),
                XMP_SEGMENT,
            ],
            "2 other dates that differ",
        ),
    ],
)
def test_none_or_several_that_differ_are_refused(segments: list[bytes], words: str) -> None:
    with pytest.raises(CorrectionError, match=words):
        correct_bytes(jpeg(*segments), TAKE_OTHER)


def test_the_other_date_is_printed_and_read_again() -> None:
    text = "corrected-timestamp=other-date;target-timezone-offset-hours=+02:00"
    assert TAKE_OTHER.canonical() == text
    assert Correction.from_canonical(text) == TAKE_OTHER
    assert TAKE_OTHER
