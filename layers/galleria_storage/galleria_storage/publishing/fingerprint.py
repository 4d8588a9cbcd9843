"""The identity of a published result, and what is recorded on a published object.

Two runs that would publish the same object have the same fingerprint, so that a copy can be recognised: as a duplicate,
or as a write of one's own whose answer was lost. What the next run needs to know if this one dies is recorded as well:
that the copy replaced another one, and until when a missing original means that somebody removed it.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from typing import Final

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import looks_like_a_time
from galleria_storage.corrections.correction import Correction
from galleria_storage.s3.objects import ObjectInfo
from galleria_storage.transfer.digests import SHA256_METADATA

#: Increase it when the same source and correction give different bytes; everything is then published again.
FORMAT_VERSION: Final = 3

#: Names of the user metadata recorded on a published object (``x-amz-meta-…``).
FINGERPRINT: Final = "galleria-fingerprint"
RUN: Final = "galleria-run"
SIZE: Final = "galleria-size"
SHA256: Final = SHA256_METADATA
ASKED: Final = "galleria-asked"
CAPTURED_BEFORE: Final = "galleria-captured-before"
CAPTURED_AFTER: Final = "galleria-captured-after"
REPLACED: Final = "galleria-replaced"
ORIGINAL_UNTIL: Final = "galleria-original-until"
RECORDED: Final = frozenset(
    {FINGERPRINT, RUN, SIZE, SHA256, ASKED, CAPTURED_BEFORE, CAPTURED_AFTER, REPLACED, ORIGINAL_UNTIL}
)

#: If the original disappears within this time after the publication, somebody removed it.
_FOLLOWING_SECONDS: Final = 24 * 3600
#: No event is delivered later than this after its photo was written: SQS keeps messages for 14 days.
_RETRIED_SECONDS: Final = 15 * 24 * 3600
_PLAIN_TIME = re.compile(r"[0-9]{4}:[0-9]{2}:[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_NO_HEADER_TEXT = re.compile(r"[^0-9:.+ -]")
_LONGEST_CAPTURE_TEXT = 40
#: Characters of what is recorded under `ASKED`.
LONGEST_ASKED: Final = 400


def fingerprint(source: ObjectInfo, correction: Correction, headers: Mapping[str, str]) -> str:
    """Return the identity of the result of a source and a correction.

    Parameters
    ----------
    source
        The staging object: its ETag and size represent its content.
    correction
        What is asked for; its canonical text counts, and whether the object itself asks.
    headers
        What settings and the uploader add to the published object: user
        metadata, Cache-Control. A value that is withdrawn must disappear from the copy.

    Returns
    -------
    str
        ``<format version>-<hex>``: a digest, since anyone can read the metadata of a public object, and it must fit
        into a header.
    """
    # If a correction is impossible, a photo is published as it is if only a default asked, and rejected otherwise.
    parts = [FORMAT_VERSION, source.etag, source.size, correction.canonical(), correction.asked_by_object]
    identity = json.dumps([*parts, sorted(headers.items())] if headers else parts)
    return f"{FORMAT_VERSION}-{hashlib.sha256(identity.encode()).hexdigest()}"


def is_ours(published: ObjectInfo) -> bool:
    """Whether a published object was written by this service."""
    return FINGERPRINT in published.metadata and RUN in published.metadata


def is_result(published: ObjectInfo, identity: str) -> bool:
    """Whether a published object is the result with this fingerprint, and is as long as it was meant to be."""
    recorded = published.metadata
    return recorded.get(FINGERPRINT) == identity and recorded.get(SIZE) == str(published.size)


def outlives_its_original(published: ObjectInfo, now: float) -> bool:
    """Whether the copy stays although its original is missing, judging by the copy alone.

    Parameters
    ----------
    published
        The copy.
    now
        Seconds since 1970.
    """
    until = published.metadata.get(ORIGINAL_UNTIL, "")
    return not (until.isdigit() and now < int(until))


def original_until(original: ObjectInfo, now: float) -> int:
    """Return until when (seconds since 1970) only a person removes the original; 0 if that is uncertain.

    A lifecycle rule that saves money on originals must never remove a published
    photo. The provider says when the rule may apply.
    """
    until = min(now + _FOLLOWING_SECONDS, original.expires if original.expires is not None else float("inf"))
    return int(until) if until > now else 0


def run_name(now: float) -> str:
    """Return a name that no other run has: the second it began, and a random number."""
    return f"{int(now)}-{os.urandom(12).hex()}"


def is_recent(run: str, now: float) -> bool:
    """Whether a run began so recently that an event of its photo may still be delivered again."""
    began = run.partition("-")[0]
    return began.isdigit() and "-" in run and now - int(began) < _RETRIED_SECONDS


def capture_text(tags: CaptureTags | None) -> str:
    """Return a capture time as a line that is safe in a header; empty if it is unknown or does not look like a time."""
    if tags is None:
        return ""
    time = tags.date_time_original or ""
    if not time.strip(" :") or not (_PLAIN_TIME.fullmatch(time) or looks_like_a_time(time)):
        return ""
    fraction = f".{tags.sub_sec_time_original}" if tags.sub_sec_time_original else ""
    text = f"{time}{fraction}{tags.offset_time_original or ''}"
    return _NO_HEADER_TEXT.sub("?", text)[:_LONGEST_CAPTURE_TEXT].strip()


def recorded_metadata(
    identity: str,
    run: str,
    size: int,
    captured: tuple[CaptureTags | None, CaptureTags | None],
    *,
    replaced: bool,
    original_until: int,
    asked: str = "",
) -> Mapping[str, str]:
    """Return the user metadata of a published object; unknown values are left out.

    Parameters
    ----------
    identity
        Its fingerprint.
    run
        Name of the run that writes it, by which it recognises a write whose answer was lost.
    size
        Its bytes.
    captured
        Capture time in the original and in the copy, as far as it is known.
    replaced
        Whether it replaces another object.
    original_until
        Before this second since 1970 only a person removes the original; 0: a lifecycle rule may, too.
    asked
        The correction of the original, with its sources.
    """
    values = {
        FINGERPRINT: identity,
        RUN: run,
        SIZE: str(size),
        CAPTURED_BEFORE: capture_text(captured[0]),
        CAPTURED_AFTER: capture_text(captured[1]),
        REPLACED: "yes" if replaced else "",
        ASKED: asked[:LONGEST_ASKED],
        ORIGINAL_UNTIL: str(original_until) if original_until else "",
    }
    return {name: value for name, value in values.items() if value}
