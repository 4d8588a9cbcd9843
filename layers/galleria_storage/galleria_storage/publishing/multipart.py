"""Writing an object in parts: any size in constant memory, and nothing left behind on an error.

While one part is sent by a second thread, the next one is read: two buffers
take turns. The tail of a very large object is copied by the provider itself
where its profile says that this is safe.

Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits" (10,000 parts
of 5 MiB to 5 GiB, the last one may be smaller).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from galleria_storage.errors import GalleriaError, NotFoundError, PreconditionFailedError
from galleria_storage.publishing.draft import TAIL_BYTES, Draft
from galleria_storage.publishing.proof import Proof, WrongContentError, algorithm_of_parts, check_parts
from galleria_storage.publishing.writing import MIB, Publication, Sizes, Written
from galleria_storage.s3.objects import Condition, ObjectStore, Stored
from galleria_storage.s3.sdk.signing import DigestedBody
from galleria_storage.transfer.buffers import body_of

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

MAX_PARTS: Final = 10_000


class Upload:
    """One multipart upload: to be completed as a whole, or aborted."""

    def __init__(self, store: ObjectStore, key: str, headers: Mapping[str, Any]) -> None:
        self.store = store
        self.key = key
        self.upload_id = store.start_multipart(key, {**headers, **algorithm_of_parts(store.profile)})
        self.parts: list[Stored] = []

    def send(self, number: int, data: DigestedBody, sha256: bytes = b"") -> Stored:
        """Send one part, whose SHA-256 may be known, and verify that it arrived."""
        proof = Proof(self.store.profile, data, sha256, part=True)
        part = self.store.upload_part(self.key, self.upload_id, number, data, proof.headers)
        if proof.holds(part) is False:
            raise WrongContentError(self.store, self.key, f"part {number} has the ETag {part.etag}")
        return part

    def complete(self, size: int, condition: Condition) -> str:
        """Put the parts together under a condition, verify the whole, return its ETag.

        Raises
        ------
        PreconditionFailedError
            The condition does not hold any more; or the upload is gone, perhaps
            because an earlier request completed it and its answer was lost.
        WrongContentError
            Something else stands there now.
        """
        try:
            stored = self.store.complete(self.key, self.upload_id, self.parts, condition)
        except NotFoundError as error:  # NoSuchUpload
            raise PreconditionFailedError(
                f"the upload of {self.key!r} is gone", bucket=self.store.bucket, key=self.key
            ) from error
        check_parts(self.store, self.key, stored, self.parts, size)
        return stored.etag

    def abort(self) -> None:
        """Give the parts' space back; if this fails too, the bucket's lifecycle rule does it later."""
        try:
            self.store.abort(self.key, self.upload_id)
        except GalleriaError:
            return


def put_in_parts(store: ObjectStore, publication: Publication, sizes: Sizes, sender: "Executor") -> Written:
    """Publish content of any size; `sender` runs one upload of a part at a time.

    Raises
    ------
    PreconditionFailedError
        The condition does not hold any more, or the source changed.
    WrongContentError
        Something else was stored.
    CorruptPhotoError
        The end of the photo forbids the edit.
    """
    draft, size = publication.draft, publication.draft.content.size
    first, later = first_and_later(size, part_size(size, sizes.part), equal=store.profile.equal_parts)
    with body_of(first) as one, body_of(later) as other:
        upload = Upload(store, publication.key, publication.headers)
        try:
            _send_all(upload, draft, (one, other), later, sender)
            upload.complete(size, publication.condition)
        except BaseException:
            sender.shutdown()  # a part that is still being sent would outlive the abort
            upload.abort()
            raise
    return Written(store.profile.complete_preconditions, size)


def part_size(size: int, at_least: int, most_parts: int = MAX_PARTS) -> int:
    """Return the size of the parts of an object with `size` bytes: grown by whole MiB so that the parts suffice."""
    return at_least if size <= at_least * most_parts else -(-size // (most_parts * MIB)) * MIB


def first_and_later(size: int, largest: int, *, equal: bool) -> tuple[int, int]:
    """Return the sizes of the first part and of the later ones.

    Unless all must be equal, the first is as large as it may be: its digest is
    known from the digest of the whole. The later ones share what is left, so
    that the memory of one serves the next.
    """
    first = min(largest, size)
    left = size - first
    count = -(-left // largest)
    return first, first if equal else -(-left // count) if count else 0


def _send_all(
    upload: Upload, draft: Draft, buffers: tuple[DigestedBody, DigestedBody], later: int, sender: "Executor"
) -> None:
    """Read one part while the one before is sent."""
    content, tail = draft.content, b""
    sending: Future[Stored] | None = None
    number = 0
    while content.left:
        data = buffers[number % 2]
        del data[min(content.left, later if number else len(data)) :]
        with memoryview(data) as view:
            content.fill(view)
            tail = (tail + bytes(view[-TAIL_BYTES:]))[-TAIL_BYTES:]
        if not content.left:
            _follow_tail(draft, data, tail)
        if sending:
            upload.parts.append(sending.result())
        number += 1
        # What the whole has as its digest after the first part is the digest of that part.
        sending = sender.submit(upload.send, number, data, content.sha256_so_far() if number == 1 else b"")
    if sending:
        upload.parts.append(sending.result())


def _follow_tail(draft: Draft, last_part: DigestedBody, tail: bytes) -> None:
    """Let the end of the photo follow its edit, if all of it is in the part that is not sent yet."""
    if len(last_part) < min(TAIL_BYTES, draft.content.size):
        draft.check_tail(tail)
        return
    with memoryview(last_part) as view:
        draft.follow_tail(view)
