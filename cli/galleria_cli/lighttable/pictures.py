"""A small picture of a photo: the one that its camera embedded, or one made from the photo itself."""

import io
import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, cast

from galleria_storage.errors import GalleriaError, UnsupportedFormatError
from galleria_storage.photos.formats import format_of, is_correctable
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.sniff import recognise
from galleria_storage.photos.source import RangedSource, WindowSource
from galleria_storage.photos.tiff.images import picture_spans
from galleria_storage.photos.tiff.tables import TiffTables

if TYPE_CHECKING:
    from PIL.Image import Image

_ORIENTATION: Final = 0x0112
_SHORT: Final = 3
_JPEG_START: Final = b"\xff\xd8\xff"
_QUALITY: Final = 80
#: An embedded picture is used if it is at most this much smaller than requested.
_SMALLEST: Final = 0.6
_LARGEST_EMBEDDED: Final = 16 * 1024 * 1024
_LARGEST_FILE: Final = 512 * 1024 * 1024
#: What Pillow's decoders raise on damaged files.
_DAMAGED: Final = (
    OSError, EOFError, ValueError, TypeError, SyntaxError, LookupError, ArithmeticError, AttributeError, RuntimeError,
    MemoryError, struct.error,
)  # fmt: skip


def small_picture(source: RangedSource, edge: int) -> bytes:
    """Return an upright JPEG without metadata, whose longer edge has at most `edge` pixels.

    Raises
    ------
    UnsupportedFormatError
        It is not a picture, or cannot be shown.
    """
    media = recognise(source)
    kind = media.media_type if media else ""
    if not kind.startswith("image/"):
        raise UnsupportedFormatError("there is no picture of it")
    for attempt in (_embedded, _of_raw, _decoded):
        found = attempt(source, kind, edge)
        if found is not None:
            return found
    raise UnsupportedFormatError("it cannot be shown")


def _embedded(source: RangedSource, kind: str, edge: int) -> bytes | None:
    """Return the smallest embedded JPEG that is large enough."""
    if not is_correctable(kind):
        return None
    try:
        blocks = format_of(kind).metadata(source)
    except GalleriaError:
        return None
    orientation, pictures = 1, list[RangedSource]()
    for block in blocks:
        if block.kind == "exif":
            turned, found = _jpegs(block)
            orientation = turned or orientation
            pictures += found
    for picture in sorted(pictures, key=lambda one: one.size):
        data = picture.read(0, picture.size)
        if (shown := _shrunk(data, edge, orientation, least=round(edge * _SMALLEST))) is not None:
            return shown
    return None


def _jpegs(block: Block) -> tuple[int, list[RangedSource]]:
    """Return the orientation in a block (0: none), and the JPEGs in it."""
    try:
        tables = TiffTables(block.source, lenient=True)
    except GalleriaError:
        return 0, []
    fields = [field for field in tables.main.find({_ORIENTATION}) if field.type == _SHORT]
    orientation = tables.numbers(fields[0])[0] if fields else 0
    return orientation, list(_whole_jpegs(tables, block.source))


def _whole_jpegs(tables: TiffTables, source: RangedSource) -> Iterator[RangedSource]:
    for table in tables.all:
        try:
            spans = picture_spans(tables, table)
        except GalleriaError:
            continue
        for span in spans:
            size = span.stop - span.start
            if size <= _LARGEST_EMBEDDED and source.read(span.start, 3) == _JPEG_START:
                yield WindowSource(source, span.start, size)


def _of_raw(source: RangedSource, kind: str, edge: int) -> bytes | None:
    """Return the preview of a RAW file whose tables do not list it (CR3, RAF, RW2)."""
    if not kind.startswith("image/x-") or source.size > _LARGEST_FILE:
        return None
    try:
        import rawpy  # noqa: PLC0415 # belongs to the extra `look`
    except ImportError:
        return None
    try:
        with rawpy.imread(io.BytesIO(source.read(0, source.size))) as raw:
            thumb = raw.extract_thumb()
            turn = {3: 3, 5: 8, 6: 6}.get(raw.sizes.flip, 1)
    except (rawpy.LibRawError, ValueError):
        return None
    return _shrunk(bytes(thumb.data), edge, turn) if thumb.format == rawpy.ThumbFormat.JPEG else None


def _decoded(source: RangedSource, kind: str, edge: int) -> bytes | None:
    if source.size > _LARGEST_FILE:
        return None
    if kind.startswith(("image/hei", "image/avi", "image/hej")):
        try:
            from pillow_heif import register_heif_opener  # noqa: PLC0415 # belongs to the extra `look`
        except ImportError:
            return None
        register_heif_opener()
        return _shrunk(source.read(0, source.size), edge, 1)  # the decoder turns the picture itself
    return _shrunk(source.read(0, source.size), edge, None)


def _shrunk(data: bytes, edge: int, orientation: int | None, least: int = 0) -> bytes | None:
    """Decode a picture, turn it upright and make it small; None if it is too small, or cannot be decoded.

    Parameters
    ----------
    orientation
        Exif 2.32 4.6.4, Orientation; None: the picture's own.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 # belongs to the extra `look`

    try:
        with Image.open(io.BytesIO(data)) as opened:
            if max(opened.size) < least:
                return None
            opened.draft("RGB", (edge, edge))
            opened.thumbnail((edge, edge))
            upright = _turned(opened, orientation) if orientation else ImageOps.exif_transpose(opened)
            result = io.BytesIO()
            upright.convert("RGB").save(result, "JPEG", quality=_QUALITY)
            return result.getvalue()
    except (*_DAMAGED, Image.DecompressionBombError):
        return None


def _turned(picture: "Image", orientation: int) -> "Image":
    from PIL.Image import Transpose  # noqa: PLC0415 # belongs to the extra `look`

    ways: dict[int, Any] = {
        2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
    }  # fmt: skip
    way = ways.get(orientation)
    turn = cast("Callable[[Any], Image]", picture.transpose)
    return picture if way is None else turn(way)
