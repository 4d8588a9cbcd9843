"""What has changed in staging since the last look, for `publish --watch`."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final, NamedTuple

from galleria_storage.bulk.run import as_they_finish
from galleria_storage.bulk.selection import Selection
from galleria_storage.errors import NotFoundError
from galleria_storage.s3.listing import ListedObject, list_objects
from galleria_storage.s3.objects import ObjectStore

#: Each object, with the numbers of the looks at which it was there and at which it was found new or changed.
_TABLE: Final = "CREATE TABLE seen (key TEXT PRIMARY KEY, state TEXT, tags TEXT, there INT, changed INT) WITHOUT ROWID"
_SEEN: Final = """
INSERT INTO seen VALUES (:key, :state, :tags, :look, :look) ON CONFLICT (key) DO UPDATE SET
  changed = CASE WHEN state <> :state OR tags <> :tags THEN :look ELSE changed END,
  state = :state, tags = coalesce(:tags, tags), there = :look"""


class KeysAnew:
    """Keys that are read again for each iteration, so that none need be kept."""

    def __init__(self, base: sqlite3.Connection, query: str, look: int) -> None:
        self._ask = (base, query, look)

    def __iter__(self) -> Iterator[str]:
        """Yield them in the order of a listing."""
        base, query, look = self._ask
        return (key for (key,) in base.execute(query, (look,)))

    def __bool__(self) -> bool:
        """Whether there are any."""
        return next(iter(self), None) is not None


class Changes(NamedTuple):
    """Keys that are new or say something else, and keys that are gone; they are known until the next look."""

    written: KeysAnew
    removed: KeysAnew


class Watch:
    """Remembers staging as it was at the last look, in a temporary file: memory stays flat.

    A listing shows changes of content and metadata, but not of tags: these take a request for each object.

    Parameters
    ----------
    tags_every
        Seconds between two looks at the tags of all objects; 0: they are never looked at.
    at_once
        How many objects' tags are requested at once.
    clock
        Seconds that never go back.
    """

    def __init__(
        self,
        staging: ObjectStore,
        selection: Selection,
        tags_every: float,
        at_once: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._staging = staging
        self._selection = selection
        self._tags_every = tags_every
        self._at_once = at_once
        self._clock = clock
        self._tags_at: float | None = None
        self._look = 0
        self._base = sqlite3.connect("")  # without a name: in a file that is gone afterwards
        self._base.execute(_TABLE)

    def close(self) -> None:
        """Forget all."""
        self._base.close()

    def look(self, prefix: str) -> Changes:
        """Return what has changed since the last look; at the first look, everything is new.

        Raises
        ------
        ProviderError
            Staging could not be listed, or its tags not read; the next look finds what this one missed.
        """
        began, due = self._clock(), self._tags_are_due()
        number = self._look + 1
        with self._base:  # all of it, or nothing
            self._base.execute("DELETE FROM seen WHERE there < ?", (self._look,))
            self._base.executemany(_SEEN, self._states(prefix, number, with_tags=due))
        self._look = number
        if due:
            self._tags_at = began
        return Changes(
            KeysAnew(self._base, "SELECT key FROM seen WHERE changed = ? ORDER BY key", number),
            KeysAnew(self._base, "SELECT key FROM seen WHERE there < ? ORDER BY key", number),
        )

    def _states(self, prefix: str, number: int, *, with_tags: bool) -> Iterator[dict[str, object]]:
        listed = list_objects(self._staging.client, self._staging.bucket, prefix)
        meant = (one for one in listed if self._selection.takes(one.key))
        with closing(
            as_they_finish(
                lambda one: _State(one, self._tags_of(one.key)),
                meant,
                self._at_once,
                known=lambda one: None if with_tags else _State(one),
            )
        ) as states:
            for one, tags in states:
                yield {"key": one.key, "state": f"{one.etag} {one.modified}", "tags": tags, "look": number}

    def _tags_are_due(self) -> bool:
        if not self._tags_every or self._staging.profile.object_tags is False:
            return False
        return self._tags_at is None or self._clock() - self._tags_at >= self._tags_every

    def _tags_of(self, key: str) -> str | None:
        try:
            return json.dumps(self._staging.tags(key), sort_keys=True)
        except NotFoundError:  # removed meanwhile
            return None


class _State(NamedTuple):
    """An object as a listing shows it, and its tags if they were asked for."""

    listed: ListedObject
    tags: str | None = None
