"""Shots are grouped by the camera that took them."""

from datetime import datetime, timedelta

from galleria_storage.clocks.cameras import file_number, grouped
from galleria_storage.clocks.shots import Shot

T = datetime(2024, 6, 15, 12)


def shot(name: str, minute: int = 0, camera: str = "Canon EOS R5", serial: str = "") -> Shot:
    return Shot(name, "photo", "image/jpeg", camera, serial, clock=T + timedelta(minutes=minute))


def test_two_bodies_of_one_model_are_two_cameras() -> None:
    found = grouped([shot("1.jpg", serial="1111"), shot("2.jpg", serial="2222")])
    assert {camera.serial for camera in found} == {"1111", "2222"}


def test_without_a_serial_number_the_folder_tells_bodies_apart() -> None:
    found = grouped([shot("anna/IMG_0001.JPG"), shot("bob/IMG_0001.JPG")])
    assert {camera.folders for camera in found} == {("anna",), ("bob",)}


def test_folders_that_a_camera_makes_do_not_tell_bodies_apart() -> None:
    (found,) = grouped([shot("a/DCIM/100CANON/IMG_0001.JPG"), shot("a/DCIM/101CANON/IMG_0001.JPG", 5)])
    assert len(found.shots) == 2


def test_folders_into_which_somebody_sorted_photos_are_of_one_camera() -> None:
    (found,) = grouped([shot("church/IMG_0001.JPG"), shot("church/IMG_0002.JPG", 1), shot("dinner/IMG_0007.JPG", 9)])
    assert len(found.shots) == 3


def test_what_names_no_serial_number_joins_the_only_body_of_its_model() -> None:
    (found,) = grouped([shot("1.jpg", serial="1111"), shot("2.mov")])
    assert (found.serial, len(found.shots)) == ("1111", 2)


def test_photos_of_no_camera_are_grouped_by_folder() -> None:
    found = grouped([shot("scans/1.jpg", camera=""), shot("phone/2.jpg", camera="")])
    assert [camera.label for camera in found] == ["no camera named, in phone", "no camera named, in scans"]


def test_shots_are_in_the_order_of_the_clock_and_those_without_a_time_come_last() -> None:
    (found,) = grouped([shot("a.jpg")._replace(clock=None), shot("b.jpg", 2), shot("c.jpg", 1)])
    assert [one.name for one in found.shots] == ["c.jpg", "b.jpg", "a.jpg"]


def test_a_file_is_known_by_name_and_number() -> None:
    assert file_number("a/IMG_0123.JPG") == ("IMG_", 123)
    assert file_number("a/img_0123.cr2") == ("IMG_", 123)
    assert file_number("birthday.jpg") is None
