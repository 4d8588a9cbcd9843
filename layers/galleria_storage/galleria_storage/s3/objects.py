"""Objects of one bucket, as the publish protocol needs them: boto3 calls in, typed values out.

An `ObjectStore` knows one bucket and the facts of its provider. It turns a
condition into headers where the provider obeys them and leaves them away
where it would refuse them; it never decides what to do about it.

Source: Amazon S3 API Reference, one page per operation named below.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal

from galleria_storage.errors import (
    IntegrityError,
    NotFoundError,
    PreconditionFailedError,
    ProviderError,
    UnsupportedOperationError,
)
from galleria_storage.s3.answers import ObjectInfo, ObjectStream, Stored, object_info, says_nothing, stored
from galleria_storage.s3.faults import status_of, translated
from galleria_storage.s3.profiles import ProviderProfile

__all__ = ["ABSENT", "Absent", "Condition", "Matches", "ObjectInfo", "ObjectStore", "ObjectStream", "Stored"]

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    # boto3 takes a bytearray as it is; its type stubs do not know.
    Body = Any


@dataclass(frozen=True, slots=True)
class Matches:
    """Condition: the object still has this ETag (``If-Match``)."""

    etag: str


class Absent:
    """Condition: there is no object under the key (``If-None-Match: *``)."""


ABSENT: Final = Absent()
#: What servers answer to the range of an empty object: as RFC 9110 has it (section 15.5.17), or as some do.
_NO_SUCH_RANGE: Final = frozenset({HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, HTTPStatus.BAD_REQUEST})
Condition = Absent | Matches | None


class ObjectStore:
    """One bucket at one provider.

    Parameters
    ----------
    client
        A boto3 S3 client.
    bucket
        Name of the bucket.
    profile
        Facts about the provider.
    """

    def __init__(self, client: "S3Client", bucket: str, profile: ProviderProfile) -> None:
        self.client = client
        self.bucket = bucket
        self.profile = profile

    def head(self, key: str) -> ObjectInfo | None:
        """HeadObject; None if there is no such object."""
        try:
            with translated(bucket=self.bucket, key=key):
                answer = self.client.head_object(Bucket=self.bucket, Key=key)
        except NotFoundError:
            return None
        self._notice_versions(answer)
        return object_info(key, answer)

    def look(self, key: str) -> ObjectInfo | None:
        """Tell what GetObject says of an object, the number of tags included; None if there is no such object.

        Where HeadObject is not known to tell that number, the first byte is
        asked for: unlike an unread body it leaves the connection usable. (A
        HEAD is the better question where it will do: Ceph sends a short body
        40 ms after its headers.)
        """
        if self.profile.tag_count_on_head or not self.profile.object_tags:
            return self.head(key)
        try:
            with translated(bucket=self.bucket, key=key):
                answer = self.client.get_object(Bucket=self.bucket, Key=key, Range="bytes=0-0")
        except NotFoundError:
            return None
        except ProviderError as error:
            if status_of(error) not in _NO_SUCH_RANGE:
                raise
            return self.head(key)  # it is empty
        with ObjectStream(object_info(key, answer), 0, answer["Body"], self.bucket) as stream:
            if answer["ContentLength"] == 1:  # else the range was ignored, and the body is to be dropped
                with suppress(ProviderError):  # nobody needs the byte
                    stream.readinto(memoryview(bytearray(2)))
            return stream.info

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
        with translated(bucket=self.bucket, key=key):
            answer = self.client.get_object(Bucket=self.bucket, Key=key, **wanted)
        info = object_info(key, answer)
        first = int(str(answer.get("ContentRange") or "bytes 0-").split()[1].partition("-")[0])
        stream = ObjectStream(info, first, answer["Body"], self.bucket)
        if first != start:
            stream.close()
            raise IntegrityError(
                f"{key!r}: asked for byte {start} on, got byte {first} on", bucket=self.bucket, key=key
            )
        return stream

    def tags(self, key: str, version_id: str | None = None) -> dict[str, str]:
        """GetObjectTagging, of a version if one is named; empty where the provider has no tags."""
        if not self.profile.object_tags:
            return {}
        version: dict[str, Any] = {"VersionId": version_id} if version_id else {}
        with translated(bucket=self.bucket, key=key):
            answer = self.client.get_object_tagging(Bucket=self.bucket, Key=key, **version)
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def put(self, key: str, body: "Body", headers: Mapping[str, Any], condition: Condition) -> Stored:
        """PutObject under a condition, as far as the provider knows conditions.

        Parameters
        ----------
        key
            Under which name.
        body
            The whole content: bytes, bytearray, or a file that can seek.
        headers
            Further arguments of PutObject (ContentType, Metadata, ContentMD5…).
        condition
            What must still hold of the key.

        Raises
        ------
        PreconditionFailedError
            It no longer holds (412), or somebody else is writing now (409).
        """

        def put(**wanted: Any) -> Mapping[str, Any]:
            if hasattr(body, "seek"):
                body.seek(0)  # where a condition is refused it goes out again without
            return self.client.put_object(Bucket=self.bucket, Key=key, Body=body, **headers, **wanted)

        answer = self._conditionally("put", put, key, condition)
        self._notice_versions(answer)
        return stored(answer)

    def delete(self, key: str, condition: Matches) -> None:
        """DeleteObject, under `If-Match` where the provider obeys it (look first where it does not)."""

        def delete(**wanted: Any) -> Mapping[str, Any]:
            return self.client.delete_object(Bucket=self.bucket, Key=key, **wanted)

        self._conditionally("delete", delete, key, condition)

    def start_multipart(self, key: str, headers: Mapping[str, Any]) -> str:
        """CreateMultipartUpload; return the upload's id."""
        with translated(bucket=self.bucket, key=key):
            answer = self.client.create_multipart_upload(Bucket=self.bucket, Key=key, **headers)
        if not (upload_id := answer.get("UploadId")):
            raise says_nothing(f"how the upload of {key!r} is named", "UploadId")
        return upload_id

    def upload_part(self, key: str, upload_id: str, number: int, body: "Body", headers: Mapping[str, Any]) -> Stored:
        """UploadPart number `number` (from 1)."""
        with translated(bucket=self.bucket, key=key):
            answer = self.client.upload_part(
                Bucket=self.bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=body, **headers
            )
        return stored(answer)

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
        with translated(bucket=self.bucket, key=key):
            answer = self.client.upload_part_copy(
                Bucket=self.bucket,
                Key=key,
                UploadId=upload_id,
                PartNumber=number,
                CopySource={"Bucket": bucket, "Key": info.key},
                CopySourceRange=f"bytes={span.start}-{span.stop - 1}",
                CopySourceIfMatch=self.profile.if_match(info.etag),
            )
        return stored(answer.get("CopyPartResult", {}))

    def complete(self, key: str, upload_id: str, parts: list[Stored], condition: Condition) -> Stored:
        """CompleteMultipartUpload under a condition, as far as the provider knows conditions."""
        numbered: Any = [
            {"PartNumber": number, "ETag": f'"{part.etag}"', **part.checksums} for number, part in enumerate(parts, 1)
        ]

        def complete(**wanted: Any) -> Mapping[str, Any]:
            return self.client.complete_multipart_upload(
                Bucket=self.bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": numbered}, **wanted
            )

        return stored(self._conditionally("complete", complete, key, condition))

    def abort(self, key: str, upload_id: str) -> None:
        """AbortMultipartUpload; an upload that is gone already is no error."""
        try:
            with translated(bucket=self.bucket, key=key):
                self.client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload_id)
        except NotFoundError:
            return

    def _notice_versions(self, answer: Mapping[str, Any]) -> None:
        """Rely on no condition any more if the bucket keeps versions and the provider's conditions fail there."""
        if answer.get("VersionId") and not self.profile.versioned_conditions:
            self.profile = replace(
                self.profile, put_if_none_match="refused", put_if_match="refused", versioned_conditions=True
            )

    def _conditionally(
        self,
        operation: Literal["put", "complete", "delete"],
        call: Callable[..., Mapping[str, Any]],
        key: str,
        condition: Condition,
    ) -> Mapping[str, Any]:
        """Call with the condition's header, unless the provider is known to refuse it; learn so if it does."""
        match condition:
            case Absent():
                fact, header = f"{operation}_if_none_match", {"IfNoneMatch": "*"}
            case Matches(etag):
                fact, header = f"{operation}_if_match", {"IfMatch": self.profile.if_match(etag)}
            case None:
                fact, header = "", {}
        with translated(bucket=self.bucket, key=key):
            if not header or getattr(self.profile, fact) == "refused":
                return call()
            try:
                with translated(bucket=self.bucket, key=key):
                    return call(**header)
            except UnsupportedOperationError:
                answer = call()
            except NotFoundError as error:  # If-Match and no object: S3 answers 404
                raise PreconditionFailedError(error.message, bucket=self.bucket, key=key) from error
        self.profile = replace(self.profile, **{fact: "refused"})  # type: ignore[arg-type] # a name built above
        return answer
