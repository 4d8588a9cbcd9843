"""What staging asks for at one moment: which content, which correction, which headers.

Source: Amazon S3 User Guide, "Working with object metadata": 2 KB of user
metadata. AWS counts names and values; servers with MinIO's code
count the prefix ``x-amz-meta-`` too (measured on JuiceFS 1.4), so we do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from galleria_storage.corrections.correction import Correction, read_correction
from galleria_storage.corrections.correction_keys import CORRECTION_KEYS
from galleria_storage.corrections.near_misses import near_keys
from galleria_storage.corrections.precedence import winning_values
from galleria_storage.errors import CorrectionError, NotFoundError, PreconditionFailedError
from galleria_storage.publishing.fingerprint import RECORDED, fingerprint
from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.s3.objects import ObjectInfo, ObjectStore

#: Names of tags and metadata that are read; others may be misspelt.
_READ: Final = RECORDED.union(CORRECTION_KEYS)
_PREFIX: Final = len("x-amz-meta-")
METADATA_BYTES: Final = 2048
#: The most bytes that we record on an object ourselves.
OWN_BYTES: Final = 768


@dataclass(frozen=True, slots=True)
class Wish:
    """What staging asks for.

    Attributes
    ----------
    info
        The original.
    correction
        The correction that it asks for.
    metadata
        The uploader's metadata that the copy may carry.
    fingerprint
        Identity of the result.
    notes
        What the outcome should mention.
    asked
        The correction with its sources, as one line.
    cache_control
        The copy's Cache-Control; empty for none.
    """

    info: ObjectInfo
    correction: Correction
    metadata: Mapping[str, str]
    fingerprint: str
    notes: tuple[str, ...] = ()
    asked: str = ""
    cache_control: str = ""


class Wishes:
    """Reads wishes from one staging bucket.

    Parameters
    ----------
    staging
        The bucket.
    settings
        The default correction, and what the copy may carry.
    """

    def __init__(self, staging: ObjectStore, settings: PublishSettings) -> None:
        self._staging = staging
        self._settings = settings

    def look(self, key: str) -> Wish | None:
        """Return what is asked for now, without reading the photo; None if there is no original."""
        info = self._staging.head(key)
        return self.of(info) if info else None

    def of(self, info: ObjectInfo) -> Wish:
        """Return what an original asks for; its tags are fetched unless the provider says that there are none.

        The tags are those of the same version. Without versions, an object
        that was replaced in between may briefly be paired with the wrong tags;
        its own event corrects that.

        Raises
        ------
        PreconditionFailedError
            The original changed meanwhile.
        CorrectionError
            The request makes no sense, or the provider withholds part of it.
        """
        if info.missing_metadata:
            raise CorrectionError(
                f"the provider withholds {info.missing_metadata} of the photo's metadata, perhaps a correction",
                bucket=self._staging.bucket,
                key=info.key,
                advice="Upload the photo again with metadata in plain ASCII, or ask by tags.",
            )
        if info.tag_count == 0:
            return self.understand(info, {})
        try:
            tags = self._staging.tags(info.key, info.version_id)
        except NotFoundError as error:
            raise self.changed(info.key) from error
        if info.tag_count and not tags:
            raise self.changed(info.key)
        return self.understand(info, tags)

    def understand(self, info: ObjectInfo, tags: Mapping[str, str]) -> Wish:
        """Return what an original with these tags asks for."""
        asked = winning_values(info.metadata, tags, self._settings.default_correction)
        correction = read_correction(asked)
        metadata, left_out = that_fits(
            {name: info.metadata[name] for name in info.metadata.keys() & self._settings.metadata_allowlist}
        )
        notes = [left_out] if left_out else []
        if {*info.metadata, *tags} - _READ:
            notes += near_keys(info.metadata, tags, RECORDED)
        headers = {**metadata, "Cache-Control": self._settings.cache_control}
        carried = {name: value for name, value in headers.items() if value}
        identity = fingerprint(info, correction, carried)
        return Wish(info, correction, metadata, identity, tuple(notes), asked.sources, self._settings.cache_control)

    def changed(self, key: str) -> PreconditionFailedError:
        """Return the error that makes the protocol start again."""
        return PreconditionFailedError(
            f"{key!r} changed while it was being published", bucket=self._staging.bucket, key=key
        )


def metadata_size(metadata: Mapping[str, str]) -> int:
    """Return how many bytes of the limit user metadata takes."""
    return sum(_PREFIX + len(name.encode()) + len(value.encode()) for name, value in metadata.items())


def that_fits(metadata: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return the part of an uploader's metadata that fits together with ours.

    A value that is not printable ASCII, or would exceed the limit, is left out; a shorter one after it may still fit.

    Returns
    -------
    tuple
        The metadata, in the order of the names, and a sentence that names what is left out, without values;
        empty if nothing is.
    """
    kept: dict[str, str] = {}
    room = METADATA_BYTES - OWN_BYTES
    for name, value in sorted(metadata.items()):
        size = metadata_size({name: value})
        if size <= room and value.isascii() and value.isprintable():
            kept[name] = value
            room -= size
    names = sorted(metadata.keys() - kept.keys())
    return kept, f"metadata that does not fit into headers was left out: {', '.join(names)}" if names else ""
