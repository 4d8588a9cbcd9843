"""One copy of a content in the whole bucket (`DUPLICATE_SCOPE=bucket`): the first key to claim it keeps it.

A claim is a small object in the public bucket, named after the fingerprint and
holding the key of the copy. It is made by a conditional put, so that of many
keys at once exactly one wins. Where a provider does not obey conditions two
keys that come within the same moment may both be published: a copy too many,
never one too few.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from galleria_storage.errors import NotFoundError, PreconditionFailedError
from galleria_storage.publishing.fingerprint import is_result
from galleria_storage.s3.objects import ABSENT, Condition, Matches, ObjectStore

#: Keys of claims start with it.
PREFIX: Final = ".galleria-claims/"


@dataclass(frozen=True, slots=True)
class _Claim:
    key: str
    etag: str


class Claims:
    """The claims in one public bucket.

    Parameters
    ----------
    public
        The public bucket.
    asked
        Tells the fingerprint of what staging asks for under a key, None for nothing.
    """

    def __init__(self, public: ObjectStore, asked: Callable[[str], str | None]) -> None:
        self._public = public
        self._asked = asked

    def other_holder(self, fingerprint: str, key: str) -> str:
        """Claim a content for a key, unless another key holds it.

        Returns
        -------
        str
            That other key; empty if the claim is ours.

        Raises
        ------
        PreconditionFailedError
            Somebody else was quicker: look again.
        """
        name = PREFIX + fingerprint
        standing = None if self._public.profile.preconditions else self._read(name)
        if standing is None:
            try:
                self._write(name, key, ABSENT)
            except PreconditionFailedError:
                standing = self._read(name)
            else:
                standing = _Claim(key, "") if self._public.profile.preconditions else self._read(name)
        if standing is None:
            raise PreconditionFailedError(f"the claim {name!r} vanished", bucket=self._public.bucket, key=key)
        if standing.key == key:
            return ""
        if self._keeps(standing.key, fingerprint):
            return standing.key
        self._write(name, key, Matches(standing.etag))
        return ""

    def _keeps(self, key: str, fingerprint: str) -> bool:
        """Whether the holder has published this content, or is going to: its staging object asks for it."""
        published = self._public.head(key)
        return (published is not None and is_result(published, fingerprint)) or self._asked(key) == fingerprint

    def _write(self, name: str, key: str, condition: Condition) -> None:
        body = json.dumps({"key": key}).encode()
        self._public.put(name, body, {"ContentType": "application/json"}, condition)

    def _read(self, name: str) -> _Claim | None:
        try:
            stream = self._public.open(name)
        except NotFoundError:
            return None
        with stream:
            body = bytearray(stream.info.size)
            stream.fill(memoryview(body))
            return _Claim(json.loads(body)["key"], stream.info.etag)
