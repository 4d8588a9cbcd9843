"""What was asked, by whom, and how it was before: in the outcome and on the copy; and the way back."""

from typing import Any

import piexif
import pytest

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.photos.photo import correct_bytes
from tests.support.fakes.gallery import STAGING, FakeGallery
from tests.support.photos.jpegs import segment, smallest

TAKEN = {"Exif": {36867: b"2024:06:15 12:00:00", 36868: b"2024:06:15 12:00:00"}}
PHOTO = smallest(segment(0xE1, piexif.dump({"0th": {315: b"Ada Lovelace"}, **TAKEN})))
SHIFT = {"timestamp-offset-hours": "-2"}


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
