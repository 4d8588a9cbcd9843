"""`push`, started by the page."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from galleria_cli import places, pushing
from galleria_cli.files import files_of
from galleria_cli.following import follow
from galleria_cli.lighttable.page_run import PageRun
from galleria_cli.options import Transfers
from galleria_cli.rules.rulebook import book_of
from galleria_cli.sending import Known, Sending, Sent, Work
from galleria_storage.bulk.selection import Selection
from galleria_storage.bulk.standing import folder_of
from galleria_storage.errors import SettingsError
from galleria_storage.runtime.environment import completed, words
from galleria_storage.s3.objects import ObjectStore

FOLLOW_SECONDS: Final = 300


class PushRun(PageRun):
    """One push of a folder.

    Parameters
    ----------
    folder
        The folder to push, with the `galleria.toml` in it.
    prefix
        Put before each name.
    dry_run
        Say what would be done, and send nothing.
    """

    def __init__(self, folder: Path, prefix: str, *, dry_run: bool) -> None:
        super().__init__(folder_of(prefix))
        self._folder = folder
        self._dry_run = dry_run
        self._keys: list[str] = []

    def work(self) -> None:
        """Push, then follow each photo until its copy is public."""
        began = time.time()
        store = places.staging_store()
        sending = Sending(store, self._prefix, self, Transfers(), pushing.WORDS, checksum=False, dry_run=self._dry_run)
        push = self._push(store)
        sending.run([files_of([self._folder], Selection((), ()))], lambda known: Work(push(known).one), self._heard)
        if self._keys and not self._dry_run:
            self.enter("publishing")
            follow_or_say(self, store, self._keys, began)

    def _push(self, store: ObjectStore) -> Callable[[Known], pushing.Push]:
        how: pushing.How = "tags" if store.profile.object_tags else "metadata"
        types = frozenset(words(completed(os.environ), "PASS_THROUGH_TYPES"))
        book = book_of(self._folder)

        def made(known: Known) -> pushing.Push:
            return pushing.Push(store, self._prefix, book, {}, how, known, types, dry_run=self._dry_run)

        return made

    def _heard(self, sent: Sent) -> None:
        if sent.status in {"pushed", "retagged", "unchanged"}:
            self._keys.append(sent.key)


def follow_or_say(run: PageRun, store: ObjectStore, keys: Sequence[str], began: float) -> None:
    """Follow photos in staging until their copies are public; if the public bucket is unknown, say so."""
    try:
        follow(run, store, keys, began, FOLLOW_SECONDS, sleep=run.pause)
    except SettingsError as error:
        run.note(f"The photos are in staging. Their copies cannot be followed from here: {error.message}")
