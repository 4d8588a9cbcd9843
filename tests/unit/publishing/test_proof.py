"""What stands in the public bucket after a write is what was sent, or it does not stay there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from galleria_storage.errors import IntegrityError
from galleria_storage.publishing.writing import Sizes
from tests.unit.publishing.conftest import JPEG, PUBLIC, Gallery

BIG = JPEG[:-2] + bytes(range(256)) * 1600 + b"\xff\xd9"


@pytest.fixture(params=["put_object", "complete_multipart_upload"])
def writing(gallery: Gallery, request: pytest.FixtureRequest) -> Gallery:
    """Whole or in parts; `answering` says what the answer to the write shall be."""
    gallery.sizes = Sizes() if request.param == "put_object" else Sizes(whole=0, part=90_000)
    gallery.put(BIG)
    return gallery


def answering(gallery: Gallery, etag: str, body: bytes = BIG) -> None:
    """Let writes store these bytes under this ETag, and say so."""
    for operation in ("put_object", "complete_multipart_upload"):
        call: Callable[..., dict[str, Any]] = getattr(gallery.s3, operation)

        def write(call: Callable[..., dict[str, Any]] = call, **arguments: Any) -> dict[str, Any]:
            answer = {**call(**arguments), "ETag": f'"{etag}"'}
            place = (PUBLIC, arguments["Key"])
            gallery.s3.objects[place] = replace(gallery.s3.objects[place], body=body, etag=etag)
            return answer

        setattr(gallery.s3, operation, write)


def test_an_etag_that_is_no_md5_is_no_proof_and_the_size_has_to_do(writing: Gallery) -> None:
    answering(writing, "opaque")
    assert writing.publish().status == "published"


def test_something_shorter_under_an_etag_that_is_no_md5_is_removed(writing: Gallery) -> None:
    answering(writing, "opaque", BIG[:-1])
    with pytest.raises(IntegrityError, match=f"{len(BIG) - 1} bytes instead of {len(BIG)}"):
        writing.publish()
    assert writing.published_keys() == []


def test_an_md5_that_is_not_that_of_the_photo_is_not_believed(writing: Gallery) -> None:
    in_parts = writing.sizes.whole == 0
    answering(writing, "0" * 32 + (f"-{-(-len(BIG) // 90_000)}" if in_parts else ""))
    with pytest.raises(IntegrityError, match="its ETag is 0000"):
        writing.publish()
    assert writing.published_keys() == []


def test_what_somebody_else_has_put_there_meanwhile_is_theirs_to_verify(writing: Gallery) -> None:
    answering(writing, "opaque")
    head = writing.s3.head_object

    def later(**arguments: Any) -> dict[str, Any]:
        if arguments["Bucket"] == PUBLIC and writing.published_keys():
            return {**head(**arguments), "ETag": '"another"', "ContentLength": 5}
        return head(**arguments)

    writing.s3.head_object = later  # type: ignore[method-assign] # the same, a moment later
    assert writing.publish().status == "published"
