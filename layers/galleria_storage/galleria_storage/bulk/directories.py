"""Upload a folder, and only what is new or changed in it.

Existing files are found by listing (one request per 1,000 keys), not by a request for each: size and ETag prove that a
file is unchanged. Only if an ETag proves nothing (encryption by KMS or a customer's key, parts of an unusual size), the
SHA-256 recorded on the object is requested.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from galleria_storage.bulk.run import as_they_finish
from galleria_storage.bulk.standing import Standing, folder_of, in_turn
from galleria_storage.bulk.walk import LocalFile, walk
from galleria_storage.errors import GalleriaError, LocalFileError
from galleria_storage.s3.objects import ABSENT, Condition, Matches, ObjectStore
from galleria_storage.transfer import file_upload
from galleria_storage.transfer.digests import has_etag
from galleria_storage.transfer.existing import find, is_same
from galleria_storage.transfer.local_content import LocalContent

#: Files that are sent at once; with `file_upload.PART_THREADS` each they fill `clients.CONNECTIONS`.
FILE_THREADS: Final = 8

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class DirectoryUpload:
    """The result for a folder; `uploaded` + `skipped` + `failed` is `total`.

    Attributes
    ----------
    total_size
        Bytes of all files that can be read, skipped ones included.
    errors
        ``name: reason``, one for each failed file, sorted.
    """

    total: int = 0
    uploaded: int = 0
    skipped: int = 0
    failed: int = 0
    total_size: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Outcome:
    name: str
    status: Literal["uploaded", "skipped", "failed"]
    size: int = 0
    reason: str = ""


def upload_directory(
    store: ObjectStore,
    local_dir: Path,
    prefix: str = "",
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> DirectoryUpload:
    """Upload a folder with everything in it, several files at once.

    Parameters
    ----------
    prefix
        Put before each name, with one ``/`` between.
    dry_run
        Do everything except writing; the numbers are those of a real run.
    progress
        ``progress(name, done, total)`` after each file, whatever its result, in the calling thread; `done` counts from
        1 to `total`.

    Returns
    -------
    DirectoryUpload
        A file that fails does not stop the others.

    Raises
    ------
    LocalFileError
        There is no such folder.
    ProviderError
        The bucket could not be listed. What was uploaded before that stays.
    """
    if not local_dir.is_dir():
        raise LocalFileError(f"no such folder: {str(local_dir)!r}")
    start = folder_of(prefix)
    result = DirectoryUpload()
    total = sum(1 for _ in walk(local_dir)) if progress else 0
    for standing, files in in_turn(store, walk(local_dir), start):
        run = _FolderRun(store, start, dry_run, standing)
        with closing(as_they_finish(run.upload, files, FILE_THREADS)) as outcomes:
            for outcome in outcomes:
                _count(result, outcome)
                if progress:
                    progress(outcome.name, result.total, max(total, result.total))
    result.errors.sort()
    return result


@dataclass(frozen=True, slots=True)
class _FolderRun:
    """One run over one folder; `upload` may be called by many threads."""

    store: ObjectStore
    prefix: str
    dry_run: bool
    standing: Standing

    def upload(self, file: LocalFile) -> _Outcome:
        """Upload one file unless it is there already; any error becomes its outcome."""
        if file.problem:
            return _Outcome(file.name, "failed", reason=file.problem)
        size = 0
        try:
            key = self.prefix + file.name
            file_upload.check_object_key(self.store.bucket, key)
            content = LocalContent(file.path)
            with content.open():
                size = content.size
            status = self._upload(content, key)
        except GalleriaError as error:
            return _Outcome(file.name, "failed", size, error.message)
        except OSError as error:  # while it was compared with the existing object
            return _Outcome(file.name, "failed", size, f"the file cannot be read: {error.strerror}")
        return _Outcome(file.name, status, size)

    def _upload(self, content: LocalContent, key: str) -> Literal["uploaded", "skipped"]:
        listed = self.standing.listed.get(key)
        condition: Condition = Matches(listed.etag) if listed and listed.etag else ABSENT
        if listed and listed.size == content.size and _has_etag(content, listed.etag):
            return "skipped"
        digests = None
        if (listed and listed.size == content.size) or not (listed or self.standing.complete):
            digests = file_upload.read_digests(content)
            found, condition = find(self.store, key)
            if found and is_same(found, content, digests):
                return "skipped"
        if not self.dry_run:
            file_upload.send(self.store, content, digests or file_upload.read_digests(content), key, condition)
        return "uploaded"


def _has_etag(content: LocalContent, etag: str) -> bool:
    with content.open() as stream:
        return has_etag(stream, content.size, etag)


def _count(result: DirectoryUpload, outcome: _Outcome) -> None:
    result.total += 1
    result.total_size += outcome.size
    if outcome.status == "uploaded":
        result.uploaded += 1
    elif outcome.status == "skipped":
        result.skipped += 1
    else:
        result.failed += 1
        result.errors.append(f"{outcome.name}: {outcome.reason}")
