"""The dates in an XMP packet, and where each is; also in a packet that is not well-formed, which readers forgive.

XMP specification part 2; Exif for XMP (CIPA DC-010). The names are those of
dates that programs show. Others count as dates only if they name the very
second: makers and programs have many of their own.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.moments import spelled
from galleria_storage.photos.plan import Patch, Span
from galleria_storage.photos.source import RangedSource
from galleria_storage.photos.xmp import RDF, Name, Packet

_EXIF, _XMP = "http://ns.adobe.com/exif/1.0/", "http://ns.adobe.com/xap/1.0/"
XMP_DATES: Final = {
    Name(_EXIF, "DateTimeOriginal"): "exif:DateTimeOriginal",
    Name(_EXIF, "DateTimeDigitized"): "exif:DateTimeDigitized",
    Name("http://ns.adobe.com/photoshop/1.0/", "DateCreated"): "photoshop:DateCreated",
    Name("http://ns.adobe.com/tiff/1.0/", "DateTime"): "tiff:DateTime",
    Name(_XMP, "CreateDate"): "xmp:CreateDate",
    Name(_XMP, "ModifyDate"): "xmp:ModifyDate",
}
#: What was done to the file, step by step (XMP specification part 2, ResourceEvent): not a date of the photo.
_HISTORY: Final = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
MAX_LOOSE: Final = 256 * 1024
"""Bytes of a packet that is not well-formed; more are not searched."""

_DECLARED: Final = re.compile(rb"""xmlns:([\w.-]{1,32})\s{0,8}=\s{0,8}["']([^"'<>]{1,200})["']""")
_LOOSE: Final = re.compile(
    rb"""\b([\w.-]{1,32}):([\w.-]{1,64})\s{0,8}(?:=\s{0,8}["']|>)(\d[\d:/.T Z+-]{7,39})(?=["'<])""", re.ASCII
)


class XmpDate(NamedTuple):
    """A date in a packet.

    Attributes
    ----------
    name
        Its name with the usual prefix.
    is_known
        Whether it is one of the dates that programs show.
    text
        Its text; empty if it is written in a way that cannot be changed in place.
    span
        Where the text is, as `patched` takes it.
    """

    name: str
    is_known: bool
    text: str
    span: Span


class XmpDates:
    """All dates of a packet.

    Parameters
    ----------
    source
        The packet.

    Attributes
    ----------
    found
        The dates, in the order of the packet.
    is_damaged
        True if the packet is not well-formed; then there may be more.
    """

    def __init__(self, source: RangedSource) -> None:
        data = source.read(0, source.size)
        self._packet: Packet | None = None
        try:
            self._packet = Packet(data)
        except CorruptPhotoError:
            self.found = list(_loose(data))
        else:
            self.found = list(_dates(self._packet))
        self.is_damaged = self._packet is None

    def patched(self, span: Span, text: str) -> Patch:
        """Return the patch of the packet that writes a text of the same length over a span."""
        if self._packet:
            return self._packet.overwrite(span, text)
        return Patch(span.start, len(text), text.encode("latin-1"))


def _dates(packet: Packet) -> Iterator[XmpDate]:
    for found in packet.properties:
        name = found.name
        if name.namespace == RDF and found.path:  # one of a list
            name = found.path[-1]
        if found.value is None:
            if known := XMP_DATES.get(found.name):
                yield XmpDate(known, is_known=True, text="", span=found.text)
        elif found.value:
            yield from _date(name, found.value, found.text)


def _date(name: Name, text: str, span: Span) -> Iterator[XmpDate]:
    if known := XMP_DATES.get(name):
        yield XmpDate(known, is_known=True, text=text, span=span)
    elif name.namespace != _HISTORY and "gps" not in name.local.lower():
        date = spelled(text)
        if date and date.is_exact:
            yield XmpDate("another date", is_known=False, text=text, span=span)  # its name may be anything


def _loose(data: bytes) -> Iterator[XmpDate]:
    """Yield the dates of a packet in an encoding like ASCII, whose markup is wrong somewhere."""
    if len(data) > MAX_LOOSE:
        return
    namespaces = {found[1]: found[2].decode("latin-1") for found in _DECLARED.finditer(data)}
    for found in _LOOSE.finditer(data):
        name = Name(namespaces.get(found[1], ""), found[2].decode("latin-1"))
        yield from _date(name, found[3].decode("latin-1"), Span(*found.span(3)))
