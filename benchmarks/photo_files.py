"""The photos in a folder that can be corrected."""

from collections.abc import Iterator
from pathlib import Path

from galleria_storage.errors import GalleriaError
from galleria_storage.photos.formats import is_correctable
from galleria_storage.photos.sniff import recognise
from galleria_storage.photos.source import BytesSource

_LARGEST = 1 << 26


def find_photos(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each photo, film and RAW file that can be corrected."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size < _LARGEST:
            data = path.read_bytes()
            try:
                media = recognise(BytesSource(data))
            except GalleriaError:
                continue
            if media and is_correctable(media.media_type):
                yield str(path.relative_to(folder)), data
