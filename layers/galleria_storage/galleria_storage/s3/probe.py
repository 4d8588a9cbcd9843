"""Find out what an unknown provider is, and what it can do.

`identify` only looks: several servers name themselves in the answer to a HEAD
of the bucket. `settle` also tries out which preconditions are obeyed, on one
object of a few bytes under a key of its own below ``.galleria-storage-probe/``,
which is removed whatever happens; where nothing may be removed, nothing is
written. Name a profile in the settings, and neither is done.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal

from galleria_storage.errors import AccessDeniedError
from galleria_storage.s3 import profiles
from galleria_storage.s3.clients import Connection
from galleria_storage.s3.faults import translate, translated
from galleria_storage.s3.profiles import ProviderProfile, Support

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX: Final = ".galleria-storage-probe/"
_BODY: Final = b"A test wrote this object, and removes it again."
_OTHER_ETAG: Final = "0" * 32
_OTHER_MD5: Final = "AAAAAAAAAAAAAAAAAAAAAA=="

_Answer = Literal["done", "not met", "refused"]
_ANSWERS: Final[dict[int, _Answer]] = {
    HTTPStatus.NOT_FOUND: "not met",
    HTTPStatus.CONFLICT: "not met",
    HTTPStatus.PRECONDITION_FAILED: "not met",
    HTTPStatus.BAD_REQUEST: "refused",
    HTTPStatus.METHOD_NOT_ALLOWED: "refused",
    HTTPStatus.NOT_IMPLEMENTED: "refused",
}

_settled: Final[dict[tuple[str, str], ProviderProfile]] = {}
_lock: Final = threading.Lock()


def identify(connection: Connection) -> Connection:
    """Return the connection with the profile of the server that answers, if it names itself: one request, no write.

    A connection whose profile is known is returned as it is.
    """
    if connection.profile is not profiles.UNKNOWN:
        return connection
    return replace(connection, profile=_by_its_answer(connection.client, connection.bucket))


def settle(connection: Connection) -> Connection:
    """Return the connection with the profile of what its provider is seen to do.

    A connection whose profile is known is returned as it is. What was found
    is kept for the life of the process, for each endpoint and bucket.

    Raises
    ------
    ProviderError
        The provider could not be asked (no bucket, no permission, no connection).
    """
    if connection.profile is not profiles.UNKNOWN:
        return connection
    place = (connection.client.meta.endpoint_url, connection.bucket)
    with _lock:
        if place not in _settled:
            found = _by_its_answer(connection.client, connection.bucket)
            probed = found is profiles.UNKNOWN or found is profiles.MINIO
            _settled[place] = _Probe(connection.client, connection.bucket, found).run() if probed else found
        return replace(connection, profile=_settled[place])


def _by_its_answer(client: "S3Client", bucket: str) -> ProviderProfile:
    """Recognise a server by its headers (measured; ``Server: AmazonS3`` proves nothing, rclone says it too)."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # lazy: importing boto3 is slow

    try:
        headers = client.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"]
    except ClientError as error:  # a refusal comes from the same server
        headers = error.response["ResponseMetadata"]["HTTPHeaders"]
    except BotoCoreError as error:
        raise translate(error, bucket=bucket) from error
    server = headers.get("server", "")
    if server.startswith("Ceph") or any(name.startswith("x-rgw-") for name in headers):
        return profiles.CEPH
    if server.startswith("SeaweedFS"):
        return profiles.SEAWEEDFS
    return profiles.MINIO if server.startswith("MinIO") else profiles.UNKNOWN


@dataclass(slots=True)
class _Probe:
    """One probe of one bucket.

    Attributes
    ----------
    versions
        Everything that was written, if the bucket keeps versions: removed one by one.
    """

    client: "S3Client"
    bucket: str
    base: ProviderProfile
    key: str = field(default_factory=lambda: PREFIX + uuid.uuid4().hex)
    versions: list[str] = field(default_factory=list)

    def run(self) -> ProviderProfile:
        """Try everything out and leave nothing behind; without the right to remove, know no more than before."""
        if not self._may_delete():
            return self.base
        try:
            absent, quoting, present = self._put_conditions()
            profile = replace(
                self.base,
                name="probed",
                put_if_none_match=absent,
                put_if_match=present,
                etag_in_if_match=quoting,
                content_md5_checked=self._try(self._put, ContentMD5=_OTHER_MD5) != "done",
            )
            if profile.preconditions:
                absent, present = self._complete_conditions(profile)
                profile = replace(profile, complete_if_none_match=absent, complete_if_match=present)
            return replace(profile, delete_if_match=self._delete_condition(profile))
        finally:
            self._remove()

    def _may_delete(self) -> bool:
        """Remove the key before it exists: harmless, and in a versioned bucket the marker goes at once."""
        try:
            with translated(bucket=self.bucket, key=self.key):
                self._delete()
                for marker in self.versions:
                    self.client.delete_object(Bucket=self.bucket, Key=self.key, VersionId=marker)
        except AccessDeniedError:
            return False
        self.versions.clear()
        return True

    def _put_conditions(self) -> tuple[Support, Literal["quoted", "unquoted"], Support]:
        """Return how If-None-Match is taken, how an ETag is written, how If-Match is taken."""
        absent: Support = "refused"
        if self._try(self._put, IfNoneMatch="*") == "done":
            absent = "honoured" if self._try(self._put, IfNoneMatch="*") == "not met" else "ignored"
        with translated(bucket=self.bucket, key=self.key):
            etag = self._put()["ETag"].strip('"')
        answer = self._try(self._put, IfMatch=f'"{_OTHER_ETAG}"')
        if answer != "not met":
            return absent, "quoted", "ignored" if answer == "done" else "refused"
        if self._try(self._put, IfMatch=f'"{etag}"') == "done":
            return absent, "quoted", "honoured"
        unquoted = self._try(self._put, IfMatch=etag) == "done"
        return absent, "unquoted", "honoured" if unquoted else "refused"

    def _complete_conditions(self, profile: ProviderProfile) -> tuple[Support, Support]:
        """Return how If-None-Match and If-Match of CompleteMultipartUpload are taken while there is an object."""
        with translated(bucket=self.bucket, key=self.key):
            etag = self._put()["ETag"].strip('"')
            target: dict[str, Any] = {"Bucket": self.bucket, "Key": self.key}
            target["UploadId"] = self.client.create_multipart_upload(**target)["UploadId"]
            part = self.client.upload_part(**target, PartNumber=1, Body=_BODY)
        target["MultipartUpload"] = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
        answers = [
            self._try(self._complete, **target, **condition)
            for condition in ({"IfNoneMatch": "*"}, {"IfMatch": profile.if_match(_OTHER_ETAG)})
        ]
        # An upload that was completed against its condition is gone, and the next answer says nothing.
        if "done" in answers or self._try(self._complete, **target, IfMatch=profile.if_match(etag)) != "done":
            del target["MultipartUpload"]
            self._try(self.client.abort_multipart_upload, **target)
            answers = ["refused" if answer == "refused" else "done" for answer in answers]
        return _as_support(answers[0]), _as_support(answers[1])

    def _delete_condition(self, profile: ProviderProfile) -> Support:
        """Try a conditional delete, which may well remove the object: so it comes last."""
        return _as_support(self._try(self._delete, IfMatch=profile.if_match(_OTHER_ETAG)))

    def _remove(self) -> None:
        with translated(bucket=self.bucket, key=self.key):
            for version in self.versions:
                self.client.delete_object(Bucket=self.bucket, Key=self.key, VersionId=version)
            if not self.versions:
                self.client.delete_object(Bucket=self.bucket, Key=self.key)

    def _put(self, **condition: str) -> dict[str, Any]:
        answer: Any = self.client.put_object(Bucket=self.bucket, Key=self.key, Body=_BODY, **condition)  # type: ignore[arg-type] # one condition by name
        return self._remember(answer)

    def _complete(self, **arguments: Any) -> dict[str, Any]:
        answer: Any = self.client.complete_multipart_upload(**arguments)
        return self._remember(answer)

    def _delete(self, **condition: str) -> dict[str, Any]:
        answer: Any = self.client.delete_object(Bucket=self.bucket, Key=self.key, **condition)  # type: ignore[arg-type] # the same
        return self._remember(answer)

    def _remember(self, answer: dict[str, Any]) -> dict[str, Any]:
        if answer.get("VersionId", "null") != "null":
            self.versions.append(answer["VersionId"])
        return answer

    def _try(self, call: Callable[..., Any], **arguments: Any) -> _Answer:
        """Make a call that may be refused; other errors than refusals are raised."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # lazy, as above

        try:
            call(**arguments)
        except ClientError as error:
            if answer := _ANSWERS.get(error.response["ResponseMetadata"]["HTTPStatusCode"]):
                return answer
            raise translate(error, bucket=self.bucket, key=self.key) from error
        except BotoCoreError as error:
            raise translate(error, bucket=self.bucket, key=self.key) from error
        return "done"


def _as_support(answer: _Answer) -> Support:
    """Judge a condition that is not met by the answer to the call."""
    return {"done": "ignored", "not met": "honoured", "refused": "refused"}[answer]  # type: ignore[return-value] # they are
