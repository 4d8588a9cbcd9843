"""The one key that a trial writes, and everything that was ever written there.

Nothing is written where it could not be removed again: if deleting or listing is not allowed, or if the bucket locks
its objects. If a process is killed during a trial, a later trial finds what it left under the same prefix and removes
it.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from galleria_storage.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    NotFoundError,
    ProviderError,
    UnsupportedOperationError,
)
from galleria_storage.s3.faults import status_of, translated, unproven

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: Begins every key that a trial writes. Uploaders cannot use it.
PREFIX: Final = ".galleria-storage-probe/"
#: Seconds after which a trial must have ended; older objects were left by a killed process.
_DEAD_SECONDS: Final = 600
#: How often the answer must be that nothing is locked before it is believed.
_TIMES: Final = 2
#: Codes with which servers answer about features that they lack.
_NO_SUCH_THING: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})


class _Found(NamedTuple):
    """An object, a version or an upload below the prefix; its age is in seconds."""

    key: str
    age: float
    version: str = ""
    upload: str = ""


class TrialKey:
    """A key below `PREFIX` in one bucket.

    Parameters
    ----------
    client, bucket
        Where.
    key
        Begins with `PREFIX`. Whatever is there will be removed.

    Attributes
    ----------
    lists_uploads
        Whether unfinished uploads can be found, so that one may be begun.
    """

    def __init__(self, client: "S3Client", bucket: str, key: str) -> None:
        self._client: Any = client  # every call goes through one function, by name
        self.bucket = bucket
        self.key = key
        self.lists_uploads = True

    def may_be_written(self) -> bool:
        """Whether everything that will be written can be removed again; removes what is left of earlier trials.

        Raises
        ------
        ProviderError
            The provider could not be asked.
        """
        try:
            self._ask_to_delete()
            if self._is_locked():
                return False
            self.sweep()
        except AccessDeniedError:
            return False
        return True

    def sweep(self) -> None:
        """Remove whatever is under the key, and what earlier trials have left near it."""
        for left in [*self._versions(), *self._uploads()]:
            if left.key == self.key or (left.key.startswith(PREFIX) and left.age > _DEAD_SECONDS):
                self._remove(left)
        if self.etag():  # a server whose listing is incomplete
            self.call("delete_object")

    def call(self, operation: str, **arguments: Any) -> Mapping[str, Any]:
        """Do something with the key; errors in words of this library."""
        with translated(bucket=self.bucket, key=self.key):
            answer: Mapping[str, Any] = getattr(self._client, operation)(Bucket=self.bucket, Key=self.key, **arguments)
        return answer

    def etag(self) -> str:
        """Return the ETag of what is there now, without quotes; empty if there is nothing."""
        try:
            answer = self.call("head_object")
        except NotFoundError:
            return ""
        if not (etag := str(answer.get("ETag") or "").strip('"')):
            raise unproven("HeadObject", "ETag", bucket=self.bucket, key=self.key)
        return etag

    def _ask_to_delete(self) -> None:
        """Delete an object that does not exist: harmless, but refused if deleting is not allowed."""
        for version in ({"VersionId": "null"}, {}):
            try:
                marker = self.call("delete_object", **version).get("VersionId", "null")
            except NotFoundError:
                continue
            except ProviderError as error:
                if not version or status_of(error) not in _NO_SUCH_THING:
                    raise
                continue  # it knows no versions
            if marker != "null":
                self.call("delete_object", VersionId=marker)

    def _is_locked(self) -> bool:
        """Whether the bucket may keep what is written from being removed (S3 API, GetObjectLockConfiguration)."""
        for _ in range(_TIMES):
            try:
                with translated(bucket=self.bucket):
                    answer = self._client.get_object_lock_configuration(Bucket=self.bucket)
            except BucketNotFoundError:
                raise
            except NotFoundError:
                continue
            except ProviderError as error:
                if status_of(error) not in _NO_SUCH_THING | {HTTPStatus.NOT_FOUND}:
                    raise
                continue
            settings = answer.get("ObjectLockConfiguration", {})
            if settings.get("ObjectLockEnabled") != "Enabled" or settings.get("Rule"):
                return True  # also if the answer does not say
        return False

    def _versions(self) -> Iterator[_Found]:
        """Find objects below the prefix, with all versions and delete markers if the server has them."""
        try:
            page = self._list("list_object_versions")
        except (AccessDeniedError, UnsupportedOperationError, NotFoundError):
            page = self._list("list_objects_v2")
        for kind in ("Versions", "DeleteMarkers", "Contents"):
            for entry in page.get(kind, []):
                yield _Found(entry["Key"], _age(entry.get("LastModified"), page), entry.get("VersionId", ""))

    def _uploads(self) -> Iterator[_Found]:
        try:
            page = self._list("list_multipart_uploads")
        except (AccessDeniedError, UnsupportedOperationError, NotFoundError):
            self.lists_uploads = False
            return
        for entry in page.get("Uploads", []):
            yield _Found(entry["Key"], _age(entry.get("Initiated"), page), upload=entry["UploadId"])

    def _list(self, operation: str) -> Mapping[str, Any]:
        """Request one page below the prefix: if there is more, it is left to the next trial."""
        with translated(bucket=self.bucket):
            page: Mapping[str, Any] = getattr(self._client, operation)(Bucket=self.bucket, Prefix=PREFIX)
        if "IsTruncated" not in page:
            raise unproven(operation, "a listing", bucket=self.bucket)
        return page

    def _remove(self, left: _Found) -> None:
        with suppress(NotFoundError), translated(bucket=self.bucket, key=left.key):  # another process was faster
            if left.upload:
                self._client.abort_multipart_upload(Bucket=self.bucket, Key=left.key, UploadId=left.upload)
            elif left.version and left.version != "null":
                self._client.delete_object(Bucket=self.bucket, Key=left.key, VersionId=left.version)
            else:
                self._client.delete_object(Bucket=self.bucket, Key=left.key)


def _age(when: datetime | None, page: Mapping[str, Any]) -> float:
    """Return the seconds since a date by the server's own clock; 0 if unknown."""
    try:
        now = parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"]["date"])
    except (KeyError, ValueError):
        now = datetime.now(UTC)
    return (now - when).total_seconds() if when else 0.0
