"""Upload a folder, and only what is new or changed in it.

What is there already is found by listing (one request per 1,000 keys), not by
asking for each file: size and ETag prove that a file is unchanged. Only where
an ETag proves nothing (encryption by KMS or a customer's key, parts of an
unusual size) the SHA-256 recorded on the object is asked for.
"""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from os.path import commonprefix
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from galleria_storage.errors import GalleriaError, LocalFileError
from galleria_storage.s3.listing import ListedObject, list_pages
from galleria_storage.transfer import checksums, uploads
from galleria_storage.transfer.local_content import LocalContent
from galleria_storage.transfer.stored import is_stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: Files that are sent at once; with `transfer.PART_THREADS` each they fill `clients.CONNECTIONS`.
FILE_THREADS: Final = 8

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class LocalFile:
    """An entry of the folder: its name in it (with ``/``), where it is, and why it cannot be uploaded, if so."""

    name: str
    path: Path
    problem: str | None = None


@dataclass(slots=True)
class DirectoryUpload:
    """What became of a folder; `uploaded` + `skipped` + `failed` is `total`.

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
    client: "S3Client",
    local_dir: Path,
    bucket: str,
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
        Do all but the writing; the numbers are those of a real run.
    progress
        ``progress(name, done, total)`` after each file, whatever became of
        it, in the calling thread; `done` counts from 1 to `total`.

    Returns
    -------
    DirectoryUpload
        A file that fails does not stop the others.

    Raises
    ------
    LocalFileError
        There is no such folder.
    ProviderError
        The bucket could not be listed.
    """
    if not local_dir.is_dir():
        raise LocalFileError(f"there is no folder {str(local_dir)!r}")
    folder = prefix.strip("/")
    files = list_files(local_dir)
    run = _Run(client, bucket, f"{folder}/" if folder else "", dry_run)
    run.look_at_bucket([run.prefix + file.name for file in files if file.problem is None])
    result = DirectoryUpload(total=len(files))
    with (
        ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="upload") as pool,
        closing(_as_they_finish(pool, run.upload, iter(files))) as outcomes,
    ):
        for done, outcome in enumerate(outcomes, 1):
            _count(result, outcome)
            if progress:
                progress(outcome.name, done, result.total)
    result.errors.sort()
    return result


def list_files(folder: Path) -> list[LocalFile]:
    """Return all files below a folder, sorted by name.

    Links are followed; one that leads into a folder which holds it is
    returned with its problem, as is a folder that cannot be read. Names that
    begin with a dot are left out, folders with all that is in them: what is
    hidden (``.git``, ``.env``, ``.DS_Store``) is not meant to be published.
    """
    found: list[LocalFile] = []
    waiting: list[tuple[LocalFile, frozenset[tuple[int, int]]]] = [(LocalFile("", folder), frozenset())]
    while waiting:
        here, above = waiting.pop()
        try:
            state = here.path.stat()
            if (state.st_dev, state.st_ino) in above:
                found.append(LocalFile(here.name, here.path, "the link leads back to a folder that holds it"))
                continue
            inside = [path for path in here.path.iterdir() if not path.name.startswith(".")]
        except OSError as error:
            found.append(LocalFile(here.name or ".", here.path, f"the folder cannot be read: {error.strerror}"))
            continue
        for path in inside:
            name = path.name.encode(errors="backslashreplace").decode()
            entry = LocalFile(f"{here.name}/{name}" if here.name else name, path)
            if name != path.name:
                found.append(
                    LocalFile(entry.name, path, "the name is not valid Unicode, so that no key can be made of it")
                )
            elif path.is_dir():
                waiting.append((entry, above | {(state.st_dev, state.st_ino)}))
            else:
                found.append(entry)
    return sorted(found, key=lambda file: file.name)


@dataclass(slots=True)
class _Run:
    """One run over one folder; `upload` may be called by many threads."""

    client: "S3Client"
    bucket: str
    prefix: str
    dry_run: bool
    listed: dict[str, ListedObject] = field(default_factory=dict)
    listed_all: bool = True

    def look_at_bucket(self, keys: list[str]) -> None:
        """List what may be there already.

        A listing that takes more requests than there are files (three photos
        into a bucket of a million) is given up; those files are then asked for.
        """
        if not keys:
            return
        wanted = set(keys)
        common = commonprefix(keys)  # noqa: RUF071 # a prefix of keys is one of characters, not of path components
        for pages, page in enumerate(list_pages(self.client, self.bucket, common), 1):
            self.listed.update((found.key, found) for found in page if found.key in wanted)
            if pages >= max(len(wanted), 2) and len(self.listed) < len(wanted):
                self.listed_all = False
                return

    def upload(self, file: LocalFile) -> _Outcome:
        """Upload one file unless it is there; whatever goes wrong becomes its outcome."""
        if file.problem:
            return _Outcome(file.name, "failed", reason=file.problem)
        size = 0
        try:
            key = self.prefix + file.name
            uploads.check_key(self.bucket, key)
            content = LocalContent(file.path)
            with content.open():
                size = content.size
            status = self._upload(content, key)
        except GalleriaError as error:
            return _Outcome(file.name, "failed", size, error.message)
        return _Outcome(file.name, status, size)

    def _upload(self, content: LocalContent, key: str) -> Literal["uploaded", "skipped"]:
        there = self.listed.get(key)
        may_be_there = there.size == content.size if there else not self.listed_all
        if there and may_be_there and _has_etag(content, there.etag):
            return "skipped"
        digests = None
        if may_be_there:
            digests = uploads.read_digests(content)
            if is_stored(self.client, content, digests, self.bucket, key):
                return "skipped"
        if not self.dry_run:
            uploads.send(self.client, content, digests or uploads.read_digests(content), self.bucket, key)
        return "uploaded"


def _has_etag(content: LocalContent, etag: str) -> bool:
    with content.open() as stream:
        return checksums.has_etag(stream, content.size, etag)


def _as_they_finish(
    pool: ThreadPoolExecutor, work: Callable[[LocalFile], _Outcome], files: Iterator[LocalFile]
) -> Generator[_Outcome, None, None]:
    """Yield outcomes as they come, with only a few files waiting at any time."""
    running: set[Future[_Outcome]] = {pool.submit(work, file) for file in islice(files, 2 * FILE_THREADS)}
    try:
        while running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(work, file) for file in islice(files, len(finished))}
            for future in finished:
                yield future.result()
    finally:
        for future in running:
            future.cancel()


def _count(result: DirectoryUpload, outcome: _Outcome) -> None:
    result.total_size += outcome.size
    if outcome.status == "uploaded":
        result.uploaded += 1
    elif outcome.status == "skipped":
        result.skipped += 1
    else:
        result.failed += 1
        result.errors.append(f"{outcome.name}: {outcome.reason}")
