"""What the public may not learn is gone from the copy: no list and no byte has it, and no picture moved."""

import piexif
import pytest

from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import CorruptPhotoError, GalleriaError
from galleria_storage.photos.photo import correct_bytes
from tests.support.photos import heifs, pngs, tiffs, webps
from tests.support.photos.heifs import MASTER, exif_item
from tests.support.photos.iptc_records import dataset
from tests.support.photos.jpegs import SCAN, segment
from tests.support.photos.jpegs import smallest as jpeg
from tests.support.photos.tiffs import text

TIME = b"2020:01:02 03:04:05"
LATITUDE = ((57, 1), (38, 1), (4242, 100))
SERIAL, OWNER, CAPTION, COPYRIGHT = b"3077412-9", b"Ada Lovelace", b"On the beach, with Charles", b"(c) Ada Lovelace"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:e="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'xmlns:mwg="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/" '
    b'xmlns:d="http://www.dji.com/drone-dji/1.0/" e:GPSLatitude="57,38.707N" aux:SerialNumber="3077412-9" '
    b'd:GpsLongitude="+11.9746" e:ExposureTime="1/60">'
    b"<dc:creator><rdf:Seq><rdf:li>Ada Lovelace</rdf:li></rdf:Seq></dc:creator>"
    b'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">On the beach, with Charles</rdf:li></rdf:Alt>'
    b"</dc:description><dc:rights>(c) Ada Lovelace</dc:rights>"
    b'<mwg:Regions><rdf:Description mwg:Name="Charles Babbage"/></mwg:Regions>'
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def asked(groups: str, **more: str) -> Correction:
    return parse_correction({"remove": groups, **more}, {})


def exif(**extra: bytes) -> bytes:
    data: bytes = piexif.dump(
        {
            "0th": {271: b"Maker", 270: CAPTION, 315: OWNER, 33432: COPYRIGHT},
            "Exif": {
                36867: b"2020:01:02 03:04:05",
                42033: SERIAL,
                42032: OWNER,
                **{int(k): v for k, v in extra.items()},
            },
            "GPS": {1: b"N", 2: LATITUDE, 3: b"E", 4: LATITUDE},
        }
    )
    return data


@pytest.mark.parametrize(
    ("groups", "gone", "left"),
    [
        ("location", {"GPS": {1, 2, 3, 4}}, {"0th": {270, 271, 315, 33432}, "Exif": {36867, 42032, 42033}}),
        (
            "serial-numbers",
            {"Exif": {42033}},
            {"0th": {270, 271, 315, 33432}, "Exif": {36867, 42032}, "GPS": {1, 2, 3, 4}},
        ),
        ("names", {"0th": {315}, "Exif": {42032}}, {"0th": {270, 271, 33432}, "Exif": {36867, 42033}, "GPS": {2}}),
        ("captions", {"0th": {270}}, {"0th": {271, 315, 33432}, "Exif": {36867, 42032, 42033}, "GPS": {2}}),
        ("location, names captions", {"0th": {270, 315}, "GPS": {2}}, {"0th": {271, 33432}, "Exif": {36867, 42033}}),
    ],
)
def test_exif_loses_the_group_and_keeps_the_rest_where_it_is(
    groups: str, gone: dict[str, set[int]], left: dict[str, set[int]]
) -> None:
    file = jpeg(segment(0xE1, exif()))
    result = correct_bytes(file, asked(groups))
    found, before = piexif.load(result), piexif.load(file)
    assert len(result) == len(file)
    for name, tags in gone.items():
        assert not tags & set(found[name])
    for name, tags in left.items():
        for tag in tags:
            assert found[name][tag] == before[name][tag]
    assert result.endswith(SCAN)


def test_no_byte_of_a_coordinate_is_left() -> None:
    result = correct_bytes(jpeg(segment(0xE1, exif())), asked("location"))
    assert (57).to_bytes(4, "big") + (1).to_bytes(4, "big") not in result


def test_removing_and_correcting_go_together() -> None:
    wanted = asked("location,names", **{"timestamp-offset-hours": "1", "target-timezone-offset-hours": "2"})
    found = piexif.load(correct_bytes(jpeg(segment(0xE1, exif())), wanted))
    assert (found["Exif"][36867], found["Exif"][36881]) == (b"2020:01:02 04:04:05", b"+02:00")
    assert (found["GPS"], 315 in found["0th"]) == ({}, False)


@pytest.mark.parametrize(
    ("groups", "gone"),
    [
        ("location", [b"GPSLatitude", b"57,38.707N", b"GpsLongitude", b"11.9746"]),
        ("serial-numbers", [b"SerialNumber", SERIAL]),
        ("names", [b"creator", b">Ada Lovelace"]),
        ("captions", [b"description", CAPTION]),
        ("faces", [b"mwg:Regions", b"Babbage"]),
    ],
)
def test_xmp_loses_the_property_with_its_name(groups: str, gone: list[bytes]) -> None:
    file = jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP))
    result = correct_bytes(file, asked(groups))
    assert len(result) == len(file)
    for word in gone:
        assert word in file
        assert word not in result
    assert b"(c) Ada Lovelace" in result
    assert b'ExposureTime="1/60"' in result


def test_iptc_closes_up_and_keeps_its_length() -> None:
    records = dataset(90, b"Gothenburg") + dataset(116, COPYRIGHT) + dataset(80, OWNER) + dataset(120, CAPTION)
    block = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + len(records).to_bytes(4, "big") + records + bytes(len(records) % 2)
    file = jpeg(segment(0xED, block))
    result = correct_bytes(file, asked("location,names"))
    assert len(result) == len(file)
    assert dataset(116, COPYRIGHT) + dataset(120, CAPTION) + bytes(10) in result
    assert b"Gothenburg" not in result


def test_a_comment_is_overwritten_and_its_segment_stays() -> None:
    result = correct_bytes(jpeg(segment(0xFE, CAPTION)), asked("captions"))
    assert result == jpeg(segment(0xEF, bytes(len(CAPTION))))


def test_a_thumbnail_does_not_reveal_it_either() -> None:
    thumbnail = jpeg(segment(0xE1, exif()))
    builder = tiffs.TiffBuilder()
    start = builder.put(thumbnail)
    second = builder.table({0x0201: builder.long(start), 0x0202: builder.long(len(thumbnail))})
    block = builder.file(builder.table({271: text("Maker")}, following=second))
    file = jpeg(segment(0xE1, b"Exif\0\0" + block))
    result = correct_bytes(file, asked("location,names,serial-numbers,captions"))
    at = file.index(thumbnail)
    inner = piexif.load(result[at : at + len(thumbnail)])
    assert (inner["GPS"], inner["0th"].keys()) == ({}, {271, 33432, 34665})
    assert SERIAL not in result


def test_png_loses_texts_as_a_whole() -> None:
    file = pngs.png(
        before=[
            pngs.chunk(b"eXIf", exif()[6:]),
            pngs.chunk(b"tEXt", b"Author\0" + OWNER),
            pngs.chunk(b"tEXt", b"Software\0program"),
            pngs.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        ]
    )
    result = correct_bytes(file, asked("names,location"))
    chunks = pngs.chunks_of(result)
    assert [kind for kind, _ in chunks] == [b"IHDR", b"eXIf", b"tEXt", b"iTXt", b"IDAT", b"IEND"]
    assert b">Ada" not in result
    assert piexif.load(b"Exif\0\0" + dict(chunks)[b"eXIf"])["GPS"] == {}


def test_webp_tiff_and_heif_lose_it_too() -> None:
    block = exif()[6:]
    files = [
        webps.webp(webps.vp8x(0x08), webps.chunk(b"VP8 ", webps.VP8), webps.chunk(b"EXIF", block)),
        tiffs.photo(
            {0x9003: text("2020:01:02 03:04:05"), 42033: text(SERIAL.decode())}, main={315: text(OWNER.decode())}
        ),
        heifs.heif([MASTER, exif_item(2, block)]),
    ]
    for file in files:
        result = correct_bytes(file, asked("serial-numbers,names"))
        assert len(result) == len(file)
        assert SERIAL not in result
        assert OWNER not in result.replace(COPYRIGHT, b"")


def test_maker_notes_go_as_a_whole_where_that_is_asked() -> None:
    note = b"a note with a serial number in it: 99887766"
    result = correct_bytes(jpeg(segment(0xE1, exif(**{"37500": note}))), asked("maker-notes"))
    assert 37500 not in piexif.load(result)["Exif"]
    assert note not in result


def test_a_value_that_is_left_elsewhere_makes_the_photo_unfit_to_publish() -> None:
    file = jpeg(
        segment(0xE1, exif(**{"37121": b"", "41996": b"", "40962": b"", "37500": b"unknown: Ada Lovelace, who else"}))
    )
    with pytest.raises(CorruptPhotoError, match="names") as error:
        correct_bytes(file.replace(COPYRIGHT, b"(c) nobody......"), asked("names"))
    assert OWNER.decode() not in str(error.value)
    assert "maker-notes" in (error.value.advice or "")


def test_a_maker_note_that_nobody_knows_may_hold_a_serial_number() -> None:
    file = jpeg(segment(0xE1, exif(**{"37500": b"unknown note: " + SERIAL})))
    with pytest.raises(CorruptPhotoError, match="serial number") as error:
        correct_bytes(file, asked("serial-numbers"))
    assert SERIAL.decode() not in str(error.value)
    assert SERIAL not in correct_bytes(file, asked("serial-numbers,maker-notes"))


@pytest.mark.parametrize("groups", ["serial-numbers", "names"])
def test_a_note_in_the_private_data_of_a_dng_may_hold_one_too(groups: str) -> None:
    builder = tiffs.TiffBuilder()
    block = builder.file(builder.table({271: tiffs.text("Acme"), 0xC634: (1, b"Adobe\0MakN" + SERIAL)}))
    file = jpeg(segment(0xE1, b"Exif\0\0" + block))
    with pytest.raises(CorruptPhotoError, match="it is unknown whether the photo's maker note contains"):
        correct_bytes(file, asked(groups))
    assert correct_bytes(file, asked("location")) == file


def canon_note(block_start: int) -> bytes:
    """Return Canon's note: an IFD whose offsets count from the TIFF header."""
    name, number = b"Ada Lovelace\0\0", 3077412
    table = b"\3\0"
    table += b"\x06\0\2\0" + (8).to_bytes(4, "little") + (block_start + 42).to_bytes(4, "little")
    table += b"\x09\0\2\0" + len(name).to_bytes(4, "little") + (block_start + 50).to_bytes(4, "little")
    table += b"\x0c\0\4\0" + (1).to_bytes(4, "little") + number.to_bytes(4, "little")
    return table + bytes(4) + b"IMG:EOS\0" + name


def test_a_maker_note_that_is_known_loses_what_belongs_to_the_group_and_keeps_the_rest() -> None:
    builder = tiffs.TiffBuilder()
    note_at = builder.put(bytes(64))
    builder.data[note_at : note_at + 64] = canon_note(note_at)
    exif_ifd = builder.table({0x927C: (7, b"?" * 64)})
    place = exif_ifd + 2 + 8
    builder.data[place : place + 4] = note_at.to_bytes(4, "little")
    block = builder.file(builder.table({271: text("Canon"), 0x8769: builder.long(exif_ifd)}))
    result = correct_bytes(jpeg(segment(0xE1, b"Exif\0\0" + block)), asked("serial-numbers,names"))
    at = result.index(b"Exif\0\0") + 6 + note_at
    assert result[at : at + 14] == b"\3\0\x06\0\2\0" + (8).to_bytes(4, "little") + (note_at + 42).to_bytes(4, "little")
    assert [result[at + place : at + place + 2] for place in (14, 26)] == [b"\xff\xff"] * 2
    assert result[at + 34 : at + 38] == bytes(4)
    assert b"IMG:EOS" in result
    assert b"Lovelace" not in result
    assert (3077412).to_bytes(4, "little") not in result


# What ExifTool calls these tags: https://exiftool.org/TagNames/
NOTED = {
    b"FUJIFILM": {
        "serial-numbers": {0x0010: "InternalSerialNumber"},
        "faces": {
            0x4100: "FacesDetected",
            0x4103: "FacePositions",
            0x4104: "FacePositions (one of them)",
            0x4200: "NumFaceElements",
            0x4201: "FaceElementTypes",
            0x4203: "FaceElementPositions",
            0x4282: "FaceRecInfo",
        },
    },
    b"Canon": {
        "serial-numbers": {0x000C: "SerialNumber", 0x0096: "InternalSerialNumber"},
        "names": {0x0009: "OwnerName"},
        "faces": {0x0024: "FaceDetect1", 0x0025: "FaceDetect2", 0x002F: "FaceDetect3"},
    },
    b"NIKON": {"serial-numbers": {0x001D: "SerialNumber"}, "location": {0x0039: "LocationInfo"}},
    b"Panasonic": {
        "serial-numbers": {0x0025: "InternalSerialNumber"},
        "location": {0x0067: "Location", 0x0069: "Country", 0x006B: "State", 0x006D: "City", 0x006F: "Landmark"},
        "names": {0x0066: "City or baby's name"},
        "captions": {0x0065: "Title"},
        "faces": {0x004E: "FaceDetInfo", 0x0061: "FaceRecInfo"},
    },
    b"PENTAX": {"serial-numbers": {0x0229: "SerialNumber"}, "faces": {0x0060: "FaceInfo"}},
    b"SONY": {"serial-numbers": {0x2031: "SerialNumber"}},
}


@pytest.mark.parametrize(
    ("make", "group", "tag"),
    [
        pytest.param(make, group, tag, id=f"{make.decode()} {name}")
        for make, groups in NOTED.items()
        for group, tags in groups.items()
        for tag, name in tags.items()
    ],
)
def test_each_tag_of_a_maker_note_goes_with_its_group_alone(make: bytes, group: str, tag: int) -> None:
    value = b"a value of its own"
    builder = tiffs.TiffBuilder()
    note_at = builder.put(bytes(30 + len(value)))
    note = b"\2\0\1\0\3\0\1\0\0\0\0\0\0\0" + tag.to_bytes(2, "little") + b"\7\0"
    note += len(value).to_bytes(4, "little") + (note_at + 30).to_bytes(4, "little") + bytes(4) + value
    builder.data[note_at : note_at + len(note)] = note
    exif_ifd = builder.table({0x927C: (7, b"?" * len(note))})
    builder.data[exif_ifd + 10 : exif_ifd + 14] = note_at.to_bytes(4, "little")
    block = builder.file(builder.table({271: (2, make + b"\0"), 0x8769: builder.long(exif_ifd)}))
    file = jpeg(segment(0xE1, b"Exif\0\0" + block))
    assert value not in correct_bytes(file, asked(group))
    others = {"location", "serial-numbers", "names", "captions", "faces"} - {group}
    assert value in correct_bytes(file, asked(",".join(sorted(others))))


def test_what_cannot_be_read_cannot_be_proven() -> None:
    with pytest.raises(GalleriaError):
        correct_bytes(jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<broken")), asked("location"))


def test_a_photo_without_any_of_it_stays_as_it_is() -> None:
    file = jpeg(segment(0xE1, piexif.dump({"0th": {271: b"Maker"}, "Exif": {36867: b"2020:01:02 03:04:05"}})))
    assert correct_bytes(file, asked("location,names,captions,faces,serial-numbers,maker-notes")) == file


def test_removing_twice_changes_nothing_more() -> None:
    wanted = asked("location,names,captions,faces,serial-numbers")
    once = correct_bytes(jpeg(segment(0xE1, exif()), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)), wanted)
    assert correct_bytes(once, wanted) == once


def test_names_of_properties_are_compared_without_their_case() -> None:
    old = XMP.replace(b"dc:creator", b"dc:Creator")
    assert b">Ada" not in correct_bytes(jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + old)), asked("names"))


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (segment(0xE5, b"SECRET data"), "APP5"),
        (segment(0xED, b"Photoshop 2.5\0SECRET"), "APP13"),
    ],
)
def test_a_segment_that_nobody_knows_is_refused_or_goes_as_a_whole(extra: bytes, words: str) -> None:
    with pytest.raises(CorruptPhotoError, match=words):
        correct_bytes(jpeg(extra), asked("location"))
    assert b"SECRET" not in correct_bytes(jpeg(extra), asked("location,maker-notes"))


def test_segments_that_say_nothing_are_left_alone() -> None:
    file = jpeg(segment(0xE0, b"JFIF\0\1\1"), segment(0xE2, b"ICC_PROFILE\0\1\1"), segment(0xEE, b"Adobe\0d"))
    assert correct_bytes(file, asked("location,names,captions,faces,serial-numbers,maker-notes")) == file
