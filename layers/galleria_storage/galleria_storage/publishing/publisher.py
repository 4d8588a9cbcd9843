"""The publish protocol: from a staging object to exactly one correct public copy.

`docs/protocol.md` shows the steps in a picture and says what would break
without each of them. This module uses that page's names for the steps.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from galleria_storage.errors import GalleriaError, NotFoundError, PreconditionFailedError
from galleria_storage.publishing.claims import Claims
from galleria_storage.publishing.draft import Draft, prepare
from galleria_storage.publishing.errand import Errand
from galleria_storage.publishing.fingerprint import (
    FINGERPRINT,
    RUN,
    is_ours,
    is_result,
    original_until,
    outlives_its_original,
    recorded_metadata,
    run_name,
)
from galleria_storage.publishing.outcome import Outcome, Tell, tell_nobody
from galleria_storage.publishing.photo_keys import check_key, is_ignored
from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.publishing.wishes import Wish, Wishes
from galleria_storage.s3.objects import ABSENT, Condition, Matches, ObjectInfo, ObjectStore
from galleria_storage.transfer.proof import WrongContentError
from galleria_storage.transfer.writer import Writer, Written

#: How often the protocol may start again; after that the photo is `failed`, and its event is delivered again.
MAX_ATTEMPTS: Final = 8
_FIRST_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 2.0


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
    sleep, jitter, now
        The clock's sleep, in seconds, a random number in [0, 1), and seconds
        since 1970; tests replace them.
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
        now: Callable[[], float] = time.time,
    ) -> None:
        self.staging = staging
        self.public = public
        self.settings = settings
        self._folds_slashes = public.profile.folds_slashes
        self._writer = writer or Writer(public)
        self._wishes = Wishes(staging, settings)
        self._claims = Claims(public, settings.staging_bucket, self._asked_elsewhere)
        self._sleep = sleep
        self._jitter = jitter
        self._now = now

    def publish(self, key: str, tell: Tell = tell_nobody, *, force: bool = False) -> Outcome:
        """Bring the public copy of a key up to the newest staging object; safe to call at any time, and often.

        Parameters
        ----------
        key
            The key of the original, and of its copy.
        tell
            Called with the outcomes of other keys that had to be published first. An error that it raises ends the run,
            which must then be repeated.
        force
            Write the copy again, even if the right one is there.

        Returns
        -------
        Outcome
            `published`, `duplicate`, `gone`, `ignored`, or `removed` where
            somebody removed the original while this run published it.

        Raises
        ------
        GalleriaError
            If it is permanent, the photo is rejected; otherwise it failed, and its event should be delivered again.
        """
        return self._run(Errand(key, run_name(self._now()), tell, force=force))

    def unpublish(self, key: str, tell: Tell = tell_nobody) -> Outcome:
        """Remove the public copy of an original that somebody removed, unless the settings keep it.

        The copy is removed only if this service wrote it and there is still no
        original; one that was put back is published. Parameters as `publish`.

        Returns
        -------
        Outcome
            `removed`, `gone` if the copy stays, or as `publish`.

        Raises
        ------
        GalleriaError
            As `publish`.
        """
        if self.settings.when_removed == "keep":
            return Outcome(key=key, status="gone", reason="the original was removed; its copy stays")
        return self._run(Errand(key, run_name(self._now()), tell, removed=True))

    def _run(self, errand: Errand) -> Outcome:
        key = errand.key
        if is_ignored(key, self.settings.ignored_keys):
            return Outcome(key=key, status="ignored", reason="its name is not that of a photo")
        errand.notes = (check_key(key, folds=self._folds_slashes), *self.settings.notes)
        with self._claims.writing(key) if self.settings.duplicate_scope == "bucket" else nullcontext():
            return self._repeat(errand)

    def _repeat(self, errand: Errand) -> Outcome:
        """Go through the steps until no conflict occurs."""
        while True:
            errand.attempts += 1
            try:
                return self._attempt(errand)
            except (PreconditionFailedError, WrongContentError) as error:
                if errand.attempts == MAX_ATTEMPTS:
                    raise
                if isinstance(error, WrongContentError):
                    self._distrust(errand, error)
            except GalleriaError as error:
                if error.permanent and errand.written:
                    return errand.wrote(errand.written)  # the newer original's own event will reject it
                if error.permanent:
                    errand.make_up_for(self._now())
                raise
            self._sleep(self._jitter() * min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**errand.attempts))

    def _attempt(self, errand: Errand) -> Outcome:
        """Go through the steps once."""
        errand.standing = standing = self.public.head(errand.key)  # look at public
        glance = None
        if standing and is_ours(standing) and errand.may_keep(standing):
            glance = self._wishes.look(errand.key)  # look at staging, as far as a duplicate needs it
            if glance is None:
                return self._without_original(errand, standing)
            if is_result(standing, glance.fingerprint):  # compare
                return errand.recognises(glance, standing)
        try:
            stream = self.staging.open(errand.key)  # read staging
        except NotFoundError:
            return self._without_original(errand, standing)
        with self._writer.source(self.staging, stream) as source:
            wish = glance if glance and glance.info == source.info else self._wishes.of(source.info)
            if standing and is_result(standing, wish.fingerprint) and errand.may_keep(standing):  # compare
                return errand.recognises(wish, standing)
            draft = prepare(source, wish.correction, self.settings)
            if not standing and (holder := self._other_holder(errand, wish)):
                return errand.done("duplicate", f"published as {holder!r} already", duplicate_of=holder)
            condition: Condition = Matches(standing.etag) if standing else ABSENT
            try:
                with self._leaving(errand, standing, wish.fingerprint):
                    written = self._write(errand, wish, draft, condition)
            finally:
                errand.bytes_in += source.bytes_read
        self._look_back(wish, condition, written)
        return errand.wrote(wish)

    def _other_holder(self, errand: Errand, wish: Wish) -> str:
        """Return the key under which the same content is published already; empty if it may be published twice."""
        if self.settings.duplicate_scope == "key":
            return ""
        return self._claims.other_holder(wish.fingerprint, errand.key, patient=errand.attempts < MAX_ATTEMPTS)

    @contextmanager
    def _leaving(self, errand: Errand, standing: ObjectInfo | None, successor: str = "") -> Iterator[None]:
        """Before a copy is replaced or removed, publish another key that relied on it."""
        leaves = standing.metadata.get(FINGERPRINT, successor) if standing else successor
        if self.settings.duplicate_scope == "key" or leaves == successor:
            yield
            return
        if heir := self._claims.leave(leaves, errand.key):
            self._publish_heir(errand, heir)
        yield
        self._claims.left(leaves, errand.key)

    def _publish_heir(self, errand: Errand, heir: str) -> None:
        """Publish another key, and report it before anything else; a rejection is reported by its own event."""
        try:
            outcome = self.publish(heir, errand.tell)
        except GalleriaError as error:
            if error.permanent:
                return
            raise
        errand.tell(outcome)
        errand.heirs = (*errand.heirs, outcome)

    def _write(self, errand: Errand, wish: Wish, draft: Draft, condition: Condition) -> Written:
        """Write under the condition and verify; remember the attempt, since its answer may be lost."""
        recorded = recorded_metadata(
            wish.fingerprint,
            errand.run,
            draft.content.size,
            (draft.before, draft.after),
            replaced=isinstance(condition, Matches),
            original_until=self._original_until(wish.info),
            asked=wish.asked,
        )
        headers: dict[str, Any] = {"ContentType": draft.media_type, "Metadata": {**wish.metadata, **recorded}}
        if self.settings.cache_control:
            headers["CacheControl"] = self.settings.cache_control
        copied = 0
        try:
            written = self._writer.write(errand.key, draft.content, headers, condition)
            copied = written.bytes_copied
        finally:
            errand.tries(wish, draft, recorded, copied)
        errand.written = wish
        errand.bytes_out += written.bytes_out
        return written

    def _look_back(self, wish: Wish, condition: Condition, written: Written) -> None:
        """Compare staging with what was written, if something may have slipped past the condition.

        Raises
        ------
        PreconditionFailedError
            Staging asks for something else by now.
        """
        follows = self._original_until(wish.info) > 0
        elsewhere = self.settings.duplicate_scope == "bucket"  # another key may hold newer content
        if not (isinstance(condition, Matches) or follows or elsewhere) and written.conditional:
            return
        asked = self._asked(wish.info.key)
        if asked != wish.fingerprint and (asked is not None or follows):
            raise self._wishes.changed(wish.info.key)

    def _asked(self, key: str) -> str | None:
        """Return the fingerprint of what staging asks for now; None if there is no such object."""
        now = self._wishes.look(key)
        return now.fingerprint if now else None

    def _asked_elsewhere(self, key: str) -> str | None:
        """Do the same for another key; if that one cannot be published, this one is not affected."""
        try:
            return self._asked(key)
        except GalleriaError as error:
            if not error.permanent:
                raise
            return None

    def _original_until(self, original: ObjectInfo) -> int:
        """Return until when a copy is removed together with its original; 0 for never."""
        return 0 if self.settings.when_removed == "keep" else original_until(original, self._now())

    def _without_original(self, errand: Errand, standing: ObjectInfo | None) -> Outcome:
        """Return the outcome for a missing original; if somebody removed it and the copy is ours, remove the copy."""
        if standing and not is_ours(standing):
            return errand.done("gone", "there is no original, and this service did not write what is published")
        if self.settings.when_removed == "keep" or not (
            errand.removed or (standing and not outlives_its_original(standing, self._now()))
        ):
            if errand.written:
                return errand.wrote(errand.written)  # and nothing has taken its place since
            errand.make_up_for(self._now())
            return errand.done("gone", "the staging object no longer exists")
        if standing is None:
            return errand.done("removed", "there is neither an original nor a copy")
        with self._leaving(errand, standing):
            self.public.delete(errand.key, Matches(standing.etag))
        if self.staging.head(errand.key):  # look at staging again: it was put back meanwhile
            raise self._wishes.changed(errand.key)
        return errand.done("removed", "the original was removed", run=standing.metadata[RUN])

    def _distrust(self, errand: Errand, error: WrongContentError) -> None:
        """Let the next attempt replace what was stored wrong; the second time, remove it and give up."""
        errand.wrong.add(error.etag)
        errand.spoilt += 1
        if errand.spoilt > 1:
            standing = self.public.head(errand.key)
            if standing is not None and standing.etag in errand.wrong:
                self.public.delete(errand.key, Matches(standing.etag))
            raise error
