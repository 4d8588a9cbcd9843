"""Reading and writing bodies: whole, in parts, broken off, copied by the provider."""

import hashlib

import pytest
from botocore.exceptions import FlexibleChecksumError
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import CorruptPhotoError, IntegrityError, ProviderError, ThrottledError
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.transfer.sizes import MAX_PARTS, MIB, Sizes, first_and_later, part_size
from tests.support.fakes.directing import refuse
from tests.support.fakes.fake_s3 import Body
from tests.support.fakes.gallery import BIG, HEAD, JPEG, STAGING, TIME, FakeGallery, careless
from tests.support.fakes.gallery import BIG_CORRECTED as CORRECTED
from tests.support.photos.camera_files import afcp_parts, with_afcp


@pytest.fixture(params=["whole", "in parts"])
def either_way(gallery: FakeGallery, request: pytest.FixtureRequest) -> FakeGallery:
    gallery.sizes = Sizes() if request.param == "whole" else Sizes(whole=0, part=90_000)
    return gallery


# --- reading


def test_a_read_that_breaks_off_goes_on_where_it_stopped(either_way: FakeGallery) -> None:
    either_way.put(BIG, TIME)
    either_way.director.cuts = [2000, 270_000]
    outcome = either_way.publish()
    assert either_way.copy().body == CORRECTED
    assert either_way.s3.calls.count("GetObject from the middle") == 2
    assert outcome.bytes_in == len(BIG)


def test_every_body_is_closed_when_it_is_done_with(either_way: FakeGallery) -> None:
    """An unread body blocks its connection."""
    either_way.put(BIG, TIME)
    either_way.director.cuts = [2000, 270_000]
    either_way.publish()
    either_way.publish()
    either_way.put(b"no photo")
    either_way.publish()
    assert len(either_way.s3.bodies) > 3
    assert all(body.closed for body in either_way.s3.bodies)


def test_the_body_of_another_object_is_closed_unread(gallery: FakeGallery) -> None:
    careless(gallery)
    gallery.put(BIG)
    gallery.director.cuts = [2000]
    gallery.director.plans["GetObject from the middle", 1] = lambda: gallery.put(JPEG + BIG)
    gallery.publish()
    assert gallery.copy().body == JPEG + BIG
    assert all(body.closed for body in gallery.s3.bodies)


def test_a_read_that_breaks_off_again_and_again_fails(gallery: FakeGallery) -> None:
    gallery.put(BIG)
    gallery.director.cuts = [0] * 50
    with pytest.raises(ProviderError):
        gallery.publish()
    assert len(gallery.s3.calls) < 10


def test_bytes_that_do_not_fit_the_providers_checksum_are_not_published(either_way: FakeGallery) -> None:
    """As botocore does it: the end of the body raises."""

    class Spoilt(Body):
        def readinto(self, buffer: memoryview) -> int:
            count = super().readinto(buffer)
            if count == 0:
                raise FlexibleChecksumError(error_msg="Expected checksum A did not match calculated checksum: B")
            return count

    get = either_way.s3.get_object

    def spoilt_get(**arguments: str) -> dict[str, object]:
        assert arguments["ChecksumMode"] == "ENABLED"
        answer = get(**arguments)  # type: ignore[arg-type] # as the protocol calls it
        return {**answer, "Body": Spoilt(BIG, None)}

    either_way.put(BIG)
    either_way.s3.get_object = spoilt_get  # type: ignore[assignment,method-assign] # one provider that spoils
    with pytest.raises(IntegrityError):
        either_way.publish()
    assert (either_way.published_keys(), either_way.s3.uploads) == ([], {})


def test_a_source_that_changed_while_it_was_read_is_never_mixed(either_way: FakeGallery) -> None:
    either_way.put(BIG)
    either_way.director.cuts = [2000]
    either_way.director.plans["GetObject from the middle", 1] = lambda: either_way.put(BIG[::-1].join((JPEG, b"")))
    outcome = either_way.publish()
    assert (outcome.status, outcome.attempts) == ("published", 2)
    assert either_way.copy().body == either_way.s3.objects[STAGING, "a.jpg"].body


def test_a_source_that_vanished_while_it_was_read_is_gone(either_way: FakeGallery) -> None:
    either_way.put(BIG)
    either_way.director.cuts = [2000]
    either_way.director.plans["GetObject from the middle", 1] = lambda: either_way.s3.remove(STAGING, "a.jpg")
    assert either_way.publish().status == "gone"
    assert (either_way.published_keys(), either_way.s3.uploads) == ([], {})


def test_a_head_that_is_longer_than_the_first_read_is_read_on(gallery: FakeGallery) -> None:
    segments = b"".join(b"\xff\xed\xff\xff" + bytes(65533) for _ in range(20))
    photo = HEAD + segments + JPEG[len(HEAD) :]
    gallery.put(photo, TIME)
    gallery.publish()
    assert gallery.copy().body == correct_bytes(photo, parse_correction(TIME, {}))


# --- writing in parts


def test_large_content_goes_out_in_parts_and_its_sha256_into_the_outcome(gallery: FakeGallery) -> None:
    gallery.sizes = Sizes(whole=90_000, part=90_000)
    gallery.put(BIG, TIME)
    outcome = gallery.publish()
    assert gallery.copy().body == CORRECTED
    assert gallery.s3.calls.count("UploadPart") == -(-len(CORRECTED) // 90_000)
    assert outcome.sha256 == hashlib.sha256(CORRECTED).hexdigest()
    assert "galleria-sha256" not in gallery.copy().metadata


@given(whole=st.integers(0, 4000), part=st.integers(64, 4000), length=st.integers(0, 3000))
def test_whatever_the_sizes_the_bytes_are_the_same(whole: int, part: int, length: int) -> None:
    gallery = FakeGallery()
    gallery.sizes = Sizes(whole=whole, part=part)
    photo = JPEG + bytes(length)
    gallery.put(photo, TIME)
    gallery.publish()
    assert gallery.copy().body == correct_bytes(photo, parse_correction(TIME, {}))


@pytest.mark.parametrize("operation", ["UploadPart", "CompleteMultipartUpload"])
def test_an_upload_that_fails_is_aborted(gallery: FakeGallery, operation: str) -> None:
    gallery.sizes = Sizes(whole=0, part=90_000)
    gallery.put(BIG)
    gallery.director.plans[operation, 1] = lambda: refuse("SlowDown", operation)
    with pytest.raises(ThrottledError):
        gallery.publish()
    assert (gallery.s3.uploads, gallery.published_keys()) == ({}, [])


def test_an_upload_that_cannot_even_be_aborted_fails_with_the_first_reason(gallery: FakeGallery) -> None:
    gallery.sizes = Sizes(whole=0, part=90_000)
    gallery.put(BIG)
    gallery.director.plans["UploadPart", 2] = lambda: refuse("SlowDown", "UploadPart")
    gallery.director.plans["AbortMultipartUpload", 1] = lambda: refuse("InternalError", "AbortMultipartUpload")
    with pytest.raises(ThrottledError):
        gallery.publish()


def test_a_completion_whose_answer_was_lost_is_recognised(gallery: FakeGallery) -> None:
    """boto3 sends it again by itself, and hears that there is no such upload."""
    gallery.sizes = Sizes(whole=0, part=90_000)
    gallery.put(BIG, TIME)
    gallery.director.after_plans["CompleteMultipartUpload", 1] = lambda: refuse(
        "NoSuchUpload", "CompleteMultipartUpload"
    )
    outcome = gallery.publish()
    assert (outcome.status, outcome.attempts) == ("published", 2)
    assert outcome.sha256 == hashlib.sha256(CORRECTED).hexdigest()


def test_the_condition_goes_with_the_completion(gallery: FakeGallery) -> None:
    gallery.sizes = Sizes(whole=0, part=90_000)
    gallery.put(BIG)

    def newer() -> None:
        gallery.director.plans.clear()
        gallery.put(BIG, TIME)
        gallery.publisher().publish("a.jpg")

    gallery.director.plans["CompleteMultipartUpload", 1] = newer
    assert gallery.publish().status == "duplicate"
    assert (gallery.copy().body, gallery.s3.uploads) == (CORRECTED, {})


def test_a_trailer_with_absolute_offsets_forbids_an_edit_that_grows_the_photo(either_way: FakeGallery) -> None:
    afcp = b"AXS!" + (4711).to_bytes(4, "big") + bytes(4)
    either_way.put(BIG + afcp, TIME)
    outcome = either_way.publish()
    with pytest.raises(CorruptPhotoError) as refused:
        correct_bytes(BIG + afcp, parse_correction(TIME, {}))
    assert (outcome.status, outcome.reason) == ("rejected", refused.value.message)
    assert (either_way.published_keys(), either_way.s3.uploads) == ([], {})


PARTS = {b"IPTC": b"title", b"Nail": bytes(range(256))}
WITH_AFCP = with_afcp(BIG, PARTS)


def test_a_trailer_with_absolute_offsets_follows_where_it_is_at_hand(either_way: FakeGallery) -> None:
    either_way.put(WITH_AFCP, TIME)
    outcome = either_way.publish()
    assert outcome.status == "published"
    assert afcp_parts(either_way.copy().body) == PARTS
    assert either_way.copy().body == correct_bytes(WITH_AFCP, parse_correction(TIME, {}))


def test_the_reported_digest_is_that_of_the_followed_trailer(either_way: FakeGallery) -> None:
    either_way.put(WITH_AFCP, TIME)
    assert either_way.publish().sha256 == hashlib.sha256(either_way.copy().body).hexdigest()


@pytest.mark.parametrize("last_part", [1, 12, 300, 16_383, 16_384])
def test_a_trailer_follows_wherever_parts_are_cut(gallery: FakeGallery, last_part: int) -> None:
    expected = correct_bytes(WITH_AFCP, parse_correction(TIME, {}))
    gallery.sizes = Sizes(whole=0, part=len(expected) - last_part)
    gallery.put(WITH_AFCP, TIME)
    gallery.publish()
    assert gallery.copy().body == expected


@given(st.integers(0, 50 * 1024**4))
def test_ten_thousand_parts_always_suffice(size: int) -> None:
    part = part_size(size, 8 * MIB)
    assert part * MAX_PARTS >= size
    assert part == 8 * MIB or (part - MIB) * MAX_PARTS < size


@given(st.integers(1, 10**12), st.integers(10 * MIB, 10**9), st.booleans())
def test_parts_are_few_and_all_but_the_last_as_large_as_s3_demands(size: int, largest: int, equal: bool) -> None:
    first, later = first_and_later(size, largest, equal=equal)
    count = -(-(size - first) // later) if size > first else 0
    assert 1 + count == -(-size // largest)
    assert max(first, later) <= largest
    assert count < 2 or later >= 5 * MIB
    assert not equal or not count or first == later
    assert equal or count * later - (size - first) < max(count, 1)  # the later ones share what is left
