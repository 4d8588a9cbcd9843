"""The signature covers the digest that is known, and no body is hashed again."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from galleria_storage.s3.clients import get_s3_client
from galleria_storage.s3.sdk.signing import DigestedBody

ENDPOINTS = ("http://127.0.0.1:9", "https://fsn1.your-objectstorage.com")


class NoBody(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        return iter(())


def signed_digest(body: bytes | bytearray, endpoint: str, operation: str = "PutObject") -> str:
    """Return what x-amz-content-sha256 says of a body that is put, whole or as a part with its CRC-32."""
    client, seen = get_s3_client(endpoint, "key", "secret", "us-east-1"), list[str]()

    def answer(request: Any, **_: Any) -> AWSResponse:
        seen.append(request.headers["X-Amz-Content-SHA256"].decode())
        return AWSResponse(request.url, 200, {}, NoBody())

    client.meta.events.register(f"before-send.s3.{operation}", answer)  # type: ignore[arg-type] # this event wants an answer
    if operation == "PutObject":
        client.put_object(Bucket="public", Key="photo.jpg", Body=body)
    else:
        part: Any = {"UploadId": "upload", "PartNumber": 2, "ChecksumCRC32": "AAAAAA=="}
        client.upload_part(Bucket="public", Key="photo.jpg", Body=body, **part)
    return seen[0]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_known_digest_is_signed(endpoint: str) -> None:
    body = DigestedBody(b"photo")
    body.sha256 = hashlib.sha256(b"told, not computed").digest()
    assert signed_digest(body, endpoint) == body.sha256.hex()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("body", [b"photo", DigestedBody(b"photo")], ids=["plain", "not-digested-yet"])
@pytest.mark.parametrize("operation", ["PutObject", "UploadPart"])
def test_a_body_without_a_known_digest_is_not_hashed_for_the_signature(
    operation: str, body: bytes | bytearray, endpoint: str
) -> None:
    assert signed_digest(body, endpoint, operation) == "UNSIGNED-PAYLOAD"
