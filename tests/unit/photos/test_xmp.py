"""XMP packets: properties are found in every encoding and spelling, and changed without moving a byte."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.xmp import Name, Packet, Property

EXIF = "http://ns.adobe.com/exif/1.0/"
XMP = "http://ns.adobe.com/xap/1.0/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TIME = Name(EXIF, "DateTimeOriginal")
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-32-be", "utf-32"]


def packet(attributes: str = "", elements: str = "") -> str:
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:e="{EXIF}" xmlns:xmp="{XMP}" {attributes}>'
        f'{elements}</rdf:Description></rdf:RDF></x:xmpmeta>\n   <?xpacket end="w"?>'
    )


AS_ATTRIBUTE = packet('xmp:Label="é — ü" e:DateTimeOriginal="2020-01-02T03:04:05"')
AS_ELEMENT = packet(elements="<xmp:Label>é — ü</xmp:Label><e:DateTimeOriginal>2020-01-02T03:04:05</e:DateTimeOriginal>")


def one(found: Packet, name: Name) -> Property:
    [only] = [each for each in found.properties if each.name == name]
    return only


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", [AS_ATTRIBUTE, AS_ELEMENT], ids=["attribute", "element"])
def test_a_value_is_overwritten_in_place_in_every_encoding(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    found = Packet(data)
    time = one(found, TIME)
    assert time.value == "2020-01-02T03:04:05"
    at, removed, new = found.overwrite(time.text, "2024-06-15T10:30:45")
    result = data[:at] + new + data[at + removed :]
    assert result.decode(encoding) == text.replace("2020-01-02T03:04:05", "2024-06-15T10:30:45")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", [AS_ATTRIBUTE, AS_ELEMENT], ids=["attribute", "element"])
def test_a_property_that_is_blanked_is_gone_and_nothing_else_is(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    found = Packet(data)
    at, removed, new = found.blank(one(found, TIME).whole)
    result = data[:at] + new + data[at + removed :]
    assert len(result) == len(data)
    names = {each.name for each in Packet(result).properties}
    assert names == {each.name for each in found.properties} - {TIME}


def test_what_is_inside_of_something_comes_with_its_path_and_before_it() -> None:
    text = packet(elements="<e:Flash><rdf:Description><e:Fired>True</e:Fired></rdf:Description></e:Flash>")
    found = Packet(text.encode())
    fired, flash = one(found, Name(EXIF, "Fired")), one(found, Name(EXIF, "Flash"))
    assert fired.path == (Name("adobe:ns:meta/", "xmpmeta"), Name(EXIF, "Flash"))
    assert flash.value is None
    assert flash.whole.start < fired.whole.start < fired.whole.stop < flash.whole.stop
    assert found.properties.index(fired) < found.properties.index(flash)


@pytest.mark.parametrize("value", ["2020&#45;01-02", "<![CDATA[2020]]>", "a &amp; b"])
def test_a_value_that_is_not_written_as_it_reads_is_not_offered(value: str) -> None:
    found = Packet(packet(elements=f"<e:DateTimeOriginal>{value}</e:DateTimeOriginal>").encode())
    assert one(found, TIME).value is None


def test_quotes_and_signs_in_attributes_are_understood() -> None:
    text = packet("""xmp:Label='say "x" > y' e:DateTimeOriginal = '2020-01-02'""")
    found = Packet(text.encode())
    assert one(found, TIME).value == "2020-01-02"
    assert one(found, Name(XMP, "Label")).value == 'say "x" > y'


def test_an_empty_element_has_an_empty_value() -> None:
    time = one(Packet(packet(elements="<e:DateTimeOriginal/>").encode()), TIME)
    assert (time.value, time.whole.stop - time.whole.start) == ("", len("<e:DateTimeOriginal/>"))


def test_padding_of_zeros_after_the_packet_is_ignored() -> None:
    assert one(Packet(AS_ELEMENT.encode() + bytes(100)), TIME).value


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (b"<x>", "well-formed"),
        (b"<x>\xff</x>", "UTF-8"),
        (b"<a>" * 100 + b"</a>" * 100, "too deep"),
        (b"<x>" + b"<a/>" * 60_000 + b"</x>", "too many"),
        (b" " * (16 * 1024 * 1024 + 1), "at most"),
    ],
)
def test_what_could_hurt_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(CorruptPhotoError, match=words):
        Packet(data)


def test_a_text_of_another_length_is_refused() -> None:
    found = Packet(AS_ELEMENT.encode())
    with pytest.raises(CorruptPhotoError, match="same length"):
        found.overwrite(one(found, TIME).text, "2024")


letters = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="<&\"'"), max_size=9)


@given(letters, letters, st.sampled_from(ENCODINGS))
def test_expat_and_an_independent_parser_read_the_same(label: str, other: str, encoding: str) -> None:
    text = packet(f'xmp:Label="{label}"', f"<e:Other>{other}</e:Other>")
    found = Packet(text.encode(encoding))
    description = ET.fromstring(text)[0][0]  # noqa: S314 # built above
    assert one(found, Name(XMP, "Label")).value == description.get(f"{{{XMP}}}Label")
    assert one(found, Name(EXIF, "Other")).value == (description[0].text or "")
