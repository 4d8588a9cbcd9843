"""Metadata that S3 would refuse is left out, and the outcome says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import looks_like_a_time
from galleria_storage.publishing.fingerprint import SHA256, capture_text, recorded_metadata, run_name
from galleria_storage.publishing.wishes import METADATA_BYTES, OWN_BYTES, metadata_size, that_fits
from tests.support.fakes.gallery import FakeGallery
from tests.support.photos.camera_files import plain_jpeg

NAMES = st.text("abcdefghij-", min_size=1, max_size=20)


@given(st.dictionaries(NAMES, st.text(max_size=900)))
def test_what_is_kept_fits_beside_ours_and_is_unchanged(metadata: dict[str, str]) -> None:
    kept, _ = that_fits(metadata)
    assert metadata_size(kept) <= METADATA_BYTES - OWN_BYTES
    assert kept.items() <= metadata.items()


@given(st.dictionaries(NAMES, st.text("printable ascii", max_size=30), max_size=10))
def test_what_all_fits_is_all_kept(metadata: dict[str, str]) -> None:
    assert that_fits(metadata) == (metadata, "")


def test_one_value_that_is_too_long_leaves_room_for_the_others() -> None:
    kept, _ = that_fits({"a": "x" * 2000, "b": "y"})
    assert kept == {"b": "y"}


def test_the_names_of_what_is_left_out_are_reported_but_no_value() -> None:
    _, note = that_fits({"caption": "x" * 2000, "title": "T", "name": "Zoë"})
    assert note.endswith("left out: caption, name")
    assert "Zoë" not in note


def test_ours_is_never_longer_than_the_room_that_is_kept_for_it() -> None:
    longest = CaptureTags("9" * 100, None, None)
    recorded = recorded_metadata(
        "99-" + "f" * 64, run_name(1e11), 10**14, (longest, longest), replaced=True, original_until=10**11
    )
    assert metadata_size({**recorded, SHA256: "f" * 64}) <= OWN_BYTES


@given(st.from_regex(r"[0-9]{4}(:[0-9]{2}){2} [0-9]{2}(:[0-9]{2}){2}", fullmatch=True))
def test_a_time_as_exif_spells_it_is_recorded_as_it_is(text: str) -> None:
    assert looks_like_a_time(text)
    assert capture_text(CaptureTags(text, None, None)) == text


@pytest.mark.parametrize("unknown", [None, CaptureTags(), CaptureTags(None, "5", "+02:00"), CaptureTags("    :  :  ")])
def test_of_a_capture_time_that_is_unknown_nothing_is_recorded(unknown: CaptureTags | None) -> None:
    assert capture_text(unknown) == ""


def test_a_photo_without_a_capture_time_is_published_without_one(gallery: FakeGallery) -> None:
    gallery.put(plain_jpeg())
    outcome = gallery.publish()
    assert (outcome.status, outcome.captured_before, outcome.captured_after) == ("published", "", "")


def test_the_copy_is_published_without_what_is_too_large_and_the_outcome_says_so(gallery: FakeGallery) -> None:
    gallery.configure(metadata_allowlist=frozenset({"caption", "title"}))
    gallery.put(metadata={"caption": "x" * 1900, "title": "T"})
    outcome = gallery.publish()
    assert outcome.status == "published"
    assert outcome.reason.endswith("left out: caption")
    assert gallery.copy().metadata["title"] == "T"
    assert "caption" not in gallery.copy().metadata
    assert gallery.publish().status == "duplicate"
