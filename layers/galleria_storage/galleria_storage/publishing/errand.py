"""One run for a key: what it knows so far, and its outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from galleria_storage.publishing.draft import Draft
from galleria_storage.publishing.fingerprint import (
    ASKED,
    CAPTURED_AFTER,
    CAPTURED_BEFORE,
    FINGERPRINT,
    REPLACED,
    RUN,
    SHA256,
    is_ours,
    is_recent,
)
from galleria_storage.publishing.history import other_settings
from galleria_storage.publishing.outcome import Outcome, OutcomeStatus, Tell, tell_nobody
from galleria_storage.publishing.wishes import Wish
from galleria_storage.s3.objects import ObjectInfo


@dataclass(slots=True)
class Errand:
    """What one run for a key knows; kept when the protocol starts again.

    Attributes
    ----------
    key
        The key.
    run
        Its name, recorded on what it writes, so that it recognises its own.
    tell
        Called for other keys that had to be published first.
    removed
        Whether somebody removed the original, according to the event.
    force
        Write the copy again, even if the right one is there.
    notes
        What every outcome should mention.
    attempts, bytes_in, bytes_out
        What it cost.
    tried
        Fingerprint -> the outcome of writing it; the answers to these writes may have been lost.
    wrong
        ETags of objects that the provider stored wrong.
    spoilt
        How often that happened.
    standing
        What was published at the last look.
    written
        What it published last, as far as it knows.
    heirs
        Outcomes of other keys that had to be published first.
    """

    key: str
    run: str
    tell: Tell = tell_nobody
    removed: bool = False
    force: bool = False
    notes: tuple[str, ...] = ()
    attempts: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    tried: dict[str, Outcome] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    spoilt: int = 0
    standing: ObjectInfo | None = None
    written: Wish | None = None
    heirs: tuple[Outcome, ...] = ()

    def done(self, status: OutcomeStatus, *reasons: str, **known: Any) -> Outcome:
        """Return the outcome of this run."""
        reason = "; ".join(text for text in (*reasons, *self.notes) if text)
        return self._complete(Outcome(key=self.key, status=status, reason=reason, **known))

    def may_keep(self, standing: ObjectInfo) -> bool:
        """Whether a copy may stay if its fingerprint is right: unless it was stored wrong, or must be written again."""
        return standing.etag not in self.wrong and (not self.force or standing.metadata.get(RUN) == self.run)

    def tries(self, wish: Wish, draft: Draft, recorded: Mapping[str, str], copied: int) -> None:
        """Remember the outcome of a write, in case its answer is lost."""
        self.tried[wish.fingerprint] = self.done(
            "published",
            draft.note,
            *wish.notes,
            sha256=draft.content.sha256.hex(),
            media_type=draft.media_type,
            credentials=draft.credentials,
            asked=wish.asked,
            other_settings=other_settings(self.standing, wish) if self.standing else "",
            bytes_copied=copied,
            **_told(recorded),
        )

    def wrote(self, wish: Wish) -> Outcome:
        """Return the outcome of a write that is known to have succeeded."""
        return self._complete(self.tried[wish.fingerprint])

    def recognises(self, wish: Wish, standing: ObjectInfo) -> Outcome:
        """Return the outcome if the right copy is published: a duplicate, unless this run itself wrote it."""
        if standing.metadata.get(RUN) == self.run:
            return self.wrote(wish)
        return self._of_copy(standing, wish.asked, "the right copy is published already", *wish.notes)

    def make_up_for(self, now: float) -> None:
        """Report the copy that is there although its original is rejected or gone.

        The run that wrote it may have died before it could report it, and no later run will find a duplicate.
        """
        if self.standing and is_ours(self.standing) and is_recent(self.standing.metadata[RUN], now):
            self.tell(self._of_copy(self.standing, self.standing.metadata.get(ASKED, ""), "the copy stays"))

    def _of_copy(self, standing: ObjectInfo, asked: str, *reasons: str) -> Outcome:
        recorded = standing.metadata
        return self.done(
            "duplicate",
            *reasons,
            duplicate_of=self.key,
            media_type=standing.content_type,
            asked=asked,
            sha256=recorded.get(SHA256, ""),
            **_told(recorded),
        )

    def _complete(self, outcome: Outcome) -> Outcome:
        return replace(
            outcome, attempts=self.attempts, bytes_in=self.bytes_in, bytes_out=self.bytes_out, heirs=self.heirs
        )


def _told(recorded: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of an outcome that are recorded on a copy."""
    return {
        "fingerprint": recorded.get(FINGERPRINT, ""),
        "run": recorded.get(RUN, ""),
        "captured_before": recorded.get(CAPTURED_BEFORE, ""),
        "captured_after": recorded.get(CAPTURED_AFTER, ""),
        "replaced": REPLACED in recorded,
    }
