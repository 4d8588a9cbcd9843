"""Media types recognised from a file's bytes, never from its name."""

from typing import Final, NamedTuple

from galleria_storage.photos.picture_boxes import content_of
from galleria_storage.photos.raw_kinds import TIFF, kind_of_tiff
from galleria_storage.photos.source import BytesSource, RangedSource


class MediaType(NamedTuple):
    """What a file is.

    Attributes
    ----------
    media_type
        Registered media type (IANA), ``image/jpeg`` for example.
    image
        True for a still image that may be published as it is.

    Notes
    -----
    Which of them can be corrected, `formats` knows.
    """

    media_type: str
    image: bool = True


SNIFF_BYTES: Final = 256 * 1024
"""How many first bytes `sniff` looks at, at most."""

_SIGNATURE_BYTES: Final = 64

JPEG: Final = MediaType("image/jpeg")
_TIFF: Final = MediaType(TIFF)
_ORF: Final = MediaType("image/x-olympus-orf", image=False)

# (offset, signature, type): the first that matches wins.
_SIGNATURES: Final = (
    (0, b"\xff\xd8\xff", JPEG),  # ITU-T T.81 B.1.1.3: SOI, then a marker
    (0, b"\x89PNG\r\n\x1a\n", MediaType("image/png")),
    (0, b"GIF87a", MediaType("image/gif")),
    (0, b"GIF89a", MediaType("image/gif")),
    (0, b"II*\0", _TIFF),
    (0, b"MM\0*", _TIFF),
    (0, b"II+\0", _TIFF),  # BigTIFF
    (0, b"MM\0+", _TIFF),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", MediaType("image/jxl")),
    (0, b"\xff\x0a", MediaType("image/jxl")),  # ISO/IEC 18181-1: a codestream without boxes
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", MediaType("image/jp2")),
    (0, b"\xff\x4f\xff\x51", MediaType("image/j2c")),  # ISO/IEC 15444-1 A.4.1: the same
    # RAW files with beginnings of their own; those that begin like TIFF are told apart by `raw_kinds`.
    (0, b"IIU\0", MediaType("image/x-panasonic-rw2", image=False)),
    (0, b"IIRO", _ORF),
    (0, b"IIRS", _ORF),
    (0, b"MMOR", _ORF),
    (0, b"FUJIFILMCCD-RAW", MediaType("image/x-fuji-raf", image=False)),
    (0, b"FOVb", MediaType("image/x-sigma-x3f", image=False)),
    (0, b"\0MRM", MediaType("image/x-minolta-mrw", image=False)),
    (6, b"HEAPCCDR", MediaType("image/x-canon-crw", image=False)),
    (0, b"%PDF-", MediaType("application/pdf", image=False)),
    (0, b"PK\x03\x04", MediaType("application/zip", image=False)),
    (0, b"OggS", MediaType("application/ogg", image=False)),
    (0, b"ID3", MediaType("audio/mpeg", image=False)),
    # QuickTime files from before brands start with one of these atoms.
    (4, b"moov", MediaType("video/quicktime", image=False)),
    (4, b"mdat", MediaType("video/quicktime", image=False)),
    (4, b"wide", MediaType("video/quicktime", image=False)),
)

# ISO/IEC 14496-12 4.3: major brands of files with an `ftyp` box.
_BRANDS: Final = {
    **dict.fromkeys((b"avif", b"avis"), MediaType("image/avif")),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis"), MediaType("image/heic")),
    **dict.fromkeys((b"hevc", b"hevx", b"hevm", b"hevs"), MediaType("image/heic-sequence")),
    **dict.fromkeys((b"j2ki", b"j2is"), MediaType("image/hej2k")),
    b"avci": MediaType("image/avci"),
    **dict.fromkeys((b"M4A ", b"M4B "), MediaType("audio/mp4", image=False)),
    b"qt  ": MediaType("video/quicktime", image=False),
    b"crx ": MediaType("image/x-canon-cr3", image=False),
}
_HEIF: Final = MediaType("image/heif")
_GENERIC_IMAGE_BRANDS: Final = frozenset({b"mif1", b"mif2", b"msf1", b"miaf"})
_PICTURES: Final = {
    **{brand: kind for brand, kind in _BRANDS.items() if kind.image},
    **dict.fromkeys(_GENERIC_IMAGE_BRANDS, _HEIF),
}
_RIFF: Final = {
    b"WEBP": MediaType("image/webp"),
    b"AVI ": MediaType("video/x-msvideo", image=False),
    b"WAVE": MediaType("audio/wav", image=False),
}
#: EBML (RFC 8794): the document type, within the first bytes, says which of the two it is.
_EBML: Final = b"\x1aE\xdf\xa3"
_WEBM: Final = MediaType("video/webm", image=False)
_MATROSKA: Final = MediaType("video/x-matroska", image=False)
_BITMAP: Final = MediaType("image/bmp")
#: Two letters alone would make a picture of many a text; the size of the second header is one of few.
_BITMAP_HEADERS: Final = frozenset(size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124))
_MP4: Final = MediaType("video/mp4", image=False)


def sniff(prefix: bytes) -> MediaType | None:
    """Tell what a file is from its first bytes; see `recognise`.

    Parameters
    ----------
    prefix
        The first `SNIFF_BYTES` bytes of the file, or all of a shorter file.
        Where they leave open whether a file that begins like TIFF is RAW, it
        counts as TIFF.
    """
    return recognise(BytesSource(prefix))


def recognise(source: RangedSource) -> MediaType | None:
    """Tell what a file is.

    Parameters
    ----------
    source
        The file. Its first bytes are read, and the tables of one that begins
        like TIFF or the boxes of one that begins like MP4, wherever they are.

    Returns
    -------
    MediaType or None
        None for what is not recognised: text, HTML and SVG among others, which
        a browser would run as a page.

    Raises
    ------
    CorruptPhotoError
        The source is a `MeteredSource`, and the file's boxes are in more places than it may read.
    """
    prefix = bytes(source.read(0, _SIGNATURE_BYTES))
    for offset, signature, media_type in _SIGNATURES:
        if prefix.startswith(signature, offset):
            return _tiff_or_raw(source) if media_type is _TIFF else media_type
    if prefix.startswith(b"RIFF"):
        return _RIFF.get(prefix[8:12])
    if prefix.startswith(_EBML):
        return _MATROSKA if b"matroska" in prefix else _WEBM
    if prefix.startswith(b"BM") and prefix[14:18] in _BITMAP_HEADERS:
        return _BITMAP
    if prefix.startswith(b"ftyp", 4):
        return _by_boxes(source, prefix)
    return None


def _tiff_or_raw(source: RangedSource) -> MediaType:
    kind = kind_of_tiff(source)
    return _TIFF if kind == TIFF else MediaType(kind, image=False)


def _by_boxes(source: RangedSource, prefix: bytes) -> MediaType:
    """Tell what an ISO base media file is: its boxes decide whether it contains pictures, and its brands which kind."""
    brands = _brands(prefix)
    claimed = _by_brand(brands)
    if claimed.image:
        return _MP4 if content_of(source) == "film" else claimed
    pictures = [kind for brand in brands if (kind := _PICTURES.get(brand))]
    if brands[0] in _BRANDS or not pictures or content_of(source) != "pictures":
        return claimed  # the boxes of a film, which may be large and many, are not searched
    return pictures[0]


def _brands(prefix: bytes) -> list[bytes]:
    """Return the major brand and the compatible ones."""
    size = int.from_bytes(prefix[:4], "big")
    return [prefix[8:12], *(prefix[i : i + 4] for i in range(16, min(size, len(prefix)) - 3, 4))]


def _by_brand(brands: list[bytes]) -> MediaType:
    """Decide by the major brand, else by the first known compatible one."""
    if brands[0] in _BRANDS:
        return _BRANDS[brands[0]]
    if brands[0] not in _GENERIC_IMAGE_BRANDS:
        return _MP4
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), _HEIF)
