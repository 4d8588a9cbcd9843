"""Putting a static site's files into the public bucket, beside the copies of photos: the work of `deploy`."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final, Literal, NamedTuple

from galleria_storage.bulk.patience import Patience
from galleria_storage.bulk.remembered import RememberedFiles
from galleria_storage.bulk.standing import Standing
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.errors import GalleriaError, UnsafeKeyError
from galleria_storage.publishing.fingerprint import is_ours
from galleria_storage.publishing.ignored_keys import is_ignored
from galleria_storage.s3.objects import ABSENT, Condition, Matches, ObjectInfo, ObjectStore
from galleria_storage.transfer import files
from galleria_storage.transfer.digests import Digests
from galleria_storage.transfer.local_content import LocalContent
from galleria_storage.transfer.stored import find, is_same

Status = Literal["deployed", "unchanged", "left out", "refused", "failed"]
WRONG: Final = frozenset({"refused", "failed"})
#: Pages go last: what they show is there when they are.
PAGES: Final = (".html", ".htm", ".xhtml", ".xml", ".json", ".webmanifest")


class Header(NamedTuple):
    """A value of a header for the files that fit a pattern."""

    pattern: str
    value: str


class Deployed(NamedTuple):
    """What became of one file."""

    name: str
    key: str
    status: Status
    size: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One run; `one` may be called by many threads.

    Attributes
    ----------
    store, standing
        The public bucket, and what it holds already.
    cache_control, media_types
        Values by pattern, the first that fits counts.
    again
        Send files that have not changed, too: rules for headers may have.
    """

    store: ObjectStore
    standing: Standing
    prefix: str
    patience: Patience
    remembered: RememberedFiles
    cache_control: Sequence[Header] = ()
    media_types: Sequence[Header] = ()
    again: bool = False
    dry_run: bool = False

    def one(self, file: LocalFile) -> Deployed:
        """Deploy one file; whatever goes wrong with it becomes its status."""
        key = self.prefix + file.name
        if is_ignored(key):
            return Deployed(file.name, key, "left out", reason="it is not part of a site")
        if file.problem:
            return Deployed(file.name, key, "failed", reason=file.problem)
        try:
            files.check_key(self.store.bucket, key)
            content = LocalContent(file.path)
            status = self.patience.call(lambda: self._put(file, content, key))
            return Deployed(file.name, key, status, content.size)
        except UnsafeKeyError as error:
            return Deployed(file.name, key, "refused", reason=error.message)
        except GalleriaError as error:
            return Deployed(file.name, key, "failed", reason=" ".join(filter(None, (error.message, error.advice))))
        except OSError as error:
            return Deployed(file.name, key, "failed", reason=f"the file cannot be read: {error.strerror}")

    def _put(self, file: LocalFile, content: LocalContent, key: str) -> Status:
        listed = self.standing.listed.get(key)
        digests = self.remembered.digests(file.path)
        if listed and listed.size == content.size and not self.again:
            digests = digests or self._read(file, content)
            if digests.etag == listed.etag:
                return "unchanged"
        condition: Condition = ABSENT
        if listed or not self.standing.complete or self.store.profile.support("put", ABSENT) != "honoured":
            found, condition = find(self.store, key)
            if found:
                refuse_copies(found)
                digests = digests or self._read(file, content)
                if is_same(found, content, digests) and not self.again:
                    return "unchanged"
                condition = Matches(found.etag)
        if not self.dry_run:
            digests = digests or self._read(file, content)
            headers = self._headers(file.name)
            files.send(self.store, content, digests, key, condition, headers=headers, guard=refuse_copies)
        return "deployed"

    def _read(self, file: LocalFile, content: LocalContent) -> Digests:
        digests = files.read_digests(content)
        self.remembered.remember(file.path, digests)
        return digests

    def _headers(self, name: str) -> dict[str, Any]:
        rules = {"CacheControl": self.cache_control, "ContentType": self.media_types}
        found = {header: _first(values, name) for header, values in rules.items()}
        return {header: value for header, value in found.items() if value}


def refuse_copies(found: ObjectInfo) -> None:
    """Raise UnsafeKeyError for the corrected copy of a photo: a site's file never takes its place."""
    if is_ours(found):
        raise UnsafeKeyError(
            f"{found.key!r} is the corrected copy of a photo, which a deployment never replaces", key=found.key
        )


def in_stages(found: Sequence[LocalFile]) -> tuple[list[LocalFile], list[LocalFile]]:
    """Return what pages show, and the pages."""
    stages: tuple[list[LocalFile], list[LocalFile]] = ([], [])
    for file in found:
        stages[file.name.lower().endswith(PAGES)].append(file)
    return stages


def _first(values: Sequence[Header], name: str) -> str:
    name = name.casefold()
    last = name.rpartition("/")[2]
    fits = (
        header.value for header in values
        if fnmatchcase(name, header.pattern.casefold()) or fnmatchcase(last, header.pattern.casefold())
    )  # fmt: skip
    return next(fits, "")
