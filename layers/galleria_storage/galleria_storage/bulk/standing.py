"""What is in a bucket already, found by listing it: one request for a thousand keys."""

from collections.abc import Collection
from os.path import commonprefix
from typing import NamedTuple

from galleria_storage.s3.listing import ListedObject, list_pages
from galleria_storage.s3.objects import ObjectStore


class Standing(NamedTuple):
    """What a listing told.

    Attributes
    ----------
    listed
        The objects among the keys that were asked for.
    complete
        Whether a key that is not among them has no object.
    """

    listed: dict[str, ListedObject]
    complete: bool


def look(store: ObjectStore, keys: Collection[str], after: str = "") -> Standing:
    """List what may be there already.

    A listing that takes more requests than there are keys (three photos into
    a bucket of a million) is given up; those keys must then be asked for.

    Parameters
    ----------
    keys
        What is asked for.
    after
        A key before all of them: the listing begins there. It ends when it has passed the last of them.

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
