"""A copy tells which settings it was made with; whoever replaces it with other ones hears in which they differ."""

import pytest

from tests.support.fakes.gallery import CORRECTED, FakeGallery

STOCKHOLM = {"target-timezone": "Europe/Stockholm"}
TOKYO = {"target-timezone": "Asia/Tokyo"}


def test_a_copy_made_with_other_settings_is_replaced_and_the_outcome_says_in_which(gallery: FakeGallery) -> None:
    gallery.configure(default_correction=STOCKHOLM, cache_control="max-age=60")
    gallery.put(CORRECTED)
    assert gallery.publish().other_settings == ""
    gallery.configure(default_correction=TOKYO, cache_control="")
    outcome = gallery.publish()
    assert outcome.status == "published"
    assert outcome.other_settings == (
        "Cache-Control was max-age=60, is not set; target-timezone was Europe/Stockholm, is Asia/Tokyo"
    )


def test_a_default_that_comes_or_goes_is_told(gallery: FakeGallery) -> None:
    gallery.put(CORRECTED)
    gallery.publish()
    gallery.configure(default_correction=TOKYO)
    assert gallery.publish().other_settings == "target-timezone was not set, is Asia/Tokyo"
    gallery.configure(default_correction={})
    assert gallery.publish().other_settings == "target-timezone was Asia/Tokyo, is not set"


def test_what_the_photo_itself_asks_is_no_setting(gallery: FakeGallery) -> None:
    gallery.configure(default_correction=STOCKHOLM)
    gallery.put(CORRECTED)
    gallery.publish()
    gallery.put(CORRECTED, TOKYO)
    assert gallery.publish().status == "published"
    assert gallery.publish().other_settings == ""
    gallery.put(CORRECTED, {"timestamp-offset-hours": "1"})
    assert gallery.publish().other_settings == ""


def test_metadata_that_is_not_copied_any_more_is_told_by_name_alone(gallery: FakeGallery) -> None:
    gallery.configure(metadata_allowlist=frozenset({"title"}))
    gallery.put(CORRECTED, {"title": "our secret"})
    gallery.publish()
    gallery.configure(metadata_allowlist=frozenset())
    assert gallery.publish().other_settings == "metadata title was copied, is not"


@pytest.mark.parametrize("force", [False, True])
def test_a_right_copy_is_written_anew_only_if_that_is_forced(gallery: FakeGallery, *, force: bool) -> None:
    gallery.put(CORRECTED, TOKYO)
    first = gallery.publish()
    second = gallery.publisher().publish("a.jpg", force=force)
    assert second.status == ("published" if force else "duplicate")
    assert (second.run == first.run) != force
    assert second.fingerprint == first.fingerprint
