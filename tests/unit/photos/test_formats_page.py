"""The page on formats: its table lists every media type of the registry, and its example works."""

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import cast

import piexif
import pytest

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import parse_correction
from galleria_storage.photos import formats, sniff
from galleria_storage.photos.formats import Format
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import Texts
from galleria_storage.photos.source import BytesSource
from tests.support.fakes.gallery import FakeGallery
from tests.support.photos import heifs

PAGE = (Path(__file__).parents[3] / "docs/formats.md").read_text()
EXAMPLE, LINES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
OLD, NEW = CaptureTags("2020:01:02 03:04:05", None, "-05:00"), CaptureTags("2024:06:15 10:30:45", None, "+02:00")
CORRECTION = {"corrected-timestamp": "2024-06-15T10:30:45", "target-timezone-offset-hours": "+02:00"}


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Format:
    """Add the format of the page: its module, its line in the registry, and its signature."""
    module = ModuleType("galleria_storage.photos.toy")
    exec(EXAMPLE, module.__dict__)  # noqa: S102 # our own page
    monkeypatch.setitem(sys.modules, module.__name__, module)
    registered, signature = LINES.strip().splitlines()
    names = {"Planner": formats.Planner, "MediaType": sniff.MediaType}
    for media_type, planner in eval(f"{{{registered}}}", names).items():  # noqa: S307 # the same
        monkeypatch.setitem(formats._PLANNERS, media_type, planner)
    monkeypatch.setattr(sniff, "_SIGNATURES", (*sniff._SIGNATURES, *eval(signature, names)))  # noqa: S307 # the same
    return cast("Format", module)


@pytest.mark.parametrize("offset", [True, False])
def test_the_format_of_the_page_is_corrected(toy: Format, offset: bool) -> None:
    file = b"TOYPHOTO" + heifs.block(offset=offset)
    asked = parse_correction(CORRECTION, {})
    assert plan_photo(BytesSource(file), asked).before == (OLD if offset else OLD._replace(offset_time_original=None))
    result = correct_bytes(file, asked)
    assert plan_photo(BytesSource(result), Texts()).before == NEW
    assert correct_bytes(result, asked) == result
    [block] = toy.metadata(BytesSource(result))
    assert block.source.read(0, 2) in {b"II", b"MM"}


@pytest.mark.usefixtures("toy")
def test_the_format_of_the_page_is_published_and_gives_away_no_more_than_any_other() -> None:
    exif: bytes = piexif.dump(
        {"Exif": {36867: b"2020:01:02 03:04:05"}, "GPS": {1: b"N", 2: ((59, 1), (19, 1), (5, 1))}}
    )
    gallery = FakeGallery()
    gallery.put(b"TOYPHOTO" + exif[6:], {**CORRECTION, "remove": "location"})
    outcome = gallery.publish()
    copy = gallery.copy()
    assert (outcome.status, copy.content_type) == ("published", "image/x-toy")
    assert copy.body.startswith(b"TOYPHOTO")
    assert piexif.load(b"Exif\0\0" + copy.body[8:])["GPS"].get(2) != ((59, 1), (19, 1), (5, 1))


def test_a_format_takes_less_than_a_hundred_lines() -> None:
    assert len((EXAMPLE + LINES).splitlines()) < 50


def test_the_table_has_the_media_types_of_the_registry_and_no_other() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    listed = [name for row in rows for name in re.findall(r"`((?:image|video)/[a-z0-9.-]+)`", row.split("|")[2])]
    assert sorted(listed) == sorted(formats._PLANNERS)
