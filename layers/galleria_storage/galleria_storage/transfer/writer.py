"""Writing content into a bucket: small content in one request, large content in parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from galleria_storage.s3.objects import Condition, ObjectStore, ObjectStream
from galleria_storage.transfer.buffers import BodyPool
from galleria_storage.transfer.content import Content
from galleria_storage.transfer.copying import CopyRefusedError, SentPart, copies_safely, lay_out, put_and_copy
from galleria_storage.transfer.digests import SHA256_METADATA
from galleria_storage.transfer.multipart import MultipartUpload, put_in_parts
from galleria_storage.transfer.object_source import ObjectSource, source_of
from galleria_storage.transfer.proof import Proof, algorithm_of_parts, put_proven
from galleria_storage.transfer.sizes import Sizes

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Written:
    """What was written and verified.

    Attributes
    ----------
    conditional
        Whether the provider is known to have obeyed the condition.
    bytes_out
        Bytes sent.
    bytes_copied
        Bytes copied by the provider.
    """

    conditional: bool
    bytes_out: int
    bytes_copied: int = 0


def _one_thread() -> "Executor":
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 # lazy: most photos need no second thread

    return ThreadPoolExecutor(1, "send-part")


class Writer:
    """Writes into one bucket.

    Parameters
    ----------
    store
        The bucket.
    copies
        Whether this bucket's client may also read the bucket of the source, at
        the same provider, so that the provider can copy what does not change.
    sizes
        Where one way of writing ends and the next begins.
    sender
        Makes the one-thread executor that sends a part while the next one is read.

    Attributes
    ----------
    copies
        As above; False once the provider has refused to copy.
    """

    def __init__(
        self,
        store: ObjectStore,
        *,
        copies: bool = False,
        sizes: Sizes = Sizes(),  # noqa: B008 # frozen
        sender: "Callable[[], Executor]" = _one_thread,
    ) -> None:
        self.copies = copies
        self.sizes = sizes
        self._bodies = BodyPool()
        self._store = store
        self._sender = sender

    def source(self, store: ObjectStore, stream: ObjectStream) -> "AbstractContextManager[ObjectSource]":
        """Lend an object whose first GET was answered as the source of what will be written."""
        return source_of(store, stream, self.sizes.whole, self._bodies)

    def write(self, key: str, content: Content, headers: Mapping[str, Any], condition: Condition) -> Written:
        """Write content under a condition and verify what was stored.

        Parameters
        ----------
        key
            The name of the object.
        content
            What to write.
        headers
            Arguments of PutObject or CreateMultipartUpload: ContentType, Metadata…
        condition
            What must still be true of the key.

        Raises
        ------
        PreconditionFailedError
            The condition no longer holds, or the source changed.
        WrongContentError
            Something else was stored.
        """
        if content.in_memory:
            return self._put_whole(key, content, headers, condition)
        parts = self._parts_to_copy(key, content)
        if any(isinstance(part, range) for part in parts):
            try:
                copied = put_and_copy(self._store, key, content, headers, condition, parts)
            except CopyRefusedError:
                self.copies = False
                raise
            return Written(self._store.profile.complete_preconditions, content.size - copied, copied)
        upload = MultipartUpload(self._store, key, headers, algorithm_of_parts(self._store.profile))
        with self._sender() as sender:
            put_in_parts(upload, content, condition, self.sizes, sender)
        return Written(self._store.profile.complete_preconditions, content.size)

    def _put_whole(self, key: str, content: Content, headers: Mapping[str, Any], condition: Condition) -> Written:
        """Write with one PutObject; the SHA-256 is known before the first byte goes out, and so is recorded."""
        store, data = self._store, content.whole()
        sha256 = content.sha256
        proof = Proof.of_bytes(store.profile, data, sha256)
        headers = {**headers, "Metadata": {**headers.get("Metadata", {}), SHA256_METADATA: sha256.hex()}}
        put_proven(store, key, data, headers, condition, proof)
        return Written(store.profile.preconditions, content.size)

    def _parts_to_copy(self, key: str, content: Content) -> list[SentPart | range]:
        """Return the parts of the content, some of which the provider may copy; empty if it may not."""
        large = self.copies and content.size >= self.sizes.copied
        return lay_out(content.pieces, self.sizes) if large and copies_safely(self._store.profile, key) else []
