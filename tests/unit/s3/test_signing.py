"""The signature covers the digest that is known, and no body is hashed again."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from botocore.auth import AUTH_TYPE_MAPS
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.s3.clients import get_s3_client
from galleria_storage.s3.sdk.signing import DigestedBody

names = st.sampled_from(["Content-MD5", "User-Agent", "Content-Type", "x-amz-meta-A", "X-Amz-Meta-b", "Expect"])
values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
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


@pytest.fixture(scope="module")
def signer() -> str:
    """Return the name of ours, which the first client makes known."""
    get_s3_client("http://127.0.0.1:9", "key", "secret", "us-east-1")
    return "s3v4-known-digest"


@given(headers=st.dictionaries(names, values), key=st.text("ab/%+é ", min_size=1))
def test_what_is_signed_is_what_botocore_signs(signer: str, headers: dict[str, str], key: str) -> None:
    found = []
    for name in ("s3v4", signer):
        request = AWSRequest("PUT", f"https://s3.example:8333/photos/{quote(key)}", headers=headers, data=b"")
        auth: Any = AUTH_TYPE_MAPS[name](Credentials("key", "secret", "token"), "s3", "here")
        request.context["timestamp"] = "20240615T103045Z"
        auth._modify_request_before_signing(request)
        text = auth.string_to_sign(request, auth.canonical_request(request))
        auth._inject_signature_to_request(request, auth.signature(text, request))
        found.append(dict(request.headers.items()))
    assert found[0] == found[1]
