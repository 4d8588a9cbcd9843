"""The facts about a file that rules use: its type, its camera, and when it was taken."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from galleria_storage.errors import GalleriaError, UnsupportedFormatError
from galleria_storage.photos.plan import NOTHING
from galleria_storage.photos.sniff import MediaType, recognise
from galleria_storage.photos.source import FileSource, RangedSource
from galleria_storage.transfer.local_content import LocalContent


class Facts(NamedTuple):
    """What is known about a file.

    Attributes
    ----------
    name
        Its path in the folder, with ``/``.
    media
        Its type, by its bytes; None if it is unknown.
    camera, serial
        Maker and model in one text, and the body's serial number (Exif 2.32, 4.6.5); empty if the file has none.
    taken
        Capture time, as the camera's clock showed it.
    """

    name: str
    media: MediaType | None = None
    camera: str = ""
    serial: str = ""
    taken: datetime | None = None


def media_of(path: Path) -> MediaType | None:
    """Recognise a file by its bytes.

    Raises
    ------
    LocalFileError
        It cannot be read.
    """
    with LocalContent(path).open() as stream:
        return recognise(FileSource(stream))


def refuse_pretended(name: str, path: Path) -> None:
    """Refuse a file whose bytes are of no known type, if its name is that of a photo: a failed copy is not left out.

    Raises
    ------
    UnsupportedFormatError
        It is named like a photo.
    """
    from galleria_storage.photos.formats import is_correctable  # noqa: PLC0415 # few files are of no known type
    from galleria_storage.transfer.media_types import media_type  # noqa: PLC0415 # the same

    claimed = media_type(name)
    if claimed.startswith("image/") and is_correctable(claimed):
        what = "it is empty" if not path.stat().st_size else "it is not a photo, whatever its name says"
        raise UnsupportedFormatError(what, advice="Copy it from the camera's card again.")


def facts_of(name: str, path: Path) -> Facts:
    """Read a file's facts; a film or RAW file takes those that it lacks from the photo beside it.

    Raises
    ------
    LocalFileError
        It cannot be read.
    """
    facts = _own_facts(name, path)
    if facts.media and not facts.camera:
        for other in partners(path):
            beside = _own_facts(name, other)
            if beside.camera:
                # The photo's time is that of the camera's clock; a film's is in UTC.
                return beside._replace(media=facts.media, taken=beside.taken or facts.taken)
    return facts


def _own_facts(name: str, path: Path) -> Facts:
    with LocalContent(path).open() as stream:
        source = FileSource(stream)
        media = recognise(source)
        camera, serial = camera_of(source, media)
        return Facts(name, media, camera, serial, _taken(source, media))


def partners(path: Path) -> Iterator[Path]:
    """Yield the files whose names differ only in the ending, except sidecars: a HEIC beside a MOV, for example."""
    try:
        beside = sorted(other for other in path.parent.glob(f"{_escaped(path.stem)}.*") if other != path)
    except OSError:
        return
    yield from (other for other in beside if other.is_file() and other.suffix.lower() != ".xmp")


def _escaped(text: str) -> str:
    from glob import escape  # noqa: PLC0415 # few files have no camera

    return escape(text)


def camera_of(source: RangedSource, media: MediaType | None) -> tuple[str, str]:
    """Return camera and serial number from the first Exif block that has them."""
    from galleria_storage.photos import camera  # noqa: PLC0415 # only where rules ask
    from galleria_storage.photos.formats import format_of, is_correctable  # noqa: PLC0415 # the same

    if media is None or not is_correctable(media.media_type):
        return "", ""
    try:
        return camera.camera_of(format_of(media.media_type).metadata(source))
    except GalleriaError:
        return "", ""


def _taken(source: RangedSource, media: MediaType | None) -> datetime | None:
    from galleria_storage.corrections.capture_time import read_capture_time  # noqa: PLC0415 # only where rules ask
    from galleria_storage.photos.photo import plan_photo  # noqa: PLC0415 # the same

    if media is None:
        return None
    try:
        return read_capture_time(plan_photo(source, NOTHING, media.media_type).before).time.local
    except GalleriaError:
        return None
