"""Which keys are not published: those without a photo, and those that lead to another object than they seem to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.errors import UnsafeKeyError
from galleria_storage.publishing.claims import PREFIX as CLAIMS
from galleria_storage.publishing.photo_keys import (
    IGNORED_BEGINNINGS,
    IGNORED_ENDINGS,
    IGNORED_FOLDERS,
    IGNORED_NAMES,
    check_key,
    is_ignored,
)
from galleria_storage.s3.profiles import PROFILES
from galleria_storage.s3.trial_key import PREFIX as PROBES
from tests.support.fakes.gallery import JPEG, FakeGallery

NO_PHOTOS = [
    "trip/",
    "trip/day 1/",
    "trip_$folder$",
    "trip/.DS_Store",
    "trip/._IMG_1.JPG",
    "Thumbs.db",
    "trip/.keep",
    "IMG_1.xmp",
    "IMG_1.JPG.XMP",
    "IMG_1.AAE",
    "MVI_1.THM",
    "__MACOSX/IMG_1.JPG",
    "photo/@eaDir/IMG_1.JPG/SYNOPHOTO_THUMB_M.jpg",
    "IMG_1.jpg.part",
]
PHOTOS = [
    "IMG_1.JPG",
    "keep.jpg",
    "trip/xmp.jpg",
    "a_$folder$.jpg",
    "Thumbs.db.jpg",
    "MACOSX/1.jpg",
    "a.thm/1.jpg",
    ".jpg",
]
DANGEROUS = [
    "../victim/a.jpg",
    "a/../b.jpg",
    "./a.jpg",
    "a/./b.jpg",
    "a/..",
    "/../a.jpg",
    "a\\..\\b.jpg",
    "%2e%2e/a.jpg",
    "a/.%2E/b.jpg",
]


@pytest.mark.parametrize("key", NO_PHOTOS)
def test_what_was_never_meant_to_be_a_photo_is_ignored_without_a_request(gallery: FakeGallery, key: str) -> None:
    gallery.put(b"", key=key)
    assert gallery.publish(key).status == "ignored"
    assert gallery.unpublish(key).status in {"ignored", "gone"}
    assert gallery.s3.calls == []


@pytest.mark.parametrize("key", PHOTOS)
def test_a_photo_is_not_ignored_because_its_name_looks_similar(key: str) -> None:
    assert not is_ignored(key)


def test_settings_extend_the_list(gallery: FakeGallery) -> None:
    gallery.configure(ignored_keys=("*.txt", "raw/"))
    for key in ("a/NOTES.TXT", "trip/RAW/1.jpg"):
        assert gallery.publish(key).status == "ignored"
    assert gallery.publish("raw.jpg").status == "gone"


def test_the_lists_are_written_as_they_are_compared() -> None:
    words = [*IGNORED_NAMES, *IGNORED_BEGINNINGS, *IGNORED_ENDINGS, *IGNORED_FOLDERS]
    assert [word for word in words if word != word.lower() or "/" in word] == []


@pytest.mark.parametrize("key", DANGEROUS)
def test_a_key_that_servers_resolve_to_another_is_rejected_before_any_request(gallery: FakeGallery, key: str) -> None:
    gallery.put(key=key)
    outcome = gallery.publish(key)
    assert (outcome.status, gallery.s3.calls) == ("rejected", [])
    assert "dots" in outcome.reason
    assert outcome.advice


@given(st.lists(st.sampled_from(["a", "b.jpg", "..", ".", "", "...", ".a", "a.."]), min_size=1))
def test_exactly_the_keys_with_a_part_of_dots_alone_are_dangerous(parts: list[str]) -> None:
    if {".", ".."} & set(parts):
        with pytest.raises(UnsafeKeyError):
            check_key("/".join(parts), folds=False)
    else:
        check_key("/".join(parts), folds=False)


@pytest.mark.parametrize("key", [f"{CLAIMS}1-ab", f"{PROBES}ab", f"/{CLAIMS}x", ".GALLERIA-claims/x"])
def test_what_belongs_to_this_service_is_not_for_uploaders(gallery: FakeGallery, key: str) -> None:
    gallery.put(key=key)
    outcome = gallery.publish(key)
    assert (outcome.status, gallery.s3.calls) == ("rejected", [])
    assert "reserved" in outcome.reason


def test_a_provider_that_folds_slashes_says_so_in_the_outcome(gallery: FakeGallery) -> None:
    gallery.profile = PROFILES["seaweedfs"]
    gallery.put(key="a//b.jpg")
    assert "'a/b.jpg'" in gallery.publish("a//b.jpg").reason
    assert "'a/b.jpg'" in gallery.publish("a//b.jpg").reason
    assert gallery.publish("/b.jpg").status == "rejected"


def test_other_providers_keep_slashes_as_they_are(gallery: FakeGallery) -> None:
    for key in ("a//b.jpg", "/b.jpg"):
        gallery.put(key=key)
        outcome = gallery.publish(key)
        assert (outcome.status, outcome.reason, gallery.copy(key).body) == ("published", "", JPEG)
