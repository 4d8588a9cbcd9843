"""What must be true of a schedule: at every moment, and at the end."""

from dataclasses import dataclass, field
from functools import cache

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.photos.sniff import sniff
from galleria_storage.publishing.outcome import Outcome
from tests.model.plan import Plan
from tests.support.fakes.fake_s3 import FakeS3, StoredObject

KEYS = ("wedding/0001.jpg", "wedding/again.jpg")
STAGING, PUBLIC = "staging", "public"


class Violation(AssertionError):  # noqa: N818 # no error of the program: a finding
    """The promise was broken."""


@cache
def expected(body: bytes, metadata: tuple[tuple[str, str], ...], tags: tuple[tuple[str, str], ...]) -> bytes | None:
    """Return what must be published for a staging object, worked out without the protocol; None: it is rejected."""
    try:
        correction = parse_correction(dict(metadata), dict(tags))
        if sniff(body) is None:
            return None
        return correct_bytes(body, correction) if correction else body
    except GalleriaError:
        return None


def wanted(staged: StoredObject) -> bytes | None:
    """Return what must be published for a staging object; None: it is rejected."""
    return expected(staged.body, tuple(staged.metadata.items()), staged.tags)


@dataclass
class Promise:
    """What has been seen of one schedule from outside, and whether the promise held."""

    s3: FakeS3
    plan: Plan
    #: What was reported.
    outcomes: list[Outcome] = field(default_factory=list)
    #: The versions that staging has had.
    history: dict[str, list[StoredObject]] = field(default_factory=lambda: {key: [] for key in KEYS})
    last_public: dict[str, StoredObject | None] = field(default_factory=lambda: dict.fromkeys(KEYS))
    #: Keys that had a copy at some moment.
    published: set[str] = field(default_factory=set)
    #: Runs whose copy replaced another one.
    replacing: set[str] = field(default_factory=set)
    #: Keys that had a copy when a lifecycle rule removed the original.
    must_stay: set[str] = field(default_factory=set)

    def check_moment(self) -> None:
        """At no moment is a published object torn: it is the right result of a version that staging has had."""
        for key, last in self.last_public.items():
            public = self.s3.objects.get((PUBLIC, key))
            if public is last:
                continue
            if public is None and self.plan.when_removed == "keep":
                raise Violation("a copy was taken away, although copies stay")
            self.last_public[key] = public
            self.published |= {key} if public else set()
            self.replacing |= {public.metadata["galleria-run"]} if public and last else set()
            if public is not None and self.plan.versioned and public.body not in map(wanted, self.history[key]):
                raise Violation(f"published is what no version of the photo asks for: {public}")

    def check_quiet(self) -> None:
        for key in KEYS[: self.plan.keys]:
            self._check_key(key)
            self._check_reported(key)
        if not self.plan.fault_rate and self.s3.uploads:
            raise Violation("an upload was left behind")

    def _check_key(self, key: str) -> None:
        staged, public = self.s3.objects.get((STAGING, key)), self.s3.objects.get((PUBLIC, key))
        result = wanted(staged) if staged else None
        if result is not None:
            self._check_published(key, result)
        elif staged is None:
            self._check_removed(key, public)
            self._check_reported_removal(key, public)
        elif not any((outcome.key, outcome.status) == (key, "rejected") for outcome in self.outcomes):
            raise Violation("nobody said that the photo is rejected")

    def _check_published(self, key: str, result: bytes) -> None:
        public = self.s3.objects.get((PUBLIC, key))
        found = [public]
        if self.plan.scope == "bucket" and public is None:
            found = [self.s3.objects.get((PUBLIC, other)) for other in KEYS]
        right = [one for one in found if one and one.body == result]
        if not right:
            raise Violation(f"staging asks for {result!r} under {key}, published is {public}")
        if right[0].content_type != "image/jpeg":
            raise Violation(f"Content-Type is {right[0].content_type}")

    def _check_reported(self, key: str) -> None:
        """Each copy was reported, and what it replaced was dropped from the CDN."""
        if not (public := self.s3.objects.get((PUBLIC, key))):
            return
        told = [outcome for outcome in self.outcomes if outcome.run == public.metadata["galleria-run"]]
        if not told:
            raise Violation(f"nobody has heard of {public}")
        replaced = self.plan.provider == "honours" and public.metadata["galleria-run"] in self.replacing
        if replaced and not any(outcome.replaced for outcome in told):
            raise Violation(f"the CDN has not heard that a copy was replaced by {public}")

    def _check_reported_removal(self, key: str, public: StoredObject | None) -> None:
        told = {outcome.status for outcome in self.outcomes if outcome.key == key}
        if key in self.published and public is None and "removed" not in told:
            raise Violation(f"nobody has heard that the copy of {key} was taken away")

    def _check_removed(self, key: str, public: StoredObject | None) -> None:
        if self.plan.expiring:
            if key in self.must_stay and public is None:
                raise Violation("a copy was taken away, although a lifecycle rule removed the original")
        elif self.history[key] and self.plan.when_removed == "unpublish" and public is not None:
            raise Violation(f"somebody removed the original, and published is still {public}")
