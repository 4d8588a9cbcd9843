"""The publish protocol: from a staging object to exactly one correct public copy.

`docs/protocol.md` shows the steps in a picture and says what breaks without
each of them. The numbers in this module are those of that page.
"""

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import CorrectionError, GalleriaError, NotFoundError, PreconditionFailedError
from galleria_storage.publishing.claims import Claims
from galleria_storage.publishing.draft import Draft, prepare
from galleria_storage.publishing.fingerprint import (
    CAPTURED_AFTER,
    CAPTURED_BEFORE,
    FINGERPRINT,
    RUN,
    SHA256,
    capture_text,
    fingerprint,
    is_result,
    recorded_metadata,
)
from galleria_storage.publishing.outcome import Outcome, Status
from galleria_storage.publishing.settings import PublishSettings
from galleria_storage.s3.objects import ABSENT, Condition, Matches, ObjectInfo, ObjectStore
from galleria_storage.transfer.object_source import ObjectSource
from galleria_storage.transfer.proof import WrongContentError
from galleria_storage.transfer.writer import Writer, Written

#: Starts at step 1 before giving up; the photo is then `failed`, and its event comes again.
MAX_ATTEMPTS: Final = 8
_FIRST_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 2.0


@dataclass(slots=True)
class _Run:
    """What one run over a key has learnt; it survives a new start at step 1."""

    key: str
    #: Recorded on what this run writes, so that it knows its own again.
    name: str = field(default_factory=lambda: os.urandom(16).hex())
    attempts: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    #: Fingerprint -> what the outcome will say; the answers to these writes may have been lost.
    tried: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: ETags of objects that the provider stored wrong.
    wrong: set[str] = field(default_factory=set)
    spoilt: int = 0


@dataclass(frozen=True, slots=True)
class _Wish:
    """What staging asks for at one moment."""

    info: ObjectInfo
    correction: Correction
    fingerprint: str


class Publisher:
    """Publishes the objects of one staging bucket.

    Parameters
    ----------
    staging, public
        The two buckets.
    settings
        What to do with the photos.
    writer
        How to write into the public bucket.
    sleep, jitter
        The clock's sleep, in seconds, and a random number in [0, 1); to be
        replaced where time shall not pass.
    """

    def __init__(
        self,
        staging: ObjectStore,
        public: ObjectStore,
        settings: PublishSettings,
        *,
        writer: Writer | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.staging = staging
        self.public = public
        self.settings = settings
        self._writer = writer or Writer(public)
        self._claims = Claims(public, self._asked)
        self._sleep = sleep
        self._jitter = jitter

    def publish(self, key: str) -> Outcome:
        """Bring the public copy of a key up to the newest staging object; safe to call at any time, and often.

        Returns
        -------
        Outcome
            `published`, `duplicate`, `rejected` or `gone`.

        Raises
        ------
        GalleriaError
            An error that is not permanent: the photo is `failed`, and its event should come again.
        """
        run = _Run(key)
        while True:
            run.attempts += 1
            try:
                return self._attempt(run)
            except (PreconditionFailedError, WrongContentError) as error:
                if run.attempts == MAX_ATTEMPTS:
                    raise
                if isinstance(error, WrongContentError):
                    self._distrust(run, error)
            except GalleriaError as error:
                if not error.permanent:
                    raise
                return Outcome.from_error(key, error, attempts=run.attempts, bytes_in=run.bytes_in)
            self._sleep(self._jitter() * min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**run.attempts))

    def _attempt(self, run: _Run) -> Outcome:
        """Go through the steps once."""
        standing = self.public.head(run.key)  # 1
        glance = None
        if standing and standing.metadata.get(FINGERPRINT) and standing.etag not in run.wrong:
            info = self.staging.head(run.key)  # 2, as far as a duplicate needs it
            if info is None:
                return self._gone(run)
            glance = self._wish(info)  # 3
            if is_result(standing, glance.fingerprint):  # 4
                return self._recognised(run, glance, standing)
        try:
            stream = self.staging.open(run.key)  # 2
        except NotFoundError:
            return self._gone(run)
        with ObjectSource(self.staging, stream, self._writer.sizes.whole) as source:
            wish = glance if glance and glance.info == source.info else self._wish(source.info)  # 3
            if standing and is_result(standing, wish.fingerprint) and standing.etag not in run.wrong:  # 4
                return self._recognised(run, wish, standing)
            draft = prepare(source, wish.correction, self.settings)
            if not standing and (holder := self._other_holder(run.key, wish)):
                return self._done(run, "duplicate", reason=f"published as {holder!r} already", duplicate_of=holder)
            condition: Condition = Matches(standing.etag) if standing else ABSENT
            try:
                written = self._write(run, wish, draft, condition)  # 5, 7
            finally:
                run.bytes_in += source.bytes_read
        if isinstance(condition, Matches) or not written.conditional:  # 6
            self._look_back(wish)
        return self._done(run, "published", **run.tried[wish.fingerprint])

    def _wish(self, info: ObjectInfo) -> _Wish:
        """Understand what staging asks for; tags are fetched unless the provider says that there are none.

        They are those of the version that was answered. Without versions an
        object that was replaced in between may lend its tags for a moment:
        its own event puts that right.
        """
        if info.missing_metadata:
            raise CorrectionError(
                f"the provider withholds {info.missing_metadata} of the photo's metadata: what they ask is unknown",
                bucket=self.staging.bucket,
                key=info.key,
                advice="Upload the photo again with metadata in plain ASCII, or ask by tags.",
            )
        if info.tag_count == 0:
            return self._understand(info, {})
        try:
            tags = self.staging.tags(info.key, info.version_id)
        except NotFoundError as error:
            raise self._changed(info.key) from error
        if info.tag_count and not tags:
            raise self._changed(info.key)
        return self._understand(info, tags)

    def _understand(self, info: ObjectInfo, tags: dict[str, str]) -> _Wish:
        correction = parse_correction(info.metadata, tags, self.settings.default_correction)
        return _Wish(info, correction, fingerprint(info, correction))

    def _other_holder(self, key: str, wish: _Wish) -> str:
        """Return the key under which the same content is published already, if that is to be avoided; else nothing."""
        if self.settings.duplicate_scope == "key":
            return ""
        return self._claims.other_holder(wish.fingerprint, key)

    def _write(self, run: _Run, wish: _Wish, draft: Draft, condition: Condition) -> Written:
        """Write under the condition and verify; remember the attempt, since its answer may get lost."""
        before, after = capture_text(draft.before), capture_text(draft.after)
        recorded = recorded_metadata(wish.fingerprint, run.name, draft.content.size, before, after)
        headers: dict[str, Any] = {
            "ContentType": draft.media_type,
            "Metadata": {**self._allowed_metadata(wish.info), **recorded},
        }
        if self.settings.cache_control:
            headers["CacheControl"] = self.settings.cache_control
        known = {
            "fingerprint": wish.fingerprint,
            "media_type": draft.media_type,
            "captured_before": before,
            "captured_after": after,
            "replaced": isinstance(condition, Matches),
            "reason": draft.note,
        }
        run.tried[wish.fingerprint] = known
        try:
            written = self._writer.write(run.key, draft.content, headers, condition)
        finally:
            known["sha256"] = draft.content.sha256().hex()
        run.bytes_out += written.bytes_out
        known["bytes_copied"] = written.bytes_copied
        return written

    def _recognised(self, run: _Run, wish: _Wish, standing: ObjectInfo) -> Outcome:
        """Answer that the right copy stands there: a duplicate, unless this run wrote it and never heard the answer."""
        known = {
            "fingerprint": wish.fingerprint,
            "media_type": standing.content_type,
            "captured_before": standing.metadata.get(CAPTURED_BEFORE, ""),
            "captured_after": standing.metadata.get(CAPTURED_AFTER, ""),
            "sha256": standing.metadata.get(SHA256, ""),
        }
        if standing.metadata.get(RUN) == run.name:
            return self._done(run, "published", **{**known, **run.tried[wish.fingerprint]})
        return self._done(run, "duplicate", reason="the right copy is published already", duplicate_of=run.key, **known)

    def _look_back(self, wish: _Wish) -> None:
        """Compare staging with what was written.

        Raises
        ------
        PreconditionFailedError
            It asks for something else by now.
        """
        asked = self._asked(wish.info.key)
        if asked is not None and asked != wish.fingerprint:
            raise self._changed(wish.info.key)

    def _asked(self, key: str) -> str | None:
        """Return the fingerprint of what staging asks for now; None if there is no such object."""
        now = self.staging.head(key)
        return self._wish(now).fingerprint if now else None

    def _changed(self, key: str) -> PreconditionFailedError:
        return PreconditionFailedError(
            f"{key!r} changed while it was being published", bucket=self.staging.bucket, key=key
        )

    def _distrust(self, run: _Run, error: WrongContentError) -> None:
        """Let the next attempt replace what was stored wrong; after the second time, remove it and give up."""
        run.wrong.add(error.etag)
        run.spoilt += 1
        if run.spoilt > 1:
            standing = self.public.head(run.key)
            if standing is not None and standing.etag in run.wrong:
                self.public.delete(run.key, Matches(standing.etag))
            raise error

    def _allowed_metadata(self, info: ObjectInfo) -> dict[str, str]:
        """Return the uploader's metadata that settings let through, as far as it fits into headers."""
        return {
            name: value
            for name, value in info.metadata.items()
            if name in self.settings.metadata_allowlist and value.isascii() and value.isprintable()
        }

    def _gone(self, run: _Run) -> Outcome:
        return self._done(run, "gone", reason="the staging object does not exist any more")

    def _done(self, run: _Run, status: Status, **known: Any) -> Outcome:
        return Outcome(
            key=run.key,
            status=status,
            attempts=run.attempts,
            bytes_in=run.bytes_in,
            bytes_out=run.bytes_out,
            **known,
        )
