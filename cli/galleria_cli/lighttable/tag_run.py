"""Changing the corrections of photos in staging, and publishing them again."""

import time
from collections.abc import Mapping

from galleria_cli.by_hand import ByHand
from galleria_cli.lighttable.page_run import PageRun
from galleria_cli.lighttable.push_run import follow_or_say
from galleria_cli.lighttable.states import States
from galleria_cli.options import Transfers
from galleria_cli.pushing import put_tags, tags_asking
from galleria_storage.errors import GalleriaError, NotFoundError, UnsupportedOperationError
from galleria_storage.s3.objects import ObjectStore


class TagRun(PageRun):
    """Changes corrections, and publishes again.

    Parameters
    ----------
    store
        Staging.
    asked
        The new correction of each key.
    states
        Judges these keys again at the end.
    stack, by_hand
        Whose settings count, and whether this computer publishes instead of the function.
    """

    def __init__(
        self,
        store: ObjectStore,
        asked: Mapping[str, Mapping[str, str]],
        states: States,
        *,
        stack: str | None,
        by_hand: bool,
    ) -> None:
        super().__init__()
        self._store = store
        self._asked = asked
        self._states = states
        self._stack = stack
        self._by_hand = by_hand

    def work(self) -> None:
        """Change the tags, then publish, or wait until the function has."""
        self.enter("asking", len(self._asked))
        began = time.time()
        keys = [key for key, asked in self._asked.items() if self._ask(key, asked)]
        try:
            self.enter("publishing")
            if self._by_hand:
                ByHand(self, self._stack, Transfers()).publish(keys)
            else:
                follow_or_say(self, self._store, keys, began)
        finally:
            self._states.judge(keys)

    def _ask(self, key: str, asked: Mapping[str, str]) -> bool:
        words = ", ".join(f"{name}={value}" for name, value in asked.items())
        try:
            ask(self._store, key, asked)
        except GalleriaError as error:
            self.file("failed", key, wrong=True, asked=words, reason=error.message)
            return False
        self.file("asked", key, asked=words)
        return True


def ask(store: ObjectStore, key: str, asked: Mapping[str, str]) -> None:
    """Give an object in staging this correction and no other.

    Raises
    ------
    UnsupportedOperationError
        The provider keeps no tags.
    GalleriaError
        It cannot be done.
    """
    if store.profile.object_tags is False:
        raise UnsupportedOperationError("this provider does not support tags", advice="Push the photo again.", key=key)
    found = store.head(key)
    if found is None:
        raise NotFoundError("it is no longer in staging", key=key)
    put_tags(store, key, tags_asking(asked, found, store.tags(key)))
