"""Files that belong to a photo: a film without a zone takes the photo's, and a sidecar follows its photo.

A live photo is a HEIC and a MOV with the same name; RAW and JPEG of one shot share a name, too. Photo programs write an
XMP sidecar (``a.xmp``, ``a.CR2.xmp``) beside a file that they do not want to change.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from galleria_cli.rules.facts import media_of, partners
from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.corrections.correction_keys import TARGET_OFFSET, ZONE_KEYS
from galleria_storage.errors import CorrectionError, GalleriaError
from galleria_storage.photos.dates import change_of, follow, told_times
from galleria_storage.photos.exif.captures import after_changes
from galleria_storage.photos.formats import is_correctable
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.plan import Plan, patched
from galleria_storage.photos.private.removal import Removal, removal_patches
from galleria_storage.photos.private.removal_proof import prove_removed
from galleria_storage.photos.private.removed_values import values
from galleria_storage.photos.sniff import recognise
from galleria_storage.photos.source import BytesSource, FileSource
from galleria_storage.photos.xmp import Packet
from galleria_storage.transfer.local_content import LocalContent

SIDECAR: Final = ".xmp"


def asked_of(path: Path, media_type: str, asked: Mapping[str, str]) -> Mapping[str, str]:
    """Return the correction for a file; a film that needs a zone but has none gets that of the photo beside it.

    A film records moments in UTC, and no GPS time. So an absolute time or the zone ``gps`` would be refused, although
    the photo of the same shot has what is missing.

    Raises
    ------
    CorrectionError
        The correction cannot be understood.
    LocalFileError
        A file cannot be read.
    """
    correction = parse_correction(asked, {})
    if not media_type.startswith("video/") or not correction.changes_time or _plan(path, correction):
        return asked
    for other in partners(path):
        media = media_of(other)
        plan = _plan(other, correction) if media and media.image else None
        if plan and plan.after.offset_time_original:
            rest = {key: value for key, value in asked.items() if key not in ZONE_KEYS}
            return {**rest, TARGET_OFFSET: plan.after.offset_time_original}
    return asked


def _plan(path: Path, correction: Correction) -> Plan | None:
    """Return the plan of a correction; None if it is refused."""
    with LocalContent(path).open() as stream:
        try:
            return plan_photo(FileSource(stream), correction)
        except GalleriaError:
            return None


def owner_of(sidecar: Path) -> Path:
    """Return the file that a sidecar belongs to: ``a.jpg`` for ``a.jpg.xmp``, one named ``a`` for ``a.xmp``.

    Of several files with its name, one that can be corrected; if there is none, the sidecar itself.
    """
    if (named := sidecar.with_suffix("")).suffix and named.is_file():
        return named
    beside = list(partners(sidecar))
    return next(filter(can_be_corrected, beside), beside[0] if beside else sidecar)


def can_be_corrected(path: Path) -> bool:
    """Whether a file is of a format that can be corrected."""
    with LocalContent(path).open() as stream:
        media = recognise(FileSource(stream))
    return media is not None and is_correctable(media.media_type)


def corrected_sidecar(data: bytes, owner: Path, correction: Correction) -> bytes:
    """Return a sidecar that agrees with its corrected photo; every other byte stays.

    Beside a file that cannot be corrected, the sidecar's own capture time is moved.

    Raises
    ------
    GalleriaError
        The photo's correction is refused, the sidecar is not XMP, or it has several times and there is no photo to
        decide.
    """
    block = _block(data)
    if can_be_corrected(owner):
        with LocalContent(owner).open() as source:
            plan = plan_photo(FileSource(source), correction)
        before, after = plan.before, plan.after
    else:
        before = _own_time(block, correction)
        after = after_changes(before, correction.changes(before)) if before != CaptureTags() else before
    return _without_groups(followed(data, before, after), correction.remove)


def followed(data: bytes, before: CaptureTags, after: CaptureTags) -> bytes:
    """Return a sidecar in which every date equal to the photo's old capture time is changed to the new one.

    Raises
    ------
    CorruptPhotoError
        It is not XMP.
    """
    block = _block(data)
    return follow(block.source, [block], change_of([block], before, after), after).plan.apply(data)


def _own_time(block: Block, correction: Correction) -> CaptureTags:
    times = told_times([block])
    if len(times) > 1 and correction.changes_time:
        raise CorrectionError(
            f"the sidecar has {len(times)} different times, and no photo beside it shows which one is right",
            tag="xmp:CreateDate",
        )
    return CaptureTags(times[0].exif_text) if times else CaptureTags()


def _without_groups(data: bytes, names: Sequence[str]) -> bytes:
    """Return a sidecar without groups of metadata, proven to be gone."""
    if not names:
        return data
    removal, before = Removal.of(names), _block(data)
    result = patched(data, removal_patches([before], removal))
    after = _block(result)
    prove_removed(values([before], removal), after.source, [after], removal)
    return result


def _block(data: bytes) -> Block:
    Packet(data)  # raises the reason why it cannot be read
    return Block("xmp", "sidecar", BytesSource(data), list)
