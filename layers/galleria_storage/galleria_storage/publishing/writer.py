"""Writing the content of a draft: small ones in one request, large ones in parts."""

from typing import TYPE_CHECKING

from galleria_storage.publishing.fingerprint import SHA256
from galleria_storage.publishing.multipart import put_in_parts
from galleria_storage.publishing.proof import Proof, check_whole
from galleria_storage.publishing.tail_copy import CopyRefusedError, copies_safely, put_and_copy
from galleria_storage.publishing.writing import Publication, Sizes, Written
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.transfer.buffers import body_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor


def _one_thread() -> "Executor":
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 # lazy: most photos need no second thread

    return ThreadPoolExecutor(1, "send-part")


class Writer:
    """Writes into the public bucket.

    Parameters
    ----------
    store
        The public bucket.
    copy_from
        The staging bucket if the public bucket's client may read it too, at
        the same provider; None: everything passes through here.
    sizes
        Where one way of writing ends and the next begins.
    sender
        Makes the one-thread executor that sends a part while the next is read.
    """

    def __init__(
        self,
        store: ObjectStore,
        copy_from: ObjectStore | None = None,
        sizes: Sizes = Sizes(),  # noqa: B008 # frozen
        sender: "Callable[[], Executor]" = _one_thread,
    ) -> None:
        self._store = store
        self._copy_from = copy_from
        self._sizes = sizes
        self._sender = sender

    def write(self, publication: Publication) -> Written:
        """Write the content under its condition and verify what was stored.

        Raises
        ------
        PreconditionFailedError
            The condition does not hold any more, or the source changed.
        WrongContentError
            Something else was stored.
        CorruptPhotoError
            The end of the photo forbids the edit.
        """
        size = publication.draft.content.size
        if size <= self._sizes.whole:
            return self._put_whole(publication)
        if self._copy_from and size >= self._sizes.copied and copies_safely(self._store.profile, publication.key):
            try:
                copied = put_and_copy(self._store, publication, self._sizes, self._copy_from)
            except CopyRefusedError:
                self._copy_from = None
                raise
            if copied:
                return copied
        with self._sender() as sender:
            return put_in_parts(self._store, publication, self._sizes, sender)

    def _put_whole(self, publication: Publication) -> Written:
        """Write with one PutObject; the SHA-256 is known before the first byte goes out, and so is recorded."""
        store, key, content = self._store, publication.key, publication.draft.content
        with body_of(content.size) as data:
            with memoryview(data) as view:
                content.fill(view)
                publication.draft.follow_tail(view)
            sha256 = content.sha256()
            proof = Proof(store.profile, data, sha256)
            metadata = {**publication.headers["Metadata"], SHA256: sha256.hex()}
            headers = {**publication.headers, **proof.headers, "Metadata": metadata}
            stored = store.put(key, data, headers, publication.condition)
            check_whole(store, key, stored, proof.holds(stored), len(data))
        return Written(store.profile.preconditions, content.size)
