"""The function's work without Lambda: the work of `publish` and `remove`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from galleria_cli import places
from galleria_cli.reporting import Report
from galleria_storage.bulk.patience import Patience
from galleria_storage.bulk.run import as_they_finish
from galleria_storage.delivery.notices import Change, Task
from galleria_storage.delivery.replies import summary
from galleria_storage.delivery.reports import Reporter
from galleria_storage.delivery.tasks import carry_out
from galleria_storage.publishing.outcome import Outcome, Tell
from galleria_storage.publishing.wiring import PublishService
from galleria_storage.s3.listing import list_objects

_WRONG = frozenset({"rejected", "failed"})


@dataclass(frozen=True, slots=True)
class _Patient:
    """Publishes, and waits while the network is away."""

    service: PublishService
    patience: Patience

    def publish(self, key: str, tell: Tell) -> Outcome:
        """Do as `Publisher.publish`."""
        return self.patience.call(lambda: self.service.publish(key, tell))

    def unpublish(self, key: str, tell: Tell) -> Outcome:
        """Do as `Publisher.unpublish`."""
        return self.patience.call(lambda: self.service.unpublish(key, tell))


class ByHand:
    """One run of a command; outcomes are told to whoever reads the report, and to the CDN.

    Parameters
    ----------
    report
        Where outcomes are told.
    stack
        Take the settings of this stack's function; None: those of the environment.
    transfers, patience
        Photos at once; seconds that an outage may last.
    settings
        Settings that win over all others.
    """

    def __init__(
        self,
        report: Report,
        stack: str | None,
        transfers: int,
        patience: float,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        service = PublishService({**places.settings(stack), **(settings or {})})
        self.settings = service.read_settings()
        publisher = service.publisher()  # a wrong setting ends the command before the first photo
        self.staging, self.public = publisher.staging, publisher.public
        self.patience = Patience(report.waiting, patience)
        self._report = report
        self._transfers = transfers
        self._publisher = _Patient(service, self.patience)
        self._reporter = Reporter(replace(self.settings, failure_queue_url="", event_bus_name=""))
        self._seen: dict[str, str] = {}

    def listed(self, prefix: str) -> Iterator[str]:
        """Yield the keys in staging, as they are listed."""
        for found in list_objects(self.staging.client, self.staging.bucket, prefix):
            yield found.key

    def publish(self, keys: Sequence[str]) -> int:
        """Publish keys that were named, several at once, tell each outcome, and return the exit status."""
        return self._all(keys, "written", frozenset({*_WRONG, "gone", "ignored"}))

    def publish_listed(self, prefix: str) -> int:
        """Publish the keys in staging that start with a prefix; a file other than a photo is not a fault there."""
        return self._all(self.listed(prefix), "written", _WRONG)

    def unpublish(self, keys: Iterable[str]) -> int:
        """Take away the copies of originals that are gone, and return the exit status."""
        return self._all(keys, "removed", _WRONG)

    def would_publish(self, keys: Iterable[str]) -> int:
        """Name the keys, and do nothing."""
        for key in keys:
            self._report.file("would publish", key)
        return 0

    def publish_what_changed(self, prefix: str) -> None:
        """Publish what is new in staging, or changed, since the last call."""
        found = list_objects(self.staging.client, self.staging.bucket, prefix)
        now = {one.key: one.etag for one in found}
        changed = [key for key, etag in now.items() if self._seen.get(key) != etag]
        self._seen = now
        if changed:
            self._all(changed, "written", _WRONG)

    def _all(self, keys: Iterable[str], change: Change, wrong: frozenset[str]) -> int:
        counts: Counter[str] = Counter()

        def one(key: str) -> Outcome:
            bucket = self.settings.staging_bucket
            return carry_out(Task(bucket, key, change=change), self._publisher, self._reporter, bucket)

        with closing(as_they_finish(one, keys, self._transfers)) as outcomes:
            for outcome in outcomes:
                counts[outcome.status] += 1
                self._tell(outcome, wrong=outcome.status in wrong)
        words = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        self._report.summary(words or "there are no photos", counts)
        return int(any(counts[status] for status in wrong))

    def _tell(self, outcome: Outcome, *, wrong: bool) -> None:
        facts = summary(outcome)
        before, after = facts.get("captured_before") or "-", facts.get("captured_after")
        status = "already published" if outcome.status == "duplicate" else outcome.status
        self._report.file(
            status,
            outcome.key,
            wrong=wrong,
            asked=f"{before} → {after}" if after else "",
            reason=" ".join(filter(None, (outcome.reason, outcome.advice))),
            outcome=facts,
        )
