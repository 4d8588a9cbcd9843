"""What is learnt from a bucket's answers, and writes that are repeated in another form after a refusal.

A refusal counts only if it repeats: a single one may be a gateway's. A write comes here only after it was refused.
"""

import hashlib
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from galleria_storage.errors import PreconditionFailedError, UnsupportedOperationError
from galleria_storage.s3.conditions import Absent, Condition, Matches, Write
from galleria_storage.s3.profiles import ProviderProfile

#: Accepts further arguments of boto3; raises errors of this library.
Call = Callable[..., Mapping[str, Any]]
#: How often an answer must come before something is learnt from it; a single one may be a gateway's.
TIMES: Final = 2


class Learnt:
    """The only owner of what is learnt about a bucket; threads may share it.

    Parameters
    ----------
    profile
        What is known before the first request.

    Attributes
    ----------
    profile
        What is known by now.
    digest_required
        Every upload must carry a digest: the bucket locks what it holds by
        default (S3 User Guide, "Object Lock considerations").
    has_tags
        GetObjectTagging can be asked.
    """

    def __init__(self, profile: ProviderProfile) -> None:
        self.profile = profile
        self.digest_required = False
        self.has_tags = profile.object_tags is not False
        self._lock = threading.Lock()

    def relies_on(self, write: Write, condition: Condition) -> bool:
        """Whether the provider is known to obey such a condition."""
        return condition is not None and self.profile.support(write, condition) == "honoured"

    def takes_bare_etags(self) -> None:
        """Note that the right ETag was refused with quotes and accepted without."""
        with self._lock:
            self.profile = replace(self.profile, etag_in_if_match="unquoted")

    def refuses(self, write: Write, condition: Condition) -> None:
        """Note that such a condition was refused repeatedly, and that the same write succeeded without it."""
        with self._lock:
            if condition is not None:
                self.profile = _refusing(self.profile, write, condition)

    def keeps_versions(self) -> None:
        """Note that the bucket keeps versions: if that breaks the provider's conditions, stop relying on them."""
        with self._lock:
            if not self.profile.versioned_conditions:
                refused: dict[str, Any] = {"put_if_none_match": "refused", "put_if_match": "refused"}
                self.profile = replace(self.profile, **refused, versioned_conditions=True)

    def requires_digests(self) -> None:
        """Note that an upload without a digest was refused for that reason."""
        self.digest_required = True

    def has_no_tags(self) -> None:
        """Note that GetObjectTagging was refused repeatedly."""
        self.has_tags = False


def with_digest(headers: Mapping[str, Any], body: Any) -> Mapping[str, Any]:
    """Add the Content-MD5 of a body in memory, unless the headers already have a digest."""
    if not isinstance(body, bytes | bytearray | memoryview) or any(map(_is_digest, headers)):
        return headers
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    return {**headers, "ContentMD5": b64encode(digest).decode()}


def write_again(  # noqa: PLR0917 # what a write needs
    learnt: Learnt,
    write: Write,
    condition: Condition,
    call: Call,
    holds: Callable[[], bool],
    error: PreconditionFailedError | UnsupportedOperationError,
) -> Mapping[str, Any]:
    """Write again after a refusal, in case the form of the condition was refused; remember it if so.

    Parameters
    ----------
    learnt
        What is known about the bucket.
    write, condition
        The kind of write, and what must still be true.
    call
        Writes, with the condition's header.
    holds
        Checks whether the condition holds now.
    error
        The first attempt's error.

    Raises
    ------
    PreconditionFailedError
        The condition does not hold.
    """
    for _ in range(TIMES - 1):
        if isinstance(error, UnsupportedOperationError):
            try:
                return call(**learnt.profile.header(write, condition))
            except (PreconditionFailedError, UnsupportedOperationError) as another:
                error = another
    if isinstance(error, UnsupportedOperationError):
        return _without(learnt, write, condition, call)
    # Ceph gives this answer to a quoted ETag, and in a versioned bucket to any, even to the right one.
    if learnt.relies_on(write, condition) or not isinstance(condition, Matches) or not holds():
        raise error
    return _with_bare_etag(learnt, write, condition, call, holds)


def _with_bare_etag(
    learnt: Learnt, write: Write, condition: Matches, call: Call, holds: Callable[[], bool]
) -> Mapping[str, Any]:
    """Write with an ETag without quotes; if that is refused too although it holds, write without the condition."""
    try:
        answer = call(IfMatch=condition.etag)
    except PreconditionFailedError:
        if not holds():
            raise
        return _without(learnt, write, condition, call)
    learnt.takes_bare_etags()
    return answer


def _without(learnt: Learnt, write: Write, condition: Condition, call: Call) -> Mapping[str, Any]:
    answer = call()
    learnt.refuses(write, condition)
    return answer


def _refusing(profile: ProviderProfile, write: Write, condition: Absent | Matches) -> ProviderProfile:
    """Return the same facts with one exception: such a write is refused."""
    absent = isinstance(condition, Absent)
    match write:
        case "put":
            return replace(profile, put_if_none_match="refused") if absent else replace(profile, put_if_match="refused")
        case "complete" if absent:
            return replace(profile, complete_if_none_match="refused")
        case "complete":
            return replace(profile, complete_if_match="refused")
        case "delete":
            return replace(profile, delete_if_match="refused")


def _is_digest(header: str) -> bool:
    return header == "ContentMD5" or header.startswith("Checksum")
