"""Reading what the photos and films in folders say about clocks: only their heads, several at once.

Added here is what the library cannot know: the zone of a place (`tzfpy`) and the hash of a thumbnail (`dhash`, Pillow),
both from the extra `clocks`, and the moment in Google Takeout's JSON file beside a photo.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from typing import Final

from galleria_storage.bulk.run import as_they_finish
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.clocks.partners import with_cameras_of_partners
from galleria_storage.clocks.reading import read_shot
from galleria_storage.clocks.shots import Place, Shot
from galleria_storage.clocks.takeout import is_takeout_name, moment_in, photo_name
from galleria_storage.errors import GalleriaError, LocalFileError
from galleria_storage.photos.source import FileSource
from galleria_storage.transfer.local_content import LocalContent

EXTRA: Final = ("dhash", "PIL", "tzfpy")
_THREADS = 2


def missing_parts() -> list[str]:
    """Return the packages of the extra `clocks` that are not installed."""
    return [name for name in EXTRA if find_spec(name) is None]


def read_shots(files: Sequence[LocalFile], tell: Callable[[LocalFile, str], object] = lambda *_: None) -> list[Shot]:
    """Read files; files that are damaged or not photos become shots without facts.

    Parameters
    ----------
    files
        All files in the folders.
    tell
        Called after each file, with the reason why it cannot be read; empty if it was read.
    """
    photos = [file for file in files if not is_takeout_name(file.name)]
    found = []
    with closing(as_they_finish(_read, photos, _THREADS)) as results:
        for file, result in results:
            if isinstance(result, Shot):
                found.append(with_zone(result))
            tell(file, "" if isinstance(result, Shot) else result)
    found = with_cameras_of_partners(sorted(found, key=lambda shot: shot.name))
    moments: dict[str, datetime | None] = {}
    for file in (file for file in files if is_takeout_name(file.name)):
        try:
            moments[file.name] = moment_in(file.path.read_bytes())
        except OSError as error:
            tell(file, _unreadable(error))
        else:
            tell(file, "")
    return with_moments_beside(found, moments)


def with_zone(shot: Shot) -> Shot:
    """Add the zone of a shot's place, if a map of zones is installed."""
    return shot._replace(zone=_zone(shot.place)) if shot.place else shot


def hash_of(thumbnail: bytes) -> int | None:
    """Return the difference hash of a picture, 128 bits; None without the extra `clocks`, or if it is damaged."""
    if find_spec("dhash") is None or find_spec("PIL") is None:
        return None
    from dhash import dhash_row_col  # noqa: PLC0415 # from the extra
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 # the same

    try:
        with Image.open(BytesIO(thumbnail), formats=["JPEG"]) as picture:
            rows, columns = dhash_row_col(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return int(rows) << 64 | int(columns)


@lru_cache(maxsize=4096)
def _zone(place: Place) -> str:
    try:
        from tzfpy import get_tz  # noqa: PLC0415 # from the extra
    except ImportError:
        return ""
    return str(get_tz(place.longitude, place.latitude))


def _read(file: LocalFile) -> tuple[LocalFile, Shot | str]:
    """Return what a file says, or why it cannot be read."""
    if file.problem:
        return file, file.problem
    try:
        with LocalContent(file.path).open() as stream:
            return file, read_shot(file.name, FileSource(stream), hash_of)
    except LocalFileError as error:
        return file, error.message
    except OSError as error:
        return file, _unreadable(error)
    except GalleriaError:  # not a photo, or a damaged one: it says nothing
        return file, Shot(file.name)


def _unreadable(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or error}"


def with_moments_beside(shots: Sequence[Shot], moments: Mapping[str, datetime | None]) -> list[Shot]:
    """Add the moments that Takeout's JSON files give for the photos beside them."""
    found = list(shots)
    by_folder: dict[str, dict[str, int]] = {}
    for number, shot in enumerate(found):
        by_folder.setdefault(shot.folder, {})[shot.name.rpartition("/")[2]] = number
    for path, moment in moments.items():
        folder, _, name = path.rpartition("/")
        beside = by_folder.get(folder, {})
        photo = photo_name(name, beside)
        if photo and moment:
            found[beside[photo]] = found[beside[photo]]._replace(beside=moment)
    return found
