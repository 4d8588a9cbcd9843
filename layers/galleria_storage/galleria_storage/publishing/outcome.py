"""The result for one photo."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from galleria_storage.errors import GalleriaError

Tell = Callable[["Outcome"], None]
"""Reports one outcome."""

OutcomeStatus = Literal["published", "duplicate", "rejected", "failed", "gone", "ignored", "removed"]


def tell_nobody(_outcome: "Outcome") -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result for one staging object.

    Attributes
    ----------
    key
        Key of the staging object, and of its published copy.
    status
        `published`: the right copy was written and verified. `duplicate`: it was published already. `rejected`: it can
        never be published as it is. `failed`: it may succeed later. `gone`: there is no staging object. `ignored`: it
        was never meant to be a photo. `removed`: the original was removed, so its public copy was removed, too.
    reason, advice
        Why, and what to do about it, in words for a photographer; may be empty.
    tag
        The correction key, Exif tag or setting that is at fault; may be empty.
    duplicate_of
        Key of the published copy that a duplicate equals (another key only if `DUPLICATE_SCOPE` is ``bucket``).
    fingerprint
        Identity of the published result (`publishing.fingerprint`).
    run
        Name of the run that wrote the copy; unique for each publication.
    sha256
        Of the published bytes, in hex. Empty if they were copied by the
        provider without passing through here.
    media_type
        As recognised from the bytes.
    credentials
        Whether the original is signed (C2PA): ``none``, ``kept``, ``broken`` (the copy was changed, and its signature
        says so), or ``removed`` with other metadata. Empty if it was not looked for.
    asked
        What was asked of the photo, and by which source: ``tag:…``, ``metadata:…`` or ``default:…``.
    captured_before, captured_after
        Capture time in the original and in the copy, as
        ``YYYY:MM:DD HH:MM:SS[.fraction][±HH:MM]``; empty if unknown.
    bytes_in, bytes_out
        Bytes read from staging and sent to the public bucket.
    bytes_copied
        Bytes copied by the provider itself.
    other_settings
        In which settings the replaced copy differed; empty: in none, as far as known.
    replaced
        True if the run that wrote the copy replaced an older one.
    attempts
        How often the protocol started from the beginning.
    heirs
        Outcomes of other keys that had relied on the copy of this one, and
        were published before it was removed or replaced (`DUPLICATE_SCOPE=bucket`).
    """

    key: str
    status: OutcomeStatus
    reason: str = ""
    advice: str = ""
    tag: str = ""
    duplicate_of: str = ""
    fingerprint: str = ""
    run: str = ""
    sha256: str = ""
    media_type: str = ""
    credentials: str = ""
    asked: str = ""
    captured_before: str = ""
    captured_after: str = ""
    other_settings: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    bytes_copied: int = 0
    replaced: bool = False
    attempts: int = 1
    heirs: tuple["Outcome", ...] = ()

    @classmethod
    def from_error(cls, key: str, error: GalleriaError) -> "Outcome":
        """Return what an error means for the photo: `rejected` if it is permanent, otherwise `failed`."""
        return cls(
            key=key,
            status="rejected" if error.permanent else "failed",
            reason=error.message,
            advice=error.advice or "",
            tag=error.tag or "",
        )
