"""Sample photos, made on the spot: each shows one thing that cameras or people do.

The Exif blocks are built here, byte by byte, so that the demo shares no code
with the editor that it checks. Structure: TIFF 6.0 section 2, Exif 2.32
section 4.6; marker segments: ITU-T T.81 annex B.
"""

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from galleria_cli.demo.verification import Capture

Order = Literal["<", ">"]
Value = int | bytes | str

_ASCII, _LONG, _UNDEFINED = 2, 4, 7
_MAKE, _THUMBNAIL_AT, _THUMBNAIL_BYTES, _EXIF_IFD = 0x010F, 0x0201, 0x0202, 0x8769
_INLINE_BYTES: Final = 4  # a value up to this long is in its entry (TIFF 6.0, page 15)
_DATE_TIME_ORIGINAL, _OFFSET_TIME_ORIGINAL, _MAKER_NOTE = 0x9003, 0x9011, 0x927C


@dataclass(frozen=True)
class Photo:
    """A photo to publish, and the expected result.

    Attributes
    ----------
    key
        Key in both buckets.
    data
        The file.
    correction
        User metadata that asks for a correction.
    expected
        Capture time and offset of the published copy; None: it must equal the original.
    outcome
        `published` or `rejected`; empty: either, but a rejection needs a reason.
    """

    key: str
    data: bytes = field(repr=False)
    correction: Mapping[str, str] = field(default_factory=dict)
    expected: Capture | None = None
    outcome: str = ""


def sample_photos() -> list[Photo]:
    """Make the samples of `galleria-storage demo`."""
    picture, thumbnail = _jpeg(480, 320), _jpeg(32, 24)
    return [
        Photo(
            "little-endian.jpg",
            _with_segments(picture, _exif("<", "2024:06:15 12:30:45")),
            {"timestamp-offset-hours": "-2", "target-timezone": "Europe/Stockholm"},
            Capture("2024:06:15 10:30:45", "+02:00"),
            "published",
        ),
        Photo(
            "big-endian maker note + thumbnail.jpg",
            _with_segments(picture, _exif(">", "2023:12:31 23:59:30", maker_note=True, thumbnail=thumbnail)),
            {"timestamp-offset-hours": "+00:00:45", "target-timezone-offset-hours": "+05:45"},
            Capture("2024:01:01 00:00:15", "+05:45"),
            "published",
        ),
        Photo(
            "offset in place.jpg",
            _with_segments(picture, _exif(">", "2019:03:04 05:06:07", offset="+00:00")),
            {"corrected-timestamp": "2019-03-04T07:06:07-03:30"},
            Capture("2019:03:04 07:06:07", "-03:30"),
            "published",
        ),
        Photo(
            "no Exif.jpg",
            picture,
            {"corrected-timestamp": "2024-06-15T10:30:45", "target-timezone-offset-hours": "-5"},
            Capture("2024:06:15 10:30:45", "-05:00"),
            "published",
        ),
        Photo(
            "xmp/travel 🌅.jpg",
            _with_segments(picture, _exif("<", "2024:11:02 22:15:00"), _xmp()),
            {"camera-timezone": "America/New_York", "target-timezone": "Asia/Tokyo"},
            Capture("2024:11:03 11:15:00", "+09:00"),
            "published",
        ),
        Photo(
            "100% winter.jpg",
            _with_segments(picture, _exif("<", "2024:01:20 09:00:00")),
            {"target-timezone": "Europe/Stockholm"},
            Capture("2024:01:20 09:00:00", "+01:00"),
            "published",
        ),
        Photo(
            "nothing to correct.jpg", _with_segments(picture, _exif(">", "2020:02:29 12:00:00")), {}, None, "published"
        ),
        Photo("drawing.png", _image(64, 64, "PNG"), {}, None, "published"),
        Photo(
            "wrong date.jpg",
            _with_segments(picture, _exif("<", "2024:06:15 12:30:45")),
            {"corrected-timestamp": "yesterday"},
            None,
            "rejected",
        ),
        Photo("page.jpg", b"<!DOCTYPE html><script>alert(1)</script>", {}, None, "rejected"),
    ]


def _jpeg(width: int, height: int) -> bytes:
    return _image(width, height, "JPEG")


def _image(width: int, height: int, form: str) -> bytes:
    from PIL import Image  # noqa: PLC0415 # belongs to the extra `local`

    red, green = Image.linear_gradient("L"), Image.radial_gradient("L")
    picture = Image.merge("RGB", (red, green, Image.new("L", red.size, 96))).resize((width, height))
    buffer = io.BytesIO()
    picture.save(buffer, form)
    return buffer.getvalue()


def _with_segments(jpeg: bytes, *payloads: bytes) -> bytes:
    """Put APP1 segments after APP0 (JFIF must come first)."""
    end = 4 + struct.unpack(">H", jpeg[4:6])[0]
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload for payload in payloads)
    return jpeg[:end] + segments + jpeg[end:]


def _xmp() -> bytes:
    packet = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
    return b"http://ns.adobe.com/xap/1.0/\0" + packet.encode()


def _exif(order: Order, taken: str, *, offset: str = "", maker_note: bool = False, thumbnail: bytes = b"") -> bytes:
    """Build the payload of an Exif APP1 segment: IFD0, the Exif IFD, and IFD1 with a thumbnail."""
    main: dict[int, Value] = {_MAKE: "Sample Camera", _EXIF_IFD: 0}
    exif: dict[int, Value] = {_DATE_TIME_ORIGINAL: taken}
    if offset:
        exif[_OFFSET_TIME_ORIGINAL] = offset
    if maker_note:
        exif[_MAKER_NOTE] = b"SAMPLE\0\0" + bytes(range(256)) * 4
    exif_at = 8 + len(_ifd(order, main, 8, 0))
    next_at = exif_at + len(_ifd(order, exif, exif_at, 0))
    main[_EXIF_IFD] = exif_at
    block = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}L", 8)
    block += _ifd(order, main, 8, next_at if thumbnail else 0) + _ifd(order, exif, exif_at, 0)
    if thumbnail:
        small: dict[int, Value] = {_THUMBNAIL_AT: 0, _THUMBNAIL_BYTES: len(thumbnail)}
        small[_THUMBNAIL_AT] = next_at + len(_ifd(order, small, next_at, 0))
        block += _ifd(order, small, next_at, 0) + thumbnail
    return b"Exif\0\0" + block


def _ifd(order: Order, entries: Mapping[int, Value], at: int, next_at: int) -> bytes:
    """Build one IFD that starts at offset `at`, followed by its long values."""
    values_at = at + 2 + 12 * len(entries) + 4
    table, values = struct.pack(f"{order}H", len(entries)), b""
    for tag, value in sorted(entries.items()):
        kind, count, data = _encode(order, value)
        if len(data) > _INLINE_BYTES:
            inline = struct.pack(f"{order}L", values_at + len(values))
            values += data + b"\0" * (len(data) % 2)
        else:
            inline = data.ljust(_INLINE_BYTES, b"\0")
        table += struct.pack(f"{order}HHL", tag, kind, count) + inline
    return table + struct.pack(f"{order}L", next_at) + values


def _encode(order: Order, value: Value) -> tuple[int, int, bytes]:
    """Return type, count and bytes of a value."""
    if isinstance(value, str):
        text = value.encode("ascii") + b"\0"
        return _ASCII, len(text), text
    if isinstance(value, bytes):
        return _UNDEFINED, len(value), value
    return _LONG, 1, struct.pack(f"{order}L", value)
