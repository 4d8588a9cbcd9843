"""Why a photo cannot be corrected, in a photographer's words: the errors shared by all formats."""

from galleria_storage.errors import CorruptPhotoError, TruncatedPhotoError


def damaged(what: str) -> CorruptPhotoError:
    """Return the error for a file whose structure is broken; `what` completes "the photo is damaged: …"."""
    return CorruptPhotoError(
        f"the photo is damaged: {what}", advice="Open it in a photo program and save it again, or upload the original."
    )


def damaged_exif(what: str) -> CorruptPhotoError:
    """Return the error for Exif data that is broken; `what` completes "the photo's Exif data is damaged: …"."""
    return CorruptPhotoError(f"the photo's Exif data is damaged: {what}")


def cut_off(what: str) -> TruncatedPhotoError:
    """Return the error for a file whose end is missing; `what` completes "the photo is cut off: …"."""
    return TruncatedPhotoError(f"the photo is cut off: {what}", advice="Upload the photo again.")


def harmful(what: str) -> CorruptPhotoError:
    """Return the error for an edit that would change more than it should; `what` names it."""
    return CorruptPhotoError(
        f"the capture time cannot be changed without harm to the photo's other data ({what})",
        advice="Publish the photo without a correction, or correct it in a photo program.",
    )
