"""What the page asks the command for: the table, decisions, pairs, undo."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from galleria_cli.rules.short_forms import from_words
from galleria_storage.clocks.reading import clock_of
from galleria_storage.corrections.correction import parse_correction
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.source import BytesSource
from tests.support.lighttable.folders import Table, shot_on
from tests.support.photos.films import film, keys

NOON_UTC = datetime(2024, 6, 15, 10)


def rules(folder: Path) -> list[dict[str, object]]:
    path = folder / "galleria.toml"
    return list(tomllib.loads(path.read_text()).get("rule", [])) if path.exists() else []


def test_each_camera_has_a_lane_and_each_photo_its_time(table: Table) -> None:
    shown = table.shown()
    assert shown["reading"] == {"done": 6, "total": 6, "finished": True}
    assert sorted(one["label"] for one in shown["cameras"]) == ["Maker Canon EOS R5", "Maker Pixel 8"]
    assert table.photo("PXL_0.jpg")["before"] == [1718452800.0, 120]
    assert table.photo("IMG_0.JPG")["before"] == [1718449200.0, None]


def test_what_is_tried_out_moves_the_photos_and_writes_nothing(table: Table, folder: Path) -> None:
    changed = table.decide("Canon", shift="+1h", zone="+02:00")
    number = table.photo("IMG_0.JPG")["id"]
    assert changed["after"][str(number)] == [[1718452800.0, 120], ""]
    assert rules(folder) == []


def test_what_is_approved_is_a_rule(table: Table, folder: Path) -> None:
    table.decide("Canon", shift="+1h", zone="+02:00", approved=True)
    assert rules(folder) == [{"camera": "Maker Canon EOS R5", "shift": "+1h", "zone": "+02:00"}]


def test_undo_and_redo_change_the_file_too(table: Table, folder: Path) -> None:
    table.decide("Canon", shift="+1h", approved=True)
    table.decide("Canon", shift="+2h", approved=True)
    assert table.client.post("/api/undo").json()["can_redo"]
    assert rules(folder)[0]["shift"] == "+1h"
    table.client.post("/api/undo")
    assert rules(folder) == []
    table.client.post("/api/redo")
    assert rules(folder)[0]["shift"] == "+1h"


def test_there_is_an_end_to_undo(table: Table) -> None:
    answer = table.client.post("/api/undo")
    assert (answer.status_code, answer.json()) == (422, {"error": "there is nothing to undo"})


def test_rules_that_are_there_are_the_first_decisions(opened: Callable[[], Table], folder: Path) -> None:
    (folder / "galleria.toml").write_text('# mine\n[[rule]]\ncamera = "Maker Canon EOS R5"\nshift = "+61m"\n')
    table = opened()
    assert table.shown()["decisions"][table.camera("Canon")]["shift"] == "+61m"
    assert table.photo("IMG_0.JPG")["after"][0] == 1718449200.0 + 3660


def test_a_file_that_somebody_else_has_changed_is_not_overwritten(table: Table, folder: Path) -> None:
    (folder / "galleria.toml").write_text('zone = "+01:00"\n')
    answer = table.client.put(f"/api/cameras/{table.camera('Canon')}", json={"shift": "+1h", "approved": True})
    assert answer.status_code == 422
    assert "changed by another program" in answer.json()["error"]
    assert (folder / "galleria.toml").read_text() == 'zone = "+01:00"\n'


@pytest.mark.parametrize(
    "changes", [{"shift": "yesterday"}, {"zone": "Atlantis"}, {"shift": 1}, {"colour": "red"}, {"approved": "yes"}]
)
def test_what_cannot_be_understood_changes_nothing(table: Table, changes: dict[str, object]) -> None:
    before = table.shown()["decisions"]
    answer = table.client.put(f"/api/cameras/{table.camera('Canon')}", json=changes)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert table.shown()["decisions"] == before


def test_a_pair_tells_the_shift_exactly(table: Table) -> None:
    pair = [table.photo("IMG_1.JPG")["id"], table.photo("PXL_1.jpg")["id"]]
    assert table.client.post("/api/solve", json={"pairs": [pair]}).json()["shift"] == 3600


def test_a_clock_in_a_photo_tells_the_shift(table: Table) -> None:
    pair = [table.photo("IMG_1.JPG")["id"], "2024-06-15 12:09:14"]
    assert table.client.post("/api/solve", json={"pairs": [pair]}).json()["shift"] == 3600 - 46


@pytest.mark.parametrize(
    "body", [[], {}, {"pairs": [[1]]}, {"pairs": []}, {"pairs": [[0, "noon"]]}, {"pairs": [[99, 0]]}]
)
def test_an_invalid_pair_is_refused(table: Table, body: object) -> None:
    assert table.client.post("/api/solve", json=body).status_code in {404, 422}


def test_one_photo_gets_its_own_time(table: Table, folder: Path) -> None:
    number = table.photo("IMG_2.JPG")["id"]
    table.client.put(f"/api/photos/{number}/time", json={"time": "2024-06-15 20:00:00"})
    assert rules(folder) == [{"files": "IMG_2.JPG", "time": "2024-06-15 20:00:00", "zone": "+02:00"}]
    assert table.photo("IMG_2.JPG")["after"] == [1718481600.0, 120]
    table.client.put(f"/api/photos/{number}/time", json={"time": ""})
    assert rules(folder) == []


def test_a_time_that_was_typed_earlier_can_be_taken_back(opened: Callable[[], Table], folder: Path) -> None:
    (folder / "galleria.toml").write_text('[[rule]]\nfiles = "IMG_2.JPG"\ntime = "2024-06-15T20:00:00"\n')
    table = opened()
    assert table.shown()["times"] == {"IMG_2.JPG": "2024-06-15 20:00:00"}
    assert table.photo("IMG_2.JPG")["after"][0] == 1718481600.0
    table.client.put(f"/api/photos/{table.photo('IMG_2.JPG')['id']}/time", json={"time": ""})
    assert rules(folder) == []


def test_a_clock_that_names_its_offset_counts_in_the_cameras_zone(table: Table) -> None:
    pair = [table.photo("IMG_1.JPG")["id"], "2024-06-15T10:09:14+00:00"]
    assert table.client.post("/api/solve", json={"pairs": [pair]}).json()["shift"] == 3600 - 46


def test_a_pair_of_cameras_in_two_zones_makes_their_moments_the_same(table: Table) -> None:
    table.decide("Canon", zone="Asia/Tokyo")
    pair = [table.photo("IMG_1.JPG")["id"], table.photo("PXL_1.jpg")["id"]]
    assert table.client.post("/api/solve", json={"pairs": [pair]}).json()["shift"] == 8 * 3600


def test_pairs_that_are_days_apart_tell_a_drift_which_becomes_a_rule(opened: Callable[[], Table], folder: Path) -> None:
    for day in range(5):
        moment = datetime(2024, 7, 1 + day, 12)
        (folder / f"C{day}.jpg").write_bytes(shot_on("Canon EOS R5", moment - timedelta(seconds=60 + 10 * day)))
        (folder / f"P{day}.jpg").write_bytes(shot_on("Pixel 8", moment, "+02:00"))
    table = opened()
    pairs = [[table.photo(f"C{day}.jpg")["id"], table.photo(f"P{day}.jpg")["id"]] for day in range(5)]
    solved = table.client.post("/api/solve", json={"pairs": pairs}).json()
    assert solved["drift"] == pytest.approx(10, abs=0.1)
    drift = {"shift": f"+{round(solved['shift'])}s", "drift": solved["drift"], "drift_from": solved["since"]}
    table.decide("Canon", **drift, zone="+02:00", approved=True)
    assert rules(folder)[0]["drift"] == pytest.approx(10, abs=0.1)
    four_days_later = table.photo("C4.jpg")["after"][0] - table.photo("P4.jpg")["after"][0]
    assert abs(four_days_later) < 2


@pytest.mark.parametrize("asked", [{"shift": "+1h"}, {"zone": "Asia/Tokyo"}, {"shift": "-7h", "zone": "+02:00"}])
@pytest.mark.parametrize("film_", [film(created=NOON_UTC), film(keys(b"2024-06-15T12:00:00+0200"), created=NOON_UTC)])
def test_a_film_is_shown_where_its_correction_puts_it(
    opened: Callable[[], Table], folder: Path, asked: dict[str, str], film_: bytes
) -> None:
    (folder / "IMG_1.MOV").write_bytes(film_)
    table = opened()
    table.decide("Canon", **{"shift": "", "zone": "", **asked})
    words = from_words([f"{key}={value}" for key, value in asked.items()], "the test")
    after = plan_photo(BytesSource(film_), parse_correction(words, {})).after
    local, offset = clock_of(after)
    assert local
    assert offset is not None
    shown = table.photo("IMG_1.MOV")["after"]
    assert shown[0] - shown[1] * 60 == local.replace(tzinfo=UTC).timestamp() - offset * 60


def test_a_code_in_a_photo_tells_the_time(opened: Callable[[], Table], folder: Path) -> None:
    zxing = pytest.importorskip("zxingcpp")
    code = zxing.create_barcode("2024-06-15T12:09:14", zxing.BarcodeFormat.QRCode)
    Image.fromarray(zxing.write_barcode_to_image(code, scale=8)).convert("RGB").save(folder / "code.jpg")
    table = opened()
    number = table.photo("code.jpg")["id"]
    assert table.client.get(f"/api/photos/{number}/clock").json() == {"time": "2024-06-15T12:09:14"}
    assert table.client.get(f"/api/photos/{table.photo('IMG_0.JPG')['id']}/clock").json() == {"time": None}
    assert table.client.get("/api/photos/99/clock").status_code == 404


def test_the_zone_of_all_photos_is_that_of_those_whose_rule_names_none(table: Table, folder: Path) -> None:
    table.decide("Canon", zone="")
    answer = table.client.put("/api/zone", json={"zone": "Europe/Stockholm"}).json()
    assert answer["zone"] == "Europe/Stockholm"
    assert (folder / "galleria.toml").read_text() == 'zone = "Europe/Stockholm"\n'
    assert table.photo("IMG_0.JPG")["after"] == [1718449200.0, 120]
    table.decide("Canon", zone="Asia/Tokyo")
    assert table.photo("IMG_0.JPG")["after"] == [1718449200.0, 540]


@pytest.mark.parametrize("zone", ["Atlantis", 2, None])
def test_a_zone_that_there_is_not_is_refused(table: Table, zone: object) -> None:
    assert table.client.put("/api/zone", json={"zone": zone}).status_code == 422
    assert table.shown()["zone"] == ""


def test_pictures_go_by_number(table: Table) -> None:
    answer = table.client.get(f"/pictures/lane/{table.photo('IMG_0.JPG')['id']}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8")


@pytest.mark.parametrize("path", ["/pictures/lane/99", "/pictures/huge/0", "/pictures/lane/-1", "/pictures/lane/../0"])
def test_there_is_no_other_picture(table: Table, path: str) -> None:
    assert table.client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/../session.py", "/..%2fsession.py", "/%2e%2e/session.py", "/page/../app.py", "//etc/passwd"]
)
def test_no_file_beside_the_page_is_served(table: Table, path: str) -> None:
    assert table.client.get(path).status_code == 404


def test_a_name_that_looks_like_html_stays_a_name(opened: Callable[[], Table], folder: Path) -> None:
    name = "<img src=x onerror=alert(1)>.jpg"
    (folder / name).write_bytes(shot_on("<b>Evil</b>", None))
    answer = opened().client.get("/api/table")
    assert answer.headers["content-type"] == "application/json"
    assert name in [one["name"] for one in answer.json()["photos"]]
