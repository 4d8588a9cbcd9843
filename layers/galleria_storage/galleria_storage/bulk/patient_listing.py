"""A listing that continues after an outage, from the key where it broke off."""

from collections.abc import Iterator

from galleria_storage.bulk.patience import Patience
from galleria_storage.errors import GalleriaError
from galleria_storage.s3.listing import ListedObject, list_pages
from galleria_storage.s3.objects import ObjectStore


def listed(store: ObjectStore, prefix: str, patience: Patience) -> Iterator[ListedObject]:
    """Yield each object whose key begins with a prefix, once, in order.

    Raises
    ------
    ProviderError
        An error that waiting does not help, or an outage lasts too long; `BucketNotFoundError` if there is no such
        bucket.
    """
    pages = list_pages(store.client, store.bucket, prefix)
    last = resumed = ""

    def page() -> list[ListedObject] | None:
        nonlocal pages, resumed
        try:
            return next(pages, None)
        except GalleriaError:  # a generator ends with its first error
            pages, resumed = list_pages(store.client, store.bucket, prefix, last), last
            raise

    while (found := patience.call(page)) is not None:
        for one in found:
            last = one.key
            if not resumed or one.key > resumed:  # some servers begin from the start, whatever the request says
                yield one
