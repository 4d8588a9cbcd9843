"""A minimal Exif block for a photo that has none."""


def minimal_block() -> bytes:
    """Return a TIFF block with an empty IFD0, for the editor to fill.

    The capture tags are not left to piexif: it writes an Exif IFD without the
    offset of the next IFD that TIFF 6.0 section 2 wants after the entries.
    """
    import piexif  # noqa: PLC0415 - few photos need it, and a cold start pays for it

    block: bytes = piexif.dump({})
    return block.removeprefix(b"Exif\0\0")
