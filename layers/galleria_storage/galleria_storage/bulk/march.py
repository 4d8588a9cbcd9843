"""Two listings in lock step: what each of two buckets has under each key, in constant memory.

S3 lists keys in the order of their UTF-8 bytes (Amazon S3 API Reference, ListObjectsV2), which is the order of their
code points, so the listings can be merged without keeping either.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from galleria_storage.errors import ProviderError
from galleria_storage.s3.listing import ListedObject


class KeyPair(NamedTuple):
    """What two buckets have under one key; None if one has nothing."""

    key: str
    left: ListedObject | None
    right: ListedObject | None


def march(left: Iterable[ListedObject], right: Iterable[ListedObject]) -> Iterator[KeyPair]:
    """Yield each key that is in one of two listings, once, in order.

    Raises
    ------
    ProviderError
        A listing is not in order (directory buckets of S3 Express have none).
    """
    lefts, rights = _in_order(left), _in_order(right)
    one, other = next(lefts, None), next(rights, None)
    while one or other:
        if other is None or (one is not None and one.key < other.key):
            assert one is not None  # noqa: S101 # for the type checker: one of the two is there
            yield KeyPair(one.key, one, None)
            one = next(lefts, None)
        elif one is None or other.key < one.key:
            yield KeyPair(other.key, None, other)
            other = next(rights, None)
        else:
            yield KeyPair(one.key, one, other)
            one, other = next(lefts, None), next(rights, None)


def _in_order(listing: Iterable[ListedObject]) -> Iterator[ListedObject]:
    last = None
    for found in listing:
        if last is not None and found.key <= last:
            raise ProviderError(
                f"the listing is not in order: {found.key!r} follows {last!r}",
                key=found.key,
                advice="This provider's listings cannot be compared in lock step.",
            )
        last = found.key
        yield found
