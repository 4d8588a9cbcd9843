"""Copies that go with their originals, and one copy of a content, on every server."""

from galleria_storage.publishing.claims import PREFIX
from galleria_storage.publishing.publisher import Publisher
from tests.support.photos.jpegs import photo
from tests.support.servers.gallery import Gallery

KEEPING, UNPUBLISHING = {"when_removed": "keep"}, {"when_removed": "unpublish"}


def remove(gallery: Gallery, key: str) -> None:
    gallery.s3.delete_object(Bucket=gallery.buckets.staging, Key=key)


def test_a_copy_goes_with_its_original_where_settings_say_so(gallery: Gallery) -> None:
    publisher = gallery.publisher(**UNPUBLISHING)
    key = gallery.put("goes.jpg", photo())
    assert publisher.publish(key).status == "published"
    remove(gallery, key)
    assert gallery.publisher(**KEEPING).unpublish(key).status == "gone"
    assert gallery.copies() == [key]
    assert [publisher.unpublish(key).status for _ in range(2)] == ["removed", "removed"]
    assert gallery.copies() == []


def test_a_photo_that_was_put_back_is_published_by_the_late_event_of_its_removal(gallery: Gallery) -> None:
    publisher = gallery.publisher(**UNPUBLISHING)
    key = gallery.put("back.jpg", photo())
    publisher.publish(key)
    remove(gallery, key)
    gallery.put("back.jpg", photo(seed=1))
    assert publisher.unpublish(key).status == "published"
    assert gallery.copy(key) == photo(seed=1)


def test_what_somebody_else_published_is_not_taken_away(gallery: Gallery) -> None:
    key = gallery.key("theirs.jpg")
    gallery.s3.put_object(Bucket=gallery.buckets.public, Key=key, Body=b"theirs")
    assert gallery.publisher(**UNPUBLISHING).unpublish(key).status == "gone"
    assert gallery.copy(key) == b"theirs"


def once(gallery: Gallery) -> Publisher:
    return gallery.publisher(duplicate_scope="bucket", **UNPUBLISHING)


def test_one_content_is_published_once_and_never_not_at_all(gallery: Gallery) -> None:
    publisher = once(gallery)
    body = photo(seed=sum(map(ord, gallery.prefix)))  # a content of this test alone: claims are the bucket's
    first, second = gallery.put("first.jpg", body), gallery.put("second.jpg", body)
    assert publisher.publish(first).status == "published"
    assert publisher.publish(second).duplicate_of == first
    assert gallery.copies() == [first]
    remove(gallery, first)
    outcome = publisher.unpublish(first)
    assert (outcome.status, [(heir.key, heir.status) for heir in outcome.heirs]) == (
        "removed",
        [(second, "published")],
    )
    assert gallery.copies() == [second]
    assert gallery.copy(second) == body


def test_notes_about_keys_are_not_legible(gallery: Gallery) -> None:
    publisher = once(gallery)
    body = photo(seed=7 + sum(map(ord, gallery.prefix)))
    for name in ("anna.jpg", "berta.jpg"):
        publisher.publish(gallery.put(name, body))
    pages = gallery.s3.get_paginator("list_objects_v2").paginate(Bucket=gallery.buckets.public, Prefix=PREFIX)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    assert keys
    for key in keys:
        assert not any(word in key.encode() + gallery.copy(key) for word in (b"anna", b"berta", b".jpg"))
