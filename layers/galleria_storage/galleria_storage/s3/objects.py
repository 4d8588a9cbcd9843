"""Objects of one bucket, as the publish protocol needs them: boto3 calls in, typed values out.

An `ObjectStore` knows one bucket and the facts about its provider. It turns a
condition into headers, or omits it where the provider would refuse it; what
follows from that is for the caller to decide.

Source: Amazon S3 API Reference, one page per operation named below.
"""

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from galleria_storage.errors import (
    IntegrityError,
    NotFoundError,
    PreconditionFailedError,
    ProviderError,
    UnsupportedOperationError,
)
from galleria_storage.s3.answers import ObjectInfo, ObjectStream, Stored, object_info, read_stored, told
from galleria_storage.s3.conditions import ABSENT, Absent, Condition, Matches, Write
from galleria_storage.s3.faults import code_of, sdk_errors, translate, unproven, wants_digest
from galleria_storage.s3.learnt import TIMES, Call, Learnt, with_digest, write_again
from galleria_storage.s3.profiles import ProviderProfile

__all__ = ["ABSENT", "Absent", "Condition", "Matches", "ObjectInfo", "ObjectStore", "ObjectStream", "Stored"]

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

    # boto3 accepts a bytearray; its type stubs do not say so.
    Body = Any


Answer = TypeVar("Answer", bound=Mapping[str, Any] | None)

#: What boto3 makes of a HEAD that is answered with 404: there is no body to say more.
_PLAIN_404: Final = "404"
#: Besides an empty set, servers answer this if an object has no tags.
_NO_TAGS: Final = frozenset({"NoSuchTagSet", "NoSuchTagSetError"})


class ObjectStore:
    """One bucket at one provider.

    Parameters
    ----------
    client
        A boto3 S3 client.
    bucket
        Name of the bucket.
    profile
        What is known about the provider before the first request.
    """

    def __init__(self, client: "S3Client", bucket: str, profile: ProviderProfile) -> None:
        self.client = client
        self.bucket = bucket
        self._learnt = Learnt(profile)

    @property
    def profile(self) -> ProviderProfile:
        """What is known about the provider by now."""
        return self._learnt.profile

    def head(self, key: str) -> ObjectInfo | None:
        """HeadObject; None if there is no such object."""
        try:
            answer = self._ask(self._head, key)
        except NotFoundError:
            return None
        if answer is None:
            return None
        self._notice_versions(answer)
        return object_info(key, answer)

    def open(self, key: str, start: int = 0, if_match: str | None = None, stop: int | None = None) -> ObjectStream:
        """GetObject from byte `start` on, up to `stop` if that is given.

        Parameters
        ----------
        key
            Which object.
        start
            Position of the first byte wanted.
        if_match
            ETag (without quotes) that the object must still have.
        stop
            Position after the last byte wanted; None: all that is left.

        Raises
        ------
        NotFoundError
            There is no such object.
        PreconditionFailedError
            It has another ETag now.
        """
        if start == 0 and stop is None:
            wanted: dict[str, Any] = {"ChecksumMode": "ENABLED"}
        else:
            wanted = {"Range": f"bytes={start}-{'' if stop is None else stop - 1}"}
        if if_match is not None:
            wanted["IfMatch"] = self.profile.if_match(if_match)
        answer = self._ask(self.client.get_object, key, **wanted)
        stream = ObjectStream(self.bucket, key, answer)
        if (first := stream.position) != start:
            stream.close()
            raise IntegrityError(
                f"{key!r}: asked for bytes from {start} on, got bytes from {first} on", bucket=self.bucket, key=key
            )
        return stream

    def tags(self, key: str, version_id: str | None = None) -> dict[str, str]:
        """GetObjectTagging, of a version if one is named; empty if the provider has no tags.

        Raises
        ------
        NotFoundError
            There is no such object or version.
        AccessDeniedError
            The tags may not be read; the object may have some.
        """
        if not self._learnt.has_tags:
            return {}
        version: dict[str, Any] = {"VersionId": version_id} if version_id else {}
        for attempt in range(1, TIMES + 1):
            try:
                answer = self._ask(self.client.get_object_tagging, key, **version)
            except NotFoundError as error:
                if code_of(error) in _NO_TAGS:
                    return {}
                raise
            except UnsupportedOperationError:
                if self.profile.object_tags:  # something else answered instead of the server
                    raise
                if attempt == TIMES:
                    self._learnt.has_no_tags()
            else:
                if "TagSet" not in answer:
                    raise unproven("GetObjectTagging", "a set of tags", bucket=self.bucket, key=key)
                return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
        return {}

    def put(self, key: str, body: "Body", headers: Mapping[str, Any], condition: Condition) -> Stored:
        """PutObject, under a condition if the provider supports it.

        Parameters
        ----------
        key
            The name of the object.
        body
            The whole content: bytes, bytearray, or a file that can seek.
        headers
            Further arguments of PutObject (ContentType, Metadata, ContentMD5…).
        condition
            What must still be true of the key.

        Raises
        ------
        PreconditionFailedError
            The condition no longer holds (412), or somebody else is writing at the moment (409).
        """
        upload = partial(self._upload, self.client.put_object, key, body, headers)
        answer = self._under_condition("put", upload, key, condition)
        self._notice_versions(answer)
        return read_stored(answer)

    def delete(self, key: str, condition: Matches | None) -> None:
        """DeleteObject, under `If-Match` if the provider obeys it; otherwise after a check."""
        answer = self._under_condition("delete", partial(self._ask, self.client.delete_object, key), key, condition)
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", HTTPStatus.NO_CONTENT)
        if status != HTTPStatus.NO_CONTENT and self.head(key):  # every S3 server answers 204, but a gateway may not
            raise ProviderError(
                f"DeleteObject of {key!r} in bucket {self.bucket!r}: HTTP {status}, and the object is still there",
                bucket=self.bucket,
                key=key,
            )

    def start_multipart(self, key: str, headers: Mapping[str, Any]) -> str:
        """CreateMultipartUpload; return the upload's id."""
        answer = self._ask(self.client.create_multipart_upload, key, **headers)
        return str(told(answer, "UploadId", "CreateMultipartUpload", bucket=self.bucket, key=key))

    def upload_part(self, key: str, upload_id: str, number: int, body: "Body", headers: Mapping[str, Any]) -> Stored:
        """UploadPart number `number` (from 1)."""
        answer = self._upload(self.client.upload_part, key, body, headers, UploadId=upload_id, PartNumber=number)
        told(answer, "ETag", "UploadPart", bucket=self.bucket, key=key)
        return read_stored(answer)

    def copy_part(self, key: str, upload_id: str, number: int, source: tuple[str, ObjectInfo], span: range) -> Stored:
        """UploadPartCopy of some bytes of an object in another bucket of this provider.

        Parameters
        ----------
        key, upload_id, number
            The part.
        source
            Bucket and object; its ETag must still be the same.
        span
            Positions of the bytes wanted.

        Raises
        ------
        PreconditionFailedError
            The source has changed.
        """
        bucket, info = source
        answer = self._ask(
            self.client.upload_part_copy,
            key,
            UploadId=upload_id,
            PartNumber=number,
            CopySource={"Bucket": bucket, "Key": info.key},
            CopySourceRange=f"bytes={span.start}-{span.stop - 1}",
            CopySourceIfMatch=self.profile.if_match(info.etag),
        )
        copied = told(answer, "CopyPartResult", "UploadPartCopy", bucket=self.bucket, key=key)
        told(copied, "ETag", "UploadPartCopy", bucket=self.bucket, key=key)
        return read_stored(copied)

    def complete(self, key: str, upload_id: str, parts: list[Stored], condition: Condition) -> Stored:
        """CompleteMultipartUpload, under a condition if the provider supports it."""
        numbered: Any = [
            {"PartNumber": number, "ETag": f'"{part.etag}"', **part.checksums} for number, part in enumerate(parts, 1)
        ]
        operation, parts_told = self.client.complete_multipart_upload, {"Parts": numbered}
        call = partial(self._ask, operation, key, UploadId=upload_id, MultipartUpload=parts_told)
        return read_stored(self._under_condition("complete", call, key, condition))

    def abort(self, key: str, upload_id: str) -> None:
        """AbortMultipartUpload; it is not an error if the upload no longer exists."""
        try:
            self._ask(self.client.abort_multipart_upload, key, UploadId=upload_id)
        except NotFoundError:
            return

    def _ask(self, operation: Callable[..., Answer], key: str, **arguments: Any) -> Answer:
        """Call an operation of the client on an object; what it raises becomes an error of this library."""
        try:
            return operation(Bucket=self.bucket, Key=key, **arguments)
        except sdk_errors() as error:
            raise translate(error, bucket=self.bucket, key=key) from error

    def _notice_versions(self, answer: Mapping[str, Any]) -> None:
        if answer.get("VersionId"):
            self._learnt.keeps_versions()

    def _head(self, **arguments: Any) -> "HeadObjectOutputTypeDef | None":
        """HeadObject; None for a plain 404, which is the answer about every new photo."""
        try:
            return self.client.head_object(**arguments)
        except self.client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] == _PLAIN_404:
                return None
            raise

    def _upload(
        self, operation: Callable[..., Answer], key: str, body: "Body", headers: Mapping[str, Any], **arguments: Any
    ) -> Answer:
        """Call an operation that sends a body, with its Content-MD5 if the bucket requires a digest."""
        if hasattr(body, "seek"):
            body.seek(0)  # it is sent again if the condition is refused
        if self._learnt.digest_required:
            headers = with_digest(headers, body)
        try:
            return self._ask(operation, key, Body=body, **headers, **arguments)
        except ProviderError as error:
            if not wants_digest(error) or (digested := with_digest(headers, body)) == headers:
                raise
        answer = self._ask(operation, key, Body=body, **digested, **arguments)
        self._learnt.requires_digests()
        return answer

    def _under_condition(self, write: Write, call: Call, key: str, condition: Condition) -> Mapping[str, Any]:
        """Call an operation that writes, with the header of a condition, or without it if that is refused."""

        def attempt(**header: str) -> Mapping[str, Any]:
            try:
                return call(**header)
            except NotFoundError as error:
                if "IfMatch" not in header:
                    raise
                raise PreconditionFailedError(error.message, bucket=self.bucket, key=key) from error  # S3 answers 404

        def holds() -> bool:
            found = self.head(key)
            return found is not None and isinstance(condition, Matches) and found.etag == condition.etag

        header = self._learnt.profile.header(write, condition)
        try:
            return attempt(**header)
        except (PreconditionFailedError, UnsupportedOperationError) as error:
            if not header:
                raise
            return write_again(self._learnt, write, condition, attempt, holds, error)
