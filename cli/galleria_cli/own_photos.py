"""The user's own photos for the demo: read from a folder, one at a time, never changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from galleria_cli.samples import Photo
from galleria_cli.verification import Capture, is_jpeg, read_capture
from galleria_storage.errors import SettingsError

EXIF_TIME: Final = "%Y:%m:%d %H:%M:%S"
#: Asked of a photo that knows when it was taken: the camera was one and a half hours slow, in a place at UTC+2.
RELATIVE: Final[Mapping[str, str]] = {"timestamp-offset-hours": "+01:30", "target-timezone-offset-hours": "+02:00"}
#: Asked of a photo that does not know.
ABSOLUTE: Final[Mapping[str, str]] = {"corrected-timestamp": "2024-06-15T10:30:45+02:00"}


def photos_in(folder: Path) -> Iterator[Photo]:
    """Yield every file below a folder, with a correction that suits it and what must come of it.

    JPEG photos are asked to be corrected; all other files go as they are,
    and it is for the function to say whether they are photos.

    Raises
    ------
    SettingsError
        The folder does not exist, or holds no file.
    """
    if not folder.is_dir():
        raise SettingsError(f"{folder} is no folder", advice="Name a folder with photos: make demo PHOTOS=folder.")
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    if not paths:
        raise SettingsError(f"there is no file in {folder}", advice="Name a folder with photos.")
    for path in paths:
        yield _photo(path.relative_to(folder).as_posix(), path.read_bytes())


def moved(time: str, by: timedelta) -> str:
    """Return an Exif time moved by a duration; empty if it cannot be read or leaves the calendar."""
    try:
        return (datetime.strptime(time, EXIF_TIME) + by).strftime(EXIF_TIME)  # noqa: DTZ007 # Exif has local time
    except (ValueError, OverflowError):
        return ""


def _photo(key: str, data: bytes) -> Photo:
    if not is_jpeg(data):
        return Photo(key, data)
    if later := moved(read_capture(data).time, timedelta(hours=1, minutes=30)):
        return Photo(key, data, RELATIVE, Capture(later, "+02:00"))
    return Photo(key, data, ABSOLUTE, Capture("2024:06:15 10:30:45", "+02:00"))
