"""The signature uses a digest that is known already, and no body is hashed again."""

import hashlib
import io
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from botocore.auth import AUTH_TYPE_MAPS
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.s3.clients import get_s3_client
from galleria_storage.s3.sdk.signing import DigestedBody, Keys

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


queries = st.lists(st.tuples(st.sampled_from(["tagging", "versionId", "x-id", "partNumber"]), st.text(max_size=6)))


@given(
    headers=st.dictionaries(names, values),
    key=st.text("ab/%+é ;", min_size=1),
    query=queries,
    in_params=st.booleans(),
    token=st.sampled_from([None, "token"]),
    where=st.sampled_from(["https://s3.example:8333", "http://[::1]:80", "https://Photos.s3.eu-west-1.amazonaws.com"]),
    times=st.sampled_from([1, 2]),
)
def test_what_is_signed_is_what_botocore_signs(  # noqa: PLR0917 # each may matter
    signer: str,
    headers: dict[str, str],
    key: str,
    query: list[tuple[str, str]],
    in_params: bool,
    token: str | None,
    where: str,
    times: int,
) -> None:
    url = f"{where}/photos/{quote(key)}"
    if query and not in_params:
        url += "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in query)
    ours, theirs = (
        AWSRequest("PUT", url, headers=headers, data=b"photo", params=dict(query) if in_params else None)
        for _ in range(2)
    )
    for _ in range(times):  # a repeated request is signed again
        sign(ours, signer, Credentials("key", "secret", token))
        sign_by_botocore(theirs, Credentials("key", "secret", token), ours.context["timestamp"])
    assert dict(ours.headers.items()) == dict(theirs.headers.items())


def sign(request: AWSRequest, signer: str, credentials: Credentials, *place: str) -> None:
    maker: Any = AUTH_TYPE_MAPS[signer]
    maker(credentials, *(place or ("s3", "here"))).add_auth(request)


def sign_by_botocore(request: AWSRequest, credentials: Credentials, moment: str, *place: str) -> None:
    """Do what botocore's `add_auth` does, at another moment than now."""
    maker: Any = AUTH_TYPE_MAPS["s3v4"]
    auth = maker(credentials, *(place or ("s3", "here")))
    request.context["timestamp"] = moment
    auth._modify_request_before_signing(request)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    auth._inject_signature_to_request(request, auth.signature(text, request))


def test_a_header_that_comes_twice_is_signed_as_botocore_signs_it(signer: str) -> None:
    ours, theirs = (AWSRequest("PUT", "https://s3.example/photos/a", data=b"") for _ in range(2))
    for request in (ours, theirs):
        request.headers["x-amz-meta-a"] = " one  two "
        request.headers["X-Amz-Meta-A"] = "three "
    sign(ours, signer, Credentials("key", "secret"))
    sign_by_botocore(theirs, Credentials("key", "secret"), ours.context["timestamp"])
    assert ours.headers["Authorization"] == theirs.headers["Authorization"]


def test_a_request_with_a_date_of_its_own_is_left_to_botocore(signer: str) -> None:
    request = AWSRequest("GET", "https://s3.example/photos/a", headers={"Date": "Sat, 15 Jun 2024 10:30:45 GMT"})
    sign(request, signer, Credentials("key", "secret"))
    assert "X-Amz-Date" not in request.headers
    assert "SignedHeaders=date;" in request.headers["Authorization"]


def test_without_credentials_nothing_is_signed(signer: str) -> None:
    no_credentials: Any = None
    with pytest.raises(NoCredentialsError):
        sign(AWSRequest("GET", "https://s3.example/photos"), signer, no_credentials)


@pytest.mark.parametrize("place", [("s3", "here"), ("s3", "there"), ("s3-outposts", "there")])
@pytest.mark.parametrize("secret", ["one", "two"])
def test_each_secret_region_and_service_has_its_own_key_of_the_day(
    signer: str, secret: str, place: tuple[str, str]
) -> None:
    ours, theirs = (AWSRequest("GET", "https://s3.example/photos/a") for _ in range(2))
    sign(ours, signer, Credentials("key", secret), *place)
    sign_by_botocore(theirs, Credentials("key", secret), ours.context["timestamp"], *place)
    assert ours.headers["Authorization"] == theirs.headers["Authorization"]


def test_keys_are_never_printed() -> None:
    assert repr(SimpleNamespace(keys=Keys("key", "secret", "us-east-1"))) == "namespace(keys=Keys(region='us-east-1'))"
