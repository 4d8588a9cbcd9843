"""One copy of a content in the whole bucket (`DUPLICATE_SCOPE=bucket`): the first key to claim it holds it.

Notes are kept in the public bucket under `.galleria-claims/<fingerprint>/`:

* `holder`: the key that is published, or is about to be; the first to write it wins;
* `waiting/<digest of a key>`: a key that relies on the holder's copy;
* `leaving/<digest of a key>`: the copy of this key is about to be replaced or removed;

and, if the provider does not obey conditions, under
`.galleria-claims/writing/<digest of a key>/`: a run may overwrite this key
without having seen what is there.

A key that waits writes its note first, and then looks whether the holder is
leaving or has left, or may be overwritten; a holder that leaves writes its note first, and then looks who waits.
Whatever the order, one of the two sees the other: then the key that waits is
published before the holder's copy is gone. So there may be one copy too many, but
never one too few.

Keys that wait are published nowhere, so they are private. Notes contain no keys
in clear text: keys are masked with the name of the staging bucket, which the
public does not see, and the template denies the public these notes.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from galleria_storage.errors import NotFoundError, PreconditionFailedError, ProviderError
from galleria_storage.publishing.fingerprint import is_result
from galleria_storage.s3.listing import list_objects
from galleria_storage.s3.objects import ABSENT, Condition, Matches, ObjectStore

#: Keys of notes start with it.
PREFIX: Final = ".galleria-claims/"
_NONCE_BYTES: Final = 16
#: The longest note, in bytes (a key has at most 1,024); somebody else wrote a longer one.
LONGEST: Final = _NONCE_BYTES + 1024


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who holds some content; the key is empty if that is unknown."""

    key: str
    etag: str = ""


class Claims:
    """The claims in one public bucket.

    Parameters
    ----------
    public
        The public bucket.
    veil
        Keys are masked so that only somebody who knows this text can read them.
    asked
        Returns the fingerprint of what staging asks for under a key; None for nothing.
    """

    def __init__(self, public: ObjectStore, veil: str, asked: Callable[[str], str | None]) -> None:
        self._public = public
        self._veil = veil.encode()
        self._asked = asked

    def other_holder(self, fingerprint: str, key: str, *, patient: bool) -> str:
        """Claim some content for a key, unless another key has published it.

        Parameters
        ----------
        fingerprint, key
            The content, and who wants it.
        patient
            Whether to wait for a holder that has not published it yet. It may
            have died, so patience must end at some point.

        Returns
        -------
        str
            The other key, on which `key` now relies; empty if `key` must be published.

        Raises
        ------
        PreconditionFailedError
            Somebody else was faster, or is about to publish it: start again.
        """
        holder = self._claimed(fingerprint, key)
        if holder.key == key:
            return ""
        if self._is_published(holder.key, fingerprint):
            self._write(self._note(fingerprint, "waiting", key), key, None)
            if self._is_leaving(fingerprint, holder.key):
                return ""  # at worst there is one copy too many
            written_over = self._may_be_written_over(holder.key)
            if written_over and patient:
                raise self._busy(key)
            if written_over or not self._is_published(holder.key, fingerprint):
                return ""
            return holder.key
        if patient and holder.key and self._asked(holder.key) == fingerprint:
            raise self._busy(key)
        self._write(_holder_note(fingerprint), key, Matches(holder.etag))
        return ""

    def leave(self, fingerprint: str, key: str) -> str:
        """Hand some content over before the copy of a key is removed or replaced; repeating this changes nothing.

        Returns
        -------
        str
            The key that must be published first; empty if nobody waits.

        Raises
        ------
        PreconditionFailedError
            Somebody else claims the content at this moment: start again.
        """
        holder = self._read_holder(fingerprint)
        if holder and holder.key != key and self._is_published(holder.key, fingerprint):
            return holder.key if self._is_leaving(fingerprint, key) else ""  # after a run that died on the way
        self._write(self._note(fingerprint, "leaving", key), key, None)
        for other in self._waiting(fingerprint):
            if other != key and self._asked(other) == fingerprint:
                condition = Matches(holder.etag) if holder else ABSENT
                self._write(_holder_note(fingerprint), other, condition)
                return other
            self._public.delete(self._note(fingerprint, "waiting", other), None)
        return ""

    @contextmanager
    def writing(self, key: str) -> Iterator[None]:
        """While a run reads and writes under a key, let no key rely on its copy if conditions are not obeyed."""
        if self._obeys():
            yield
            return
        note = f"{self._writers(key)}{os.urandom(_NONCE_BYTES).hex()}"
        self._write(note, key, None)
        try:
            yield
        finally:
            with suppress(ProviderError):  # if it stays, the worst is one copy too many
                self._public.delete(note, None)

    def left(self, fingerprint: str, key: str) -> None:
        """Remove the note once the copy is gone; if that fails, the worst is one copy too many."""
        with suppress(ProviderError):
            self._public.delete(self._note(fingerprint, "leaving", key), None)

    def _claimed(self, fingerprint: str, key: str) -> _Holder:
        """Return who holds some content: the key itself, if nobody did."""
        obeyed = self._public.profile.preconditions
        if not obeyed and (holder := self._read_holder(fingerprint)):
            return holder
        try:
            self._write(_holder_note(fingerprint), key, ABSENT)
        except PreconditionFailedError:
            obeyed = False
        if obeyed:
            return _Holder(key)
        if holder := self._read_holder(fingerprint):
            return holder
        raise PreconditionFailedError("a claim vanished", bucket=self._public.bucket, key=key)

    def _is_published(self, key: str, fingerprint: str) -> bool:
        published = self._public.head(key) if key else None
        return published is not None and is_result(published, fingerprint)

    def _may_be_written_over(self, key: str) -> bool:
        client, bucket = self._public.client, self._public.bucket
        return not self._obeys() and any(True for _ in list_objects(client, bucket, self._writers(key)))

    def _obeys(self) -> bool:
        return self._public.profile.preconditions and self._public.profile.complete_preconditions

    def _busy(self, key: str) -> PreconditionFailedError:
        return PreconditionFailedError(
            f"another key with the content of {key!r} is being published", bucket=self._public.bucket, key=key
        )

    def _is_leaving(self, fingerprint: str, key: str) -> bool:
        return self._public.head(self._note(fingerprint, "leaving", key)) is not None

    def _waiting(self, fingerprint: str) -> Iterator[str]:
        """Yield the keys that wait."""
        for found in list_objects(self._public.client, self._public.bucket, f"{PREFIX}{fingerprint}/waiting/"):
            if (note := self._read(found.key)) and note.key:
                yield note.key

    def _read_holder(self, fingerprint: str) -> _Holder | None:
        return self._read(_holder_note(fingerprint))

    def _read(self, name: str) -> _Holder | None:
        """Return what a note says; one that cannot be read names nobody."""
        try:
            stream = self._public.open(name)
        except NotFoundError:
            return None
        with stream:
            etag = stream.info.etag
            if not _NONCE_BYTES < stream.info.size <= LONGEST:
                return _Holder("", etag)
            body = bytearray(stream.info.size)
            stream.fill(memoryview(body))
        try:
            return _Holder(self._veiled(bytes(body[:_NONCE_BYTES]), bytes(body[_NONCE_BYTES:])).decode(), etag)
        except UnicodeDecodeError:
            return _Holder("", etag)

    def _write(self, name: str, key: str, condition: Condition) -> None:
        nonce = os.urandom(_NONCE_BYTES)  # gives each note an ETag of its own
        body = nonce + self._veiled(nonce, key.encode())
        self._public.put(name, body, {"ContentType": "application/octet-stream"}, condition)

    def _note(self, fingerprint: str, kind: str, key: str) -> str:
        return f"{PREFIX}{fingerprint}/{kind}/{self._digest(key)}"

    def _writers(self, key: str) -> str:
        return f"{PREFIX}writing/{self._digest(key)}/"

    def _digest(self, key: str) -> str:
        return hashlib.sha256(b"\0".join((self._veil, key.encode()))).hexdigest()

    def _veiled(self, nonce: bytes, text: bytes) -> bytes:
        """Mask a text or unmask it: exclusive or with a stream that is derived from the veil."""
        stream = hashlib.shake_256(b"\0".join((nonce, self._veil))).digest(len(text))
        return bytes(one ^ other for one, other in zip(text, stream, strict=True))


def _holder_note(fingerprint: str) -> str:
    return f"{PREFIX}{fingerprint}/holder"
