"""The identity of a published result, and what is recorded on a published object.

Two runs that would publish the same bytes have the same fingerprint, so that
a copy recognises itself: as a duplicate, and as one's own write whose answer
was lost.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Final

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction
from galleria_storage.s3.objects import ObjectInfo
from galleria_storage.transfer.digests import SHA256_METADATA

#: Raise it when the same source and correction give other bytes than before: everything is then published again.
FORMAT_VERSION: Final = 2

#: Names of the user metadata recorded on a published object (``x-amz-meta-…``).
FINGERPRINT: Final = "galleria-fingerprint"
RUN: Final = "galleria-run"
SIZE: Final = "galleria-size"
SHA256: Final = SHA256_METADATA
CAPTURED_BEFORE: Final = "galleria-captured-before"
CAPTURED_AFTER: Final = "galleria-captured-after"

_NO_HEADER_TEXT = re.compile(r"[^0-9:.+ -]")
_LONGEST_CAPTURE_TEXT = 40


def fingerprint(source: ObjectInfo, correction: Correction) -> str:
    """Return the identity of what a source and a correction give.

    Parameters
    ----------
    source
        The staging object: its ETag and size stand for its content.
    correction
        What is asked of it; its canonical text counts.

    Returns
    -------
    str
        ``<format version>-<hex>``: a digest, since metadata of a public object
        can be read by everybody and must fit into a header.
    """
    identity = json.dumps([FORMAT_VERSION, source.etag, source.size, correction.canonical()])
    return f"{FORMAT_VERSION}-{hashlib.sha256(identity.encode()).hexdigest()}"


def is_result(published: ObjectInfo, identity: str) -> bool:
    """Whether a published object is the result with this fingerprint, and is as long as it was meant to be."""
    recorded = published.metadata
    return recorded.get(FINGERPRINT) == identity and recorded.get(SIZE) == str(published.size)


def capture_text(tags: CaptureTags | None) -> str:
    """Write a capture time as one line that is fit for a header (what a camera wrote may be anything)."""
    if tags is None or not tags.date_time_original:
        return ""
    fraction = f".{tags.sub_sec_time_original}" if tags.sub_sec_time_original else ""
    text = f"{tags.date_time_original}{fraction}{tags.offset_time_original or ''}"
    return _NO_HEADER_TEXT.sub("?", text)[:_LONGEST_CAPTURE_TEXT].strip()


def recorded_metadata(identity: str, run: str, size: int, before: str, after: str) -> Mapping[str, str]:
    """Return the user metadata of a published object; what is not known is left out.

    Parameters
    ----------
    identity
        Its fingerprint.
    run
        Name of the run that writes it: by this it recognises a write whose answer was lost.
    size
        Its bytes.
    before, after
        Capture time in the original and in the copy (`capture_text`).
    """
    values = {
        FINGERPRINT: identity,
        RUN: run,
        SIZE: str(size),
        CAPTURED_BEFORE: before,
        CAPTURED_AFTER: after,
    }
    return {name: value for name, value in values.items() if value}
