"""A staging and a public bucket at one provider in memory, and photos to put into them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.publishing.publisher import Publisher
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.transfer.sizes import Sizes
from galleria_storage.transfer.writer import Writer
from tests.support.fakes.directing import Calm
from tests.support.fakes.fake_s3 import FakeS3, StoredObject
from tests.support.fakes.profiles import CAPABLE
from tests.support.photos.jpegs import HEAD, SCAN_START

STAGING, PUBLIC = "staging", "public"
JPEG = HEAD + SCAN_START + b"pixels" * 50 + b"\xff\xd9"
GIF = b"GIF89a" + b"blocks" * 20 + b";"
TIME = {"corrected-timestamp": "2024-06-15T10:30:45"}
#: A photo that goes out in parts, and what is made of both.
BIG = JPEG[:-2] + bytes(range(256)) * 1600 + b"\xff\xd9"
CORRECTED, BIG_CORRECTED = (correct_bytes(data, parse_correction(TIME, {})) for data in (JPEG, BIG))
SMALL = Sizes(whole=0, part=128, copied=10**9)


@dataclass
class Interference(Calm):
    """Lets a test do something just before a call, once: the n-th call of an operation."""

    plans: dict[tuple[str, int], Callable[[], None]] = field(default_factory=dict)
    after_plans: dict[tuple[str, int], Callable[[], None]] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def before(self, operation: str, bucket: str) -> None:  # noqa: ARG002 # the operation says enough
        self.counts[operation] = self.counts.get(operation, 0) + 1
        self.plans.get((operation, self.counts[operation]), lambda: None)()

    def after(self, operation: str, bucket: str, *, refused: bool) -> None:  # noqa: ARG002 # the same
        self.after_plans.get((operation, self.counts[operation]), lambda: None)()

    def cut(self, size: int) -> int | None:  # noqa: ARG002 # the test knows the size
        return self.cuts.pop(0) if self.cuts else None


def settled(key: str, act: Callable[[], Outcome]) -> Outcome:
    """Return an outcome, also of a photo that is rejected."""
    try:
        return act()
    except GalleriaError as error:
        if not error.permanent:
            raise
        return Outcome.from_error(key, error)


class FakeGallery:
    """What most tests need: put something into staging, publish it, look at the public bucket."""

    def __init__(self) -> None:
        self.director = Interference()
        self.s3 = FakeS3("honoured", self.director)
        self.settings = PublishSettings(STAGING, BucketAccess(PUBLIC))
        self.profile = self.staging_profile = CAPABLE
        self.sizes = Sizes()
        self.copies = False
        self.pauses: list[float] = []
        self.clock = 1_800_000_000.0
        #: Called while somebody waits.
        self.meanwhile: Callable[[], object] = lambda: None

    def publisher(self) -> Publisher:
        client: Any = self.s3
        staging, public = ObjectStore(client, STAGING, self.staging_profile), ObjectStore(client, PUBLIC, self.profile)
        writer = Writer(public, copies=self.copies, sizes=self.sizes)
        return Publisher(
            staging,
            public,
            self.settings,
            writer=writer,
            sleep=self.pause,
            jitter=lambda: 0.5,
            now=lambda: self.clock,
        )

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.meanwhile()

    def configure(self, **settings: Any) -> None:
        self.settings = replace(self.settings, **settings)

    def put(
        self,
        body: bytes = JPEG,
        metadata: Mapping[str, str] | None = None,
        key: str = "a.jpg",
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self.s3.store(STAGING, key, body, metadata=dict(metadata or {}), tags=tuple((tags or {}).items()))

    def publish(self, key: str = "a.jpg") -> Outcome:
        self.s3.calls.clear()
        self.director.counts.clear()
        return settled(key, lambda: self.publisher().publish(key))

    def unpublish(self, key: str = "a.jpg") -> Outcome:
        self.s3.calls.clear()
        self.director.counts.clear()
        return settled(key, lambda: self.publisher().unpublish(key))

    def copy(self, key: str = "a.jpg") -> StoredObject:
        return self.s3.objects[PUBLIC, key]

    def published_keys(self) -> list[str]:
        return [key for bucket, key in self.s3.objects if bucket == PUBLIC]


def careless(gallery: FakeGallery) -> None:
    """Let the provider ignore If-Match on GET, and answer with the current object."""
    get = gallery.s3.get_object

    def careless_get(**arguments: str) -> dict[str, object]:
        arguments.pop("IfMatch", None)
        return get(**arguments)  # type: ignore[arg-type] # as the protocol calls it

    gallery.s3.get_object = careless_get  # type: ignore[assignment,method-assign] # one careless provider


def meddle(gallery: FakeGallery, act: str) -> None:
    """Let somebody else ``"replace"`` or ``"remove"`` each copy just before we read it back."""
    get = gallery.s3.get_object

    def later(**arguments: str) -> dict[str, object]:
        if arguments["Bucket"] == PUBLIC:
            gallery.s3.remove(PUBLIC, arguments["Key"])
            if act == "replace":
                gallery.s3.store(PUBLIC, arguments["Key"], BIG[::-1])
        return get(**arguments)  # type: ignore[arg-type] # as the protocol calls it

    gallery.s3.get_object = later  # type: ignore[assignment,method-assign] # the same, a moment later
