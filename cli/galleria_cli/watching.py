"""What has changed in staging since the last look, for `publish --watch`."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple

from galleria_storage.bulk.run import as_they_finish
from galleria_storage.bulk.selection import Selection
from galleria_storage.errors import NotFoundError
from galleria_storage.s3.listing import list_objects
from galleria_storage.s3.objects import ObjectStore

Tags = Mapping[str, str]


class Changes(NamedTuple):
    """Keys that are new or changed, and keys that are gone."""

    written: list[str]
    removed: list[str]


@dataclass(slots=True)
class Watch:
    """Remembers staging as it was at the last look.

    A listing shows changes of content and metadata, but not of tags: these take a request for each object.

    Attributes
    ----------
    tags_every
        Seconds between two looks at the tags of all objects; 0: they are never looked at.
    at_once
        How many objects' tags are requested at once.
    clock
        Seconds that never go back.
    """

    staging: ObjectStore
    selection: Selection
    tags_every: float
    at_once: int
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, tuple[str, str]] = field(default_factory=dict)
    _tags: dict[str, Tags] = field(default_factory=dict)
    _tags_at: float | None = None

    def look(self, prefix: str) -> Changes:
        """Return what has changed since the last look; at the first look, everything is new.

        Raises
        ------
        ProviderError
            Staging could not be listed, or its tags not read; the next look finds what this one missed.
        """
        listed = list_objects(self.staging.client, self.staging.bucket, prefix)
        now = {one.key: (one.etag, one.modified) for one in listed if self.selection.takes(one.key)}
        tags = self._read_tags(list(now)) if self._tags_are_due() else self._tags
        written = [
            key for key, state in now.items()
            if self._seen.get(key) != state or (key in self._tags and key in tags and tags[key] != self._tags[key])
        ]  # fmt: skip
        removed = [key for key in self._seen if key not in now]
        self._seen, self._tags = now, tags
        return Changes(written, removed)

    def _tags_are_due(self) -> bool:
        if not self.tags_every or self.staging.profile.object_tags is False:
            return False
        return self._tags_at is None or self.clock() - self._tags_at >= self.tags_every

    def _read_tags(self, keys: list[str]) -> dict[str, Tags]:
        began = self.clock()
        with closing(as_they_finish(self._tags_of, keys, self.at_once)) as results:
            found = {key: tags for key, tags in results if tags is not None}
        self._tags_at = began
        return found

    def _tags_of(self, key: str) -> tuple[str, Tags | None]:
        try:
            return key, self.staging.tags(key)
        except NotFoundError:  # removed meanwhile
            return key, None
