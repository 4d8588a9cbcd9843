"""What independent decoders see in a photo, as one text per picture that changes with any pixel."""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

RAW = (
    *("image/x-adobe-dng", "image/x-canon-cr2", "image/x-canon-cr3", "image/x-fuji-raf", "image/x-nikon-nef"),
    *("image/x-panasonic-rw2", "image/x-pentax-pef", "image/x-sony-arw"),
)
_VALUES_PER_BYTE = 8
"""More values of a sensor than any lossless compression packs into one byte."""


def pixels_of(media_type: str, data: bytes) -> list[str] | None:
    """Decode every picture in a file; None if no decoder takes it."""
    decode = DECODERS.get(media_type, _pillow)
    try:
        return [hashlib.sha256(part).hexdigest()[:16] for part in decode(data)]
    except Exception:  # noqa: BLE001 # decoders refuse with whatever they like to raise
        return None


def _nothing(data: bytes) -> Iterator[bytes]:  # noqa: ARG001 # as the others
    """Decode nothing: no decoder at hand knows the kind, so that tags alone are compared."""
    return iter(())


def _film(data: bytes) -> Iterator[bytes]:
    """Find the tables of a film; without them it is only a piece of one."""
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        size = int.from_bytes(data[at + 8 : at + 16], "big") if size == 1 else size or len(data) - at
        if kind == b"moov" and at + size <= len(data) and b"mvhd" in data[at : at + size]:
            return iter(())
        at += max(size, 8)
    raise ValueError("no tables")


def _raw(data: bytes) -> Iterator[bytes]:
    """Unpack the sensor's values, by libraw; in files of test collections most are left out, and read as anything."""
    import rawpy  # noqa: PLC0415 # in a worker that needs it

    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            values: Any = raw.raw_image
            yield values.tobytes() if len(data) > values.size / _VALUES_PER_BYTE else b"left out"
    except rawpy.LibRawError:
        yield b"left out"


def _pillow(data: bytes) -> Iterator[bytes]:
    """Decode every frame, by Pillow (libavif, libwebp, libpng, OpenJPEG, libtiff)."""
    from PIL import Image  # noqa: PLC0415 # in a worker that needs it

    with Image.open(io.BytesIO(data)) as image:
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            yield f"{image.mode} {image.size} {image.info.get('duration')}".encode() + image.tobytes()


def _heif(data: bytes) -> Iterator[bytes]:
    """Decode every image, with its thumbnails and depth maps, by libheif."""
    import pillow_heif  # noqa: PLC0415 # the same

    pillow_heif.options.THUMBNAILS = True
    pillow_heif.options.DEPTH_IMAGES = True
    heif = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    for image in heif:
        yield f"{image.mode} {image.size} {image.info.get('primary')}".encode() + bytes(image.data)
        for depth in image.info.get("depth_images", ()):
            yield bytes(depth.data)


def _jxl(data: bytes) -> Iterator[bytes]:
    """Decode every frame, and the JPEG file that a file may have been made from, by libjxl."""
    import imagecodecs  # noqa: PLC0415 # the same

    pixels: Any = imagecodecs.jpegxl_decode(data)
    yield f"{pixels.shape} {pixels.dtype}".encode() + pixels.tobytes()
    with suppress(Exception):  # few files can be turned back
        jpeg: Any = imagecodecs.jpeg_decode(imagecodecs.jpegxl_decode_jpeg(data))
        yield b"JPEG" + jpeg.tobytes()


def _jp2(data: bytes) -> Iterator[bytes]:
    """Decode the image, by OpenJPEG."""
    import imagecodecs  # noqa: PLC0415 # the same

    pixels: Any = imagecodecs.jpeg2k_decode(data)
    yield f"{pixels.shape} {pixels.dtype}".encode() + pixels.tobytes()


DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    **dict.fromkeys(("image/heic", "image/heif", "image/heic-sequence"), _heif),
    "image/jxl": _jxl,
    "image/jp2": _jp2,
    **dict.fromkeys(("image/hej2k", "image/avci"), _nothing),
    **dict.fromkeys(RAW, _raw),
    **dict.fromkeys(("video/mp4", "video/quicktime"), _film),
}
