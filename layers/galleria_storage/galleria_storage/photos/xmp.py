"""An XMP packet as text: where each property is, so that it can be changed without rewriting the packet.

XMP specification part 1 (ISO 16684-1) 7: a packet is RDF/XML in UTF-8, UTF-16 or
UTF-32; a simple property is an attribute of, or an element in, rdf:Description.
Expat parses it and gives positions. Nothing is serialised: a change
overwrites the characters of a value, and a removal overwrites an attribute or
an element with spaces, which XML ignores there.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.plan import Patch, Span
from galleria_storage.photos.refusals import damaged

MAX_PACKET: Final = 16 * 1024 * 1024
"""Bytes of the largest packet that is read; extended XMP may contain pictures."""

MAX_PROPERTIES: Final = 50_000
MAX_DEPTH: Final = 64
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SEPARATOR: Final = "\x1f"
_ATTRIBUTE: Final = re.compile(rb"""([^\s=<>/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG_END: Final = re.compile(rb"""(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_ENCODINGS: Final = (
    (BOM_UTF8, "utf-8"),
    (BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (BOM_UTF32_BE, "utf-32-be"),
    (BOM_UTF16_LE, "utf-16-le"),
    (BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)


class Name(NamedTuple):
    """The name of a property: its namespace and local name; the prefix does not matter."""

    namespace: str
    local: str


class Property(NamedTuple):
    """One property, or one node of its value.

    Attributes
    ----------
    name
        Its name.
    path
        Names of the elements around it, outermost first, without those of RDF.
    value
        Its text; None if it contains elements, or is written with entities or a CDATA section.
    text
        Where the text is, in characters of the packet in UTF-8.
    whole
        Where the attribute or element is, with its markup.
    """

    name: Name
    path: tuple[Name, ...]
    value: str | None
    text: Span
    whole: Span


class Packet:
    """A parsed packet.

    Parameters
    ----------
    data
        The packet, padding and all.

    Attributes
    ----------
    properties
        In the order in which they end: inner ones before outer ones. An empty packet has none.

    Raises
    ------
    CorruptPhotoError
        It is not XML, has a document type or entities, or exceeds a limit.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_PACKET:
            raise damaged(f"its XMP has {len(data):,} bytes; at most {MAX_PACKET:,} are read")
        self._mark, self._encoding = _encoding_of(data)
        try:
            self._utf8 = data[self._mark :].decode(self._encoding).encode()
        except UnicodeError as error:
            raise damaged(f"its XMP is not {self._encoding.upper()}") from error
        content = self._utf8.strip(b"\0 \r\n\t")
        self.properties = _Parser(self._utf8.rstrip(b"\0 \r\n\t")).properties if content else []

    def overwrite(self, span: Span, text: str) -> Patch:
        """Return the patch of the packet that writes a text of the same length over a span.

        Raises
        ------
        CorruptPhotoError
            It does not have as many bytes as what it replaces.
        """
        start, stop = self._place(span.start), self._place(span.stop)
        data = text.encode(self._encoding)
        if len(data) != stop - start:
            raise CorruptPhotoError("an XMP property can only be replaced by one of the same length")
        return Patch(start, stop - start, data)

    def blank(self, span: Span) -> Patch:
        """Return the patch of the packet that writes spaces over a span."""
        start, stop = self._place(span.start), self._place(span.stop)
        space = " ".encode(self._encoding)
        return Patch(start, stop - start, space * ((stop - start) // len(space)))

    def raw(self, span: Span) -> bytes:
        """Return what a span holds, in UTF-8, as it is written."""
        return self._utf8[span.start : span.stop]

    def _place(self, at: int) -> int:
        """Return the offset in the packet of an offset in its UTF-8 form."""
        if self._encoding == "utf-8":
            return self._mark + at
        return self._mark + len(self._utf8[:at].decode().encode(self._encoding))


def _encoding_of(data: bytes) -> tuple[int, str]:
    """Return the size of the byte order mark and the encoding (XML 1.0 appendix F)."""
    for start, encoding in _ENCODINGS:
        if data.startswith(start):
            return (0 if start.strip(b"\0") == b"<" else len(start)), encoding
    return 0, "utf-8"


class _Open(NamedTuple):
    """An element that has not ended yet."""

    name: Name
    start: int
    content: int
    #: Number of properties when it began; if there are more at its end, it contains some.
    known: int


class _Parser:
    """Collects properties while expat parses."""

    def __init__(self, data: bytes) -> None:
        from xml.parsers.expat import ExpatError, ParserCreate  # noqa: PLC0415 # lazy: few edits need it

        self.properties: list[Property] = []
        self._data = data
        self._open: list[_Open] = []
        self._expat = ParserCreate("utf-8", _SEPARATOR)
        self._expat.ordered_attributes = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        try:
            self._expat.Parse(data, True)
        except ExpatError as error:
            raise damaged("its XMP is not well-formed XML") from error

    @staticmethod
    def _refuse_doctype(*_: object) -> None:
        raise damaged("its XMP has a document type, which XMP does not allow")

    def _start(self, name: str, attributes: list[str]) -> None:
        at = self._expat.CurrentByteIndex
        tag = _TAG_END.match(self._data, at)
        if tag is None or len(self._open) > MAX_DEPTH or len(self.properties) > MAX_PROPERTIES:
            raise damaged("its XMP has too many elements, or too deep ones")
        path = self._path()
        places = [found for found in _ATTRIBUTE.finditer(tag[0]) if not _is_declaration(found[1])]
        for found, attribute, value in zip(places, attributes[::2], attributes[1::2], strict=True):
            group = 2 if found[2] is not None else 3
            text = Span(at + found.start(group), at + found.end(group))
            whole = Span(at + found.start(), at + found.end())
            plain = value if found[group] == value.encode() else None
            self.properties.append(Property(_name(attribute), (*path, _name(name)), plain, text, whole))
        self._open.append(_Open(_name(name), at, tag.end(), len(self.properties)))

    def _end(self, _name: str) -> None:
        element, at = self._open.pop(), self._expat.CurrentByteIndex
        if self._data.endswith(b"/>", 0, element.content):
            text, whole = Span(element.content, element.content), Span(element.start, element.content)
        else:
            text, whole = Span(element.content, at), Span(element.start, self._data.index(b">", at) + 1)
        raw = self._data[text.start : text.stop]
        is_plain = len(self.properties) == element.known and b"<" not in raw and b"&" not in raw
        self.properties.append(Property(element.name, self._path(), raw.decode() if is_plain else None, text, whole))

    def _path(self) -> tuple[Name, ...]:
        return tuple(element.name for element in self._open if element.name.namespace != RDF)


def _is_declaration(name: bytes) -> bool:
    return name == b"xmlns" or name.startswith(b"xmlns:")


def _name(name: str) -> Name:
    namespace, _, local = name.rpartition(_SEPARATOR)
    return Name(namespace, local)
