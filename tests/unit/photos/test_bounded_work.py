"""The work on one file of any format is bounded, whatever shares what; heads of JPEG files have a test of their own."""

from contextlib import suppress

import pytest

from galleria_storage.errors import GalleriaError
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.plan import Texts
from galleria_storage.photos.sniff import recognise
from galleria_storage.photos.source import BytesSource, MeteredSource
from tests.support.photos.every_format import samples
from tests.support.photos.heifs import NEW
from tests.support.photos.hostile_files import GROUPS
from tests.support.photos.steps import lines_of

MOST = 1_000_000
"""Lines of Python: some 60 ms of CPU on the machine on which this was written."""

ALL = Texts(NEW, dates="all", remove=("location",))


def lines_for(media_type: str, data: bytes, asked: Texts) -> int:
    source = MeteredSource(BytesSource(data), data[: 256 * 1024])

    def run() -> None:
        with suppress(GalleriaError):
            plan_photo(source, asked, media_type)
        with suppress(GalleriaError):
            recognise(source)

    return lines_of(run)


@pytest.mark.parametrize("group", GROUPS)
def test_a_hostile_file_takes_a_bounded_number_of_lines(group: str) -> None:
    asked = ALL if group == "metadata" else Texts(NEW)
    found = {name: lines_for(kind, data, asked) for name, kind, data in GROUPS[group]()}
    assert {name: lines for name, lines in found.items() if lines > MOST} == {}


@pytest.mark.parametrize("offset", [True, False])
def test_a_photo_of_a_camera_takes_a_few_thousand(*, offset: bool) -> None:
    found = {}
    for name, (kind, data, _) in samples(9_000, offset=offset).items():
        plan_photo(BytesSource(data), Texts(NEW), kind)  # imports what it needs
        found[name] = lines_for(kind, data, Texts(NEW))
    assert {name: lines for name, lines in found.items() if lines > 10_000} == {}
