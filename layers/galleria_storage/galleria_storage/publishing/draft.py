"""From a staging object and its correction to the content of the public copy."""

from dataclasses import dataclass
from typing import Final

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import (
    CorrectionError,
    CorruptPhotoError,
    NoCaptureTimeError,
    TruncatedPhotoError,
    UnsupportedFormatError,
)
from galleria_storage.photos.credentials import after_edit
from galleria_storage.photos.endings import check_ending
from galleria_storage.photos.formats import planner_of
from galleria_storage.photos.photo import plan_with
from galleria_storage.photos.plan import Plan, Span
from galleria_storage.photos.sniff import MediaType, recognise
from galleria_storage.photos.source import MeteredSource
from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.transfer.content import Content
from galleria_storage.transfer.object_source import ObjectSource

#: How many bytes of a photo are read first: enough for the whole head of 95 % of camera files.
HEAD_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Draft:
    """What is about to be published.

    Attributes
    ----------
    content
        Its bytes.
    media_type
        As recognised from them.
    before, after
        Capture time in the original and in the copy, as far as it is known.
    note
        What the outcome should say about it.
    credentials
        Whether the original is signed (C2PA), and whether the copy still is; empty if it was not looked for.
    """

    content: Content
    media_type: str
    before: CaptureTags | None = None
    after: CaptureTags | None = None
    note: str = ""
    credentials: str = ""


def prepare(source: ObjectSource, correction: Correction, settings: PublishSettings) -> Draft:
    """Recognise a source by its first bytes, and plan its correction.

    Raises
    ------
    UnsupportedFormatError
        It may not be published, or not be corrected as the object asks.
    CorruptPhotoError, CorrectionError
        The correction cannot be applied to this photo.
    """
    photo = MeteredSource(source, source.read(0, HEAD_BYTES))
    media_type = _recognise(photo, settings).media_type
    try:
        plan, note = _planned(photo, media_type, correction)
    except UnsupportedFormatError:
        if correction.asked_by_object or correction.remove:
            raise  # a copy that reveals what it should not is worse than none
        check_ending(photo, media_type)
        note = f"published without the default correction: {media_type} is not corrected" if correction else ""
        return Draft(Content(source), media_type, note=note)
    except TruncatedPhotoError:
        raise
    except CorruptPhotoError:
        if correction:
            raise
        return Draft(Content(source), media_type)  # nobody asked to change it, and browsers may still show it
    credentials = after_edit(photo, plan, correction.remove)
    if credentials in {"broken", "removed"} and settings.signed_photos == "reject":
        raise CorrectionError(
            "the photo is signed (content credentials), and a correction would break its signature; SIGNED_PHOTOS is "
            "'reject'",
            tag="SIGNED_PHOTOS",
            advice="Remove the correction from the object's tags and metadata, or set SIGNED_PHOTOS to publish.",
        )
    pieces = [range(*piece) if isinstance(piece, Span) else piece for piece in plan.pieces()]
    return Draft(
        Content(source, pieces),
        media_type,
        plan.before,
        plan.after,
        "; ".join(filter(None, (note, *plan.notes))),
        credentials,
    )


def _planned(photo: MeteredSource, media_type: str, correction: Correction) -> tuple[Plan, str]:
    """Return the plan of the correction, and a note if it does less than the default asks for."""
    if not (planner := planner_of(media_type)):
        raise _uncorrectable(media_type)
    photo.max_bytes = planner.max_bytes
    try:
        return plan_with(planner, photo, correction), ""
    except NoCaptureTimeError:
        if correction.asked_by_object:
            raise
        # For example a screenshot, in a stack whose default shifts every photo: there is nothing to shift.
        note = "published without the default correction: the photo has no capture time"
        return plan_with(planner, photo, correction.without_time()), note


def _recognise(photo: MeteredSource, settings: PublishSettings) -> MediaType:
    """Judge by the bytes alone: a public bucket must not serve a page or a script that calls itself a photo."""
    if not photo.size:
        raise UnsupportedFormatError("the file is empty", advice="Upload the photo again.")
    media = recognise(photo)
    if media and (media.image or media.media_type in settings.pass_through_types):
        return media
    what = f"it is {media.media_type}" if media else "its bytes are not of any known image format"
    raise UnsupportedFormatError(
        f"this is not a photo that may be published: {what}",
        advice="Upload a JPEG, PNG, WebP, GIF, HEIC, AVIF or TIFF image"
        + (f", or list {media.media_type} in PASS_THROUGH_TYPES." if media else "."),
    )


def _uncorrectable(media_type: str) -> UnsupportedFormatError:
    return UnsupportedFormatError(
        f"a correction is asked for, but photos of type {media_type} cannot be corrected",
        advice="Remove the correction from the object's tags and metadata, or upload the photo in another format.",
    )
