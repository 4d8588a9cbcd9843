"""Media types recognised from a file's first bytes, never from its name.

To correct another format, give its `MediaType` ``correctable=True`` and teach
`editor.edit_head` to edit it; nothing else asks which formats can be corrected.
"""

from typing import Final, NamedTuple


class MediaType(NamedTuple):
    """What a file is.

    Attributes
    ----------
    media_type
        Registered media type (IANA), ``image/jpeg`` for example.
    image
        True for a still image that may be published as it is.
    correctable
        True if the capture time in it can be corrected.
    """

    media_type: str
    image: bool = True
    correctable: bool = False


SNIFF_BYTES: Final = 64
"""How many first bytes `sniff` looks at, at most."""

JPEG: Final = MediaType("image/jpeg", correctable=True)

# (offset, signature, type): the first that matches wins.
_SIGNATURES: Final = (
    (0, b"\xff\xd8\xff", JPEG),  # ITU-T T.81 B.1.1.3: SOI, then a marker
    (0, b"\x89PNG\r\n\x1a\n", MediaType("image/png")),
    (0, b"GIF87a", MediaType("image/gif")),
    (0, b"GIF89a", MediaType("image/gif")),
    (0, b"II*\0", MediaType("image/tiff")),
    (0, b"MM\0*", MediaType("image/tiff")),
    (0, b"II+\0", MediaType("image/tiff")),  # BigTIFF
    (0, b"MM\0+", MediaType("image/tiff")),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", MediaType("image/jxl")),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", MediaType("image/jp2")),
    (0, b"%PDF-", MediaType("application/pdf", image=False)),
    (0, b"PK\x03\x04", MediaType("application/zip", image=False)),
    (0, b"\x1aE\xdf\xa3", MediaType("video/webm", image=False)),
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
    **dict.fromkeys((b"M4A ", b"M4B "), MediaType("audio/mp4", image=False)),
    b"qt  ": MediaType("video/quicktime", image=False),
    b"crx ": MediaType("image/x-canon-cr3", image=False),
}
_HEIF: Final = MediaType("image/heif")
_GENERIC_IMAGE_BRANDS: Final = frozenset({b"mif1", b"mif2", b"msf1", b"miaf"})
_RIFF: Final = {
    b"WEBP": MediaType("image/webp"),
    b"AVI ": MediaType("video/x-msvideo", image=False),
    b"WAVE": MediaType("audio/wav", image=False),
}
_MP4: Final = MediaType("video/mp4", image=False)


def sniff(prefix: bytes) -> MediaType | None:
    """Tell what a file is from its first bytes.

    Parameters
    ----------
    prefix
        The first `SNIFF_BYTES` bytes of the file, or all of a shorter file.

    Returns
    -------
    MediaType or None
        None for what is not recognised: text, HTML and SVG among others, which
        a browser would run as a page.
    """
    for offset, signature, media_type in _SIGNATURES:
        if prefix.startswith(signature, offset):
            return media_type
    if prefix.startswith(b"RIFF"):
        return _RIFF.get(bytes(prefix[8:12]))
    if prefix.startswith(b"ftyp", 4):
        return _by_brand(bytes(prefix[:SNIFF_BYTES]))
    return None


def _by_brand(prefix: bytes) -> MediaType:
    """Tell what an ISO base media file is: by its major brand, else by the first known compatible one."""
    size = int.from_bytes(prefix[:4], "big")
    brands = [prefix[8:12], *(prefix[i : i + 4] for i in range(16, min(size, len(prefix)) - 3, 4))]
    if brands[0] in _BRANDS:
        return _BRANDS[brands[0]]
    if brands[0] not in _GENERIC_IMAGE_BRANDS:
        return _MP4
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), _HEIF)
