"""The user's own photos for the demo: read from a folder, one at a time, never changed."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from galleria_cli.demo.samples import Photo
from galleria_cli.demo.verification import Capture, is_jpeg, read_capture
from galleria_cli.rules.filename import NAME
from galleria_storage.bulk.selection import EVERYTHING, Selection
from galleria_storage.bulk.walk import LocalFile, list_files
from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import CorrectionError, GalleriaError, LocalFileError, SettingsError
from galleria_storage.transfer.local_content import LocalContent

EXIF_TIME: Final = "%Y:%m:%d %H:%M:%S"
NOTHING: Final[Mapping[str, str]] = {}


def photos_in(
    folder: Path,
    problems: dict[str, str],
    asked: Mapping[str, str] = NOTHING,
    selection: Selection = EVERYTHING,
) -> Iterator[Photo]:
    """Yield every file below a folder, read one after the other, with its correction and the expected result.

    Only JPEG photos get a correction; all other files are sent as they are, and the function decides whether they are
    photos.

    Parameters
    ----------
    folder
        The folder; names that begin with a dot are left out.
    problems
        Receives, by name, why an entry cannot be read; the others go on.
    asked
        Correction keys and values; by default none, since nobody should invent corrections for other people's photos.
    selection
        Which files to take.

    Raises
    ------
    SettingsError
        The folder does not exist, or has no file.
    """
    if not os.path.isdir(folder):  # noqa: PTH112 # False where Path would raise an error
        raise SettingsError(f"{folder} is not a folder", advice="Name a folder with photos: make demo PHOTOS=folder.")
    found = (file for file in list_files(folder) if file.name.rpartition("/")[2] != NAME)
    files = [file for file in found if selection.takes(file.name)]
    if not files:
        raise SettingsError(f"{folder} has no files", advice="Name a folder with photos.")
    return _photos(files, problems, asked)


def _photos(files: Sequence[LocalFile], problems: dict[str, str], asked: Mapping[str, str]) -> Iterator[Photo]:
    for file in files:
        try:
            data = _content(file)
        except GalleriaError as error:
            problems[file.name] = error.message
        else:
            yield _photo(file.name, data, asked)


def _content(file: LocalFile) -> bytes:
    if file.problem:
        raise LocalFileError(file.problem)
    content = LocalContent(file.path)
    try:
        with content.open() as stream:
            return stream.read()
    except OSError as error:
        raise LocalFileError(f"it cannot be read: {error.strerror or error}") from error


def moved(time: str, by: timedelta) -> str:
    """Return an Exif time moved by a duration; empty if it cannot be read or leaves the calendar."""
    try:
        return (datetime.strptime(time, EXIF_TIME) + by).strftime(EXIF_TIME)  # noqa: DTZ007 # Exif has local time
    except (ValueError, OverflowError):
        return ""


def _photo(key: str, data: bytes, asked: Mapping[str, str]) -> Photo:
    if not asked or not is_jpeg(data):
        return Photo(key, data)
    found = read_capture(data)
    try:
        changes = parse_correction(asked, {}).changes(CaptureTags(found.time or None, found.offset or None))
    except CorrectionError:
        return Photo(key, data, asked)
    expected = Capture(changes.date_time_original or found.time, changes.offset_time_original or found.offset)
    return Photo(key, data, asked, expected)
