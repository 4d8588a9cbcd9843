"""What is in a bucket already, found by listing: one request for a thousand keys."""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import islice
from os.path import commonprefix
from typing import Final, NamedTuple

from galleria_storage.bulk.walk import LocalFile
from galleria_storage.s3.listing import ListedObject, list_pages
from galleria_storage.s3.objects import ObjectStore

#: Files that are compared with one listing and kept until they are through.
_AT_A_TIME: Final = 5_000


class Standing(NamedTuple):
    """The result of a listing.

    Attributes
    ----------
    listed
        The objects under the requested keys.
    complete
        Whether there is certainly no object under any other requested key.
    """

    listed: dict[str, ListedObject]
    complete: bool


def folder_of(prefix: str) -> str:
    """Return a prefix that ends with one slash; an empty one stays empty."""
    return f"{prefix.strip('/')}/" if prefix.strip("/") else ""


def look(store: ObjectStore, keys: Collection[str], after: str = "") -> Standing:
    """List what may exist already.

    A listing that takes more requests than there are keys (three photos in a bucket of a million) is abandoned; those
    keys must then be checked one by one.

    Parameters
    ----------
    keys
        The requested keys.
    after
        A key before all of them, where the listing begins. It ends after the last of them.

    Raises
    ------
    ProviderError
        The bucket could not be listed.
    """
    wanted, listed = set(keys), dict[str, ListedObject]()
    if not wanted:
        return Standing(listed, complete=True)
    last = max(wanted)
    common = commonprefix([min(wanted), last])  # noqa: RUF071 # a prefix of keys is one of characters
    for pages, page in enumerate(list_pages(store.client, store.bucket, common, after), 1):
        listed.update((found.key, found) for found in page if found.key in wanted)
        if page and page[-1].key >= last:
            break
        if pages >= max(len(wanted), 2) and len(listed) < len(wanted):
            return Standing(listed, complete=False)
    return Standing(listed, complete=True)


def in_turn(
    store: ObjectStore,
    files: Iterable[LocalFile],
    prefix: str,
    patiently: Callable[[Callable[[], Standing]], Standing] = lambda listing: listing(),
) -> Iterator[tuple[Standing, list[LocalFile]]]:
    """Yield a few thousand files at a time, with their existing objects, so that none need be kept afterwards.

    Parameters
    ----------
    files
        In any order; where it is that of a listing, each listing begins where the last one ended.
    prefix
        Put before each name.
    patiently
        Calls what lists the bucket, and may do so again.

    Raises
    ------
    ProviderError
        The bucket could not be listed.
    """
    last, rest = "", iter(files)
    while some := list(islice(rest, _AT_A_TIME)):
        keys = [prefix + file.name for file in some if file.problem is None]
        after = last if keys and last < min(keys) else ""
        yield patiently(partial(look, store, keys, after)), some
        last = max(keys, default="")
