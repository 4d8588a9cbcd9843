"""What was asked, by whom, and what the photo said before: in the outcome and on the copy; and how to undo it."""

from typing import Any

import piexif
import pytest

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.publishing.fingerprint import LONGEST_ASKED
from galleria_storage.publishing.history import other_settings
from galleria_storage.publishing.wishes import Wish
from galleria_storage.s3.objects import ObjectInfo
from tests.support.fakes.gallery import PUBLIC, STAGING, FakeGallery
from tests.support.photos.jpegs import segment, smallest

TAKEN = {"Exif": {36867: b"2024:06:15 12:00:00", 36868: b"2024:06:15 12:00:00"}}
PHOTO = smallest(segment(0xE1, piexif.dump({"0th": {315: b"Ada Lovelace"}, **TAKEN})))
SHIFT = {"timestamp-offset-hours": "-2"}
NO_CORRECTION = parse_correction({}, {})


@pytest.mark.parametrize(
    ("given", "default", "asked"),
    [
        ({"tags": SHIFT}, {}, "tag:timestamp-offset-hours=-2"),
        ({"metadata": SHIFT}, {}, "metadata:timestamp-offset-hours=-2"),
        ({}, SHIFT, "default:timestamp-offset-hours=-2"),
        (
            {"tags": {"dates": "all"}, "metadata": SHIFT},
            {"remove": "names"},
            "tag:dates=all;default:remove=names;metadata:timestamp-offset-hours=-2",
        ),
        ({"tags": {"timestamp-offset-hours": "-3"}, "metadata": SHIFT}, {}, "tag:timestamp-offset-hours=-3"),
    ],
)
def test_the_outcome_and_the_copy_say_what_was_asked_and_where(
    gallery: FakeGallery, given: dict[str, Any], default: dict[str, str], asked: str
) -> None:
    gallery.configure(default_correction=default)
    gallery.put(PHOTO, **given)
    outcome = gallery.publish()
    assert outcome.asked == asked
    recorded = gallery.copy().metadata
    assert recorded["galleria-asked"] == asked
    assert recorded["galleria-captured-before"] == outcome.captured_before == "2024:06:15 12:00:00"
    assert recorded["galleria-captured-after"] == outcome.captured_after
    assert gallery.publish().asked == asked  # a duplicate says so, too


def test_nothing_asked_is_nothing_recorded(gallery: FakeGallery) -> None:
    gallery.put(PHOTO)
    assert gallery.publish().asked == ""
    assert "galleria-asked" not in gallery.copy().metadata


@pytest.mark.parametrize(
    "asked",
    [SHIFT, SHIFT | {"dates": "all"}, {"remove": "names"}, SHIFT | {"dates": "all", "remove": "names,captions"}],
)
def test_every_correction_can_be_taken_back_since_the_original_is_never_touched(
    gallery: FakeGallery, asked: dict[str, str]
) -> None:
    gallery.put(PHOTO, tags=asked)
    assert gallery.publish().status == "published"
    assert gallery.copy().body == correct_bytes(PHOTO, parse_correction({}, asked)) != PHOTO
    assert gallery.s3.objects[STAGING, "a.jpg"].body == PHOTO
    gallery.put(PHOTO)  # the tag is removed
    outcome = gallery.publish()
    assert (outcome.status, outcome.asked) == ("published", "")
    assert gallery.copy().body == PHOTO


COPY = {"galleria-fingerprint": "2-abc", "galleria-run": "1800000000-abc"}


def differences(before: str, now: str) -> str:
    """Return what is reported for a copy made by the first request, whose original now has the second."""
    copy = ObjectInfo("a.jpg", 1, "etag", {**COPY, "galleria-asked": before[:LONGEST_ASKED]})
    return other_settings(copy, Wish(ObjectInfo("a.jpg", 1, "etag", {}), NO_CORRECTION, {}, "2-def", asked=now))


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ("", "default:dates=all", "dates was not set, is all"),
        ("default:dates=all", "", "dates was all, is not set"),
        ("default:remove=names", "default:remove=faces", "remove was names, is faces"),
        (
            "default:dates=all;default:remove=names",
            "default:remove=faces;default:dates=capture",
            "dates was all, is capture; remove was names, is faces",
        ),
        ("tag:remove=names;default:dates=all", "tag:remove=names", "dates was all, is not set"),
        ("default:dates=all", "default:dates=all", ""),
    ],
)
def test_a_default_that_is_another_now_is_told(before: str, now: str, told: str) -> None:
    assert differences(before, now) == told


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("tag:dates=all", "tag:dates=capture"),
        ("default:dates=all", "tag:dates=capture"),
        ("tag:dates=all", "default:dates=capture"),
        ("default:timestamp-offset-hours=-2", "tag:corrected-timestamp=2024-06-15T10:30:45"),
        ("tag:corrected-timestamp=2024-06-15T10:30:45", "default:timestamp-offset-hours=-2"),
    ],
)
def test_what_the_photo_itself_asks_for_is_not_a_setting_but_replaces_one(before: str, now: str) -> None:
    assert differences(before, now) == ""


@pytest.mark.parametrize("length", range(LONGEST_ASKED - 30, LONGEST_ASKED + 2))
def test_what_was_cut_when_it_was_recorded_is_not_told(length: int) -> None:
    start = "tag:corrected-timestamp=" + "0" * (length - 24)
    asked = f"{start};default:dates=all;default:remove=names"
    assert differences(asked, asked) == ""


def test_a_default_that_was_recorded_whole_is_told_although_others_were_cut() -> None:
    rest = ";tag:corrected-timestamp=" + "0" * LONGEST_ASKED
    assert differences("default:dates=all" + rest, "default:dates=capture" + rest) == "dates was all, is capture"


def test_the_outcome_tells_of_headers_that_are_others_now(gallery: FakeGallery) -> None:
    gallery.configure(cache_control="max-age=60", metadata_allowlist=frozenset({"title"}))
    gallery.put(PHOTO, {"title": "Lake"})
    assert gallery.publish().other_settings == ""
    gallery.configure(cache_control="", metadata_allowlist=frozenset())
    told = "Cache-Control was max-age=60, is not set; metadata title was copied, is not"
    assert gallery.publish().other_settings == told


def test_only_metadata_that_the_original_still_has_and_may_not_pass_on_is_told() -> None:
    copy = ObjectInfo("a.jpg", 1, "etag", {**COPY, "title": "Lake", "author": "Ada", "taken-back": "by the uploader"})
    original = ObjectInfo("a.jpg", 1, "etag", {**COPY, "title": "Lake", "author": "Ada", "never": "copied"})
    wish = Wish(original, NO_CORRECTION, {"author": "Ada"}, "2-def")
    assert other_settings(copy, wish) == "metadata title was copied, is not"


def test_a_copy_of_somebody_else_tells_of_no_settings(gallery: FakeGallery) -> None:
    gallery.put(PHOTO)
    gallery.s3.store(PUBLIC, "a.jpg", b"somebody else's", cache_control="max-age=60")
    outcome = gallery.publish()
    assert (outcome.status, outcome.other_settings, gallery.copy().body) == ("published", "", PHOTO)
