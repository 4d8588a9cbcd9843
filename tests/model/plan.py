"""What a seed decides before a schedule begins: the provider, the photos, the changes, and how much goes wrong."""

import random
from dataclasses import dataclass, replace
from typing import Any

from galleria_storage.publishing.settings import DuplicateScope, WhenRemoved
from galleria_storage.s3.profiles import PROFILES, ProviderProfile

HONOURING = ProviderProfile(
    name="honouring",
    put_if_none_match="honoured",
    put_if_match="honoured",
    complete_if_none_match="honoured",
    complete_if_match="honoured",
    delete_if_match="honoured",
)
CEPH_LIKE = replace(HONOURING, complete_if_none_match="ignored", complete_if_match="ignored")
#: Name -> what the provider does with conditions on PutObject and on Complete, and what its profile says.
PROVIDERS: dict[str, tuple[Any, Any, ProviderProfile]] = {
    "honours": ("honoured", "honoured", HONOURING),
    "honours on put only": ("honoured", "ignored", CEPH_LIKE),
    "ignores": ("ignored", "ignored", PROFILES["generic"]),
    "refuses": ("refused", "refused", PROFILES["b2"]),
    "refuses, unknown": ("refused", "refused", PROFILES["generic"]),
}
_HEAD = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
PHOTOS = [_HEAD + _SCAN + pixels * 40 + b"\xff\xd9" for pixels in (b"A1", b"B2B", b"C3C3")]
NO_PHOTO = b"<html><script>alert(1)</script></html>"
CORRECTIONS: list[dict[str, str]] = [
    {},
    {"corrected-timestamp": "2024-06-15T10:30:45"},
    {"corrected-timestamp": "2023-01-02T03:04:05+01:00"},
    {"target-timezone-offset-hours": "+05:30"},
    {"corrected-timestamp": "yesterday"},
]


@dataclass
class Plan:
    """The draw of one seed."""

    provider: str
    versioned: bool
    in_parts: bool
    fault_rate: float
    faults: int
    changes: list[tuple[str, Any]]
    haste: float
    scope: DuplicateScope
    when_removed: WhenRemoved
    #: A lifecycle rule removes what is in staging; it may strike at any moment.
    expiring: bool
    twice: float
    tells_tags: bool

    @classmethod
    def draw(cls, rng: random.Random, provider: str | None) -> "Plan":
        puts = [cls._put(rng) for _ in range(rng.choice((2, 2, 3)))]
        if rng.random() < 0.3:
            puts = [puts[0], puts[1], puts[0]]  # there and back: the case that ETags cannot tell apart
        changes: list[tuple[str, Any]] = [("put", put) for put in puts]
        for _ in range(rng.choice((0, 0, 1, 2))):
            changes.insert(rng.randint(1, len(changes)), ("tag", rng.choice(CORRECTIONS)))
        when_removed: WhenRemoved = "unpublish" if rng.random() < 0.4 else "keep"
        expiring = rng.random() < 0.15
        if rng.random() < (0.8 if expiring or when_removed == "unpublish" else 0.15):
            changes.insert(rng.randint(1, len(changes)), ("expire" if expiring else "delete", None))
        return cls(
            provider=provider or rng.choice(list(PROVIDERS)),
            versioned=rng.random() < 0.7,
            in_parts=rng.random() < 0.3,
            fault_rate=rng.choice((0.0, 0.03, 0.1, 0.3)),
            faults=rng.choice((1, 2, 4, 8)),
            changes=changes,
            haste=rng.choice((0.03, 0.3, 3.0)),
            twice=rng.choice((0.0, 0.3, 1.0)),
            tells_tags=rng.random() < 0.7,
            scope="bucket" if rng.random() < 0.15 else "key",
            when_removed=when_removed,
            expiring=expiring,
        )

    @staticmethod
    def _put(rng: random.Random) -> tuple[bytes, dict[str, str], tuple[tuple[str, str], ...]]:
        body = NO_PHOTO if rng.random() < 0.06 else rng.choice(PHOTOS)
        metadata = rng.choice(CORRECTIONS[:4]) if rng.random() < 0.5 else {}
        return body, metadata, tuple(rng.choice(CORRECTIONS).items()) if rng.random() < 0.4 else ()
