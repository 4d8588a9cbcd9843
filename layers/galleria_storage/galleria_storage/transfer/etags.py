"""The ETags that a provider gives to unencrypted content.

An ETag is the MD5 of the content for a single PutObject; after a multipart
upload it is the MD5 of the parts' MD5s with ``-`` and their number. Where the
provider encrypts with a key of its key service or of the customer, it is
neither, and proves nothing (`Stored.etag_is_md5`, `ObjectInfo.etag_is_md5`).

Source: S3 API Reference, "Object", ETag; S3 User Guide, "Checking object
integrity".
"""

import re
from collections.abc import Sequence
from hashlib import md5
from typing import Final

_MD5: Final = re.compile(r"[0-9a-f]{32}")
_OF_PARTS: Final = re.compile(r"[0-9a-f]{32}-([1-9][0-9]*)")


def md5_of(etag: str) -> bytes:
    """Return the MD5 that the ETag contains; empty if it is of another kind."""
    return bytes.fromhex(etag) if _MD5.fullmatch(etag) else b""


def parts_of(etag: str) -> int:
    """Return in how many parts the object with this ETag was uploaded; 0 if it was uploaded whole."""
    found = _OF_PARTS.fullmatch(etag)
    return int(found[1]) if found else 0


def has_digest(etag: str) -> bool:
    """Whether an ETag looks as if it was computed with MD5."""
    return bool(_MD5.fullmatch(etag) or _OF_PARTS.fullmatch(etag))


def etag_of_parts(part_md5s: Sequence[bytes]) -> str:
    """Return the ETag of an object put together from parts; empty if the MD5 of one is unknown."""
    if not all(part_md5s):
        return ""
    return f"{md5(b''.join(part_md5s), usedforsecurity=False).hexdigest()}-{len(part_md5s)}"
