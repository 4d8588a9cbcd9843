# ruff: noqa: ARG002, N803 # the arguments are named as boto3 names them, used or not
"""An S3 provider in memory, behind the interface of a boto3 client.

It keeps what the publish protocol relies on and nothing else: versions, tags,
preconditions, multipart uploads, ETags. Before and after each effect it calls
a `Director` (`directing`), which decides what goes wrong: that is where a model
test gets hold of time and of faults.
"""

import base64
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any, Literal

from botocore.exceptions import ClientError, IncompleteReadError

from tests.support.fakes.directing import Calm, Director, client_error

Preconditions = Literal["honoured", "ignored", "refused"]


@dataclass(frozen=True)
class StoredObject:
    body: bytes
    etag: str
    version: str
    metadata: dict[str, str] = field(default_factory=dict)
    content_type: str = "binary/octet-stream"
    cache_control: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    #: When a lifecycle rule removes it, in seconds since 1970.
    expires: float | None = None


@dataclass
class Upload:
    bucket: str
    key: str
    arguments: dict[str, Any]
    parts: dict[int, tuple[bytes, str]] = field(default_factory=dict)


class Body(io.RawIOBase):
    """A body that may break off."""

    def __init__(self, data: bytes, cut: int | None) -> None:
        self._rest = memoryview(data)
        self._left = len(data) if cut is None else min(cut, len(data))
        self._broken = cut is not None and cut < len(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self._left)
        if count == 0 and len(buffer) and self._broken:
            raise IncompleteReadError(actual_bytes=0, expected_bytes=len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        self._left -= count
        return count


class FakeS3:
    """The provider, and a client for it.

    Parameters
    ----------
    preconditions
        What it does with If-Match and If-None-Match on writes.
    director
        Who may interfere.
    versioned
        Whether answers carry version ids.
    """

    def __init__(
        self, preconditions: Preconditions = "honoured", director: Director | None = None, *, versioned: bool = True
    ) -> None:
        self.preconditions = preconditions
        self.meta = SimpleNamespace(endpoint_url="https://s3.example")
        self.exceptions = SimpleNamespace(ClientError=ClientError)
        self.on_complete: Preconditions = preconditions
        self.director: Director = director or Calm()
        #: Of all answers to GetObject.
        self.bodies: list[Body] = []
        self.versioned = versioned
        #: Whether answers give the number of tags if there are any; none says that there are 0.
        self.tells_tags = True
        self.objects: dict[tuple[str, str], StoredObject] = {}
        self.versions: dict[tuple[str, str, str], StoredObject] = {}
        self.uploads: dict[str, Upload] = {}
        self.calls: list[str] = []
        self._count = 0

    # --- what a test does behind the scenes

    def store(self, bucket: str, key: str, body: bytes, **values: Any) -> None:
        etag = values.pop("etag", None) or hashlib.md5(body, usedforsecurity=False).hexdigest()
        self._count += 1
        stored = StoredObject(body, etag, f"v{self._count}", **values)
        self.objects[bucket, key] = self.versions[bucket, key, stored.version] = stored

    def tag(self, bucket: str, key: str, tags: dict[str, str]) -> None:
        old = self.objects[bucket, key]
        new = replace(old, tags=tuple(tags.items()))
        self.objects[bucket, key] = self.versions[bucket, key, old.version] = new

    def remove(self, bucket: str, key: str) -> None:
        self.objects.pop((bucket, key), None)

    # --- the client

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        return self._call("HeadObject", Bucket, lambda: self._describe(self._find("HeadObject", Bucket, Key)))

    def get_object(
        self, *, Bucket: str, Key: str, Range: str = "", IfMatch: str = "", ChecksumMode: str = ""
    ) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            found = self._find("GetObject", Bucket, Key)
            if IfMatch and IfMatch.strip('"') != found.etag:
                raise client_error("GetObject", "PreconditionFailed")
            first, _, last = Range.removeprefix("bytes=").partition("-")
            start = int(first or 0)
            if Range and start >= len(found.body):
                raise client_error("GetObject", "InvalidRange")
            data = found.body[start : int(last) + 1 if last else None]
            self.bodies.append(Body(data, self.director.cut(len(data))))
            body = {"Body": self.bodies[-1], "ContentLength": len(data)}
            if Range:
                body["ContentRange"] = f"bytes {start}-{start + len(data) - 1}/{len(found.body)}"
            return {**self._describe(found), **body}

        of_a_part = "GetObject of a byte" if Range == "bytes=0-0" else "GetObject from the middle"
        return self._call(of_a_part if Range else "GetObject", Bucket, effect)

    def get_object_tagging(self, *, Bucket: str, Key: str, VersionId: str = "") -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            if VersionId and (Bucket, Key, VersionId) not in self.versions:
                raise client_error("GetObjectTagging", "NoSuchVersion")
            version = self.versions.get((Bucket, Key, VersionId))
            found = version or self._find("GetObjectTagging", Bucket, Key)
            return {"TagSet": [{"Key": name, "Value": value} for name, value in found.tags]}

        return self._call("GetObjectTagging", Bucket, effect)

    def get_paginator(self, operation: str) -> "FakeS3":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        def effect() -> dict[str, Any]:
            found = sorted((key, o) for (bucket, key), o in self.objects.items() if bucket == Bucket)
            listed = [{"Key": key, "Size": len(o.body), "ETag": o.etag} for key, o in found if key.startswith(Prefix)]
            return {"IsTruncated": False, "Contents": listed}

        yield self._call("ListObjectsV2", Bucket, effect)

    def put_object(self, *, Bucket: str, Key: str, Body: Any, **arguments: Any) -> dict[str, Any]:
        data = Body.read() if hasattr(Body, "read") else bytes(Body)

        def effect() -> dict[str, Any]:
            self._check_digest("PutObject", data, arguments)
            self._check_condition("PutObject", self.preconditions, (Bucket, Key), arguments)
            return self._put(Bucket, Key, data, arguments)

        return self._call("PutObject", Bucket, effect)

    def delete_object(self, *, Bucket: str, Key: str, **arguments: Any) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            self._check_condition("DeleteObject", self.preconditions, (Bucket, Key), arguments)
            self.remove(Bucket, Key)
            return {}

        return self._call("DeleteObject", Bucket, effect)

    def create_multipart_upload(self, *, Bucket: str, Key: str, **arguments: Any) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            self._count += 1
            upload_id = f"u{self._count}"
            self.uploads[upload_id] = Upload(Bucket, Key, arguments)
            return {"UploadId": upload_id}

        return self._call("CreateMultipartUpload", Bucket, effect)

    def upload_part(
        self, *, Bucket: str, Key: str, UploadId: str, PartNumber: int, Body: bytes, **arguments: Any
    ) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            self._check_digest("UploadPart", Body, arguments)
            return self._part("UploadPart", Key, UploadId, PartNumber, bytes(Body))

        return self._call("UploadPart", Bucket, effect)

    def upload_part_copy(
        self,
        *,
        Bucket: str,
        Key: str,
        UploadId: str,
        PartNumber: int,
        CopySource: dict[str, str],
        CopySourceRange: str,
        CopySourceIfMatch: str,
    ) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            found = self._find("UploadPartCopy", CopySource["Bucket"], CopySource["Key"])
            if CopySourceIfMatch.strip('"') != found.etag:
                raise client_error("UploadPartCopy", "PreconditionFailed")
            first, last = map(int, CopySourceRange.removeprefix("bytes=").split("-"))
            return {
                "CopyPartResult": self._part("UploadPartCopy", Key, UploadId, PartNumber, found.body[first : last + 1])
            }

        return self._call("UploadPartCopy", Bucket, effect)

    def complete_multipart_upload(
        self, *, Bucket: str, Key: str, UploadId: str, MultipartUpload: dict[str, Any], **arguments: Any
    ) -> dict[str, Any]:
        operation = "CompleteMultipartUpload"

        def effect() -> dict[str, Any]:
            if UploadId not in self.uploads:
                raise client_error(operation, "NoSuchUpload")
            self._check_condition(operation, self.on_complete, (Bucket, Key), arguments)
            upload = self.uploads[UploadId]
            parts = []
            for part in MultipartUpload["Parts"]:
                data, etag = upload.parts.get(part["PartNumber"], (b"", ""))
                if etag != part["ETag"].strip('"'):
                    raise client_error(operation, "InvalidPart")
                parts.append((data, bytes.fromhex(etag)))
            del self.uploads[UploadId]
            digest = hashlib.md5(b"".join(etag for _, etag in parts), usedforsecurity=False).hexdigest()
            body = b"".join(data for data, _ in parts)
            return self._put(Bucket, Key, body, {**upload.arguments, "etag": f"{digest}-{len(parts)}"})

        return self._call(operation, Bucket, effect)

    def abort_multipart_upload(self, *, Bucket: str, Key: str, UploadId: str) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            if self.uploads.pop(UploadId, None) is None:
                raise client_error("AbortMultipartUpload", "NoSuchUpload")
            return {}

        return self._call("AbortMultipartUpload", Bucket, effect)

    # --- how it works inside

    def _call(self, operation: str, bucket: str, effect: Any) -> dict[str, Any]:
        self.director.before(operation, bucket)
        self.calls.append(operation)
        answer: dict[str, Any] = {}
        refusal: ClientError | None = None
        try:
            answer = effect()
        except ClientError as error:
            refusal = error
        self.director.after(operation, bucket, refused=refusal is not None)
        if self.director.repeats(operation, bucket):
            return self._call(operation, bucket, effect)
        if refusal:
            raise refusal
        return answer

    def _find(self, operation: str, bucket: str, key: str) -> StoredObject:
        found = self.objects.get((bucket, key))
        if found is None:
            # The answer to a HEAD has no body that could hold a code.
            raise client_error(operation, "404" if operation == "HeadObject" else "NoSuchKey")
        return found

    def _describe(self, found: StoredObject) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "ContentLength": len(found.body),
            "ETag": f'"{found.etag}"',
            "Metadata": dict(found.metadata),
            "ContentType": found.content_type,
        }
        if found.cache_control:
            answer["CacheControl"] = found.cache_control
        if found.tags and self.tells_tags:
            answer["TagCount"] = len(found.tags)
        if found.expires is not None:
            answer["Expiration"] = f'expiry-date="{formatdate(found.expires, usegmt=True)}", rule-id="save"'
        if self.versioned:
            answer["VersionId"] = found.version
        return answer

    def _check_condition(
        self, operation: str, obeyed: Preconditions, place: tuple[str, str], arguments: dict[str, Any]
    ) -> None:
        if_match, if_none_match = arguments.get("IfMatch"), arguments.get("IfNoneMatch")
        if obeyed == "ignored" or not (if_match or if_none_match):
            return
        if obeyed == "refused":
            raise client_error(operation, "NotImplemented")
        standing = self.objects.get(place)
        if if_match and standing is None:
            raise client_error(operation, "NoSuchKey")
        if standing is not None and (if_none_match or standing.etag != str(if_match).strip('"')):
            raise client_error(operation, "PreconditionFailed")

    @staticmethod
    def _check_digest(operation: str, body: bytes, arguments: dict[str, Any]) -> None:
        md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        if arguments.get("ContentMD5", md5) != md5:
            raise client_error(operation, "BadDigest")

    def _put(self, bucket: str, key: str, body: bytes, arguments: dict[str, Any]) -> dict[str, Any]:
        self.store(
            bucket,
            key,
            body,
            etag=arguments.get("etag"),
            metadata=arguments.get("Metadata", {}),
            content_type=arguments.get("ContentType", ""),
            cache_control=arguments.get("CacheControl", ""),
        )
        return {"ETag": f'"{self.objects[bucket, key].etag}"'}

    def _part(self, operation: str, key: str, upload_id: str, number: int, data: bytes) -> dict[str, Any]:
        if upload_id not in self.uploads or self.uploads[upload_id].key != key:
            raise client_error(operation, "NoSuchUpload")
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        self.uploads[upload_id].parts[number] = (data, etag)
        return {"ETag": f'"{etag}"'}
