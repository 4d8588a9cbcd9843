"""Many files on their way into a bucket: the loop that `push` and `deploy` share."""

import errno
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from galleria_cli import places
from galleria_cli.files import size_of
from galleria_cli.options import Transfers
from galleria_cli.reporting import Report, size_text
from galleria_cli.text_table import sentences
from galleria_storage.bulk.patience import Patience
from galleria_storage.bulk.remembered import RememberedFiles
from galleria_storage.bulk.run import as_they_finish
from galleria_storage.bulk.standing import Standing, in_turn
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.errors import GalleriaError
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.transfer.digests import Digests
from galleria_storage.transfer.local_content import LocalContent


class Sent(NamedTuple):
    """The result for one file: its status, the correction asked for, and the reason."""

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
        What is in the bucket already.
    remembered
        Digests of files that have not changed since the last run.
    patience
        Waits while the network is away.
    """

    standing: Standing
    remembered: RememberedFiles
    patience: Patience

    def read(self, path: Path, content: LocalContent) -> Digests:
        """Read a file, and remember its digests."""
        from galleria_storage.transfer.file_upload import read_digests  # noqa: PLC0415 # not if nothing has changed

        digests = read_digests(content)
        self.remembered.remember(path, digests)
        return digests


class Work(NamedTuple):
    """What is done with each file.

    Attributes
    ----------
    one
        Does the work; many threads may call it.
    seen
        Returns the result for a file that needs no request, because everything is known; None if there is something to
        do.
    """

    one: Callable[[LocalFile], Sent]
    seen: Callable[[LocalFile], Sent | None] = lambda _: None


class Words(NamedTuple):
    """The words that a command uses for its results.

    Attributes
    ----------
    sent
        Status of a file that was sent.
    would
        Status -> what a dry run says instead.
    dull, wrong
        Statuses that need no attention, and those that do.
    others
        Status -> words of the summary, besides what was sent and what was there already.
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


class Sending(NamedTuple):
    """One run over many files.

    Attributes
    ----------
    prefix
        Put before each name.
    checksum
        Read every file, whatever is remembered from the last run.
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
        stages: Sequence[Iterable[LocalFile]],
        worker: Callable[[Known], Work],
        heard: Callable[[Sent], None] = lambda _: None,
    ) -> bool:
        """Send the files of one stage after the other, report each and the total, and return whether all is right.

        Parameters
        ----------
        stages
            Each may be iterated over twice, and a few thousand files are kept at a time.
        worker
            Returns what is to be done with each file.
        heard
            Called with each file's result, in the calling thread.
        """
        started, tally = time.monotonic(), Tally()
        with (
            closing(RememberedFiles(None if self.checksum else places.cache_file("files.sqlite"))) as remembered,
            self.report.progress(lambda: _totals(file for stage in stages for file in stage)),
        ):
            for known, files in self._looked(stages, remembered):
                work = worker(known)
                results = as_they_finish(
                    work.one,
                    files,
                    self.transfers.at_once,
                    known=work.seen,
                    stop=known.patience.give_up,
                    idle=self.report.idle,
                )
                with closing(results):
                    for sent in results:
                        tally.add(sent)
                        heard(sent)
                        self._tell(sent)
        self._sum_up(tally, time.monotonic() - started)
        return not any(tally.counts[status] for status in self.words.wrong)

    def _looked(
        self, stages: Sequence[Iterable[LocalFile]], remembered: RememberedFiles
    ) -> Iterator[tuple[Known, list[LocalFile]]]:
        """Yield some files at a time, with what the bucket has of them."""
        patience = Patience(self.report.waiting, self.transfers.patience)
        for stage in stages:
            for standing, files in in_turn(self.store, stage, self.prefix, patience.call):
                yield Known(standing, remembered, patience), files

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
        parts += [
            f"{counts[status]} {words}{self._hint(status)}"
            for status, words in self.words.others.items()
            if counts[status]
        ]
        place = places.place_of(self.store)
        facts = {"bytes": tally.sizes[sent], "seconds": round(seconds, 3), "dry_run": self.dry_run}
        self.report.summary(f"{', '.join(parts)}: {place} ({seconds:.1f} s)", {**counts, **facts})

    def _hint(self, status: str) -> str:
        """Say how to see which files a number means, if none of them was named."""
        unnamed = status in self.words.dull and not self.report.verbose
        return " (--verbose names them)" if unnamed else ""


def _totals(files: Iterable[LocalFile]) -> tuple[int, int]:
    count = size = 0
    for file in files:
        count += 1
        size += size_of(file)
    return count, size


def outcome(file: LocalFile, key: str, work: Callable[[], Sent], status_of: Callable[[GalleriaError], str]) -> Sent:
    """Do the work for one file; any error becomes its status."""
    if file.problem:
        return Sent(file.name, key, "failed", reason=file.problem)
    try:
        return work()
    except GalleriaError as error:
        return Sent(file.name, key, status_of(error), reason=sentences(error.message, error.advice))
    except OSError as error:
        reason = error.strerror or errno.errorcode.get(error.errno or 0, "it cannot be read")
        return Sent(file.name, key, "failed", reason=f"the file cannot be read: {reason}")
