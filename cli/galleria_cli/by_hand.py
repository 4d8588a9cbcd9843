"""The function's work without Lambda: the work of `publish` and `remove`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, NamedTuple

from galleria_cli import places
from galleria_cli.options import Transfers
from galleria_cli.reporting import Report
from galleria_cli.text_table import counted, sentences
from galleria_storage.bulk.patience import Patience
from galleria_storage.bulk.run import as_they_finish
from galleria_storage.delivery.notices import Change, Task
from galleria_storage.delivery.reports import Reporter, summary
from galleria_storage.delivery.tasks import carry_out
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.fingerprint import is_result
from galleria_storage.publishing.history import other_settings
from galleria_storage.publishing.outcome import Outcome, Tell
from galleria_storage.publishing.photo_keys import is_ignored
from galleria_storage.publishing.wiring import PublishService
from galleria_storage.publishing.wishes import Wishes

_WRONG: Final = frozenset({"rejected", "failed"})
#: These are failures for a key that was named itself, but not for one of a folder's keys.
_WRONG_IF_NAMED: Final = frozenset({*_WRONG, "gone", "ignored"})
#: Outcomes whose names say too little here.
_SAID: Final = {"duplicate": "already published"}
_NO_ORIGINAL: Final = "there is no such original in staging"
_OTHERS: Final = "made with other settings; --settings-from STACK uses those of the deployed function"


@dataclass(frozen=True, slots=True)
class _Patient:
    """Publishes, and waits while the network is down."""

    service: PublishService
    patience: Patience
    force: bool = False

    def publish(self, key: str, tell: Tell) -> Outcome:
        """Do as `Publisher.publish`."""
        return self.patience.call(lambda: self.service.publish(key, tell, force=self.force))

    def unpublish(self, key: str, tell: Tell) -> Outcome:
        """Do as `Publisher.unpublish`."""
        return self.patience.call(lambda: self.service.unpublish(key, tell))


class Would(NamedTuple):
    """What a dry run says about one key."""

    key: str
    status: str
    reason: str = ""


class ByHand:
    """One run of a command; outcomes go to the report and to the CDN.

    Parameters
    ----------
    report
        Where outcomes are reported.
    stack
        Take the settings of this stack's function; None: those of the environment.
    transfers
        Photos at once, and how long an outage may last.
    settings
        Settings that override all others.
    force
        Write copies again, even if the right ones are there.
    """

    def __init__(
        self,
        report: Report,
        stack: str | None,
        transfers: Transfers,
        settings: Mapping[str, str] | None = None,
        *,
        force: bool = False,
    ) -> None:
        service = PublishService({**places.settings(stack), **(settings or {})}, pace=transfers.pace)
        self.settings = service.read_settings()
        publisher = service.publisher()  # so that a wrong setting ends the command before the first photo
        self.staging, self.public = publisher.staging, publisher.public
        self.patience = Patience(report.waiting, transfers.patience)
        self._report = report
        self._at_once = transfers.at_once
        self._force = force
        self._publisher = _Patient(service, self.patience, force)
        self._reporter = Reporter(replace(self.settings, failure_queue_url="", event_bus_name=""))
        self._settings_are_the_functions = stack is not None

    def publish(self, keys: Iterable[str], *, named: bool = True) -> int:
        """Publish keys, several at once, report each outcome, and return the exit status.

        Parameters
        ----------
        named
            Each of these keys was named, so one without a photo is a failure.
        """
        return self._all(keys, "written", _WRONG_IF_NAMED if named else _WRONG)

    def unpublish(self, keys: Iterable[str]) -> int:
        """Remove the copies of originals that are gone, and return the exit status."""
        return self._all(keys, "removed", _WRONG)

    def remove(self, keys: Iterable[str]) -> int:
        """Remove originals and then their copies, report each outcome, and return the exit status."""
        counts: Counter[str] = Counter()
        return self._all(self._without_originals(keys, counts), "removed", _WRONG, counts)

    def _without_originals(self, keys: Iterable[str], counts: Counter[str]) -> Iterator[str]:
        """Remove the originals, and yield the keys whose copies follow; report and count those that do not exist."""
        for key in keys:
            if self.patience.call(partial(self._is_absent, key)):
                counts["absent"] += 1
                self._report.file("absent", key, reason="there is neither an original nor a copy")
                continue
            self.patience.call(partial(self.staging.delete, key, None))
            yield key

    def _is_absent(self, key: str) -> bool:
        return self.staging.head(key) is None and self.public.head(key) is None

    def would_publish(self, keys: Iterable[str]) -> int:
        """Say what `publish` would do for each key, and do nothing."""
        counts: Counter[str] = Counter()
        results = as_they_finish(self._would, keys, self._at_once, stop=self.patience.give_up, idle=self._report.idle)
        with self._report.counting(goes_on=False), closing(results) as found:
            for would in found:
                counts[would.status] += 1
                dull = would.status in {"already published", "ignored"}
                wrong = would.status in _WRONG_IF_NAMED - {"ignored"}
                self._report.file(would.status, would.key, wrong=wrong, dull=dull, reason=would.reason)
        self._report.summary(f"{_in_words(counts)}; nothing was written", counts)
        return int(any(counts[status] for status in _WRONG_IF_NAMED - {"ignored"}))

    def _would(self, key: str) -> Would:
        if is_ignored(key, self.settings.ignored_keys):
            return Would(key, "ignored")
        try:
            return self.patience.call(lambda: self._looked_at(key))
        except GalleriaError as error:
            return Would(key, "rejected" if error.permanent else "failed", error.message)

    def _looked_at(self, key: str) -> Would:
        copy, wish = self.public.head(key), Wishes(self.staging, self.settings).look(key)
        if wish is None:
            return Would(key, "gone", _NO_ORIGINAL)
        if copy and is_result(copy, wish.fingerprint) and not self._force:
            return Would(key, "already published")
        return Would(key, "would publish", _made_otherwise(other_settings(copy, wish) if copy else ""))

    def _all(
        self, keys: Iterable[str], change: Change, wrong: frozenset[str], counts: Counter[str] | None = None
    ) -> int:
        counts = Counter() if counts is None else counts
        otherwise = 0

        def one(key: str) -> Outcome:
            bucket = self.settings.staging_bucket
            return carry_out(Task(bucket, key, change=change), self._publisher, self._reporter, bucket)

        with (
            self._report.counting(goes_on=True),
            closing(as_they_finish(one, keys, self._at_once, stop=self.patience.give_up)) as outcomes,
        ):
            for outcome in outcomes:
                counts[outcome.status] += 1
                otherwise += bool(outcome.other_settings)
                dull = outcome.status in {"duplicate", "ignored"} and wrong is _WRONG
                self._tell(outcome, change, wrong=outcome.status in wrong, dull=dull)
        self._report.summary(_in_words(counts), counts)
        if otherwise and not self._settings_are_the_functions:
            self._report.note(f"{counted(otherwise, 'copy was', 'copies were')} {_OTHERS}")
        return int(any(counts[status] for status in wrong))

    def _tell(self, outcome: Outcome, change: Change, *, wrong: bool, dull: bool) -> None:
        facts = summary(outcome)
        before, after = facts.get("captured_before") or "-", facts.get("captured_after")
        reason = _NO_ORIGINAL if (outcome.status, change) == ("gone", "written") else outcome.reason
        self._report.file(
            _SAID.get(outcome.status, outcome.status),
            outcome.key,
            wrong=wrong,
            asked=" → ".join(dict.fromkeys((before, after))) if after else "",
            reason=sentences(reason, outcome.advice, _made_otherwise(outcome.other_settings)),
            dull=dull,
            outcome=facts,
        )


def _made_otherwise(differences: str) -> str:
    return f"the previous copy was made with other settings: {differences}" if differences else ""


def _in_words(counts: Counter[str]) -> str:
    return (
        ", ".join(f"{count} {_SAID.get(status, status)}" for status, count in sorted(counts.items()))
        or "there are no photos"
    )
