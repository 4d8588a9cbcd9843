"""The registry of formats that can be corrected: one line each. No other code knows which formats exist.

A format is a module with three functions: `plan(source, asked) -> Plan` works
out an edit, `parts(source)` lists what no edit may change, and
`metadata(source)` lists the blocks of metadata. It is imported with the first
photo of its kind.
"""

from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from typing import Final, Protocol, cast

from galleria_storage.photos.check import Part
from galleria_storage.photos.metadata_blocks import Block
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


class Planner:
    """What corrects photos of one media type.

    Parameters
    ----------
    module
        Where the format's functions are.
    max_bytes
        How many bytes of a file a plan may read.
    checks_itself
        Whether it reads its result back while it plans, in more detail than `check_plan` does.
    """

    def __init__(self, module: str, max_bytes: int = MAX_BYTES, *, checks_itself: bool = False) -> None:
        self._module, self.max_bytes, self.checks_itself = module, max_bytes, checks_itself

    @cached_property
    def format(self) -> Format:
        """The format's functions, imported with the first photo."""
        return cast("Format", import_module(f"{__package__}.{self._module}"))


_JPEG_HEAD: Final = 16 * 1024 * 1024
"""Bytes. The head of a JPEG file is as long as all its segments."""

_PLANNERS: Final[dict[str, Planner]] = {
    "image/avci": Planner("heif"),
    "image/avif": Planner("heif"),
    "image/heic": Planner("heif"),
    "image/heic-sequence": Planner("heif"),
    "image/heif": Planner("heif"),
    "image/hej2k": Planner("heif"),
    "image/jp2": Planner("jp2"),
    "image/jpeg": Planner("jpeg.planner", _JPEG_HEAD, checks_itself=True),
    "image/jxl": Planner("jxl"),
    "image/png": Planner("png.planner"),
    "image/tiff": Planner("tiff.planner"),
    "image/webp": Planner("webp"),
    "image/x-adobe-dng": Planner("tiff.planner"),
    "image/x-canon-cr2": Planner("tiff.planner"),
    "image/x-canon-cr3": Planner("raw.cr3"),
    "image/x-fuji-raf": Planner("raw.raf", _JPEG_HEAD),
    "image/x-nikon-nef": Planner("tiff.planner"),
    "image/x-panasonic-rw2": Planner("raw.rw2"),
    "image/x-pentax-pef": Planner("tiff.planner"),
    "image/x-sony-arw": Planner("tiff.planner"),
    "video/mp4": Planner("quicktime"),
    "video/quicktime": Planner("quicktime"),
}


def is_correctable(media_type: str) -> bool:
    """Whether photos of a media type can be corrected."""
    return media_type in _PLANNERS


def planner_of(media_type: str) -> Planner | None:
    """Return what corrects photos of a media type; None if nothing does."""
    return _PLANNERS.get(media_type)


def format_of(media_type: str) -> Format:
    """Return the format of a media type that can be corrected."""
    return _PLANNERS[media_type].format
