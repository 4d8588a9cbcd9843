"""The originals in a staging bucket, read like files in a folder: by ranges, and no more than needed."""

from collections.abc import Iterator
from contextlib import contextmanager

from galleria_cli.lighttable.shelf import ShelfItem
from galleria_storage.errors import NotFoundError
from galleria_storage.photos.source import RangedSource
from galleria_storage.s3.listing import ListedObject, list_objects
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.transfer.writer import Writer


class StagedShelf:
    """What is in staging.

    Parameters
    ----------
    store
        The bucket.
    prefix
        Only keys with this prefix.
    """

    def __init__(self, store: ObjectStore, prefix: str) -> None:
        self._store = store
        self._prefix = prefix
        self._listed: dict[str, ListedObject] = {}

    @property
    def title(self) -> str:
        """The bucket, and the prefix."""
        return f"{self._store.bucket}/{self._prefix}" if self._prefix else self._store.bucket

    def items(self) -> list[ShelfItem]:
        """List the objects."""
        found = list_objects(self._store.client, self._store.bucket, self._prefix)
        self._listed = {one.key: one for one in found}
        return [ShelfItem(key, one.size) for key, one in sorted(self._listed.items())]

    @contextmanager
    def open(self, name: str) -> Iterator[RangedSource]:
        """Open an original that was listed."""
        if name not in self._listed:
            raise NotFoundError("no such photo is on the table", key=name)
        with Writer(self._store).source(self._store, self._store.open(name)) as source:
            yield source

    def identity(self, name: str) -> str:
        """Return bucket, key and ETag."""
        if name not in self._listed:
            raise NotFoundError("no such photo is on the table", key=name)
        return f"{self._store.client.meta.endpoint_url}\n{self._store.bucket}\n{name}\n{self._listed[name].etag}"

    def content_id(self, name: str) -> str:
        """Return the ETag; for objects that were sent in one piece it is the MD5 of their bytes."""
        return self._listed[name].etag or name
