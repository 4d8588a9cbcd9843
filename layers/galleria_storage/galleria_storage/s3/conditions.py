"""Conditions of a write: what must still be true (RFC 9110, section 13.1)."""

from typing import Final, Literal, NamedTuple


class Matches(NamedTuple):
    """Condition: the object still has this ETag (``If-Match``)."""

    etag: str


class Absent:
    """Condition: there is no object under the key (``If-None-Match: *``)."""


ABSENT: Final = Absent()
Condition = Absent | Matches | None

Write = Literal["put", "complete", "delete"]
"""PutObject, CompleteMultipartUpload, DeleteObject."""
