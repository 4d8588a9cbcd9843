"""The work on one photo is bounded, whatever shares what: counted in steps of Python, the same on any machine."""

from contextlib import suppress

import pytest

from galleria_storage.errors import GalleriaError
from galleria_storage.photos.jpeg.planner import plan
from galleria_storage.photos.plan import NOTHING, Asked, Texts
from galleria_storage.photos.source import BytesSource
from tests.support.photos.camera_files import camera_block, photo
from tests.support.photos.corrected import CHANGES
from tests.support.photos.hostile import HOSTILE
from tests.support.photos.steps import steps_of

MOST = 2_500_000
"""Some 15 ms of CPU on the machine on which this was written; 50 ms are promised for a head of 1 MiB."""


def steps_for(data: bytes, asked: Asked) -> int:
    def run() -> None:
        with suppress(GalleriaError):
            plan(BytesSource(data), asked)

    return steps_of(run)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_head_takes_a_bounded_number_of_steps(name: str) -> None:
    assert steps_for(HOSTILE[name], Texts(CHANGES)) < MOST
    assert steps_for(HOSTILE[name], NOTHING) < MOST


def test_a_photo_of_a_camera_takes_a_few_thousand() -> None:
    assert steps_for(photo(camera_block()), Texts(CHANGES)) < 10_000
