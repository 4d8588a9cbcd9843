"""What is in the tray, and what the public would learn."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import piexif
import pytest

from tests.support.lighttable.folders import Table, shot_on
from tests.support.photos.films import film

NOON = datetime(2024, 6, 15, 12)


@pytest.fixture
def tray(opened: Callable[[], Table]) -> Callable[[], dict[str, Any]]:
    def look() -> dict[str, Any]:
        table = opened()
        table.session.examination.start()
        assert table.session.examination.wait(10)
        answer: dict[str, Any] = table.client.get("/api/tray").json()
        assert answer["finished"]
        return answer

    return look


def names(tray: dict[str, Any], title: str) -> list[list[str]]:
    return [item["names"] for group in tray["groups"] if group["title"] == title for item in group["items"]]


def test_an_orderly_folder_has_an_empty_tray(tray: Callable[[], dict[str, Any]]) -> None:
    assert tray()["groups"] == []


def test_each_kind_of_doubtful_file_has_its_place(folder: Path, tray: Callable[[], dict[str, Any]]) -> None:
    photo = (folder / "IMG_0.JPG").read_bytes()
    (folder / "cut.jpg").write_bytes(photo[:-100])
    (folder / "scan.jpg").write_bytes(shot_on("Scanner", None))
    (folder / "copy.jpg").write_bytes(photo)
    (folder / "IMG_1.xmp").write_text("<x/>")
    (folder / "notes.txt").write_text("flowers at nine")
    (folder / "IMG_2.mov").write_bytes(film())
    (folder / "alone.mov").write_bytes(film(created=datetime(2024, 6, 15, 9)))
    found = tray()
    assert names(found, "Damaged") == [["cut.jpg"]]
    assert names(found, "Without a time") == [["scan.jpg"]]
    assert names(found, "The same file more than once") == [["IMG_0.JPG", "copy.jpg"]]
    assert names(found, "Sidecars and the like") == [["IMG_1.xmp"]]
    assert names(found, "No photos") == [["notes.txt"]]
    assert names(found, "Live photos") == [["IMG_2.JPG", "IMG_2.mov"]]
    assert names(found, "Films") == [["IMG_2.mov"], ["alone.mov"]]


def test_files_of_one_size_but_another_content_are_not_the_same(
    folder: Path, tray: Callable[[], dict[str, Any]]
) -> None:
    assert len({(folder / f"IMG_{number}.JPG").stat().st_size for number in range(3)}) == 1
    assert names(tray(), "The same file more than once") == []


def test_what_the_public_would_learn_is_counted(folder: Path, tray: Callable[[], dict[str, Any]]) -> None:
    place = {piexif.GPSIFD.GPSLatitudeRef: "N", piexif.GPSIFD.GPSLatitude: ((59, 1), (19, 1), (4, 1))}
    (folder / "here.jpg").write_bytes(shot_on("Pixel 8", NOON, "+02:00", GPS=place))
    found = tray()
    assert {one["group"]: one["count"] for one in found["learns"]} == {
        "location": 1, "serial-numbers": 0, "names": 0, "captions": 0, "faces": 0,
    }  # fmt: skip
    assert "59" not in str(found)


def test_what_is_hidden_applies_to_all_photos(table: Table, folder: Path) -> None:
    answer = table.client.put("/api/remove", json={"groups": ["location", "names"]})
    assert answer.json()["remove"] == ["location", "names"]
    assert (folder / "galleria.toml").read_text() == 'remove = ["location", "names"]\n'
    assert table.client.put("/api/remove", json={"groups": []}).json()["remove"] == []
    assert not (folder / "galleria.toml").exists()


@pytest.mark.parametrize("body", [{}, {"groups": "names"}, {"groups": [1]}, {"groups": ["shoe size"]}])
def test_what_is_unknown_is_not_hidden(table: Table, body: dict[str, Any]) -> None:
    assert table.client.put("/api/remove", json=body).status_code == 422


def test_what_else_tells_the_time_of_a_photo_without_one_is_offered(
    folder: Path, tray: Callable[[], dict[str, Any]]
) -> None:
    (folder / "PXL_20240615_101500123.jpg").write_bytes(shot_on("Pixel 8", None))
    [found] = [item for group in tray()["groups"] if group["title"] == "Without a time" for item in group["items"]]
    assert found["names"] == ["PXL_20240615_101500123.jpg"]
    assert found["time"] == "2024-06-15 12:15:00"
    assert found["note"].startswith("likely: its name says")


def test_takeouts_json_gives_the_time_of_the_photo_beside_it(folder: Path, tray: Callable[[], dict[str, Any]]) -> None:
    (folder / "old.jpg").write_bytes(shot_on("Scanner", None))
    (folder / "old.jpg.json").write_text('{"photoTakenTime": {"timestamp": "1718445600"}}')
    found = tray()
    [item] = [item for group in found["groups"] if group["title"] == "Without a time" for item in group["items"]]
    assert item["time"] == "2024-06-15 12:00:00"
    assert names(found, "Sidecars and the like") == [["old.jpg.json"]]
