"""The registry of formats that can be corrected: one line each. No other code knows which formats exist.

A format is a module with three functions: `plan(source, asked) -> Plan` works
out an edit, `parts(source)` lists what no edit may change, and
`metadata(source)` lists the blocks of metadata. It is imported with the first
photo of its kind.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Final, NamedTuple, Protocol, cast

from galleria_storage.photos.check import Part
from galleria_storage.photos.metadata import Block
from galleria_storage.photos.plan import Asked, Plan
from galleria_storage.photos.source import MAX_BYTES, RangedSource


class Format(Protocol):
    """What a format's module offers."""

    def plan(self, source: RangedSource, asked: Asked) -> Plan:
        """Work out how to make the changes asked for; nothing is written.

        Raises
        ------
        CorruptPhotoError
            The file is damaged, or the change would harm other data or does not fit.
        CorrectionError
            The requested change is impossible for this photo.
        UnsupportedFormatError
            The file is of a variant that cannot be corrected.
        """
        ...

    def parts(self, source: RangedSource) -> Sequence[Part]:
        """List what no edit of the capture tags may change, in a fixed order: images, other metadata, tracks."""
        ...

    def metadata(self, source: RangedSource) -> Sequence[Block]:
        """List the blocks of metadata, including those of embedded pictures.

        Raises
        ------
        CorruptPhotoError
            A block cannot be read, so its content is unknown.
        """
        ...


class _Planner(NamedTuple):
    """Where a format's functions are, and how much of a file they may read.

    One that `checks_itself` reads its result back while it plans, in more detail than `check_plan` does.
    """

    module: str
    max_bytes: int = MAX_BYTES
    checks_itself: bool = False


_JPEG_HEAD: Final = 16 * 1024 * 1024
"""Bytes. The head of a JPEG file is as long as all its segments."""

_PLANNERS: Final[dict[str, _Planner]] = {
    "image/avci": _Planner("heif"),
    "image/avif": _Planner("heif"),
    "image/heic": _Planner("heif"),
    "image/heic-sequence": _Planner("heif"),
    "image/heif": _Planner("heif"),
    "image/hej2k": _Planner("heif"),
    "image/jp2": _Planner("jp2"),
    "image/jpeg": _Planner("jpeg.planner", _JPEG_HEAD, checks_itself=True),
    "image/jxl": _Planner("jxl"),
    "image/png": _Planner("png.planner"),
    "image/tiff": _Planner("tiff.planner"),
    "image/webp": _Planner("webp"),
    "image/x-adobe-dng": _Planner("tiff.planner"),
    "image/x-canon-cr2": _Planner("tiff.planner"),
    "image/x-canon-cr3": _Planner("raw.cr3"),
    "image/x-fuji-raf": _Planner("raw.raf", _JPEG_HEAD),
    "image/x-nikon-nef": _Planner("tiff.planner"),
    "image/x-panasonic-rw2": _Planner("raw.rw2"),
    "image/x-pentax-pef": _Planner("tiff.planner"),
    "image/x-sony-arw": _Planner("tiff.planner"),
    "video/mp4": _Planner("quicktime"),
    "video/quicktime": _Planner("quicktime"),
}


def is_correctable(media_type: str) -> bool:
    """Whether photos of a media type can be corrected."""
    return media_type in _PLANNERS


def format_of(media_type: str) -> Format:
    """Return the format of a media type that can be corrected."""
    return cast("Format", import_module(f"{__package__}.{_PLANNERS[media_type].module}"))


def max_bytes_of(media_type: str) -> int:
    """Return how many bytes of a file a plan may read."""
    return _PLANNERS[media_type].max_bytes


def checks_itself(media_type: str) -> bool:
    """Whether a format proves its plans itself."""
    return _PLANNERS[media_type].checks_itself
