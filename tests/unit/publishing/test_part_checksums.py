"""Each part goes out with the cheapest digest that its provider checks."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import IntegrityError
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.s3.profiles import PROFILES, ProviderProfile
from galleria_storage.transfer.sizes import Sizes
from tests.support.fakes.checksumming_s3 import ChecksummingS3, crc32
from tests.support.fakes.gallery import BIG, CAPABLE, TIME, FakeGallery

CRC32 = replace(CAPABLE, sha256_checked=True, crc32_checked=True)


@pytest.fixture
def checking() -> FakeGallery:
    """A provider that checks the CRC-32 of parts, and photos that go out in several."""
    gallery = FakeGallery()
    gallery.s3 = ChecksummingS3("honoured", gallery.director)
    gallery.profile = CRC32
    gallery.sizes = Sizes(whole=0, part=90_000)
    gallery.put(BIG)
    return gallery


def spied(gallery: FakeGallery, operation: str = "upload_part") -> list[dict[str, Any]]:
    """Return a list that fills with the arguments of each call, and copies of the bodies (a buffer is used again)."""
    call: Callable[..., Mapping[str, Any]] = getattr(gallery.s3, operation)
    seen: list[dict[str, Any]] = []

    def spy(**arguments: Any) -> Mapping[str, Any]:
        seen.append({**arguments, "Body": bytes(arguments["Body"]), "signed": arguments["Body"].sha256})
        return call(**arguments)

    setattr(gallery.s3, operation, spy)
    return seen


def digests(call: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in call.items() if name.startswith(("Checksum", "ContentMD5"))}


def test_where_crc32_is_checked_each_part_carries_it_and_no_other_digest(checking: FakeGallery) -> None:
    parts = spied(checking)
    outcome = checking.publish()
    assert len(parts) == -(-len(BIG) // 90_000)
    assert [digests(part) for part in parts] == [{"ChecksumCRC32": crc32(part["Body"])} for part in parts]
    assert (checking.copy().body, outcome.sha256) == (BIG, hashlib.sha256(BIG).hexdigest())


def test_only_the_first_part_whose_sha256_is_known_anyway_is_signed_with_it(checking: FakeGallery) -> None:
    parts = spied(checking)
    checking.publish()
    assert parts[0]["signed"] == hashlib.sha256(parts[0]["Body"]).digest()
    assert {part["signed"] for part in parts[1:]} == {b""}


def test_a_photo_in_one_piece_keeps_its_sha256(checking: FakeGallery) -> None:
    checking.sizes = Sizes()
    puts = spied(checking, "put_object")
    checking.publish()
    assert [sorted(digests(put)) for put in puts] == [["ChecksumSHA256"]]


@pytest.mark.parametrize(
    ("profile", "names"),
    [
        (replace(CAPABLE, sha256_checked=True), ["ChecksumSHA256"]),
        (PROFILES["ceph"], []),
        (PROFILES["minio"], []),
        (CAPABLE, ["ContentMD5"]),
    ],
    ids=["sha256", "ceph", "minio", "md5"],
)
def test_elsewhere_a_part_carries_what_is_checked_there(profile: ProviderProfile, names: list[str]) -> None:
    gallery = FakeGallery()
    gallery.profile, gallery.sizes = profile, Sizes(whole=0, part=90_000)
    gallery.put(BIG)
    parts = spied(gallery)
    gallery.publish()
    assert [sorted(digests(part)) for part in parts] == [names] * len(parts)
    if profile.signed_sha256_checked or profile.sha256_checked:
        assert all(part["signed"] == hashlib.sha256(part["Body"]).digest() for part in parts)


@pytest.mark.parametrize("number", [1, 3])
def test_a_part_that_is_spoilt_on_its_way_is_never_published(checking: FakeGallery, number: int) -> None:
    send = checking.s3.upload_part

    def spoilt(**arguments: Any) -> Mapping[str, Any]:
        if arguments["PartNumber"] == number:
            arguments["Body"] = bytes(arguments["Body"])[::-1]
        return send(**arguments)

    checking.s3.upload_part = spoilt  # type: ignore[method-assign] # one network that spoils
    with pytest.raises(IntegrityError):
        checking.publish()
    assert (checking.published_keys(), checking.s3.uploads) == ([], {})


def test_an_answer_with_another_crc32_is_not_believed(checking: FakeGallery) -> None:
    send = checking.s3.upload_part

    def mistaken(**arguments: Any) -> Mapping[str, Any]:
        return {**send(**arguments), "ChecksumCRC32": crc32(b"something else")}

    checking.s3.upload_part = mistaken  # type: ignore[assignment,method-assign] # one provider that errs
    with pytest.raises(IntegrityError):
        checking.publish()
    assert (checking.published_keys(), checking.s3.uploads) == ([], {})


def test_a_copied_part_is_completed_with_the_crc32_that_the_provider_gave_for_it(checking: FakeGallery) -> None:
    checking.copies = True
    checking.sizes = Sizes(whole=1000, part=100_000, copied=320_000, least=50_000, step=60_000)
    checking.put(BIG, TIME)
    outcome = checking.publish()
    assert checking.copy().body == correct_bytes(BIG, parse_correction(TIME, {}))
    assert outcome.bytes_out == 50_000


@pytest.mark.parametrize(
    ("profile", "algorithm"),
    [(CRC32, "CRC32"), (replace(CAPABLE, sha256_checked=True), "SHA256"), (CAPABLE, None)],
    ids=["crc32", "sha256", "md5"],
)
def test_an_upload_announces_the_checksums_of_its_parts(profile: ProviderProfile, algorithm: str | None) -> None:
    gallery = FakeGallery()
    gallery.profile, gallery.sizes = profile, Sizes(whole=0, part=90_000)
    gallery.put(BIG)
    create, announced = gallery.s3.create_multipart_upload, []

    def noted(**arguments: Any) -> dict[str, Any]:
        announced.append(arguments.pop("ChecksumAlgorithm", None))
        return create(**arguments)

    gallery.s3.create_multipart_upload = noted  # type: ignore[method-assign] # the same, with a witness
    gallery.publish()
    assert announced == [algorithm]
