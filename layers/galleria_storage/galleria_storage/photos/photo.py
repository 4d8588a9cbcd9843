"""Applying a correction to a photo, whatever its format."""

from typing import TYPE_CHECKING, Final

from galleria_storage.errors import GalleriaError, LocalFileError, UnsupportedFormatError
from galleria_storage.photos.check import check_plan
from galleria_storage.photos.formats import Format, Planner, format_of, planner_of
from galleria_storage.photos.plan import NOTHING, Asked, Patch, Plan, Span
from galleria_storage.photos.refusals import harmful
from galleria_storage.photos.sniff import recognise
from galleria_storage.photos.source import BytesSource, FileSource, RangedSource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from galleria_storage.photos.metadata_blocks import Block

CHUNK: Final = 256 * 1024
"""Bytes per read: small enough to stay in the processor's cache until written."""


def plan_photo(source: RangedSource, asked: Asked, media_type: str | None = None) -> Plan:
    """Plan the edit of a photo, and prove it by reading the result back; nothing is written.

    Parameters
    ----------
    source
        The photo. Over a network, limit and keep what is read; see `MeteredSource`.
    asked
        What to change; `NOTHING` only reads the capture tags.
    media_type
        Its media type, if known; otherwise its first bytes determine it.

    Raises
    ------
    UnsupportedFormatError
        The photo is of a format that cannot be corrected.
    CorrectionError
        The requested change is impossible for this photo.
    CorruptPhotoError
        The photo's structure does not allow the change.
    """
    media_type = media_type or _media_type_of(source)
    planner = planner_of(media_type)
    if planner is None:
        raise UnsupportedFormatError(f"photos of type {media_type} cannot be corrected")
    return plan_with(planner, source, asked)


def plan_with(planner: Planner, source: RangedSource, asked: Asked) -> Plan:
    """Do the same as `plan_photo` for a photo whose planner is known."""
    found = planner.format
    if asked.needs_gps:
        from galleria_storage.photos.gps_moment import gps_moment  # noqa: PLC0415 # lazy: few photos need it

        asked = asked.with_gps(gps_moment(found.metadata(source)))
    if asked.takes_other_date:
        asked = _with_other_date(source, found, asked)
    plan = found.plan(source, asked)
    if not planner.checks_itself:
        check_plan(source, plan, found.plan, found.parts)
    if asked.dates == "all" and plan.before != plan.after:
        plan = _with_other_dates(source, plan, found, asked)
    return _without_groups(source, plan, found, asked.remove) if asked.remove else plan


def _with_other_date(source: RangedSource, found: Format, asked: Asked) -> Asked:
    """Pass the photo's other dates to the correction, if the photo lacks a capture time."""
    from galleria_storage.photos.dates import told_times  # noqa: PLC0415 # lazy: few photos need it

    time = found.plan(source, NOTHING).before.date_time_original
    return asked.with_other_dates(None if time and time.strip(" :0") else told_times(found.metadata(source)))


def _film_patches(block: "Block", asked: Asked) -> "Sequence[Patch]":
    """Return a photo's correction as patches of the film in it; none if that is impossible for a film."""
    try:
        return format_of("video/mp4").plan(block.source, asked).patches
    except GalleriaError:
        return ()


def _without_groups(source: RangedSource, plan: Plan, found: Format, names: "Sequence[str]") -> Plan:
    """Remove groups of metadata, and prove that they are gone."""
    from galleria_storage.photos.private.leftovers import leftover_patches  # noqa: PLC0415 # lazy: few photos need it
    from galleria_storage.photos.private.removal import Removal, removal_patches  # noqa: PLC0415 # the same
    from galleria_storage.photos.private.removal_proof import prove_removed  # noqa: PLC0415 # the same
    from galleria_storage.photos.private.removed_values import values  # noqa: PLC0415 # the same

    view, removal = plan.view(source), Removal.of(names)
    blocks = found.metadata(view)
    patches = list(removal_patches(blocks, removal))
    whole, gone = _with_patches(source, plan, patches), values(blocks, removal)
    whole = _with_patches(source, whole, list(leftover_patches(found.metadata(whole.view(source)), gone)))
    result = whole.view(source)
    prove_removed(gone, result, found.metadata(result), removal)
    return whole


def _with_patches(source: RangedSource, plan: Plan, patches: "Sequence[Patch]") -> Plan:
    """Return a plan followed by patches of its result."""
    return plan.then(Plan(plan.view(source).size, patches, plan.after, plan.after)) if patches else plan


def _with_other_dates(source: RangedSource, plan: Plan, found: Format, asked: Asked) -> Plan:
    """Let the other dates follow the capture time, and read the result back: all must have followed."""
    from galleria_storage.photos.dates import change_of, follow  # noqa: PLC0415 # lazy: few photos need it

    view = plan.view(source)
    blocks = found.metadata(view)
    change = change_of(blocks, plan.before, plan.after)
    dates = follow(view, blocks, change, plan.after)
    films = [patch for block in blocks if block.kind == "film" for patch in block.write(_film_patches(block, asked))]
    whole = plan.then(Plan(view.size, [*dates.plan.patches, *films], plan.after, plan.after, dates.plan.notes))
    result = whole.view(source)
    if follow(result, found.metadata(result), change, plan.after).plan.patches:
        raise harmful("a date that would not follow")
    return whole


def correct_bytes(data: bytes, asked: Asked) -> bytes:
    """Apply a correction to a photo in memory; return the corrected photo.

    Raises
    ------
    UnsupportedFormatError, CorrectionError, CorruptPhotoError
        See `plan_photo`.
    """
    return plan_photo(BytesSource(data), asked).apply(data)


def correct_stream(source: "BinaryIO", target: "BinaryIO", asked: Asked) -> Plan:
    """Apply a correction to a photo on its way from one file to another, in constant memory.

    Parameters
    ----------
    source
        The photo, from the file's current position on; it must support seeking
        and reading into a buffer, as all files do.
    target
        Receives the corrected photo. Nothing is written before the edit is proven to be right.
    asked
        What to correct.

    Raises
    ------
    UnsupportedFormatError, CorrectionError, CorruptPhotoError
        See `plan_photo`.
    LocalFileError
        The photo became shorter in the meantime, and the target is incomplete.
    """
    begin = source.tell()
    plan = plan_photo(FileSource(source), asked)
    written = 0
    for piece in plan.pieces():
        if isinstance(piece, Span):
            source.seek(begin + piece.start)
            _copy(source, target, written, piece.stop - piece.start)
            written += piece.stop - piece.start
        else:
            target.write(piece)
            written += len(piece)
    return plan


def _copy(source: "BinaryIO", target: "BinaryIO", written: int, size: int) -> None:
    """Copy bytes through one small buffer, which takes half as long as copying by the kernel.

    Parameters
    ----------
    source, target
        The files.
    written
        Bytes written before: each further write ends on a page boundary of the file, which saves a quarter of the time.
    size
        How many bytes.
    """
    room = CHUNK - written % CHUNK
    with memoryview(bytearray(min(CHUNK, size))) as buffer:
        while count := source.readinto(buffer[: min(room, size)]):  # type: ignore[attr-defined] # all files have it
            target.write(buffer[:count])
            size -= count
            room = room - count or CHUNK
    if size:
        raise LocalFileError("the photo became shorter while it was read", advice="Try again when it is complete.")


def _media_type_of(source: RangedSource) -> str:
    found = recognise(source)
    if found is None:
        raise UnsupportedFormatError("this file has no known image format")
    return found.media_type
