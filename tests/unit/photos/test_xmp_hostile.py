"""XMP as anyone might write it: only the property changes, whatever surrounds it; hostile packets do no harm."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.dates import change_of, follow
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.plan import Plan
from galleria_storage.photos.private.removal import Removal, removal_patches
from galleria_storage.photos.source import BytesSource
from galleria_storage.photos.xmp import Packet

EXIF, DC = "http://ns.adobe.com/exif/1.0/", "http://purl.org/dc/elements/1.1/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OLD, NEW = CaptureTags("2020:01:02 03:04:05"), CaptureTags("2024:06:15 10:30:45")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]

prefixes = st.from_regex(r"[a-z_é][a-z0-9._é-]{0,5}", fullmatch=True).filter(lambda name: not name.startswith("xml"))
plain = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="<>&\"'\ufeff"), max_size=8
)
noise = st.one_of(
    plain.map(lambda text: f"<!-- {text.replace('-', '')} 2020-01-02T03:04:05 -->"),
    plain.map(lambda text: f"<![CDATA[{text} 2020-01-02T03:04:05 <dc:creator>]]>"),
    plain.map(lambda text: f"<?note {text.replace('?', '')} e:DateTimeOriginal='2020-01-02T03:04:05'?>"),
    st.sampled_from(["&#65;&amp;", "&lt;dc:creator&gt;", "\n\t ", ""]),
)
quotes = st.sampled_from(["'", '"'])
spaces = st.sampled_from(["", " ", "\n\t"])


@st.composite
def packets(draw: st.DrawFn, date: str, name: str) -> str:
    """Return a packet with one capture time and one creator, in any form; what is not drawn is the same each time."""
    exif, dc, other, rdf = (f"{draw(prefixes)}{number}" for number in range(4))
    quote, gap = draw(quotes), draw(spaces)
    attributes, elements = [], [draw(noise)]
    for prefix, local, value in ((exif, "DateTimeOriginal", date), (dc, "creator", name), (other, "Kept", draw(plain))):
        if draw(st.booleans()):
            attributes.append(f"{prefix}:{local}{gap}={gap}{quote}{value}{quote}")
        else:
            elements.append(f"<{prefix}:{local}{gap}>{value}</{prefix}:{local}{gap}>{draw(noise)}")
    names = ((exif, EXIF), (dc, DC), (other, "http://example.org/"), (rdf, RDF))
    declared = " ".join(f"xmlns:{prefix}{gap}={quote}{uri}{quote}" for prefix, uri in names)
    order = draw(st.permutations([declared, *attributes]))
    body = "".join(draw(st.permutations(elements)))
    return f"<{rdf}:Description {' '.join(order)}{gap}>{body}</{rdf}:Description>"


def block_of(data: bytes) -> Block:
    return Block("xmp", "XMP", BytesSource(data), list)


def followed(data: bytes) -> bytes:
    block = block_of(data)
    return follow(block.source, [block], change_of([block], OLD, NEW), NEW).plan.apply(data)


def without_names(data: bytes) -> bytes:
    patches = list(removal_patches([block_of(data)], Removal.of(["names"])))
    return Plan(len(data), patches, CaptureTags(), CaptureTags()).apply(data)


def facts(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return tags, attributes and texts as an independent parser reads them, white space aside."""
    root = ET.fromstring(text)  # noqa: S314 # built above
    return [(each.tag, each.attrib, "".join(f"{each.text or ''}{each.tail or ''}".split())) for each in root.iter()]


@settings(max_examples=50)
@given(st.data(), st.sampled_from(ENCODINGS))
def test_a_date_changes_where_it_is_and_nothing_else(data: st.DataObject, encoding: str) -> None:
    text = data.draw(packets("2020-01-02T03:04:05", "Ada"))
    result = followed(text.encode(encoding)).decode(encoding)
    assert len(result) == len(text)
    start = next(at for at, (before, after) in enumerate(zip(text, result, strict=True)) if before != after) - 3
    assert text[start:].startswith("2020-01-02T03:04:05")
    assert text[:start] + "2024-06-15T10:30:45" + text[start + 19 :] == result
    was, now = facts(text), facts(result)
    moved = [(one, two) for one, two in zip(was, now, strict=True) if one != two]
    assert len(moved) == 1
    assert f"{{{EXIF}}}DateTimeOriginal" in {moved[0][0][0], *moved[0][0][1]}


@settings(max_examples=50)
@given(st.data(), st.sampled_from(ENCODINGS))
def test_a_name_goes_with_its_markup_and_nothing_else(drawn: st.DataObject, encoding: str) -> None:
    text = drawn.draw(packets("2020-01-02T03:04:05", "Ada"))
    data = text.encode(encoding)
    result = without_names(data).decode(encoding)
    assert len(result.encode(encoding)) == len(data)
    tag = f"{{{DC}}}creator"
    now = facts(result)
    assert not any(tag == name or tag in attributes for name, attributes, _ in now)
    kept = [
        (name, {key: value for key, value in attributes.items() if key != tag}) for name, attributes, _ in facts(text)
    ]
    assert [(name, attributes) for name, attributes, _ in now] == [each for each in kept if each[0] != tag]


@settings(max_examples=50)
@given(st.data(), st.sampled_from(ENCODINGS))
def test_a_damaged_packet_is_refused_or_only_its_dates_change(data: st.DataObject, encoding: str) -> None:
    whole = bytearray(data.draw(packets("2020-01-02T03:04:05", "Ada")).encode(encoding))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    packet = bytes(whole)
    result = followed(packet)
    assert len(result) == len(packet)
    old, new = ("".join(chr(byte) for byte in data if byte) for data in (packet, result))
    assert re.sub(DATE, "", old) == re.sub(DATE, "", new)
    try:
        without_names(packet)
    except CorruptPhotoError:
        return


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "head",
    [
        f'<!DOCTYPE lolz [<!ENTITY l0 "lol">{BOMB}]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">%p;]>',
        '<!DOCTYPE x [<!ATTLIST x a CDATA "default">]>',
    ],
)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_document_type_is_ever_expanded(head: str, encoding: str) -> None:
    with pytest.raises(CorruptPhotoError, match="document type"):
        Packet(f'<?xml version="1.0"?>{head}<x>&l9;</x>'.encode(encoding))


@pytest.mark.parametrize("body", ["<x>&l9;</x>", "<x a='&l9;'/>", "<p:x/>", '<x a="1" a="2"/>', "<x><y></x></y>"])
def test_what_is_not_declared_or_not_nested_is_refused(body: str) -> None:
    with pytest.raises(CorruptPhotoError, match="well-formed"):
        Packet(body.encode())


def test_an_encoding_that_the_packet_claims_does_not_count() -> None:
    text = f'<?xml version="1.0" encoding="UTF-16"?><a xmlns:e="{EXIF}" e:DateTimeOriginal="2020-01-02T03:04:05"/>'
    assert followed(text.encode()) == text.replace("2020-01-02T03:04:05", "2024-06-15T10:30:45").encode()
