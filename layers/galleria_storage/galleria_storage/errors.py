"""The one family of errors that this library raises.

Every error says whether trying again can help (`permanent`), which object it
concerns, and what the reader can do about it. No error ever contains a
credential, so an error may be logged, sent to a queue or shown as it is.
"""

from typing import ClassVar


class GalleriaError(Exception):
    """Base of all errors of this library.

    Parameters
    ----------
    message
        What went wrong, in words that a photographer understands. It names
        the thing, the value found and what is allowed.
    bucket, key
        The object that the error concerns, if any.
    tag
        The correction key, metadata key, Exif tag or setting that is at fault.
    advice
        What to do about it, in one sentence.

    Attributes
    ----------
    permanent
        True if the same input can never succeed: a photo that meets such an
        error is `rejected` and not tried again.
    """

    permanent: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        bucket: str | None = None,
        key: str | None = None,
        tag: str | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.bucket = bucket
        self.key = key
        self.tag = tag
        self.advice = advice

    def __reduce__(self) -> tuple[type, tuple[str], dict[str, str | None]]:
        """Keep every field when pickled for another process (the keyword arguments are state)."""
        return (type(self), (self.message,), self.__dict__)


class SettingsError(GalleriaError):
    """A setting is missing, contradictory or out of range; `tag` names it."""


class ArgumentError(GalleriaError):
    """A function got an argument that it cannot use; `tag` names it."""


class CorrectionError(GalleriaError):
    """A correction cannot be understood or cannot be applied to this photo."""

    permanent = True


class NoCaptureTimeError(CorrectionError):
    """A correction needs the capture time that is in the photo, and the photo has none."""


class UnsafeKeyError(GalleriaError):
    """Some servers would mistake the key for another one, or it is reserved for this service."""

    permanent = True


class UnsupportedFormatError(GalleriaError):
    """The bytes are not a photo that this library publishes or corrects."""

    permanent = True


class CorruptPhotoError(GalleriaError):
    """The photo's structure is broken, so that an edit could harm it."""

    permanent = True


class TruncatedPhotoError(CorruptPhotoError):
    """The photo is cut off: nobody wants to see it published, corrected or not."""


class ProviderError(GalleriaError):
    """The storage provider failed or answered something unexpected; it may work later."""


class NotFoundError(ProviderError):
    """The object does not exist."""


class ArchivedError(ProviderError):
    """The object is in an archive: its headers can be read, its bytes only after it has been restored."""


class BucketNotFoundError(ProviderError):
    """The bucket does not exist (a missing bucket is not a missing key)."""


class AccessDeniedError(ProviderError):
    """The credentials do not allow the call."""


class ThrottledError(ProviderError):
    """The provider asks to slow down."""


class PreconditionFailedError(ProviderError):
    """Somebody else changed the object first (412 or 409)."""


class UnsupportedOperationError(ProviderError):
    """The provider does not implement the call (501, or MethodNotAllowed)."""


class RefusedKeyError(ProviderError):
    """The provider cannot store an object under this key (too long or invalid); trying again does not help."""

    permanent = True


class IntegrityError(ProviderError):
    """What is stored or was received is not what was sent."""


class LocalFileError(GalleriaError):
    """A file on this computer cannot be read, or changed while it was read."""
