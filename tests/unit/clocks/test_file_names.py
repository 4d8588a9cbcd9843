"""Dates and times in file names are read as apps and phones write them."""

from datetime import datetime, timedelta

import pytest

from galleria_storage.clocks.file_names import name_evidence, time_in_name
from galleria_storage.clocks.shots import Shot
from tests.support.clocks.shots import NOON, camera_of

TIME = datetime(2024, 6, 15, 12, 30, 45)


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20240615_123045.jpg",
        "IMG_20240615_123045123.jpg",
        "a/20240615_123045.jpg",
        "20240615_123045(0).jpg",
        "VID_20240615_123045.mp4",
        "Screenshot_20240615-123045.png",
        "Screenshot_2024-06-15-12-30-45-123_com.app.jpg",
        "Screenshot 2024-06-15 at 12.30.45.png",
        "photo_2024-06-15_12-30-45.jpg",
        "signal-2024-06-15-12-30-45-123.jpg",
        "2024-06-15 12.30.45.jpg",
        "WhatsApp Image 2024-06-15 at 12.30.45.jpeg",
    ],
)
def test_a_time_in_a_name_is_read(name: str) -> None:
    found = time_in_name(name)
    assert found
    assert (found.time, found.is_utc, found.is_day) == (TIME, False, False)


def test_googles_camera_writes_utc() -> None:
    found = time_in_name("PXL_20240615_103045123.jpg")
    assert found
    assert (found.time, found.is_utc) == (datetime(2024, 6, 15, 10, 30, 45), True)


@pytest.mark.parametrize("name", ["IMG-20240615-WA0012.jpg", "2024-06-15.jpg", "party 20240615 a.jpg"])
def test_a_day_alone_is_noon_of_that_day(name: str) -> None:
    found = time_in_name(name)
    assert found
    assert (found.time, found.is_day) == (datetime(2024, 6, 15, 12), True)


@pytest.mark.parametrize(
    "name",
    ["IMG_0123.JPG", "DSC20240.jpg", "IMG_20241315_123045.jpg", "20240231_123045.jpg", "1234567890123.jpg",
     "IMG-20240230-WA0001.jpg", "2024.jpg", "99992024061512.jpg"],
)  # fmt: skip
def test_numbers_that_are_not_dates_are_not_read(name: str) -> None:
    assert time_in_name(name) is None


def test_names_in_utc_tell_how_far_a_clock_is_ahead() -> None:
    shots = [
        Shot(f"PXL_20240615_1{minute:02d}000000.jpg", "photo", "image/jpeg", "Google Pixel 8", clock=clock)
        for minute, clock in ((20, NOON + timedelta(hours=2)), (21, NOON + timedelta(hours=3)), (22, None))
    ]
    assert name_evidence(camera_of(shots)) is None
    more = [
        Shot(f"PXL_20240615_12{minute:02d}00000.jpg", "photo", "image/jpeg", "Google Pixel 8", clock=moment)
        for minute in range(5)
        if (moment := NOON + timedelta(hours=2, minutes=minute))
    ]
    found = name_evidence(camera_of(more))
    assert found
    assert (found.ahead, found.confidence) == (timedelta(hours=2), "likely")
