"""What happens around the protocol in one schedule.

Staging gets two or three versions of one photo, or a few under two keys of
which often both have the same content, tag changes and removals by somebody
or by a lifecycle rule, at any moment. Each change sends its event,
sometimes twice, in any order. Workers run the real protocol over a fake S3 whose every call is a scheduling point and
may go wrong in every way that a network knows.
"""

import random
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.publishing.publish_settings import DuplicateScope, PublishSettings
from galleria_storage.publishing.publisher import Publisher
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.transfer.sizes import Sizes
from galleria_storage.transfer.writer import Writer
from tests.model.plan import PROVIDERS, Plan
from tests.model.promise import KEYS, PUBLIC, STAGING, Promise, Violation
from tests.model.strands import Strand, Strands
from tests.support.fakes.directing import client_error
from tests.support.fakes.fake_s3 import FakeS3
from tests.support.fakes.profiles import HONOURING

SETTINGS = PublishSettings(STAGING, BucketAccess(PUBLIC))
STEP_LIMIT = 5000
NOW = 1_800_000_000.0


class Crash(BaseException):
    """The worker was killed; nothing of it runs any more."""


class SameThread(Executor):
    """Runs a job at once, so that the schedule alone decides about order."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 # what an executor does
            future.set_exception(error)
        return future


@dataclass
class _Reading:
    """What the world remembers of the worker on one strand."""

    crashed: bool = False
    weight: float = 1.0
    #: What was published when it began to look, and the second look (HEAD or GET) that is still to come.
    base: bytes | None = None
    second: str = ""


@dataclass
class World:
    """One schedule: everything in it follows from the seed.

    It is the director of the fake S3, too.
    """

    seed: int
    strands: Strands
    publisher_class: type[Publisher] = Publisher
    provider: str | None = None
    scope: DuplicateScope | None = None
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.plan = Plan.draw(self.rng, self.provider, self.scope)
        on_put, on_complete, profile = PROVIDERS[self.plan.provider]
        self.s3 = FakeS3(on_put, self, versioned=self.plan.versioned)
        self.s3.on_complete = on_complete
        self.s3.tells_tags = self.plan.tells_tags
        client: Any = self.s3
        staging, public = ObjectStore(client, STAGING, HONOURING), ObjectStore(client, PUBLIC, profile)
        sizes = Sizes(whole=0, part=64, copied=150, least=32, step=64) if self.plan.in_parts else Sizes()
        self.publisher = self.publisher_class(
            staging,
            public,
            replace(SETTINGS, duplicate_scope=self.plan.scope, when_removed=self.plan.when_removed),
            writer=Writer(public, sizes=sizes, sender=SameThread),
            sleep=lambda _: self.strands.current.pause(),
            jitter=lambda: 0.5,
            now=lambda: NOW + self.clock,
        )
        self.clock = 0
        self.faults_left = self.plan.faults if self.plan.fault_rate else 0
        self.readings = {strand: _Reading() for strand in self.strands.all}
        #: Waiting events: the key, and whether they report a removal.
        self.events: list[tuple[str, bool]] = []
        self.promise = Promise(self.s3, self.plan)

    # --- the schedule

    def run(self) -> None:
        """Run until nothing is left to do, then check the promise.

        Raises
        ------
        Violation
            It was broken.
        """
        for _ in range(STEP_LIMIT):
            if not self._step():
                return self.promise.check_quiet()
        raise Violation("it never becomes quiet")

    def _step(self) -> bool:
        self.clock += 1
        busy = [strand for strand in self.strands.all if strand.busy]
        idle = [strand for strand in self.strands.all if not strand.busy]
        choices: list[tuple[Any, float]] = [(self._resume(strand), self.readings[strand].weight) for strand in busy]
        if self.plan.changes and (self.plan.changes[0].kind != "wait" or not (busy or self.events)):
            choices.append((self._change, self.plan.haste))
        if self.events and idle:
            choices.append((lambda: self._deliver(idle[0]), 0.7))
        if not choices:
            return False
        self.rng.choices([choice for choice, _ in choices], [weight for _, weight in choices])[0]()
        self.promise.check_moment()
        return True

    def _resume(self, strand: Strand) -> Any:
        def resume() -> None:
            if self.rng.random() < 0.15:  # a worker pauses in the middle of its work, or goes on
                self.readings[strand].weight = self.rng.choice((1.0, 0.005))
            self.strands.step(strand)

        return resume

    def _change(self) -> None:
        kind, number, what = self.plan.changes.pop(0)
        key = KEYS[number]
        if kind == "wait":
            return
        standing = self.s3.objects.get((STAGING, key))
        if kind == "put":
            body, metadata, tags = what
            expires = 0.0 if self.plan.expiring else None
            self.s3.store(STAGING, key, body, metadata=metadata, tags=tags, expires=expires)
        elif standing is None:
            return
        elif kind == "tag":
            self.s3.tag(STAGING, key, what)
        else:
            self.s3.remove(STAGING, key)
        self.note(f"{kind} {key}: {what}")
        if kind == "expire":
            self.promise.must_stay |= {key} if (PUBLIC, key) in self.s3.objects else set()
            return
        if kind != "delete":
            self.promise.must_stay.discard(key)
            self.promise.history[key].append(self.s3.objects[STAGING, key])
        self.events += [(key, kind == "delete")] * (2 if self.rng.random() < self.plan.twice else 1)

    def _deliver(self, strand: Strand) -> None:
        key, removed = self.events.pop(self.rng.randrange(len(self.events)))
        self.readings[strand] = _Reading()
        strand.begin(lambda: self._work(key, removed=removed))
        self.strands.step(strand)

    def _work(self, key: str, *, removed: bool) -> None:
        try:
            act = self.publisher.unpublish if removed else self.publisher.publish
            outcome = act(key, self._hear)
        except Crash as error:
            self.note(f"again: {error!r}")
            self.events.append((key, removed))
            return
        except GalleriaError as error:
            outcome = Outcome.from_error(key, error)
        self.note(f"{key} is {outcome.status} {outcome.reason}")
        if outcome.status == "failed":
            self.events.append((key, removed))
            return
        try:
            self._hear(outcome)
        except Crash:
            self.events.append((key, removed))

    def _hear(self, outcome: Outcome) -> None:
        if self._fault():
            self.note(f"nobody hears of {outcome.key}")
            self.readings[self.strands.current].crashed = True
            raise Crash
        self.promise.outcomes.append(outcome)

    # --- the director

    def before(self, operation: str, bucket: str) -> None:
        strand = self.strands.current
        if not self.readings[strand].crashed:
            strand.pause()
        self._die_if_crashed(strand)
        conditional = operation in {"PutObject", "CompleteMultipartUpload", "DeleteObject"} and bucket == PUBLIC
        codes = ["SlowDown", "InternalError", "timeout", "closed", "crash"]
        if conditional:
            codes += ["PreconditionFailed", "ConditionalRequestConflict"]
        self._maybe_fail(operation, bucket, codes, "before")

    def after(self, operation: str, bucket: str, *, refused: bool) -> None:
        self.note(f"{operation} {bucket}{': refused' if refused else ''}")
        if self.plan.keys == 1:
            self._check_order(f"{operation} {bucket}")
        self._maybe_fail(operation, bucket, ["InternalError", "timeout", "closed", "crash"], "after")

    def _check_order(self, look: str) -> None:
        [key] = KEYS[:1]
        reading, last = self.readings[self.strands.current], self.promise.last_public[key]
        before = last.body if last else None
        looks = {"HeadObject public": "GetObject staging", "GetObject staging": "HeadObject public"}
        if look in looks:
            if reading.second == look:
                reading.second = ""
            else:
                reading.base, reading.second = before, looks[look]
        public = self.s3.objects.get((PUBLIC, key))
        written = public is not None and public is not last
        if written and self.plan.provider == "honours" and before != reading.base:
            raise Violation("an older copy replaced a newer one, although the provider honours preconditions")

    def repeats(self, operation: str, bucket: str) -> bool:  # noqa: ARG002 # any call may be repeated
        if not self._fault():
            return False
        self.note(f"boto3 loses the answer to {operation} and sends it again")
        return True

    def cut(self, size: int) -> int | None:
        return self.rng.randrange(size) if size and self._fault() else None

    def _fault(self) -> bool:
        if self.faults_left == 0 or self.rng.random() >= self.plan.fault_rate:
            return False
        self.faults_left -= 1
        return True

    def _maybe_fail(self, operation: str, bucket: str, kinds: list[str], when: str) -> None:
        if not self._fault():
            return
        kind = self.rng.choice(kinds)
        self.note(f"{operation} {bucket}: {kind} {when} its effect")
        if kind == "timeout":
            raise ReadTimeoutError(endpoint_url="https://s3.example")
        if kind == "closed":
            raise ConnectionClosedError(endpoint_url="https://s3.example")
        if kind == "crash":
            self.readings[self.strands.current].crashed = True
            raise Crash
        raise client_error(operation, kind)

    def _die_if_crashed(self, strand: Strand) -> None:
        if self.readings[strand].crashed:
            raise Crash

    def note(self, text: str) -> None:
        worker = self.strands.all.index(self.strands.current)
        self.log.append(f"{self.clock:4} worker {worker}: {text}")


def run_schedule(
    seed: int,
    strands: Strands,
    publisher_class: type[Publisher] = Publisher,
    provider: str | None = None,
    scope: DuplicateScope | None = None,
) -> World:
    """Run the schedule of one seed; raise `Violation`, with the story as a note, if the promise was broken."""
    world = World(seed, strands, publisher_class, provider, scope)
    try:
        world.run()
    except BaseException as error:
        error.add_note("\n".join([f"seed {seed}: {world.plan}", *world.log]))
        raise
    return world
