"""Putting a static site's files into the public bucket, next to the copies of photos: the work of `deploy`."""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

from galleria_cli.sending import Known, Sent, Words, Work, outcome
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.errors import GalleriaError, UnsafeKeyError
from galleria_storage.publishing.photo_keys import is_ignored
from galleria_storage.s3.objects import ABSENT, Condition, Matches, ObjectInfo, ObjectStore
from galleria_storage.transfer.local_content import LocalContent

WORDS: Final = Words(
    sent="deployed",
    would={"deployed": "would deploy"},
    dull=frozenset({"unchanged", "left out"}),
    wrong=frozenset({"refused", "failed"}),
    others={"left out": "left out", "refused": "refused", "failed": "failed"},
)
#: Pages go last, so that what they show is there before them.
PAGES: Final = (".html", ".htm", ".xhtml", ".xml", ".json", ".webmanifest")


class Header(NamedTuple):
    """A header's value for the files that match a pattern."""

    pattern: str
    value: str


class Deployment(NamedTuple):
    """One run; `one` may be called by many threads.

    Attributes
    ----------
    store, known
        The public bucket; what is in it already, and what the last run knew about the files.
    cache_control, media_types
        Values by pattern; the first match counts.
    again
        Send unchanged files, too, since the rules for their headers may have changed.
    """

    store: ObjectStore
    prefix: str
    known: Known
    cache_control: Sequence[Header] = ()
    media_types: Sequence[Header] = ()
    again: bool = False
    dry_run: bool = False

    def one(self, file: LocalFile) -> Sent:
        """Deploy one file; any error becomes its status."""
        key = self.prefix + file.name
        if is_ignored(key):
            return Sent(file.name, key, "left out", reason="it is not part of a site")
        return outcome(file, key, lambda: self._one(file, key), _status)

    def seen(self, file: LocalFile) -> Sent | None:
        """Return `unchanged` if the listing and the last run prove it, otherwise None."""
        key = self.prefix + file.name
        listed = self.known.standing.listed.get(key)
        if listed is None or file.problem or self.again or is_ignored(key):
            return None
        digests = self.known.remembered.digests(file.path)
        if digests is None or (digests.size, digests.etag) != (listed.size, listed.etag):
            return None
        return Sent(file.name, key, "unchanged", digests.size)

    @property
    def work(self) -> Work:
        """What is done with each file."""
        return Work(self.one, self.seen)

    def _one(self, file: LocalFile, key: str) -> Sent:
        from galleria_storage.transfer import file_upload  # noqa: PLC0415 # not if nothing has changed

        file_upload.check_object_key(self.store.bucket, key)
        content = LocalContent(file.path)
        status = self.known.patience.call(lambda: self._put(file, content, key))
        return Sent(file.name, key, status, content.size)

    def _put(self, file: LocalFile, content: LocalContent, key: str) -> str:
        from galleria_storage.transfer import file_upload  # noqa: PLC0415 # as above
        from galleria_storage.transfer.existing import find, is_same  # noqa: PLC0415

        listed = self.known.standing.listed.get(key)
        digests = self.known.remembered.digests(file.path)
        if listed and listed.size == content.size and not self.again:
            digests = digests or self.known.read(file.path, content)
            if digests.etag == listed.etag:
                return "unchanged"
        condition: Condition = ABSENT
        if listed or not self.known.standing.complete or self.store.profile.support("put", ABSENT) != "honoured":
            found, condition = find(self.store, key)
            if found:
                refuse_copies(found)
                digests = digests or self.known.read(file.path, content)
                if is_same(found, content, digests) and not self.again:
                    return "unchanged"
                condition = Matches(found.etag)
        if not self.dry_run:
            digests = digests or self.known.read(file.path, content)
            headers = self._headers(file.name)
            file_upload.send(self.store, content, digests, key, condition, headers=headers, guard=refuse_copies)
        return "deployed"

    def _headers(self, name: str) -> dict[str, Any]:
        rules = {"CacheControl": self.cache_control, "ContentType": self.media_types}
        found = {header: _first(values, name) for header, values in rules.items()}
        return {header: value for header, value in found.items() if value}


def _status(error: GalleriaError) -> str:
    return "refused" if isinstance(error, UnsafeKeyError) else "failed"


def refuse_copies(found: ObjectInfo) -> None:
    """Raise UnsafeKeyError for the corrected copy of a photo, which a site's file never replaces."""
    from galleria_storage.publishing.fingerprint import is_ours  # noqa: PLC0415 # slow, and seldom asked

    if is_ours(found):
        raise UnsafeKeyError(
            f"{found.key!r} is the corrected copy of a photo, which a deployment never replaces", key=found.key
        )


def in_stages(found: Iterable[LocalFile]) -> tuple["Stage", "Stage"]:
    """Return two stages: first what pages show, then the pages."""
    return Stage(found, pages=False), Stage(found, pages=True)


class Stage:
    """The pages among some files, or the others; found again for each iteration."""

    def __init__(self, found: Iterable[LocalFile], *, pages: bool) -> None:
        self._found = found
        self._pages = pages

    def __iter__(self) -> Iterator[LocalFile]:
        """Yield them in order."""
        return (file for file in self._found if file.name.lower().endswith(PAGES) == self._pages)


def _first(values: Sequence[Header], name: str) -> str:
    name = name.casefold()
    last = name.rpartition("/")[2]
    fits = (
        header.value for header in values
        if fnmatchcase(name, header.pattern.casefold()) or fnmatchcase(last, header.pattern.casefold())
    )  # fmt: skip
    return next(fits, "")
