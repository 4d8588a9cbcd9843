"""An independent check of a published photo, which shares no code with the editor.

Capture times are read by Pillow and, if it can, by piexif. That the picture is untouched is checked by comparing the
bytes from the first SOS marker on (ITU-T T.81, B.1.1.2 and B.2.3), and every segment before it.
"""

import io
import struct
import warnings
from dataclasses import dataclass
from typing import Final

_SOI, _SOS, _APP1, _APP2 = 0xD8, 0xDA, 0xE1, 0xE2
_EXIF: Final = b"Exif\0\0"
_EXIF_IFD, _DATE_TIME_ORIGINAL, _OFFSET_TIME_ORIGINAL = 0x8769, 0x9003, 0x9011


@dataclass(frozen=True)
class Capture:
    """Capture time and offset as texts; empty where the photo has none."""

    time: str = ""
    offset: str = ""


def is_jpeg(data: bytes) -> bool:
    """Whether a file is a JPEG, by its first bytes."""
    return data.startswith(b"\xff\xd8\xff")


def read_capture(data: bytes) -> Capture:
    """Read the capture time of a JPEG with Pillow; empty if Pillow cannot read it."""
    if not is_jpeg(data):
        return Capture()
    from PIL import Image  # noqa: PLC0415 # belongs to the extra `local`

    for block in _exif_blocks(data):
        exif = Image.Exif()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow warns about every damaged value; only two matter here
                exif.load(block)
                tags = exif.get_ifd(_EXIF_IFD)
        except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
            continue  # a damaged block; the next one may be readable
        return Capture(_text(tags.get(_DATE_TIME_ORIGINAL)), _text(tags.get(_OFFSET_TIME_ORIGINAL)))
    return Capture()


def problems(original: bytes, published: bytes, expected: Capture | None) -> list[str]:
    """Compare a published photo with its original.

    Parameters
    ----------
    original, published
        The two files.
    expected
        Capture time and offset of the copy; None: the files must be equal.

    Returns
    -------
    list of str
        What is wrong; empty if nothing is.
    """
    if expected is None:
        return [] if original == published else ["the copy differs from the original, although nothing was asked"]
    if not is_jpeg(published):
        return ["the copy is not a JPEG"]
    found = []
    if _picture(original) != _picture(published):
        found.append("the image data differ")
    if _other_segments(original) != _other_segments(published):
        found.append("a segment that has nothing to do with Exif differs")
    if (read := read_capture(published)) != expected:
        found.append(f"Pillow reads {read.time} {read.offset}, expected {expected.time} {expected.offset}")
    # piexif counts only if it reads the original right: it drops the last letter of a text that does not end with NUL.
    if _read_by_piexif(original) == read_capture(original) and (second := _read_by_piexif(published)) != expected:
        found.append(f"piexif reads {second}, expected {expected}")
    return found


def _segments(data: bytes) -> tuple[list[tuple[int, bytes]], int]:
    """Return all segments before the first SOS as (marker, payload), and where the SOS begins."""
    found: list[tuple[int, bytes]] = []
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:  # noqa: PLR2004 # every marker begins with it
            break
        marker = data[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 # fill byte, B.1.1.2
            at += 1
            continue
        if marker == _SOS:
            return found, at
        size = struct.unpack_from(">H", data, at + 2)[0]
        found.append((marker, data[at + 4 : at + 2 + size]))
        at += 2 + size
    return found, len(data)


def _picture(data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]], bytes]:
    """Return the image data, the parts of an AFCP trailer by name, and what follows it.

    The trailer's offsets count from the start of the file (AXS File Concatenation Protocol 1.0), so they change when
    the file grows; what they lead to is compared instead.
    """
    image = _segments(data)[1]
    end = max(data.rfind(b"AXS!"), data.rfind(b"AXS*"))
    if image < end <= len(data) - 12:
        order = ">" if data[end + 3] == ord("!") else "<"
        (start,) = struct.unpack_from(f"{order}I", data, end + 4)
        if image < start <= end - 12 and data[start : start + 4] == data[end : end + 4]:
            (count,) = struct.unpack_from(f"{order}H", data, start + 6)
            entries = data[start + 12 : min(start + 12 + 12 * count, end)]
            parts = struct.iter_unpack(f"{order}4sII", entries[: len(entries) // 12 * 12])
            return data[image:start], [(name, data[at : at + size]) for name, size, at in parts], data[end + 8 :]
    return data[image:], [], b""


def _other_segments(data: bytes) -> list[tuple[int, bytes]]:
    """Return all segments except Exif and MPF, whose offsets count from the start of the file and may change."""
    return [
        (marker, b"MPF" if marker == _APP2 and payload.startswith(b"MPF\0") else payload)
        for marker, payload in _segments(data)[0]
        if not (marker == _APP1 and payload.startswith(_EXIF))
    ]


def _exif_blocks(data: bytes) -> list[bytes]:
    return [payload for marker, payload in _segments(data)[0] if marker == _APP1 and payload.startswith(_EXIF)]


def _read_by_piexif(data: bytes) -> Capture | None:
    """Read with piexif; None if it cannot read the photo at all."""
    import piexif  # noqa: PLC0415 # only the demo reads with it

    try:
        tags = piexif.load(io.BytesIO(data).getvalue())["Exif"]
    except (piexif.InvalidImageDataError, struct.error, ValueError, KeyError, IndexError, TypeError, OverflowError):
        return None
    return Capture(_text(tags.get(_DATE_TIME_ORIGINAL)), _text(tags.get(_OFFSET_TIME_ORIGINAL)))


def _text(value: object) -> str:
    """Return an Exif text up to its first NUL (Exif 2.32, 4.6.2: ASCII ends with NUL)."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return value.partition("\0")[0].strip() if isinstance(value, str) else ""
