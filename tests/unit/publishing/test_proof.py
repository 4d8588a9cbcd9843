"""What is in the public bucket after a write is what was sent, or it is removed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from galleria_storage.errors import IntegrityError, ProviderError
from galleria_storage.s3.profiles import PROFILES, ProviderProfile
from galleria_storage.transfer.sizes import Sizes
from tests.support.fakes.fake_s3 import Body
from tests.support.fakes.gallery import BIG, CAPABLE, PUBLIC, FakeGallery, careless, meddle


@pytest.fixture(params=["put_object", "complete_multipart_upload"])
def writing(gallery: FakeGallery, request: pytest.FixtureRequest) -> FakeGallery:
    """Whole or in parts; `answering` is the answer to the write."""
    gallery.sizes = Sizes() if request.param == "put_object" else Sizes(whole=0, part=90_000)
    gallery.put(BIG)
    return gallery


def answering(gallery: FakeGallery, etag: str, body: bytes = BIG) -> None:
    """Let writes store these bytes under this ETag, and say so."""
    for operation in ("put_object", "complete_multipart_upload"):
        call: Callable[..., dict[str, Any]] = getattr(gallery.s3, operation)

        def write(call: Callable[..., dict[str, Any]] = call, **arguments: Any) -> dict[str, Any]:
            answer = {**call(**arguments), "ETag": f'"{etag}"'}
            place = (PUBLIC, arguments["Key"])
            gallery.s3.objects[place] = replace(gallery.s3.objects[place], body=body, etag=etag)
            return answer

        setattr(gallery.s3, operation, write)


def test_an_etag_that_is_not_an_md5_is_not_proof_and_the_size_decides(writing: FakeGallery) -> None:
    answering(writing, "opaque")
    assert writing.publish().status == "published"


def test_something_shorter_under_an_etag_that_is_not_an_md5_is_removed(writing: FakeGallery) -> None:
    answering(writing, "opaque", BIG[:-1])
    with pytest.raises(IntegrityError, match=f"{len(BIG) - 1} bytes instead of {len(BIG)}"):
        writing.publish()
    assert writing.published_keys() == []


def an_md5_of_something_else(gallery: FakeGallery) -> str:
    return "0" * 32 + (f"-{-(-len(BIG) // 90_000)}" if gallery.sizes.whole == 0 else "")


def test_an_md5_that_is_not_that_of_the_photo_is_not_believed(writing: FakeGallery) -> None:
    answering(writing, an_md5_of_something_else(writing), BIG[::-1])
    with pytest.raises(IntegrityError, match="its ETag is 0000"):
        writing.publish()
    assert writing.published_keys() == []


def test_what_is_right_under_an_etag_that_says_otherwise_is_read_back_and_believed(writing: FakeGallery) -> None:
    """A provider that encrypts and does not say so."""
    answering(writing, an_md5_of_something_else(writing))
    assert writing.publish().status == "published"


def hiding(gallery: FakeGallery, body: bytes = BIG) -> None:
    """Let parts and the whole be stored under ETags that are no MD5, as where everything is encrypted."""
    upload, complete = gallery.s3.upload_part, gallery.s3.complete_multipart_upload

    def completed(**arguments: Any) -> dict[str, Any]:
        parts = gallery.s3.uploads[arguments["UploadId"]].parts
        known = [{"PartNumber": number, "ETag": etag} for number, (_, etag) in parts.items()]
        return complete(**{**arguments, "MultipartUpload": {"Parts": known}})

    gallery.s3.upload_part = lambda **arguments: {**upload(**arguments), "ETag": '"opaque"'}  # type: ignore[method-assign]
    gallery.s3.complete_multipart_upload = completed  # type: ignore[method-assign]
    answering(gallery, "opaque", body)


@pytest.mark.parametrize(("checked", "reads"), [(True, 0), (False, 1)])
def test_parts_under_etags_that_prove_nothing_are_read_back_unless_the_provider_has_checked_them(
    gallery: FakeGallery, *, checked: bool, reads: int
) -> None:
    gallery.sizes, gallery.profile = Sizes(whole=0, part=90_000), replace(CAPABLE, content_md5_checked=checked)
    gallery.put(BIG)
    hiding(gallery)
    assert gallery.publish().status == "published"
    assert gallery.s3.calls.count("GetObject") == 1 + reads


def test_parts_that_their_etags_prove_are_not_read_back(gallery: FakeGallery) -> None:
    gallery.sizes = Sizes(whole=0, part=90_000)
    gallery.put(BIG)
    answering(gallery, "opaque")
    assert gallery.publish().status == "published"
    assert gallery.s3.calls.count("GetObject") == 1


def test_unchecked_parts_with_other_content_are_removed(gallery: FakeGallery) -> None:
    gallery.sizes, gallery.profile = Sizes(whole=0, part=90_000), replace(CAPABLE, content_md5_checked=False)
    gallery.put(BIG)
    hiding(gallery, BIG[::-1])
    with pytest.raises(IntegrityError, match="its ETag is opaque"):
        gallery.publish()
    assert gallery.published_keys() == []


@pytest.mark.parametrize("profile", [CAPABLE, *PROFILES.values()], ids=lambda profile: profile.name)
def test_an_answer_that_says_nothing_proves_nothing(writing: FakeGallery, profile: ProviderProfile) -> None:
    """A gateway in maintenance answers 200 to whatever it is asked."""
    writing.profile = profile
    for operation in ("put_object", "complete_multipart_upload"):
        setattr(writing.s3, operation, lambda **_: {})
    with pytest.raises(IntegrityError, match="the object is missing after the write"):
        writing.publish()
    assert writing.published_keys() == []


def test_what_was_stored_although_the_answer_says_nothing_is_found_by_a_look(writing: FakeGallery) -> None:
    for operation in ("put_object", "complete_multipart_upload"):
        call: Callable[..., dict[str, Any]] = getattr(writing.s3, operation)
        setattr(writing.s3, operation, lambda call=call, **arguments: [call(**arguments), {}][1])
    outcome = writing.publish()
    assert (outcome.status, outcome.attempts, writing.copy().body) == ("published", 1, BIG)


def test_where_the_answer_says_nothing_and_somebody_elses_object_is_found_it_starts_again(writing: FakeGallery) -> None:
    def swallowed(**arguments: Any) -> dict[str, Any]:
        if not writing.published_keys():
            writing.s3.store(PUBLIC, arguments["Key"], b"somebody else's")
            return {}
        return {**calls.pop(arguments["Key"])(**arguments)}

    operation = "complete_multipart_upload" if writing.sizes.whole == 0 else "put_object"
    calls = {"a.jpg": getattr(writing.s3, operation)}
    setattr(writing.s3, operation, swallowed)
    outcome = writing.publish()
    assert (outcome.status, outcome.attempts, writing.copy().body) == ("published", 2, BIG)


@pytest.mark.parametrize("operation", ["create_multipart_upload", "upload_part"])
def test_an_upload_of_which_the_provider_says_nothing_fails(gallery: FakeGallery, operation: str) -> None:
    gallery.sizes = Sizes(whole=0, part=90_000)
    gallery.put(BIG)
    setattr(gallery.s3, operation, lambda **_: {})
    with pytest.raises(ProviderError):
        gallery.publish()
    assert (gallery.published_keys(), gallery.s3.uploads) == ([], {})


@pytest.mark.parametrize("operation", ["head_object", "get_object"])
def test_a_look_or_a_read_that_is_answered_with_nothing_is_an_error_and_no_object(
    gallery: FakeGallery, operation: str
) -> None:
    gallery.put(BIG)
    setattr(gallery.s3, operation, lambda **_: {"ContentLength": 5, "Body": Body(b"hello", None)})
    with pytest.raises(ProviderError, match="it proves nothing"):
        gallery.publish()


def test_what_somebody_else_has_put_there_meanwhile_is_theirs_to_verify(writing: FakeGallery) -> None:
    answering(writing, "opaque")
    head = writing.s3.head_object

    def later(**arguments: Any) -> dict[str, Any]:
        if arguments["Bucket"] == PUBLIC and writing.published_keys():
            return {**head(**arguments), "ETag": '"another"', "ContentLength": 5}
        return head(**arguments)

    writing.s3.head_object = later  # type: ignore[method-assign] # the same, a moment later
    assert writing.publish().status == "published"


@pytest.mark.parametrize("provider", [lambda _: None, careless], ids=["strict", "careless"])
@pytest.mark.parametrize("act", ["replace", "remove"])
def test_what_somebody_else_changes_while_it_is_read_back_is_theirs_to_verify(
    writing: FakeGallery, provider: Callable[[FakeGallery], None], act: str
) -> None:
    provider(writing)
    answering(writing, an_md5_of_something_else(writing))
    meddle(writing, act)
    assert writing.publish().status == "published"
