"""Upload a file or bytes once, with its SHA-256 recorded beside it.

What is sent is guarded by Content-MD5, so that a file which changes between
hashing and sending is refused by the provider; what is stored is compared
with what was sent by its ETag. No body is ever held in memory.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from galleria_storage.errors import LocalFileError, ProviderError
from galleria_storage.transfer import checksums
from galleria_storage.transfer.checksums import SINGLE_PUT_BYTES, Digests
from galleria_storage.transfer.local_content import LocalContent
from galleria_storage.transfer.sending import Progress, Reporter, Transfer, count_what_is_sent
from galleria_storage.transfer.stored import check_stored, is_stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: S3 User Guide, "Naming Amazon S3 objects".
MAX_KEY_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of one upload.

    Attributes
    ----------
    digests
        Of the content.
    skipped
        The same content already stood under the key.
    """

    digests: Digests
    skipped: bool


def upload(
    client: "S3Client", source: Path | str | bytes, bucket: str, key: str, progress: Progress | None = None
) -> Upload:
    """Upload a file or bytes, unless the same content already stands under the key.

    Parameters
    ----------
    client
        May be shared by threads.
    source
        A path or the content itself.
    progress
        Called with the number of bytes sent since the last call; the numbers
        add up to the size. Never called by two threads at once. What it
        raises is raised when the upload is done.

    Raises
    ------
    LocalFileError
        The file cannot be read, or changed meanwhile.
    ProviderError
        The provider refused or failed.
    """
    check_key(bucket, key)
    content = LocalContent(source)
    digests = read_digests(content)
    if is_stored(client, content, digests, bucket, key):
        return Upload(digests, skipped=True)
    send(client, content, digests, bucket, key, progress=progress)
    return Upload(digests, skipped=False)


def check_key(bucket: str, key: str) -> None:
    """Raise LocalFileError if no object can have this key."""
    try:
        length = len(key.encode())
    except UnicodeEncodeError:
        raise LocalFileError("the file's name is not valid Unicode, so that no key can be made of it") from None
    if not 0 < length <= MAX_KEY_BYTES:
        raise LocalFileError(
            f"the key is {length} bytes long; allowed are 1 to {MAX_KEY_BYTES}", bucket=bucket, key=key
        )


def read_digests(content: LocalContent) -> Digests:
    """Read the content once for all its checksums."""
    with content.open() as stream:
        try:
            digests = checksums.digest(stream, content.size)
        except OSError as error:
            raise LocalFileError(f"the file cannot be read: {error.strerror}") from error
    content.check_unchanged(digests.size)
    return digests


def send(
    client: "S3Client",
    content: LocalContent,
    digests: Digests,
    bucket: str,
    key: str,
    *,
    progress: Progress | None = None,
) -> None:
    """Send the content, whatever stands under the key, and check what was stored.

    Raises
    ------
    LocalFileError
        The file changed since it was hashed.
    IntegrityError
        What is stored is not what was sent.
    """
    count_what_is_sent(client)
    report = Reporter(progress) if progress else None
    transfer = Transfer(client, content, digests, bucket, key, report)
    try:
        answer = transfer.put() if digests.size <= SINGLE_PUT_BYTES else transfer.put_in_parts()
        content.check_unchanged()
        check_stored(client, bucket, key, digests, answer)
    except ProviderError:
        content.check_unchanged()  # the likelier cause, in better words
        raise
    if report:
        report.check()
