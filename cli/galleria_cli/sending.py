"""Many files on their way into a bucket: the loop that `push` and `deploy` share."""

import errno
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from galleria_cli import places
from galleria_cli.files import size_of
from galleria_cli.options import Transfers
from galleria_cli.reporting import Report, size_text
from galleria_storage.bulk.patience import Patience
from galleria_storage.bulk.remembered import RememberedFiles
from galleria_storage.bulk.run import as_they_finish
from galleria_storage.bulk.standing import Standing, look
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.errors import GalleriaError
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.transfer import file_upload
from galleria_storage.transfer.digests import Digests
from galleria_storage.transfer.local_content import LocalContent


class Sent(NamedTuple):
    """What became of one file: its status, what is asked of it, and why it is so."""

    name: str
    key: str
    status: str
    size: int = 0
    asked: str = ""
    reason: str = ""


class Known(NamedTuple):
    """What a run knows before its first file.

    Attributes
    ----------
    standing
        What the bucket holds already.
    remembered
        Digests of files that have not changed since the last run.
    patience
        Waits while the network is away.
    """

    standing: Standing
    remembered: RememberedFiles
    patience: Patience

    def read(self, path: Path, content: LocalContent) -> Digests:
        """Read a file for its digests, and remember them."""
        digests = file_upload.read_digests(content)
        self.remembered.remember(path, digests)
        return digests


class Words(NamedTuple):
    """How a command speaks of its files.

    Attributes
    ----------
    sent
        The status of a file that was sent.
    would
        Status -> what a dry run says in its place.
    dull, wrong
        Statuses after which nothing needs to be done, and after which something does.
    others
        Status -> words of the summary, beside what was sent and what was there already.
    """

    sent: str
    would: Mapping[str, str]
    dull: frozenset[str]
    wrong: frozenset[str]
    others: Mapping[str, str]


class Tally:
    """How many files had each status, and how many bytes they have."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.sizes: Counter[str] = Counter()

    def add(self, sent: Sent) -> None:
        """Count one file."""
        self.counts[sent.status] += 1
        self.sizes[sent.status] += sent.size


@dataclass(frozen=True, slots=True)
class Sending:
    """One run over many files.

    Attributes
    ----------
    prefix
        Put before each name.
    checksum
        Read every file, whatever is remembered of the last time.
    """

    store: ObjectStore
    prefix: str
    report: Report
    transfers: Transfers
    words: Words
    checksum: bool
    dry_run: bool

    def run(
        self,
        stages: Sequence[Sequence[LocalFile]],
        worker: Callable[[Known], Callable[[LocalFile], Sent]],
        heard: Callable[[Sent], None] = lambda _: None,
    ) -> bool:
        """Send the files of one stage after the other, tell of each and of all, and return whether all is right.

        Parameters
        ----------
        worker
            Returns what does the work for one file, which may be called by many threads.
        heard
            Told what became of each file, in the calling thread.
        """
        started, tally = time.monotonic(), Tally()
        found = [file for stage in stages for file in stage]
        with closing(RememberedFiles(None if self.checksum else places.cache_file("files.sqlite"))) as remembered:
            known = self._look(found, remembered)
            one = worker(known)
            with self.report.progress(len(found), sum(map(size_of, found))):
                for stage in stages:
                    with closing(
                        as_they_finish(one, stage, self.transfers.at_once, stop=known.patience.give_up)
                    ) as results:
                        for sent in results:
                            tally.add(sent)
                            heard(sent)
                            self._tell(sent)
        self._sum_up(tally, time.monotonic() - started)
        return not any(tally.counts[status] for status in self.words.wrong)

    def _look(self, found: Sequence[LocalFile], remembered: RememberedFiles) -> Known:
        patience = Patience(self.report.waiting, self.transfers.patience)
        keys = [self.prefix + file.name for file in found if file.problem is None]
        return Known(patience.call(lambda: look(self.store, keys)), remembered, patience)

    def _tell(self, sent: Sent) -> None:
        status, words = sent.status, self.words
        self.report.file(
            words.would.get(status, status) if self.dry_run else status,
            sent.name,
            wrong=status in words.wrong,
            dull=status in words.dull,
            key=sent.key,
            size=sent.size,
            asked=sent.asked,
            reason=sent.reason,
        )
        self.report.advance(sent.size)

    def _sum_up(self, tally: Tally, seconds: float) -> None:
        sent, counts = self.words.sent, tally.counts
        verb = f"would be {sent}" if self.dry_run else sent
        parts = [f"{counts[sent]} {verb} ({size_text(tally.sizes[sent])})", f"{counts['unchanged']} already there"]
        parts += [f"{counts[status]} {words}" for status, words in self.words.others.items() if counts[status]]
        place = places.place_of(self.store)
        facts = {"bytes": tally.sizes[sent], "seconds": round(seconds, 3), "dry_run": self.dry_run}
        self.report.summary(f"{', '.join(parts)}: {place} ({seconds:.1f} s)", {**counts, **facts})


def outcome(file: LocalFile, key: str, work: Callable[[], Sent], status_of: Callable[[GalleriaError], str]) -> Sent:
    """Do the work for one file; whatever goes wrong with it becomes its status."""
    if file.problem:
        return Sent(file.name, key, "failed", reason=file.problem)
    try:
        return work()
    except GalleriaError as error:
        return Sent(file.name, key, status_of(error), reason=" ".join(filter(None, (error.message, error.advice))))
    except OSError as error:
        reason = error.strerror or errno.errorcode.get(error.errno or 0, "it cannot be read")
        return Sent(file.name, key, "failed", reason=f"the file cannot be read: {reason}")


def folder_of(prefix: str) -> str:
    """Return a prefix with one slash at its end; an empty one stays empty."""
    return f"{prefix.strip('/')}/" if prefix.strip("/") else ""
