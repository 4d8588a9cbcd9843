"""What does not change of a very large object is copied by the provider, where that is safe."""

from collections.abc import Callable, Mapping

import pytest

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import IntegrityError
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.s3.profiles import PROFILES
from galleria_storage.transfer.sizes import Sizes
from tests.support.fakes.directing import refuse
from tests.support.fakes.gallery import BIG, JPEG, PUBLIC, TIME, FakeGallery, careless, meddle
from tests.support.fakes.gallery import BIG_CORRECTED as CORRECTED
from tests.support.photos.camera_files import with_afcp

WITH_AFCP = with_afcp(BIG, {b"IPTC": b"title"})


@pytest.fixture
def copying(gallery: FakeGallery) -> FakeGallery:
    gallery.copies = True
    gallery.sizes = Sizes(whole=1000, part=100_000, copied=320_000, least=50_000, step=60_000)
    return gallery


def test_of_a_very_large_object_one_part_passes_through_here(copying: FakeGallery) -> None:
    copying.put(BIG, TIME)
    outcome = copying.publish()
    assert copying.copy().body == CORRECTED
    assert outcome.bytes_out == 50_000
    assert outcome.bytes_out + outcome.bytes_copied == len(CORRECTED)
    assert outcome.sha256 == ""


def test_a_photo_that_does_not_change_is_copied_all(copying: FakeGallery) -> None:
    copying.put(BIG)
    outcome = copying.publish()
    assert (copying.copy().body, outcome.bytes_out, outcome.bytes_copied) == (BIG, 0, len(BIG))


@pytest.mark.parametrize(("more", "copied"), [(0, len(BIG)), (1, 0)])
def test_a_photo_is_copied_from_a_size_on(copying: FakeGallery, more: int, copied: int) -> None:
    copying.sizes = copying.sizes._replace(copied=len(BIG) + more)
    copying.put(BIG)
    assert (copying.publish().bytes_copied, copying.copy().body) == (copied, BIG)


def test_every_body_is_closed_where_most_is_copied(copying: FakeGallery) -> None:
    copying.put(BIG, TIME)
    copying.publish()
    assert len(copying.s3.bodies) == 2
    assert all(body.closed for body in copying.s3.bodies)


@pytest.mark.parametrize("asked_first", [True, False], ids=["for the plan", "for the proof"])
def test_an_end_of_another_object_is_not_taken_for_that_of_the_photo(
    copying: FakeGallery, *, asked_first: bool
) -> None:
    """The end is asked for by range: by the plan of an edit that makes the photo grow, or to prove what was copied."""
    long = BIG[:-2] + bytes(range(256)) * 4000 + b"\xff\xd9"
    asked = TIME if asked_first else {}
    careless(copying)
    copying.put(long, asked)
    copying.director.plans["GetObject from the middle", 1] = lambda: copying.put(JPEG + long, asked)
    outcome = copying.publish()
    assert outcome.attempts == 2
    assert copying.copy().body == correct_bytes(JPEG + long, parse_correction(asked, {}))


def test_a_source_that_changes_while_it_is_copied_is_never_mixed(copying: FakeGallery) -> None:
    copying.put(BIG)
    copying.director.plans["UploadPartCopy", 2] = lambda: copying.put(BIG, TIME)
    copying.director.plans["UploadPartCopy", 3] = lambda: copying.put(JPEG + BIG, TIME)
    copying.publish()
    assert copying.copy().body == correct_bytes(JPEG + BIG, parse_correction(TIME, {}))
    assert copying.s3.uploads == {}


def test_a_provider_that_will_not_copy_gets_it_streamed(copying: FakeGallery) -> None:
    copying.put(BIG, TIME)
    copying.director.plans["UploadPartCopy", 1] = lambda: refuse("NotImplemented", "UploadPartCopy")
    outcome = copying.publish()
    assert (copying.copy().body, outcome.bytes_copied, copying.s3.uploads) == (CORRECTED, 0, {})


def test_an_end_that_changes_is_sent_and_what_is_between_is_copied(copying: FakeGallery) -> None:
    copying.put(WITH_AFCP, TIME)
    outcome = copying.publish()
    expected = correct_bytes(WITH_AFCP, parse_correction(TIME, {}))
    assert copying.copy().body == expected
    assert outcome.attempts == 1
    assert 0 < outcome.bytes_out < 60_000
    assert outcome.bytes_copied == len(expected) - outcome.bytes_out


def test_a_trailer_with_absolute_offsets_is_copied_if_nothing_grows(copying: FakeGallery) -> None:
    copying.put(WITH_AFCP)
    assert copying.publish().bytes_copied
    assert copying.copy().body == WITH_AFCP


@pytest.mark.parametrize("name", ["ceph", "generic", "r2", "b2"])
def test_nothing_is_copied_where_the_profile_says_that_it_is_unsafe(copying: FakeGallery, name: str) -> None:
    copying.profile = PROFILES[name]
    copying.put(BIG)
    copying.publish()
    assert "UploadPartCopy" not in copying.s3.calls


def test_a_key_with_a_per_cent_sign_is_streamed(copying: FakeGallery) -> None:
    """Some servers decode the source's key twice, and copy another object."""
    copying.put(BIG, key="100%25.jpg")
    copying.publish("100%25.jpg")
    assert "UploadPartCopy" not in copying.s3.calls


def test_a_copy_that_went_astray_is_replaced_or_removed(copying: FakeGallery) -> None:
    copying.put(BIG, TIME)
    copy = copying.s3.upload_part_copy

    def astray(**arguments: str) -> Mapping[str, object]:
        first, last = map(int, arguments["CopySourceRange"].removeprefix("bytes=").split("-"))
        return copy(**{**arguments, "CopySourceRange": f"bytes={first - 1}-{last - 1}"})  # type: ignore[arg-type]

    copying.s3.upload_part_copy = astray  # type: ignore[assignment,method-assign]
    with pytest.raises(IntegrityError):
        copying.publish()
    assert (PUBLIC, "a.jpg") not in copying.s3.objects


@pytest.mark.parametrize("provider", [lambda _: None, careless], ids=["strict", "careless"])
@pytest.mark.parametrize("act", ["replace", "remove"])
def test_a_copy_that_somebody_else_changes_before_its_ends_are_compared_is_theirs_to_verify(
    copying: FakeGallery, provider: Callable[[FakeGallery], None], act: str
) -> None:
    provider(copying)
    copying.put(BIG, TIME)
    meddle(copying, act)
    assert copying.publish().status == "published"
