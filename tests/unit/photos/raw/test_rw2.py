"""Panasonic RW2: the capture tags change in the file and, as far as they are held there, in its preview."""

import piexif
import pytest

from galleria_storage.photos.check import check_plan
from galleria_storage.photos.plan import Texts
from galleria_storage.photos.raw import rw2
from galleria_storage.photos.source import BytesSource, MeteredSource
from tests.support.photos.heifs import NEW
from tests.support.photos.previews import preview, rw2_file
from tests.support.photos.tiffs import OFFSET, TIME, tables, text

FULL = {TIME: text("2020:01:02 03:04:05"), OFFSET: text("-05:00")}


def corrected(file: bytes) -> bytes:
    source = MeteredSource(BytesSource(file))
    plan = rw2.plan(source, Texts(NEW))
    check_plan(source, plan, rw2.plan, rw2.parts)
    return plan.apply(file)


@pytest.mark.parametrize("held", [True, False])
def test_the_preview_says_the_same_as_the_file_as_far_as_it_has_room(held: bool) -> None:
    file = rw2_file(preview(offset=held), FULL)
    main, exif, _ = tables(corrected(file))
    shown = piexif.load(main[0x002E])["Exif"]
    assert exif == {TIME: b"2024:06:15 10:30:45\0", OFFSET: b"+02:00\0"}
    assert shown[36867] == b"2024:06:15 10:30:45"
    assert shown.get(36881) == (b"+02:00" if held else None)
    assert len(main[0x002E]) == len(tables(file)[0][0x002E])


def test_a_file_without_a_preview_is_a_tiff() -> None:
    file = rw2_file(b"no picture", FULL)
    main, exif, _ = tables(corrected(file))
    assert exif[OFFSET] == b"+02:00\0"
    assert main[0x002E] == b"no picture"
