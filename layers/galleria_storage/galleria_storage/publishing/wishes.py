"""What staging asks for at one moment: which content, which correction, which headers."""

from collections.abc import Mapping
from dataclasses import dataclass

from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.corrections.near_misses import near_keys
from galleria_storage.corrections.precedence import asked_by
from galleria_storage.errors import CorrectionError, NotFoundError, PreconditionFailedError
from galleria_storage.publishing.fingerprint import RECORDED, fingerprint
from galleria_storage.publishing.headers import that_fits
from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.s3.objects import ObjectInfo, ObjectStore


@dataclass(frozen=True, slots=True)
class Wish:
    """What staging asks for.

    Attributes
    ----------
    info
        The original.
    correction
        What it asks for.
    metadata
        The uploader's metadata that the copy may carry.
    fingerprint
        Identity of the result.
    notes
        What the outcome should mention.
    asked
        What is asked for, and by which source, as one line.
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
                f"the provider withholds {info.missing_metadata} of the photo's metadata, which may ask for something",
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
        correction = parse_correction(info.metadata, tags, self._settings.default_correction)
        allowed = {name: info.metadata[name] for name in info.metadata.keys() & self._settings.metadata_allowlist}
        metadata, left_out = that_fits(allowed)
        headers = {**metadata, "Cache-Control": self._settings.cache_control}
        carried = {name: value for name, value in headers.items() if value}
        notes = (left_out, *near_keys(info.metadata, tags, RECORDED))
        mentioned = tuple(note for note in notes if note)
        asked = asked_by(info.metadata, tags, self._settings.default_correction)
        identity = fingerprint(info, correction, carried)
        return Wish(info, correction, metadata, identity, mentioned, asked, self._settings.cache_control)

    def changed(self, key: str) -> PreconditionFailedError:
        """Return the error that lets the protocol start again."""
        return PreconditionFailedError(
            f"{key!r} changed while it was being published", bucket=self._staging.bucket, key=key
        )
