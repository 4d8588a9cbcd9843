"""Every place where a photo may repeat what it should not reveal is found, and nothing else in it changes."""

import io
from hashlib import md5

import piexif
import pytest
from PIL import Image

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.photo import correct_bytes
from tests.support.corrections.language import removing
from tests.support.photos import tiffs
from tests.support.photos.iptc_records import dataset, resource
from tests.support.photos.jpegs import segment
from tests.support.photos.jpegs import smallest as jpeg
from tests.support.photos.tiffs import text

SECRET = b"Ada Lovelace"


def photoshop(*parts: bytes) -> list[bytes]:
    return [segment(0xED, b"Photoshop 3.0\0" + part) for part in parts]


def pieces(data: bytes, at: int) -> list[bytes]:
    return [data[:at], data[at:]]


RECORDS = dataset(80, SECRET) + dataset(116, b"(c) somebody")


@pytest.mark.parametrize(
    "parts",
    [
        [resource(0x03ED, b"1234"), resource(0x0404, RECORDS)],
        [resource(0x0404, RECORDS), resource(0x03ED, b"1234")],
        [resource(0x0404, dataset(80, SECRET)), resource(0x0404, RECORDS)],
        pieces(resource(0x03ED, b"1234") + resource(0x0404, RECORDS), 40),
        pieces(resource(0x0404, RECORDS) + resource(0x03ED, b"1234"), 30),
    ],
)
def test_several_segments_of_photoshop_are_one_or_many(parts: list[bytes]) -> None:
    file = jpeg(*photoshop(*parts))
    result = correct_bytes(file, removing("names"))
    assert len(result) == len(file)
    assert SECRET not in result
    assert b"1234" in result or len(parts[0]) == 30
    assert result.count(b"8BIM") == file.count(b"8BIM")


def test_resources_that_continue_forever_are_refused() -> None:
    start = b"8BIM\4\4\0\0" + (1 << 20).to_bytes(4, "big")
    with pytest.raises(CorruptPhotoError, match="64 segments"):
        correct_bytes(jpeg(*photoshop(start, *[b"....."] * 70)), removing("names"))


def test_photoshops_thumbnail_loses_its_own_metadata() -> None:
    thumbnail = jpeg(segment(0xFE, b"SECRET comment"))
    result = correct_bytes(jpeg(*photoshop(resource(0x040C, bytes(28) + thumbnail))), removing("captions"))
    assert b"SECRET" not in result
    assert thumbnail[-40:] in result


def test_comments_of_thumbnails_and_further_pictures_go_too() -> None:
    inner = jpeg(segment(0xFE, b"SECRET comment"))
    builder = tiffs.TiffBuilder()
    places = {0x0201: builder.long(builder.put(inner)), 0x0202: builder.long(len(inner))}
    block = builder.file(builder.table({271: text("Maker")}, builder.table(places)))
    result = correct_bytes(jpeg(segment(0xE1, b"Exif\0\0" + block)), removing("captions"))
    assert b"SECRET" not in result
    assert inner[-40:] in result


XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"


def test_a_further_picture_that_xmp_lists_loses_the_same() -> None:
    second = jpeg(segment(0xE1, piexif.dump({"0th": {271: b"Acme"}, "GPS": GPS})), segment(0xFE, SECRET))
    items = f'<y i:Mime="image/jpeg" i:Length="0"/><y i:Mime="image/jpeg" i:Length="{len(second)}"/>'
    packet = f'<x xmlns:i="http://ns.google.com/photos/1.0/container/item/">{items}</x>'.encode()
    file = jpeg(segment(0xE1, XMP_HEADER + packet)) + second
    result = correct_bytes(file, removing("location,captions"))
    assert len(result) == len(file)
    assert numbers("big") not in result
    assert SECRET not in result


def test_extended_xmp_loses_the_same_across_its_pieces_and_its_digest_stays_right() -> None:
    extension = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'xmlns:d="http://dji.example/" '
        b'xmlns:m="http://www.metadataworkinggroup.com/schemas/regions/" d:GpsLatitude="+59.329303" d:Speed="7">'
        b"<m:Regions><rdf:Description m:Name='Ada Lovelace'/></m:Regions></rdf:Description></rdf:RDF>"
    )
    guid = md5(extension, usedforsecurity=False).hexdigest().upper().encode()
    main = b'<x xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="' + guid + b'"/>'
    start = b"http://ns.adobe.com/xmp/extension/\0" + guid + len(extension).to_bytes(4, "big")
    cut = extension.index(b"Lovelace")
    parts = [(0, extension[:cut]), (cut, extension[cut:])]
    pieces = [segment(0xE1, start + at.to_bytes(4, "big") + part) for at, part in parts]
    file = jpeg(segment(0xE1, XMP_HEADER + main), *pieces)
    result = correct_bytes(file, removing("location,faces"))
    new = extension.replace(b'd:GpsLatitude="+59.329303"', b" " * 26)
    regions = new[new.index(b"<m:Regions>") : new.index(b"</rdf:Description></rdf:RDF>")]
    new = new.replace(regions, b" " * len(regions))
    assert new[:cut] in result
    assert new[cut:] in result
    assert result.count(md5(new, usedforsecurity=False).hexdigest().upper().encode()) == 3


def test_more_values_than_anybody_writes_are_refused_before_they_are_searched_for() -> None:
    names = "".join(f"<d:creator>name {number}</d:creator>" for number in range(1100))
    packet = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:d="http://purl.org/dc/elements/1.1/">{names}</rdf:Description></rdf:RDF>'
    )
    with pytest.raises(CorruptPhotoError, match="3,000 different values"):
        correct_bytes(jpeg(segment(0xE1, XMP_HEADER + packet.encode())), removing("names"))


def test_a_title_that_photoshop_repeats_becomes_spaces() -> None:
    slices = resource(0x041A, b"\0\0\0\x06" + "Ada Lovelace".encode("utf-16-be") + b"\0\0end")
    file = jpeg(*photoshop(resource(0x0404, RECORDS) + slices))
    result = correct_bytes(file, removing("names"))
    assert len(result) == len(file)
    assert b"\0\0\0\x06" + (" " * 12).encode("utf-16-be") + b"\0\0end" in result


@pytest.mark.parametrize(("encoding", "blank"), [("utf-8", b" "), ("utf-16-le", b" \0"), ("utf-16-be", b"\0 ")])
def test_an_old_copy_in_unused_space_becomes_spaces(encoding: str, blank: bytes) -> None:
    builder = tiffs.TiffBuilder()
    copy = SECRET.decode().encode(encoding)
    at = builder.put(b"<<" + copy + b">>")
    name = builder.put(SECRET + b"\0\0\0\0")
    table = builder.table({0x013B: (2, b"?" * 16)})
    builder.data[table + 10 : table + 14] = name.to_bytes(4, "little")
    block = builder.file(table)
    result = correct_bytes(jpeg(segment(0xE1, b"Exif\0\0" + block)), removing("names"))
    assert b"<<" + blank * 12 + b">>" in result
    assert at


GPS = {1: b"N", 2: ((59, 1), (19, 1), (4550, 100)), 3: b"E", 4: ((18, 1), (4, 1), (1234, 100))}


def numbers(order: str) -> bytes:
    parts = [59, 1, 19, 1, 4550, 100]
    return b"".join(part.to_bytes(4, order) for part in parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("copy", [numbers("big"), numbers("little"), b"59.3293", "59.3293".encode("utf-16-le")])
def test_a_coordinate_that_is_repeated_in_a_makers_data_is_noticed_in_every_form(copy: bytes) -> None:
    exif = piexif.dump({"0th": {271: b"Nobody"}, "Exif": {37500: b"MAKER" + copy}, "GPS": GPS})
    with pytest.raises(CorruptPhotoError, match="second time"):
        correct_bytes(jpeg(segment(0xE1, exif)), removing("location"))


def test_a_short_number_that_another_field_has_too_is_not_a_leak() -> None:
    exif = piexif.dump({"0th": {282: (7299, 100)}, "GPS": {**GPS, 6: (7299, 100)}})
    found = piexif.load(correct_bytes(jpeg(segment(0xE1, exif)), removing("location")))
    assert found["0th"][282] == (7299, 100)
    assert not found["GPS"]


def test_a_name_in_the_copyright_stays_there_whatever_its_encoding() -> None:
    packet = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="Ada Lovelace" dc:rights="1843 Ada Lovelace&#xA;"/>'
        "</rdf:RDF>"
    ).encode("utf-16-le")
    result = correct_bytes(jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)), removing("names"))
    assert result.count("Ada Lovelace".encode("utf-16-le")) == 1


def test_the_comment_of_save_for_web_goes_and_its_quality_stays() -> None:
    comment = (6).to_bytes(4, "big") + "SECRET".encode("utf-16-be")
    ducky = b"Ducky\0\1\0\4\0\0\0\x3c\0\2" + len(comment).to_bytes(2, "big") + comment + b"\0\3\0\2ab\0\0"
    result = correct_bytes(jpeg(segment(0xEC, ducky)), removing("captions"))
    assert "SECRET".encode("utf-16-be") not in result
    assert b"Ducky\0\1\0\4\0\0\0\x3c\0\3\0\2ab\0\0" in result


def trailers() -> dict[str, bytes]:
    """Return one trailer of each kind whose start is known, with a secret in it."""
    data = b"SECRET, of which only its maker knows the form"
    return {
        "FotoStation": data + b"\0\1" + (len(data) + 10).to_bytes(4, "big") + b"\xa1\xb2\xc3\xd4",
        "PhotoMechanic": data + len(data).to_bytes(4, "big") + b"cbipcbbl",
        "Canon VRD": b"CANON OPTIONAL DATA\0" + bytes(8) + data + b"CANON OPTIONAL DATA\0"
        + len(data).to_bytes(4, "big") + bytes(40),
        "MIE": data + b"~\0\4\0zmie~\0\0\6" + (len(data) + 18).to_bytes(4, "big") + b"\x10\4",
        "Insta360": data + bytes(34) + (len(data) + 74).to_bytes(4, "little") + bytes(4)
        + b"8db42d694ccc418790edff439fe026bf",
    }  # fmt: skip


@pytest.mark.parametrize("name", trailers())
def test_a_trailer_of_a_makers_own_is_refused_or_becomes_zeros(name: str) -> None:
    photo, trailer = jpeg(), trailers()[name]
    with pytest.raises(CorruptPhotoError, match=name):
        correct_bytes(photo + trailer, removing("location"))
    assert correct_bytes(photo + trailer, removing("location,maker-notes")) == photo + bytes(len(trailer))


def test_trailers_that_follow_each_other_all_go() -> None:
    photo, made = jpeg(), trailers()
    file = photo + made["MIE"] + made["FotoStation"] + made["Canon VRD"]
    assert b"SECRET" not in correct_bytes(file, removing("names,maker-notes"))


@pytest.mark.parametrize(
    "end",
    [
        bytes(6) + b"/NIKON APP",
        b"\xff\xff\xff\xff\x1b*9HWfu\x84\x93\xa2\xb1",
        b"jxrs123\0",
        b"\xff\xff\xff\xffcbipcbbl",
    ],
)
def test_a_trailer_whose_start_nobody_knows_is_refused_in_any_case(end: bytes) -> None:
    with pytest.raises(CorruptPhotoError, match="trailer"):
        correct_bytes(jpeg() + b"SECRET" + end, removing("location,maker-notes"))


def test_the_country_of_the_network_goes_from_samsungs_trailer() -> None:
    entry = bytes(2) + b"\xa1\x0a" + (8).to_bytes(4, "little") + b"MCC_Data" + b"240"
    table = b"SEFH" + (1).to_bytes(4, "little") * 2
    table += bytes(2) + b"\xa1\x0a" + b"".join(len(entry).to_bytes(4, "little") for _ in range(2))
    file = jpeg() + entry + table + len(table).to_bytes(4, "little") + b"SEFT"
    result = correct_bytes(file, removing("location"))
    assert result == file.replace(b"MCC_Data240", b"MCC_Data   ")
    assert correct_bytes(file, removing("names")) == file


@pytest.mark.parametrize("packet", [b"<broken", b"\xff\xfe\xfd", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'])
def test_xmp_that_cannot_be_read_is_refused_or_becomes_spaces(packet: bytes) -> None:
    file = jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    with pytest.raises(CorruptPhotoError) as error:
        correct_bytes(file, removing("location"))
    assert error.value.advice == "Remove maker-notes, too."
    assert correct_bytes(file, removing("location,maker-notes")) == file.replace(packet, b" " * len(packet))


def test_the_digest_of_iptc_records_in_a_tiff_stays_right() -> None:
    digest = md5(RECORDS, usedforsecurity=False).digest()
    file = tiffs.photo(
        {0x9003: text("2020:01:02 03:04:05")}, main={0x83BB: (7, RECORDS), 0x8649: (1, resource(0x0425, digest))}
    )
    result = correct_bytes(file, removing("names"))
    left = dataset(116, b"(c) somebody").ljust(len(RECORDS), b"\0")
    assert left in result
    assert md5(left, usedforsecurity=False).digest() in result
    assert digest not in result


def nikon_note() -> tuple[bytes, dict[str, bytes]]:
    """Return a note of Nikon's with a serial number, and what it encrypts with that number, or does not."""
    values = {"serial": b"NO= 3077412\0", "encrypted": b"0204" + b"e" * 20, "plain": b"0100" + b"p" * 20}
    fields = ((0x001D, 2, values["serial"]), (0x0097, 7, values["plain"]), (0x0098, 7, values["encrypted"]))
    table, data, at = len(fields).to_bytes(2, "little"), b"", 8 + 2 + 12 * len(fields) + 4
    for tag, kind, value in fields:
        numbers = ((tag, 2), (kind, 2), (len(value), 4), (at + len(data), 4))
        table += b"".join(number.to_bytes(size, "little") for number, size in numbers)
        data += value
    return b"Nikon\0\2\x10\0\0" + b"II*\0\x08\0\0\0" + table + bytes(4) + data, values


def test_what_nikon_encrypts_with_the_serial_number_goes_with_it() -> None:
    note, values = nikon_note()
    exif = piexif.dump({"0th": {271: b"NIKON CORPORATION"}, "Exif": {37500: note}})
    result = correct_bytes(jpeg(segment(0xE1, exif)), removing("serial-numbers"))
    assert values["plain"] in result
    assert values["serial"] not in result
    assert values["encrypted"] not in result
    assert result.count(b"\xff\xff\2\0") == result.count(b"\xff\xff\7\0") == 1


def test_a_serial_number_that_a_known_note_repeats_elsewhere_is_noticed() -> None:
    note, _ = nikon_note()
    exif = piexif.dump({"0th": {271: b"NIKON CORPORATION"}, "Exif": {37500: note, 37121: b"NO= 3077412"}})
    with pytest.raises(CorruptPhotoError, match="second time"):
        correct_bytes(jpeg(segment(0xE1, exif)), removing("serial-numbers"))


def test_a_phrase_that_a_camera_writes_into_every_photo_is_not_a_secret() -> None:
    exif = piexif.dump({"0th": {270: b"ACME DIGITAL CAMERA", 271: b"Acme"}, "Exif": {37500: b"?ACME DIGITAL CAMERA"}})
    found = piexif.load(correct_bytes(jpeg(segment(0xE1, exif)), removing("captions")))
    assert 270 not in found["0th"]
    assert found["Exif"][37500] == b"?ACME DIGITAL CAMERA"


@pytest.mark.parametrize(
    "block", [resource(0x0404, RECORDS + b"\0" + RECORDS), resource(0x0404, RECORDS) + b"8BIM?" + RECORDS]
)
def test_what_follows_the_end_of_records_or_resources_is_refused_or_becomes_zeros(block: bytes) -> None:
    file = jpeg(*photoshop(block))
    with pytest.raises(CorruptPhotoError, match="what follows"):
        correct_bytes(file, removing("names"))
    result = correct_bytes(file, removing("names,maker-notes"))
    assert len(result) == len(file)
    assert SECRET not in result
    assert b"(c) somebody" in result


def test_a_removed_field_beside_a_thumbnail_does_not_take_its_bytes_along() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 10, 10)).save(picture, "JPEG")
    exif = bytearray(
        piexif.dump({"Exif": {37500: b"M" * 32}, "1st": {513: 0, 514: 0}, "thumbnail": picture.getvalue()})
    )
    at = exif.index(b"\x92\x7c\0\7")
    exif[at + 4 : at + 8] = (len(exif) - 6 - exif.index(b"M" * 32) + 6).to_bytes(4, "big")  # a note that never ends
    result = correct_bytes(jpeg(segment(0xE1, bytes(exif))), removing("maker-notes"))
    assert picture.getvalue()[-400:] in result
    assert b"M" * 32 not in result
