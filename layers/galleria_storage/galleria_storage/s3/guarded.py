"""Writes with what guards them: a digest where the bucket wants one, a condition as the provider takes it.

What an answer teaches is kept in `Learnt`, and only what repeats is learnt.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final

from galleria_storage.errors import PreconditionFailedError, ProviderError, UnsupportedOperationError
from galleria_storage.s3.conditions import Condition, Matches, Write
from galleria_storage.s3.faults import wants_digest
from galleria_storage.s3.learnt import Learnt

#: Takes further arguments of boto3; raises errors of this library.
Call = Callable[..., Mapping[str, Any]]
#: Answers that must repeat before something is learnt from them: one alone may be a gateway's.
TIMES: Final = 2


def with_digest(learnt: Learnt, call: Call, body: Any, headers: Mapping[str, Any]) -> Mapping[str, Any]:
    """Upload a body, with its Content-MD5 where the bucket takes nothing without a digest."""
    if learnt.digest_required:
        headers = _with_md5(headers, body)
    try:
        return call(**headers)
    except ProviderError as error:
        digested = _with_md5(headers, body)
        if digested == headers or not wants_digest(error):
            raise
    answer = call(**digested)
    learnt.requires_digests()
    return answer


def under_condition(
    learnt: Learnt, write: Write, condition: Condition, call: Call, holds: Callable[[], bool]
) -> Mapping[str, Any]:
    """Write under a condition, unless the provider is known to refuse it; learn so if it does.

    Parameters
    ----------
    learnt
        What is known of the bucket.
    write, condition
        What is done, and what must still be true.
    call
        Does it, with the condition's header.
    holds
        Looks whether the condition holds now.

    Raises
    ------
    PreconditionFailedError
        It does not hold.
    """
    if not (header := learnt.headers(write, condition)):
        return call()
    for _ in range(TIMES):
        try:
            return call(**header)
        except UnsupportedOperationError:
            continue
        except PreconditionFailedError:
            # Ceph answers so to a quoted ETag, and in a versioned bucket to any, although it is the right one.
            if learnt.relies_on(write, condition) or not isinstance(condition, Matches) or not holds():
                raise
            return _with_bare_etag(learnt, write, condition, call, holds)
    return _without(learnt, write, condition, call)


def _with_bare_etag(
    learnt: Learnt, write: Write, condition: Matches, call: Call, holds: Callable[[], bool]
) -> Mapping[str, Any]:
    """Write with the ETag as it is, without quotes; without the condition if that is refused, too, while it holds."""
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


def _with_md5(headers: Mapping[str, Any], body: Any) -> Mapping[str, Any]:
    """Add the Content-MD5 of a body in memory, unless the headers hold a digest already."""
    if not isinstance(body, bytes | bytearray | memoryview) or any(map(_is_digest, headers)):
        return headers
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    return {**headers, "ContentMD5": b64encode(digest).decode()}


def _is_digest(header: str) -> bool:
    return header == "ContentMD5" or header.startswith("Checksum")
