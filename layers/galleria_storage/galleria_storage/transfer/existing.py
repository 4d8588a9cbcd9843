"""What exists under a key: whether there is an object, and whether it has a given content."""

from galleria_storage.errors import AccessDeniedError, NotFoundError
from galleria_storage.s3.objects import ABSENT, Condition, Matches, ObjectInfo, ObjectStore
from galleria_storage.transfer.digests import SHA256_METADATA, Digests, has_etag
from galleria_storage.transfer.local_content import LocalContent


def exists(store: ObjectStore, key: str) -> bool:
    """Whether there is an object under the key.

    Raises
    ------
    BucketNotFoundError
        The bucket does not exist.
    ProviderError
        Whether there is one could not be found out.
    """
    if store.head(key) is not None:
        return True
    try:  # the answer to a HEAD has no body to say whether bucket or key is missing
        store.open(key).close()
    except NotFoundError:
        return False
    return True


def find(store: ObjectStore, key: str) -> tuple[ObjectInfo | None, Condition]:
    """Look under a key; return what is there, and the condition under which to replace it.

    A HEAD that is denied finds nothing and gives no condition: credentials that
    may only write get 403 for a key that does not exist, and the write itself
    then says, in words, what is wrong.
    """
    try:
        found = store.head(key)
    except AccessDeniedError:
        return None, None
    return found, Matches(found.etag) if found else ABSENT


def is_same(found: ObjectInfo, content: LocalContent, digests: Digests) -> bool:
    """Whether an object has this content.

    The recorded SHA-256 decides; on an object of another tool, size and ETag do.
    """
    if found.size != digests.size:
        return False
    if recorded := found.metadata.get(SHA256_METADATA):
        return recorded == digests.sha256
    if not found.etag_is_md5:
        return False
    with content.open() as stream:
        return has_etag(stream, content.size, found.etag)
