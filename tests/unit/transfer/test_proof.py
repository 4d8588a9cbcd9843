"""The digest sent with some bytes, and what a provider's answer proves."""

import hashlib
import zlib
from base64 import b64encode
from dataclasses import replace

import pytest

from galleria_storage.s3.answers import Stored
from galleria_storage.s3.profiles import AWS, UNKNOWN, ProviderProfile
from galleria_storage.s3.sdk.signing import DigestedBody
from galleria_storage.transfer.etags import etag_of_parts, has_digest, md5_of, parts_of
from galleria_storage.transfer.proof import Proof, algorithm_of_parts

BODY = DigestedBody(b"a photo")
MD5 = hashlib.md5(BODY, usedforsecurity=False)
SHA256 = hashlib.sha256(BODY)
CRC32 = zlib.crc32(BODY).to_bytes(4, "big")
NOTHING = replace(UNKNOWN, sha256_checked=False, crc32_checked=False, signed_sha256_checked=False)
WHOLE_CRC = replace(NOTHING, crc32_checked=True)
SIGNED = replace(NOTHING, signed_sha256_checked=True)


def base64(value: bytes) -> str:
    return b64encode(value).decode()


@pytest.mark.parametrize(
    ("profile", "part", "headers"),
    [
        (AWS, False, {"ChecksumSHA256": base64(SHA256.digest())}),
        (AWS, True, {"ChecksumCRC32": base64(CRC32)}),
        (WHOLE_CRC, False, {"ContentMD5": base64(MD5.digest())}),
        (WHOLE_CRC, True, {"ChecksumCRC32": base64(CRC32)}),
        (SIGNED, False, {}),
        (SIGNED, True, {}),
        (NOTHING, False, {"ContentMD5": base64(MD5.digest())}),
        (NOTHING, True, {"ContentMD5": base64(MD5.digest())}),
    ],
)
def test_the_digest_is_the_cheapest_that_the_provider_checks(
    profile: ProviderProfile, part: bool, headers: dict[str, str]
) -> None:
    assert Proof.of_bytes(profile, DigestedBody(BODY), part=part).headers == headers


def test_bytes_whose_signature_is_checked_are_signed_with_their_digest() -> None:
    body = DigestedBody(BODY)
    Proof.of_bytes(SIGNED, body)
    assert body.sha256 == SHA256.digest()


def test_an_etag_that_is_the_md5_proves_what_is_stored_and_another_refutes_it() -> None:
    proof = Proof.of_bytes(NOTHING, DigestedBody(BODY))
    assert proof.holds(Stored(MD5.hexdigest())) is True
    assert proof.holds(Stored("0" * 32)) is False
    assert proof.holds(Stored(MD5.hexdigest(), etag_is_md5=False)) is None
    assert proof.holds(Stored("opaque")) is None
    assert proof.holds(Stored("")) is None


def test_a_checksum_in_the_answer_goes_before_the_etag() -> None:
    proof = Proof.of_bytes(AWS, DigestedBody(BODY))
    right = {"ChecksumSHA256": base64(SHA256.digest())}
    assert proof.holds(Stored("0" * 32, right)) is True
    assert proof.holds(Stored(MD5.hexdigest(), {"ChecksumSHA256": base64(bytes(32))})) is False


def test_where_only_the_signature_proves_any_answer_with_an_etag_does() -> None:
    proof = Proof.of_bytes(SIGNED, DigestedBody(BODY))
    assert proof.holds(Stored("opaque")) is True
    assert proof.holds(Stored("")) is None


@pytest.mark.parametrize(
    ("profile", "file", "algorithm"),
    [
        (AWS, False, {"ChecksumAlgorithm": "CRC32"}),
        (AWS, True, {"ChecksumAlgorithm": "CRC32"}),
        (replace(NOTHING, sha256_checked=True), False, {"ChecksumAlgorithm": "SHA256"}),
        (replace(NOTHING, sha256_checked=True), True, {}),
        (NOTHING, False, {}),
    ],
)
def test_an_upload_in_parts_names_the_checksums_that_its_parts_bring(
    profile: ProviderProfile, file: bool, algorithm: dict[str, str]
) -> None:
    assert algorithm_of_parts(profile, file=file) == algorithm


def test_an_etag_says_how_many_parts_it_is_of() -> None:
    etag = etag_of_parts([MD5.digest(), MD5.digest()])
    assert etag == hashlib.md5(MD5.digest() * 2, usedforsecurity=False).hexdigest() + "-2"
    assert (parts_of(etag), md5_of(etag), has_digest(etag)) == (2, b"", True)
    assert (parts_of(MD5.hexdigest()), md5_of(MD5.hexdigest())) == (0, MD5.digest())
    assert not has_digest("opaque")
    assert etag_of_parts([MD5.digest(), b""]) == ""


@pytest.mark.parametrize(
    ("profile", "answer", "etag", "checked"),
    [
        # The provider compared the digest and answers with an ETag of its own kind: a look at the size is enough.
        (AWS, Stored("opaque", etag_is_md5=False), MD5.hexdigest(), True),
        # It answers with a wrong checksum: neither the checksum nor the ETag is trusted any more.
        (AWS, Stored(MD5.hexdigest(), {"ChecksumSHA256": base64(bytes(32))}), "", False),
        # Nothing shows that anything was compared.
        (replace(NOTHING, content_md5_checked=False), Stored("opaque"), MD5.hexdigest(), False),
        (replace(NOTHING, content_md5_checked=True), Stored("opaque"), MD5.hexdigest(), True),
        # The answer contradicts.
        (replace(NOTHING, content_md5_checked=True), Stored("0" * 32), MD5.hexdigest(), False),
    ],
)
def test_an_answer_that_does_not_prove_the_bytes_says_what_a_look_must_find(
    profile: ProviderProfile, answer: Stored, etag: str, checked: bool
) -> None:
    expected = Proof.of_bytes(profile, DigestedBody(BODY), SHA256.digest()).expected(answer, len(BODY), {"a": "b"})
    assert (expected.etag, expected.checked) == (etag, checked)
    assert (expected.sha256, expected.metadata) == (SHA256.digest(), {"a": "b"})
