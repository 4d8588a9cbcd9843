"""The keys that a command is given: single ones, folders, and patterns."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Final

from galleria_storage.bulk.march import march
from galleria_storage.bulk.patience import Patience
from galleria_storage.bulk.patient_listing import listed
from galleria_storage.bulk.selection import Selection
from galleria_storage.s3.objects import ObjectStore

_SPECIAL: Final = re.compile(r"[*?[]")


def keys_of(
    stores: Sequence[ObjectStore],
    words: Sequence[str],
    selection: Selection,
    patience: Patience,
    *,
    recursive: bool = False,
) -> Iterator[str]:
    """Yield the chosen keys, those of each word in order.

    Parameters
    ----------
    stores
        One or two buckets in which folders and patterns are looked up.
    words
        Keys; one with `*`, `?` or `[` is a pattern, unless there is such a key.
    selection
        Which of the keys to take.
    patience
        Waits while the network is away.
    recursive
        Each word is a folder: all keys in it.
    """
    for word in words:
        if recursive:
            yield from keys_under(stores, f"{word.rstrip('/')}/" if word.strip("/") else "", selection, patience)
        elif _SPECIAL.search(word) and not any(patience.call(partial(store.head, word)) for store in stores):
            prefix = word[: _SPECIAL.search(word).start()]  # type: ignore[union-attr] # it was found a line above
            yield from (key for key in keys_under(stores, prefix, selection, patience) if fnmatchcase(key, word))
        elif selection.takes(word):
            yield word


def keys_under(stores: Sequence[ObjectStore], prefix: str, selection: Selection, patience: Patience) -> Iterator[str]:
    """Yield the keys with this prefix in one or two buckets, each once, in order."""
    listings = [listed(store, prefix, patience) for store in stores]
    keys = (pair.key for pair in march(listings[0], listings[1] if len(listings) > 1 else ()))
    return (key for key in keys if selection.takes(key))
