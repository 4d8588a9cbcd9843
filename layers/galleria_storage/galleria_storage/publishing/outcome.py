"""What became of one photo."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from galleria_storage.errors import GalleriaError

Status = Literal["published", "duplicate", "rejected", "failed", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of publishing one staging object.

    Attributes
    ----------
    key
        Key of the staging object, and of its published copy.
    status
        `published`: a right copy was written and verified. `duplicate`: it
        stood there already. `rejected`: it can never be published as it is.
        `failed`: it may succeed later. `gone`: there is no staging object.
    reason, advice
        Why, and what to do about it, in words for a photographer; may be empty.
    tag
        The correction key, Exif tag or setting that is at fault; may be empty.
    duplicate_of
        Key of the published copy that a duplicate equals (another one only
        where `DUPLICATE_SCOPE` is ``bucket``).
    fingerprint
        Identity of the published result (`publishing.fingerprint`).
    sha256
        Of the published bytes, in hex. Empty if they were copied by the
        provider without passing through here.
    media_type
        As recognised from the bytes.
    captured_before, captured_after
        Capture time in the original and in the copy, as
        ``YYYY:MM:DD HH:MM:SS[.fraction][±HH:MM]``; empty if unknown.
    bytes_in, bytes_out
        Bytes read from staging and sent to the public bucket.
    bytes_copied
        Bytes that the provider copied itself.
    replaced
        True if an older copy stood under the key.
    attempts
        How often the protocol started at its first step.
    """

    key: str
    status: Status
    reason: str = ""
    advice: str = ""
    tag: str = ""
    duplicate_of: str = ""
    fingerprint: str = ""
    sha256: str = ""
    media_type: str = ""
    captured_before: str = ""
    captured_after: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    bytes_copied: int = 0
    replaced: bool = False
    attempts: int = 1

    @classmethod
    def from_error(cls, key: str, error: GalleriaError, **known: Any) -> "Outcome":
        """Say what an error means for the photo: `rejected` if it is permanent, else `failed`."""
        return cls(
            key=key,
            status="rejected" if error.permanent else "failed",
            reason=error.message,
            advice=error.advice or "",
            tag=error.tag or "",
            **known,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return all fields, ready for JSON."""
        return asdict(self)
