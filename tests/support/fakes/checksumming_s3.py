# ruff: noqa: N803 # the arguments are named as boto3 names them
"""A provider in memory that checks and keeps the CRC-32 of parts, as AWS and SeaweedFS do."""

import zlib
from base64 import b64encode
from typing import Any

from tests.support.fakes.directing import client_error
from tests.support.fakes.fake_s3 import FakeS3


def crc32(data: bytes) -> str:
    """Return the CRC-32 as S3 writes it: base64 of four bytes, the highest first."""
    return b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


class ChecksummingS3(FakeS3):
    """Refuses a part with a wrong CRC-32, or with one in an upload that was not begun for CRC-32.

    Refuses as well to complete such an upload without the CRC-32 of every part.
    """

    def upload_part(self, *, UploadId: str, Body: bytes, **arguments: Any) -> dict[str, Any]:
        if arguments.get("ChecksumCRC32") != (crc32(Body) if self._keeps_crc32(UploadId) else None):
            raise client_error("UploadPart", "BadDigest")
        return super().upload_part(UploadId=UploadId, Body=Body, **arguments)

    def complete_multipart_upload(
        self, *, UploadId: str, MultipartUpload: dict[str, Any], **arguments: Any
    ) -> dict[str, Any]:
        for part in MultipartUpload["Parts"] if self._keeps_crc32(UploadId) else ():
            data, _ = self.uploads[UploadId].parts[part["PartNumber"]]
            if part.get("ChecksumCRC32") != crc32(data):
                raise client_error("CompleteMultipartUpload", "InvalidPart")
        return super().complete_multipart_upload(UploadId=UploadId, MultipartUpload=MultipartUpload, **arguments)

    def _part(self, operation: str, key: str, upload_id: str, number: int, data: bytes) -> dict[str, Any]:
        answer = super()._part(operation, key, upload_id, number, data)
        return {**answer, "ChecksumCRC32": crc32(data)} if self._keeps_crc32(upload_id) else answer

    def _keeps_crc32(self, upload_id: str) -> bool:
        upload = self.uploads.get(upload_id)
        return upload is not None and upload.arguments.get("ChecksumAlgorithm") == "CRC32"
