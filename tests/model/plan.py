"""What a seed decides before a schedule begins: the provider, the photos, the changes, and how much goes wrong."""

import random
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from galleria_storage.publishing.publish_settings import DuplicateScope, WhenRemoved
from galleria_storage.s3.profiles import PROFILES, ProviderProfile
from tests.support.fakes.profiles import HONOURING
from tests.support.photos.jpegs import HEAD, SCAN_START

CEPH_LIKE = replace(HONOURING, complete_if_none_match="ignored", complete_if_match="ignored")
#: Name -> what the provider does with conditions on PutObject and on Complete, and what its profile says.
PROVIDERS: dict[str, tuple[Any, Any, ProviderProfile]] = {
    "honours": ("honoured", "honoured", HONOURING),
    "honours on put only": ("honoured", "ignored", CEPH_LIKE),
    "ignores": ("ignored", "ignored", PROFILES["generic"]),
    "refuses": ("refused", "refused", PROFILES["b2"]),
    "refuses, unknown": ("refused", "refused", PROFILES["generic"]),
}
PHOTOS = [HEAD + SCAN_START + pixels * 40 + b"\xff\xd9" for pixels in (b"A1", b"B2B", b"C3C3")]
NO_PHOTO = b"<html><script>alert(1)</script></html>"
CORRECTIONS: list[dict[str, str]] = [
    {},
    {"corrected-timestamp": "2024-06-15T10:30:45"},
    {"corrected-timestamp": "2023-01-02T03:04:05+01:00"},
    {"target-timezone-offset-hours": "+05:30"},
    {"corrected-timestamp": "yesterday"},
]


class Change(NamedTuple):
    """What happens to staging.

    Attributes
    ----------
    kind
        `put`, `tag`, `delete`, `expire`; or `wait` until everything else is done.
    key
        Number of the key.
    what
        The object or the tags.
    """

    kind: str
    key: int = 0
    what: Any = None


@dataclass
class Plan:
    """The draw of one seed."""

    provider: str
    versioned: bool
    in_parts: bool
    fault_rate: float
    faults: int
    changes: list[Change]
    haste: float
    scope: DuplicateScope
    keys: int
    when_removed: WhenRemoved
    #: A lifecycle rule removes what is in staging; it may strike at any moment.
    expiring: bool
    twice: float
    tells_tags: bool

    @classmethod
    def draw(cls, rng: random.Random, provider: str | None, scope: DuplicateScope | None) -> "Plan":
        provider = provider or rng.choice(list(PROVIDERS))
        scope = scope or ("bucket" if rng.random() < 0.25 else "key")
        keys = 2 if scope == "bucket" else 1
        changes = cls._of_two_keys(rng) if keys == 2 else cls._of_one_key(rng)
        for _ in range(rng.choice((0, 0, 1, 2))):
            tagged = Change("tag", rng.randrange(keys), rng.choice(CORRECTIONS))
            changes.insert(rng.randint(1, len(changes)), tagged)
        when_removed: WhenRemoved = "unpublish" if rng.random() < 0.4 else "keep"
        expiring = rng.random() < 0.15
        if rng.random() < (0.8 if expiring or when_removed == "unpublish" else 0.15):
            goes = Change("expire" if expiring else "delete", rng.randrange(keys))
            changes.insert(rng.randint(1, len(changes)), goes)
        return cls(
            provider=provider,
            versioned=rng.random() < 0.7,
            in_parts=rng.random() < 0.3,
            fault_rate=rng.choice((0.0, 0.03, 0.1, 0.3)),
            faults=rng.choice((1, 2, 4, 8)),
            changes=changes,
            haste=rng.choice((0.03, 0.3, 3.0)),
            twice=rng.choice((0.0, 0.3, 1.0)),
            tells_tags=rng.random() < 0.7,
            scope=scope,
            keys=keys,
            when_removed=when_removed,
            expiring=expiring,
        )

    @classmethod
    def _of_one_key(cls, rng: random.Random) -> list[Change]:
        puts = [cls._put(rng) for _ in range(rng.choice((2, 2, 3)))]
        if rng.random() < 0.3:
            puts = [puts[0], puts[1], puts[0]]  # there and back: the case that ETags cannot distinguish
        return [Change("put", 0, put) for put in puts]

    @classmethod
    def _of_two_keys(cls, rng: random.Random) -> list[Change]:
        if rng.random() < 0.4:  # one key gives up a content while the other gets it
            one, other = ((PHOTOS[n], {}, ()) for n in rng.sample((0, 1), 2))
            return [Change("put", 0, one), Change("wait"), Change("put", 0, other), Change("put", 1, one)]
        puts = (cls._put(rng, alike=True) for _ in range(rng.choice((3, 4, 5))))
        changes = [Change("put", rng.randrange(2), put) for put in puts]
        if rng.random() < 0.5:
            changes.insert(rng.randint(1, len(changes)), Change("wait"))
        return changes

    @staticmethod
    def _put(rng: random.Random, *, alike: bool = False) -> tuple[bytes, dict[str, str], tuple[tuple[str, str], ...]]:
        """Draw a photo and its correction; `alike`: one of few, so that some have the same content."""
        if alike and rng.random() < 0.85:
            return rng.choice(PHOTOS[:2]), {}, ()
        body = NO_PHOTO if rng.random() < 0.06 else rng.choice(PHOTOS)
        metadata = rng.choice(CORRECTIONS[:4]) if rng.random() < 0.5 else {}
        return body, metadata, tuple(rng.choice(CORRECTIONS).items()) if rng.random() < 0.4 else ()
